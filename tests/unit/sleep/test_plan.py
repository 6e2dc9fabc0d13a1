import itertools

from fakes.shop import FILES, shop
from sleeptime.index import rank
from sleeptime.sleep.plan import SITTING, plan

CROWD = "\n".join(f"def use_{number}():\n    return {number}\n" for number in range(3 * SITTING))


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
    assert changes <= len(jobs) / SITTING + len(FILES)


def test_what_much_depends_on_comes_first_and_tests_come_last() -> None:
    jobs = plan(shop(), {"shop/prices.py": 0.8, "shop/cart.py": 0.1, "tests/test_cart.py": 0.05}, "p")
    assert jobs[0].target.path == "shop/prices.py"
    assert jobs[-1].target.path == "tests/test_cart.py"
