"""Keeps the model in memory while it is wanted: loaded on first need, freed after quiet minutes."""

from collections.abc import Callable

from msgspec.structs import replace

from sleeptime.core.ports import Clock, Model
from sleeptime.core.settings import ModelSettings, Settings

OpenModel = Callable[[Settings], Model]


class ModelKeeper:
    """Lends the one model. Every method runs on the lane's thread."""

    def __init__(self, open_model: OpenModel, clock: Clock) -> None:
        self._open_model = open_model
        self._clock = clock
        self._model: Model | None = None
        self._settings = Settings()
        self._used_at = 0.0

    @property
    def name(self) -> str:
        """The loaded model's name, or "" while none is loaded."""
        return self._model.name if self._model else ""

    def lend(self, settings: Settings, on_loading: Callable[[], None]) -> Model:
        """The model of these settings. `on_loading` is called first when that takes seconds.

        Raises:
            ModelMissingError: its weights are not on this machine.
        """
        if self._model is not None and self._same_model(settings):
            self._used_at, self._settings = self._clock.monotonic(), settings
            return self._model
        self.release()
        on_loading()
        self._model, self._settings = self._open_model(settings), settings
        self._used_at = self._clock.monotonic()
        return self._model

    def release_if_quiet(self) -> bool:
        """Free the model if nobody used it for as long as its settings say: its memory belongs to the person. Whether
        it was freed.
        """
        quiet_seconds = 60 * self._settings.model.unload_minutes
        if self._model is None or not quiet_seconds or self._clock.monotonic() - self._used_at < quiet_seconds:
            return False
        self.release()
        return True

    def touch(self) -> None:
        """Note that the model was just used, after long work with it."""
        self._used_at = self._clock.monotonic()

    def release(self) -> None:
        """Free the model now. An engine that died is forgotten the same way."""
        model, self._model = self._model, None
        if model is not None:
            model.close()

    def _same_model(self, settings: Settings) -> bool:
        return _what_loads(settings) == _what_loads(self._settings)


def _what_loads(settings: Settings) -> tuple[ModelSettings, int, int]:
    """The settings that a loaded model cannot follow."""
    return replace(settings.model, unload_minutes=0), settings.sleep.threads, settings.sleep.niceness
