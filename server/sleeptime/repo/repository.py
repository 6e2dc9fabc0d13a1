"""A folder that someone opened: whether git knows it, what names its store, and reading its files safely."""

import os
import stat
from pathlib import Path

from msgspec import Struct

from sleeptime.core.errors import RepositoryError
from sleeptime.core.keys import text_hash


class Repository(Struct, frozen=True):
    """An opened folder, by real paths. `top` is the root of the git worktree that it lies in (often itself) and
    `git_dir` that worktree's own git directory; all three of git's paths are None for a plain folder.
    """

    root: Path
    common_dir: Path | None = None
    git_dir: Path | None = None
    top: Path | None = None

    @property
    def identity(self) -> str:
        """Names the store: all worktrees of one clone have the same."""
        return text_hash(os.fsencode(self.common_dir or self.root))

    @property
    def worktree(self) -> str:
        """Tells the worktrees within one store apart."""
        return os.fsdecode(self.root).encode("utf-8", "backslashreplace").decode()


def open_repository(path: Path) -> Repository:
    """The repository whose files are under `path`: a git worktree, a folder in one, or a plain folder.

    Raises:
        RepositoryError: there is no such folder, it cannot be read, or it is git's own or a bare repository.
    """
    root = _real_folder(path)
    import git

    try:
        with git.Repo(root, search_parent_directories=True) as found:
            git_dir, common_dir = Path(found.git_dir).resolve(), Path(found.common_dir).resolve()
            top = Path(found.working_tree_dir).resolve() if found.working_tree_dir else None
    except (git.InvalidGitRepositoryError, git.NoSuchPathError, ValueError):
        return _plain_folder(root)
    if root.is_relative_to(git_dir):
        raise RepositoryError(f"{root} is git's own folder: it has no source files.", "Open the folder above it.")
    if top is None or not root.is_relative_to(top):
        return Repository(root)
    repository = Repository(root, common_dir, git_dir, top)
    return Repository(root) if _is_ignored(repository) else repository


def holds_everything(root: Path) -> bool:
    """Whether a folder is no project, but the home directory or a whole disk."""
    return root in (Path(root.anchor), Path.home().resolve())


def _plain_folder(root: Path) -> Repository:
    if holds_everything(root):
        raise RepositoryError(f"{root} is no project: it holds everything.", "Name the folder of one project.")
    return Repository(root)


def innermost(repository: Repository, path: str) -> tuple[Repository, str]:
    """The nested repository (a submodule, say) that a file lies in, with its path there; else what was given."""
    folder = path
    while folder := folder.rpartition("/")[0]:
        if os.path.lexists(f"{repository.root}/{folder}/.git"):
            return open_repository(repository.root / folder), path[len(folder) + 1 :]
    return repository, path


def _real_folder(path: Path) -> Path:
    try:
        root = path.resolve(strict=True)
        if not root.is_dir():
            raise RepositoryError(f"{path} is not a folder.")
        with os.scandir(root):
            return root
    except FileNotFoundError:
        raise RepositoryError(f"There is no folder {path}.") from None
    except (OSError, RuntimeError) as error:
        raise RepositoryError(f"The folder {path} cannot be read: {_why(error)}.") from error


def _is_ignored(repository: Repository) -> bool:
    """Whether the worktree around this folder ignores it: then it is a plain folder of its own."""
    from sleeptime.repo.git import run_git

    if repository.root == repository.top:
        return False
    # Exit status 0 says "ignored", 1 "not ignored"; tracked files inside make it count all the same.
    if run_git(repository, "check-ignore", "-q", ".", accept=(0, 1)).status != 0:
        return False
    return not run_git(repository, "ls-files", "-z", "--", ".").output


def read_file(repository: Repository, path: str) -> bytes:
    """The bytes of one file now; `path` is relative to the root.

    Raises:
        RepositoryError: it vanished, cannot be read, is no regular file, or lies outside the root.
    """
    try:
        # os.path, for every file of an index run passes here: pathlib's way to the same answer takes twice as long.
        root = str(repository.root)
        real = os.path.realpath(os.path.join(root, path), strict=True)  # noqa: PTH118
        if os.path.commonpath((real, root)) != root:
            raise RepositoryError(f"{path} leads out of the repository.")
        # Not blocking: a pipe that took the file's place must not hold the reader.
        with os.fdopen(os.open(real, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RepositoryError(f"{path} is not a regular file.")
            return file.read()
    except FileNotFoundError:
        raise RepositoryError(f"{path} is no longer there.") from None
    except (OSError, ValueError) as error:
        raise RepositoryError(f"{path} cannot be read: {_why(error)}.") from error


def _why(error: Exception) -> str:
    """SQLite, git and the system end some sentences themselves: ours ends once."""
    return (getattr(error, "strerror", None) or str(error)).rstrip(".").lower()
