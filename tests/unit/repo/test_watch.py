import logging
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.git import Git, write
from sleeptime.repo import open_repository
from sleeptime.repo.watch import MOST_PATHS, Watcher, relative_path

SOON_SECONDS = 20


class Changes:
    """What a watcher told, as it tells it."""

    def __init__(self, root: Path) -> None:
        self._told: queue.Queue[frozenset[str]] = queue.Queue()
        self.watcher = Watcher(open_repository(root), self._told.put, quiet_seconds=0.02)

    def until(self, *paths: str) -> set[str]:
        """Everything told until all of `paths` were."""
        told: set[str] = set()
        while not told.issuperset(paths):
            told |= self.next()
        return told

    def next(self) -> frozenset[str]:
        return self._told.get(timeout=SOON_SECONDS)


@pytest.fixture
def watch() -> Iterator[object]:
    started: list[Changes] = []

    def start(root: Path) -> Changes:
        changes = Changes(root)
        started.append(changes)
        assert changes.watcher.start() == ""
        return changes

    yield start
    for changes in started:
        changes.watcher.stop()
        changes.watcher.stop()


def test_written_moved_and_deleted_files_are_told(repo: Path, watch) -> None:
    changes = watch(repo)
    write(repo, {"c.py": "c = 1\n", "sub/new/d.py": ""})
    changes.until("c.py", "sub/new/d.py")
    (repo / "c.py").rename(repo / "sub" / "c.py")
    changes.until("c.py", "sub/c.py")
    (repo / "a.py").unlink()
    assert "a.py" in changes.until("a.py")


def test_of_gits_own_files_only_head_and_refs_are_told(repo: Path, git: Git, watch) -> None:
    changes = watch(repo)
    git("checkout", "-q", "-b", "other")
    write(repo, {"last.py": ""})
    told = changes.until("last.py", ".git/HEAD", ".git/refs/heads/other")
    assert {path for path in told if path.startswith(".git/")} <= {
        ".git/HEAD",
        ".git/refs/heads/other",
        ".git/refs/heads",
    }


def test_the_head_of_a_linked_worktree_is_told(repo: Path, git: Git, watch, tmp_path: Path) -> None:
    git("worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    changes = watch(tmp_path / "tree")
    git("checkout", "-q", "-b", "third", cwd=tmp_path / "tree")
    assert ".git/HEAD" in changes.until(".git/HEAD", ".git/refs/heads/third")


def test_folders_of_tools_are_not_told(repo: Path) -> None:
    repository = open_repository(repo)
    assert relative_path(repository, f"{repo}/node_modules/x/y.js") == ""
    assert relative_path(repository, f"{repo}/sub/__pycache__/b.pyc") == ""
    assert relative_path(repository, f"{repo}/.git/objects/ab/cd") == ""
    assert relative_path(repository, f"{repo}/.git/HEAD.lock") == ""
    assert relative_path(repository, f"{repo}/.git/refs/heads/x.lock") == ""
    assert relative_path(repository, f"{repo}/sub/b.py") == "sub/b.py"
    assert relative_path(repository, f"{repo}ing/b.py") == ""
    assert relative_path(repository, str(repo)) == ""


def test_a_burst_is_told_together(repo: Path, watch) -> None:
    changes = watch(repo)
    write(repo, {f"burst/{number}.py": "" for number in range(50)})
    changes.until(*(f"burst/{number}.py" for number in range(50)))


def test_more_than_can_be_told_is_anything(repo: Path, watch) -> None:
    changes = watch(repo)
    for number in range(MOST_PATHS + 1):
        changes.watcher._gathered.add(f"{number}.py")
    while changes.next():
        pass


def test_events_that_the_system_dropped_are_anything(repo: Path, watch) -> None:
    changes = watch(repo)
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    assert changes.next() == frozenset()


def test_a_system_that_refuses_to_watch_is_one_sentence(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("watchdog.observers.api.BaseObserver.start", refuse)
    watcher = Watcher(open_repository(repo), lambda _paths: None)
    assert "cannot be watched in full (inotify watch limit reached)" in watcher.start()
    assert "sweeps" in watcher.problem
    watcher.stop()


def test_a_system_that_refuses_some_folders_is_told_and_the_others_are_watched(
    repo: Path, watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    from watchdog.observers.inotify_c import InotifyFD

    real = InotifyFD.add_callback
    added: list[bytes] = []

    def refuse_after_the_first(self: object, path: bytes, *rest: object) -> object:
        added.append(path)
        if len(added) > 1:
            raise OSError(28, "inotify watch limit reached")
        return real(self, path, *rest)

    monkeypatch.setattr(InotifyFD, "add_callback", refuse_after_the_first)
    told: queue.Queue[frozenset[str]] = queue.Queue()
    watcher = Watcher(open_repository(repo), told.put, quiet_seconds=0.01)
    assert "cannot be watched in full" in watcher.start()
    write(repo, {"c.py": ""})
    assert "c.py" in told.get(timeout=SOON_SECONDS)
    watcher.stop()


def test_a_listener_that_fails_does_not_end_the_watch(repo: Path, caplog: pytest.LogCaptureFixture) -> None:
    told: queue.Queue[frozenset[str]] = queue.Queue()

    def fail_on_a(paths: frozenset[str]) -> None:
        told.put(paths)
        if "a.py" in paths:
            raise RuntimeError("store closed")

    watcher = Watcher(open_repository(repo), fail_on_a, quiet_seconds=0.01)
    watcher.start()
    watcher._gathered.add("a.py")
    assert told.get(timeout=SOON_SECONDS) == {"a.py"}
    watcher._gathered.add("b.py")
    assert told.get(timeout=SOON_SECONDS) == {"b.py"}
    watcher.stop()
    assert "store closed" in caplog.text
