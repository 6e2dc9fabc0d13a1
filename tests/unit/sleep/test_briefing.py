"""Briefings over real git repositories."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.clock import FixedClock
from fakes.git import Git, write
from sleeptime.core.errors import RepositoryError
from sleeptime.core.settings import IndexSettings
from sleeptime.core.types import Answer, Target
from sleeptime.index import Sources
from sleeptime.model import EchoModel
from sleeptime.repo import open_repository, read_file
from sleeptime.sleep import Briefings
from sleeptime.store import Store, open_writer
from sleeptime.worker.indexing import index_repository

HOUR = 3600.0

CART = '''"""Carts."""


class Cart:
    """What a person means to buy."""

    def add(self, sku):
        """Put one in."""
        self.lines.append(sku)

    def total(self):
        return sum(self.lines)


def price_of(sku):
    """Looks a price up."""
    return len(sku)
'''
USE = "from cart import price_of\n\n\ndef show(sku):\n    return price_of(sku)\n"


class Desk:
    """One worktree, its store, and the person's comings and goings."""

    def __init__(self, root: Path, store: Store, clock: FixedClock) -> None:
        self.root = root
        self.store = store
        self.clock = clock
        self.repository = open_repository(root)
        outlines = store.outlines(self.repository.worktree)
        sources = Sources(outlines, lambda path: read_file(self.repository, path))
        self.briefings = Briefings(self.repository, sources, store, clock)

    def look(self, *, active: bool = False) -> bool:
        index_repository(self.repository, self.store, IndexSettings())
        return self.briefings.look(active=active)

    def come_back(self) -> bool:
        self.clock.advance(9 * HOUR)
        return self.look(active=True)


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    with open_writer(tmp_path / "store.db", clock.now) as store:
        yield store


@pytest.fixture
def git(tmp_path: Path) -> Git:
    git = Git(tmp_path / "repo")
    git("init", "-q", "-b", "main", ".")
    write(tmp_path / "repo", {"cart.py": CART, "use.py": USE, "test_cart.py": "def test_add():\n    pass\n"})
    git.commit("first")
    return git


@pytest.fixture
def desk(tmp_path: Path, git: Git, store: Store, clock: FixedClock) -> Desk:
    desk = Desk(tmp_path / "repo", store, clock)
    assert not desk.look(active=True)
    return desk


def elsewhere(desk: Desk, git: Git, tmp_path: Path, files: dict[str, str], message: str = "from a colleague") -> None:
    """A colleague pushes to the repository that this one pulls from."""
    other = tmp_path / "other"
    if not other.exists():
        git("clone", "-q", str(desk.root), str(other))
        git("remote", "add", "origin", str(other))
    write(other, files)
    git.commit(message, cwd=other)


def pull(git: Git) -> None:
    git("pull", "-q", "--no-rebase", "origin", "main")


def pulled(desk: Desk, git: Git) -> str:
    """What the briefing says after a pull."""
    pull(git)
    desk.look()
    return desk.briefings.brief().text


def test_a_pull_is_written_up_before_anybody_asks(desk: Desk, git: Git, tmp_path: Path) -> None:
    changed = CART.replace("def add(self, sku):", "def add(self, sku, count):").replace("return len(sku)", "return 2")
    elsewhere(desk, git, tmp_path, {"cart.py": changed, "gift.py": "def wrap(thing):\n    return thing\n"})
    pull(git)
    assert desk.look()
    assert desk.briefings.offer().startswith("2 files changed since you were here (")
    (answer,) = [one for one in desk.store.answers.all() if one.intent == "changed"]
    assert "from a colleague" in answer.text
    assert "`def add(self, sku, count)` was `def add(self, sku)` (`cart.py:7-9`)" in answer.text
    assert "- changed `price_of` (`cart.py:15-17`)" in answer.text
    assert "- added `wrap` (`gift.py:1-2`)" in answer.text
    assert {(str(one), one.symbol) for one in answer.evidence} >= {("cart.py:7-9", "Cart.add"), ("gift.py:1-2", "wrap")}


def test_it_is_offered_until_it_was_read(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(desk, git, tmp_path, {"gift.py": "def wrap(): ...\n"})
    pull(git)
    desk.look()
    first = desk.briefings.brief()
    assert "`wrap`" in first.text
    assert desk.briefings.offer() == ""
    assert desk.briefings.brief().text == first.text


def test_unread_news_add_up(desk: Desk, git: Git, tmp_path: Path) -> None:
    for name in ("one", "two"):
        elsewhere(desk, git, tmp_path, {f"{name}.py": f"def {name}(): ...\n"})
        pull(git)
        desk.look(active=True)
    assert "`one`" in desk.briefings.brief().text
    assert "`two`" in desk.briefings.brief().text


def test_the_persons_own_commits_are_no_news(desk: Desk, git: Git) -> None:
    write(desk.root, {"mine.py": "def mine(): ...\n"})
    git.commit("mine")
    assert not desk.look(active=True)
    assert desk.briefings.offer() == ""


def test_whoever_comes_back_after_hours_is_told_what_others_left_uncommitted(desk: Desk) -> None:
    write(desk.root, {"use.py": USE + "\n\ndef extra():\n    pass\n"})
    assert not desk.look()
    assert desk.come_back()
    text = desk.briefings.brief().text
    assert "**`use.py`** (not committed yet)" in text
    assert "- added `extra` (`use.py:8-9`)" in text


def test_what_was_uncommitted_when_the_person_left_is_no_news(desk: Desk) -> None:
    write(desk.root, {"use.py": USE + "\n\ndef extra():\n    pass\n"})
    desk.look(active=True)
    assert not desk.come_back()
    assert desk.briefings.brief().text.startswith("Nothing changed since you were here")


def test_a_short_break_is_no_absence(desk: Desk) -> None:
    write(desk.root, {"use.py": USE + "\n\ndef extra():\n    pass\n"})
    desk.clock.advance(HOUR)
    assert not desk.look(active=True)


def test_a_merge_tells_the_commits_of_the_branch(desk: Desk, git: Git) -> None:
    git("switch", "-q", "-c", "topic")
    write(desk.root, {"topic.py": "def topic(): ...\n"})
    git.commit("the topic")
    git("switch", "-q", "main")
    desk.look(active=True)
    desk.briefings.brief()
    git("merge", "-q", "--no-ff", "-m", "merge it", "topic")
    assert desk.look()
    text = desk.briefings.brief().text
    assert "2 commits by A" in text
    assert "the topic" in text
    assert "and 1 merge" in text


def test_a_checkout_tells_what_the_other_branch_lacks(desk: Desk, git: Git) -> None:
    git("branch", "old")
    write(desk.root, {"new.py": "def new():\n    'Fresh.'\n"})
    git.commit("new")
    desk.look(active=True)
    git("switch", "-q", "old")
    assert desk.look(active=True)
    text = desk.briefings.brief().text
    assert "1 commit that you had is not on this branch" in text
    assert "**`new.py`** (removed)" in text


def test_going_to_another_branch_and_back_is_nothing_to_tell(desk: Desk, git: Git) -> None:
    git("branch", "old")
    write(desk.root, {"new.py": "def new(): ...\n"})
    git.commit("new")
    desk.look(active=True)
    git("switch", "-q", "old")
    assert desk.look(active=True)
    git("switch", "-q", "main")
    assert not desk.look(active=True)
    assert desk.briefings.offer() == ""


def test_a_rebase_onto_a_force_push_tells_what_is_new_and_not_what_was_rewritten(
    desk: Desk, git: Git, tmp_path: Path
) -> None:
    write(desk.root, {"mine.py": "def mine(): ...\n"})
    git.commit("mine")
    desk.look(active=True)
    elsewhere(desk, git, tmp_path, {"theirs.py": "def theirs(): ...\n"})
    git("reset", "-q", "--soft", "HEAD~1", cwd=tmp_path / "other")
    git.commit("rewritten", cwd=tmp_path / "other")
    git("pull", "-q", "--rebase", "origin", "main")
    assert desk.look()
    text = desk.briefings.brief().text
    assert "`theirs`" in text
    assert "- `" in text
    assert " mine (A)" not in text


def test_a_commit_that_is_gone_for_good_is_replaced_by_the_last_one_by_then(
    desk: Desk, git: Git, tmp_path: Path
) -> None:
    write(desk.root, {"mine.py": "def mine(): ...\n"})
    git.commit("mine")
    desk.clock.at = 4_000_000_000.0  # after the commits, whose times are real
    desk.look(active=True)
    git("reset", "-q", "--hard", "HEAD~1")
    git("reflog", "expire", "--expire=now", "--all")
    git("gc", "-q", "--prune=now")
    write(desk.root, {"other.py": "def other(): ...\n"})
    git.commit("other")
    desk.look(active=True)
    assert "Nothing changed" in desk.briefings.brief().text or "`other`" in desk.briefings.brief().text


def test_a_renamed_file_is_told_as_renamed(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(desk, git, tmp_path, {})
    git("mv", "cart.py", "basket.py", cwd=tmp_path / "other")
    git.commit("rename", cwd=tmp_path / "other")
    text = pulled(desk, git)
    commit = git("rev-parse", "HEAD", cwd=tmp_path / "other")[:7]
    assert f"**`basket.py`** (renamed from `cart.py`, `{commit}`): Carts." in text
    assert "May break" not in text


def test_a_function_that_got_another_name_is_told_as_renamed_with_who_still_uses_the_old(
    desk: Desk, git: Git, tmp_path: Path
) -> None:
    elsewhere(desk, git, tmp_path, {"cart.py": CART.replace("price_of", "find_price")})
    text = pulled(desk, git)
    assert "- `price_of` is `find_price` now (`cart.py:15-17`); its name still stands in `use.py`" in text
    assert "gone" not in text
    assert "added" not in text


def test_a_name_stands_only_where_it_is_spelt_like_that(desk: Desk, git: Git, tmp_path: Path) -> None:
    write(desk.root, {"limits.py": "DAYS = 3\n", "week.py": "def show(days):\n    return days\n"})
    git.commit("limits")
    desk.look(active=True)
    elsewhere(desk, git, tmp_path, {"limits.py": "HOURS = 72\n"})
    text = pulled(desk, git)
    assert "`DAYS` is gone" in text
    assert "still stands" not in text


def test_a_method_whose_parameters_changed_is_told_with_its_class_and_without_what_it_returns(
    desk: Desk, git: Git, tmp_path: Path
) -> None:
    write(desk.root, {"till.py": "class Till:\n    def __init__(self, a: int) -> None:\n        pass\n"})
    git.commit("till")
    desk.look(active=True)
    elsewhere(desk, git, tmp_path, {"till.py": "class Till:\n    def __init__(self, b: int) -> None:\n        pass\n"})
    pull(git)
    desk.look()
    assert "- `Till.__init__`: `def __init__(self, b: int)` was `def __init__(self, a: int)` (" in (
        desk.briefings.brief().text
    )


def test_of_several_definitions_of_one_name_our_number_is_not_shown(desk: Desk, git: Git, tmp_path: Path) -> None:
    twice = "if 1:\n    def f(): return 1\nelse:\n    def f(): return 2\n"
    write(desk.root, {"twice.py": twice})
    git.commit("twice")
    desk.look(active=True)
    elsewhere(desk, git, tmp_path, {"twice.py": twice.replace("2", "3")})
    text = pulled(desk, git)
    assert "- changed `f` (`twice.py:4-4`)" in text
    assert "#" not in text


def test_of_documentation_the_sections_are_told(desk: Desk, git: Git, tmp_path: Path) -> None:
    write(desk.root, {"guide.md": "# Guide\n\n## Install\n\nWith pip.\n"})
    git.commit("guide")
    desk.look(active=True)
    elsewhere(desk, git, tmp_path, {"guide.md": "# Guide\n\n## Install\n\nWith uv.\n"})
    pull(git)
    desk.look()
    answer = desk.briefings.brief()
    assert "**Documentation**\n\n- `guide.md`: “Install” (line 3)" in answer.text
    assert [str(place) for place in answer.evidence] == ["guide.md:3-5"]


def test_of_one_author_each_commit_is_told_without_the_name(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(desk, git, tmp_path, {"gift.py": "def wrap(): ...\n"})
    text = pulled(desk, git)
    commit = git("rev-parse", "--short=7", "HEAD").strip()
    assert text.count("from a colleague") == 1
    assert f"- `{commit}` from a colleague\n" in text
    assert f"**`gift.py`** (new, `{commit}`)" in text


def test_a_symbol_that_moved_between_files_is_told_as_moved(desk: Desk, git: Git, tmp_path: Path) -> None:
    head, _, tail = CART.partition("def price_of")
    elsewhere(desk, git, tmp_path, {"cart.py": head, "prices.py": f"def price_of{tail}"})
    text = pulled(desk, git)
    assert "- moved `price_of` here from `cart.py` (`prices.py:1-3`)" in text
    assert "removed `price_of`" not in text


def test_what_is_gone_is_cited_at_its_commit_with_who_still_names_it(desk: Desk, git: Git, tmp_path: Path) -> None:
    before = git("rev-parse", "HEAD")[:7]
    head, _, _ = CART.partition("def price_of")
    elsewhere(desk, git, tmp_path, {"cart.py": head})
    text = pulled(desk, git)
    assert f"- `price_of` is gone (was `cart.py:15-17` at `{before}`); its name still stands in `use.py`" in text


def test_comments_and_blank_lines_are_no_change_of_a_symbol(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(
        desk, git, tmp_path, {"cart.py": CART.replace("    return len(sku)", "    # as ever\n\n    return len(sku)")}
    )
    pull(git)
    desk.look()
    assert "only comments, imports or statements outside definitions differ" in desk.briefings.brief().text


def test_tests_and_files_that_are_no_source_are_told_apart(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(desk, git, tmp_path, {"test_cart.py": "def test_new():\n    return 1\n", "data.json": "{}"})
    text = pulled(desk, git)
    assert "- `test_cart.py`: `test_add`, `test_new`" in text
    assert "Not source: `data.json`." in text


def test_since_a_revision_a_day_and_something_that_is_neither(desk: Desk, git: Git) -> None:
    git("tag", "v1")
    write(desk.root, {"new.py": "def new(): ...\n"})
    git.commit("new")
    desk.look(active=True)
    assert "**Since v1 (`" in desk.briefings.brief("v1").text
    assert "`new`" in desk.briefings.brief("v1").text
    with pytest.raises(RepositoryError, match="'blub' is neither a revision nor a time"):
        desk.briefings.brief("blub")
    with pytest.raises(RepositoryError, match="does not go back"):
        desk.briefings.brief("2001-01-01")


def test_one_file_or_symbol_alone(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(desk, git, tmp_path, {"cart.py": CART.replace("return len(sku)", "return 2"), "use.py": USE + "X = 1\n"})
    pull(git)
    desk.look()
    text = desk.briefings.brief(within=Target("symbol", "cart.py", "price_of")).text
    assert "`price_of`" in text
    assert "use.py" not in text
    assert "1 commit by A, 1 source file" in text
    assert (
        "Nothing changed in `Cart.total`" in desk.briefings.brief(within=Target("symbol", "cart.py", "Cart.total")).text
    )


def test_a_shallow_clone_says_what_it_cannot_know(
    desk: Desk, git: Git, store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    write(desk.root, {"new.py": "def new(): ...\n"})
    git.commit("new")
    git("clone", "-q", "--depth=1", f"file://{desk.root}", str(tmp_path / "shallow"))
    shallow = Desk(tmp_path / "shallow", store, clock)
    shallow.look(active=True)
    write(desk.root, {"newer.py": "def newer(): ...\n"})
    git.commit("newer")
    git("pull", "-q", cwd=tmp_path / "shallow")
    assert shallow.look()
    assert "`newer`" in shallow.briefings.brief().text
    with pytest.raises(RepositoryError, match="does not go back"):
        shallow.briefings.brief("2001-01-01")


def test_a_plain_folder_is_compared_with_how_it_was(tmp_path: Path, store: Store, clock: FixedClock) -> None:
    write(tmp_path / "plain", {"a.py": "def a(): ...\n", "b.py": "def b(): ...\n"})
    desk = Desk(tmp_path / "plain", store, clock)
    desk.look(active=True)
    write(desk.root, {"a.py": "def a(x): ...\n"})
    (desk.root / "b.py").unlink()
    assert desk.come_back()
    text = desk.briefings.brief().text
    assert "`def a(x)` was `def a()`" in text
    assert "`b` is gone (was `b.py:1-1`)" in text
    with pytest.raises(RepositoryError, match="has no git"):
        desk.briefings.brief("2 days")


def test_a_large_pull_is_bounded_and_says_what_is_left_out(
    desk: Desk, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sleeptime.sleep.changes.MOST_FILES", 20)
    elsewhere(desk, git, tmp_path, {f"lib/m{n:02}.py": f"def f{n}(): ...\n" for n in range(30)})
    text = pulled(desk, git)
    assert "30 source files" in text
    assert "Also changed: " in text
    assert "10 more source files were not compared, most of them in `lib` (10)." in text


def test_a_note_says_what_a_new_symbol_is_for(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(desk, git, tmp_path, {"gift.py": 'def wrap(thing):\n    """Wraps `thing` in paper. More."""\n'})
    pull(git)
    desk.look()
    assert "- added `wrap` (`gift.py:1-2`): Wraps `thing` in paper." in desk.briefings.brief().text


def test_a_model_puts_its_words_before_the_facts_once(desk: Desk, git: Git, tmp_path: Path) -> None:
    elsewhere(desk, git, tmp_path, {"gift.py": "def wrap(thing): ...\n"})
    pull(git)
    desk.look()
    (facts,) = (one.text for one in desk.store.answers.all() if one.intent == "changed")
    model = EchoModel(lambda _request: "`gift.py` is new, with `wrap`.")
    assert desk.briefings.phrase(model, threading.Event()) is not None
    assert desk.briefings.phrase(model, threading.Event()) is None
    answer: Answer = desk.briefings.brief()
    assert answer.text == f"`gift.py` is new, with `wrap`.\n\n{facts}"
    assert answer.model == model.name


def test_a_model_of_which_no_sentence_passed_is_not_named_and_not_asked_again(
    desk: Desk, git: Git, tmp_path: Path
) -> None:
    elsewhere(desk, git, tmp_path, {"gift.py": "def wrap(thing): ...\n"})
    pull(git)
    desk.look()
    model = EchoModel(lambda _request: "The code is more robust now.")
    assert desk.briefings.phrase(model, threading.Event()) is not None
    assert desk.briefings.phrase(model, threading.Event()) is None
    answer = desk.briefings.brief()
    assert answer.text.startswith("**Since")
    assert answer.model == ""
