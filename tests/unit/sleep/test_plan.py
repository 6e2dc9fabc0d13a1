import itertools
from collections.abc import Mapping

from fakes.shop import FILES, shop
from sleeptime.core.types import Job, Target
from sleeptime.index import Sources, rank
from sleeptime.sleep.pages import PAGE_LINES
from sleeptime.sleep.plan import Outlook, Planned
from sleeptime.sleep.plan import plan as planned
from sleeptime.sleep.value import Counts

CROWD = "\n".join(f"def use_{number}():\n    return {number}\n" for number in range(PAGE_LINES))


def plan(sources: Sources, ranks: Mapping[str, float], version: str, outlook: Outlook | None = None) -> list[Job]:
    return [one.job for one in planned(sources, ranks, version, outlook)]


def test_planning_twice_gives_the_same_keys() -> None:
    sources = shop()
    first, second = (plan(sources, rank(sources.outlines), "p") for _ in range(2))
    assert [job.key for job in first] == [job.key for job in second]
    assert len({job.key for job in first}) == len(first)


def test_a_changed_symbol_gives_it_a_new_key_and_leaves_the_others_alone() -> None:
    before = {str(job.target) + job.intent: job.key for job in plan(shop(), {}, "p")}
    edited = {"shop/prices.py": FILES["shop/prices.py"].replace("3", "4")}
    after = {str(job.target) + job.intent: job.key for job in plan(shop(edited), {}, "p")}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"shop/prices.pypurpose", "shop/prices.py::price_ofpurpose"}


def test_another_prompt_or_model_is_other_work() -> None:
    first, second = ({job.key for job in plan(shop(), {}, version)} for version in ("p1", "p2"))
    assert first.isdisjoint(second)


def test_a_modules_jobs_follow_each_other_in_sittings() -> None:
    jobs = plan(shop({"shop/crowd.py": CROWD}), {}, "p")
    changes = sum(a.target.path != b.target.path for a, b in itertools.pairwise(jobs))
    assert changes <= 3 * len(CROWD.split("\n")) / PAGE_LINES + len(FILES)


def test_what_much_depends_on_comes_first_and_tests_come_after_all_other_modules() -> None:
    jobs = plan(shop(), {"shop/prices.py": 0.8, "shop/cart.py": 0.1, "tests/test_cart.py": 0.05}, "p")
    assert jobs[0].target.path == "shop/prices.py"
    assert list(dict.fromkeys(job.target.path for job in jobs if job.target.path))[-1] == "tests/test_cart.py"


def test_a_page_is_read_for_what_is_worth_most_there_and_again_when_the_rest_has_its_turn() -> None:
    dull = "".join(f'def small_{number}():\n    """Small."""\n\n' for number in range(4))
    steps = "".join(f"    x = {number}\n" for number in range(8))
    large = "".join(f"def large_{number}():\n{steps}\n" for number in range(12))
    jobs = planned(shop({"shop/mixed.py": dull + large}), {"shop/mixed.py": 0.9}, "p")
    mixed = [one for one in jobs if one.job.target.path == "shop/mixed.py"]
    first_sitting = [one.job.target.symbol for one in mixed if one.job.priority == mixed[0].job.priority]
    assert "large_0" in first_sitting
    assert "small_0" not in first_sitting
    assert [one.reads_page for one in mixed].count(True) == len({one.job.priority for one in mixed}) > 1


def foremost(outlook: Outlook) -> Planned:
    return planned(shop(), {}, "p", outlook)[0]


def test_the_file_that_was_just_edited_comes_first_and_the_reason_says_so() -> None:
    outlook = Outlook(attention={"shop/prices.py": (6.0, "just edited")})
    assert foremost(outlook).job.target.path == "shop/prices.py"
    assert foremost(outlook).reason.startswith("just edited; ")


def test_what_people_really_ask_moves_forward() -> None:
    asked = Outlook(counts=Counts(asked={("class", "explain"): 50}))
    before, after = (
        [(job.target.symbol, job.intent) for job in plan(shop(), {}, "p", outlook)] for outlook in (Outlook(), asked)
    )
    rates = {(one.job.target.symbol, one.job.intent): one.worth.rate for one in planned(shop(), {}, "p", asked)}
    assert sorted(before) == sorted(after)
    assert rates["Cart", "explain"] > rates["Cart", "purpose"]


def test_what_never_passes_the_gates_is_worth_little() -> None:
    hopeless = Outlook(counts=Counts(written={("module", "purpose"): (0, 1000)}))
    rates = {str(one.job.target): one.worth.rate for one in planned(shop(), {}, "p", hopeless)}
    assert rates.get("shop/prices.py", 0.0) < rates["shop/prices.py::price_of"]


def test_wholes_wait_for_the_notes_about_their_parts() -> None:
    assert all(job.target.level not in {"package", "repository"} for job in plan(shop(), {}, "p"))
    assert Target("package", "shop") not in {job.target for job in plan(shop(), {}, "p")}
