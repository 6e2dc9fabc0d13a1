"""What the person has seen, and what happened since: when a briefing is worth offering, and what it begins with.

A move of HEAD that was no commit of their own (pull, merge, checkout, rebase) is news; so is whatever differs when they
come back after hours. News that nobody read add up.
"""

from sleeptime.core.errors import RepositoryError
from sleeptime.core.ports import Clock
from sleeptime.core.times import time_named
from sleeptime.repo import Repository, came_by_hand, commit_at, commit_named, head
from sleeptime.sleep.changes import Comparison
from sleeptime.store import Store, Visit

AWAY_SECONDS = 2 * 3600.0
"""Lunch is no absence."""

UNREAD_SECONDS = 7 * 86_400.0
"""A briefing that nobody wanted for a week begins anew."""

LAST_TIME = frozenset({"", "last time", "the last time", "my last visit"})


class Absences:
    """Follows one worktree. Safe to call from any one thread at a time; it writes only to the store."""

    def __init__(self, repository: Repository, store: Store, clock: Clock) -> None:
        self._repository = repository
        self._store = store
        self._clock = clock
        self._comparison = Comparison(repository, store)
        self._generation = -1

    def look(self, *, active: bool) -> bool:
        """Compare with what the person has seen; `active`: they are here. Whether there is something new to offer.

        Raises:
            RepositoryError: git cannot be asked.
        """
        visits, worktree, now = self._store.visits, self._repository.worktree, self._clock.now()
        seen = visits.get(worktree, "seen")
        if seen is None:
            self._remember(now)
            return False
        moved = head(self._repository).commit != seen.commit
        news = moved and not came_by_hand(self._repository, seen.commit)
        back = active and now - seen.at >= AWAY_SECONDS
        begun = (news or back) and self._begin(seen)
        if moved or (active and self._store.modules.generation(worktree) != self._generation):
            self._remember(now if active else seen.at)
        elif active:
            visits.touch(worktree, now)
        return begun

    def _begin(self, seen: Visit) -> bool:
        """Whether anything differs from what the person saw, or did not read about yet."""
        visits, worktree = self._store.visits, self._repository.worktree
        base = visits.get(worktree, "base") if visits.is_untold(worktree) else None
        if base is None or self._clock.now() - base.at > UNREAD_SECONDS:
            base = seen
        if not self._differs(base):
            visits.tell(worktree)
            return False
        visits.put(worktree, "base", base)
        return True

    def _differs(self, base: Visit) -> bool:
        try:
            return bool(self._comparison.files(self.reachable(base)))
        except RepositoryError:  # the history that could tell is gone
            return False

    def _remember(self, at: float) -> None:
        self._generation = self._store.modules.generation(self._repository.worktree)
        self._store.visits.put(self._repository.worktree, "seen", self._comparison.now(at))

    def base(self, since: str) -> Visit:
        """What a briefing begins with: when the person was last here, or a revision, or a time.

        Raises:
            RepositoryError: with a sentence for the person: nothing of the kind is known here.
        """
        if since.strip().lower() in LAST_TIME:
            return self._last_time()
        if self._repository.git_dir is None:
            raise RepositoryError(
                f"{self._repository.root} has no git, so only what changed since you were last here can be told.",
                "Leave out since when.",
            )
        now = self._clock.now()
        if commit := commit_named(self._repository, since):
            return Visit(now, commit, {})
        if (time := time_named(since, now)) is None:
            raise RepositoryError(
                f"{since!r} is neither a revision nor a time.", 'Try "2 days", "friday", "2026-11-20", or a commit.'
            )
        return Visit(time, self._commit_by(time), {})

    def _last_time(self) -> Visit:
        worktree = self._repository.worktree
        visit = self._store.visits.get(worktree, "base") or self._store.visits.get(worktree, "seen")
        if visit is None:
            raise RepositoryError("You were not here before, as far as Sleeptime knows.", 'Say since when: "2 days".')
        if visit.files is None:
            raise RepositoryError("This folder has too many files to remember how they were, and no git.")
        return self.reachable(visit)

    def reachable(self, visit: Visit) -> Visit:
        """The same moment; if its commit is gone from this clone, the last one by then that is not."""
        if not visit.commit or commit_named(self._repository, visit.commit):
            return visit
        return Visit(visit.at, self._commit_by(visit.at), visit.files)

    def _commit_by(self, time: float) -> str:
        if commit := commit_at(self._repository, time):
            return commit
        raise RepositoryError("The history here does not go back so far.", "Name a later time, or a commit.")
