from fakes.clock import FixedClock
from fakes.model import FakeModel
from sleeptime.core.settings import ModelSettings, Settings, SleepSettings
from sleeptime.worker.keeper import ModelKeeper


def keeper(clock: FixedClock) -> ModelKeeper:
    return ModelKeeper(lambda settings: FakeModel(settings.model.name), clock)


def quietly() -> None:
    pass


def test_the_model_is_loaded_on_first_need_and_then_kept() -> None:
    keeps = keeper(FixedClock())
    loads: list[str] = []
    first = keeps.lend(Settings(), lambda: loads.append("load"))
    assert keeps.lend(Settings(), lambda: loads.append("load")) is first
    assert loads == ["load"]


def test_other_model_settings_replace_the_model() -> None:
    keeps = keeper(FixedClock())
    first = keeps.lend(Settings(), quietly)
    second = keeps.lend(Settings(model=ModelSettings(name="other")), quietly)
    assert (first.closed, second.name, keeps.name) == (1, "other", "other")


def test_settings_that_have_nothing_to_do_with_the_model_keep_it() -> None:
    keeps = keeper(FixedClock())
    first = keeps.lend(Settings(), quietly)
    assert keeps.lend(Settings(sleep=SleepSettings(consent="no")), quietly) is first


def test_a_quiet_time_frees_the_model_and_use_postpones_that() -> None:
    clock = FixedClock()
    keeps = keeper(clock)
    model = keeps.lend(Settings(), quietly)
    clock.advance(500)
    keeps.touch()
    clock.advance(599)
    assert not keeps.release_if_quiet()
    clock.advance(1)
    assert keeps.release_if_quiet()
    assert (model.closed, keeps.name) == (1, "")
    assert not keeps.release_if_quiet()


def test_the_settings_say_how_long_a_model_stays_and_changing_that_loads_nothing() -> None:
    clock = FixedClock()
    keeps = keeper(clock)
    keeps.lend(Settings(), quietly)
    for_ever = Settings(model=ModelSettings(unload_minutes=0))
    model = keeps.lend(for_ever, quietly)
    clock.advance(1_000_000)
    assert not keeps.release_if_quiet()
    assert keeps.lend(Settings(model=ModelSettings(unload_minutes=1)), quietly) is model
    clock.advance(60)
    assert keeps.release_if_quiet()
