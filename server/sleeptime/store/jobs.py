"""What is left to think about: rows that are claimed, finished or failed, and survive a crash."""

from collections.abc import Callable, Iterable, Sequence

from sleeptime.core.types import Job, JobState, Level, Target
from sleeptime.store.database import Database, Row

_SELECT = "SELECT id, key, level, path, symbol, intent, priority, state, attempts, reason FROM jobs "

MAX_ATTEMPTS = 3
"""A job that failed so often is set aside: it would fail again, and others wait."""

BACK_OFF_SECONDS = 60.0
"""What failed just now would mostly fail again."""


class Jobs:
    """A queue by priority. Jobs of several worktrees share it; `worktree` "" asks for all of them."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now

    def plan(self, jobs: Iterable[Job], worktree: str = "") -> int:
        """Add jobs that are not known by their key (`id`, `state` and `attempts` given are ignored).

        A waiting one gets the new priority and worktree; one that is running or set aside stays as it is, and so does
        one that is done, unless its answer was forgotten or collected since: then it waits again. Returns how many are
        new.
        """
        now = self._now()
        with self._database.transaction():
            before = self._total()
            self._database.execute_many(
                """INSERT INTO jobs (key, worktree, level, path, symbol, intent, priority, state, changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?) ON CONFLICT (key) DO UPDATE
                SET priority = excluded.priority, worktree = excluded.worktree, state = 'waiting',
                attempts = attempts * (state = 'waiting'),
                changed_at = iif(state = 'waiting', changed_at, excluded.changed_at)
                WHERE state = 'waiting' OR (state = 'done' AND answer NOT IN (SELECT key FROM answers))""",
                (
                    (
                        job.key,
                        worktree,
                        job.target.level,
                        job.target.path,
                        job.target.symbol,
                        job.intent,
                        job.priority,
                        now,
                    )
                    for job in jobs
                ),
            )
            return self._total() - before

    def claim(self, worktree: str = "") -> Job | None:
        """Take the waiting job of highest priority (the oldest of equals); it is running now. One that failed is
        passed over for `BACK_OFF_SECONDS`, and four times as long after the second time.
        """
        with self._database.transaction():
            row = self._database.row(
                _SELECT
                + """WHERE state = 'waiting' AND (? = '' OR worktree = ?)
                AND (attempts = 0 OR changed_at <= ? - ? * (1 + 3 * (attempts > 1)))
                ORDER BY priority DESC, id LIMIT 1""",
                (worktree, worktree, self._now(), BACK_OFF_SECONDS),
            )
            return self._moved(row[0], "running", attempts=row[8] + 1) if row else None

    def claim_key(self, key: str) -> Job | None:
        """Take one job by its key if it is waiting."""
        with self._database.transaction():
            job = self.by_key(key)
            if not job or job.state != "waiting":
                return None
            return self._moved(job.id, "running", attempts=job.attempts + 1)

    def finish(self, job: Job, answer: str, reason: str = "") -> None:
        """It is done with the answer of this key; `reason` may say more of what came of it."""
        with self._database.transaction():
            self._moved(job.id, "done", attempts=job.attempts, reason=reason)
            self._database.execute("UPDATE jobs SET answer = ? WHERE id = ?", (answer, job.id))

    def fail(self, job: Job, reason: str) -> JobState:
        """It failed: it waits for another try, or after three it is set aside. Returns its state now."""
        state: JobState = "waiting" if job.attempts < MAX_ATTEMPTS else "set_aside"
        self._moved(job.id, state, attempts=job.attempts, reason=reason)
        return state

    def drop(self, job: Job, reason: str) -> None:
        """It ended without a result and another try would not help."""
        self._moved(job.id, "failed", attempts=job.attempts, reason=reason)

    def release(self, job: Job) -> None:
        """It was interrupted through no fault of its own: it waits again, and the try does not count."""
        self._moved(job.id, "waiting", attempts=max(0, job.attempts - 1))

    def release_running(self) -> int:
        """After a crash: what was running waits again. The try counts, for the job may be what crashed.

        One that was running at three crashes is set aside. Returns how many were running.
        """
        return self._database.execute(
            """UPDATE jobs SET state = CASE WHEN attempts < ? THEN 'waiting' ELSE 'set_aside' END,
            reason = 'the worker ended while it ran', changed_at = ? WHERE state = 'running'""",
            (MAX_ATTEMPTS, self._now()),
        )

    def withdraw(self, keys: Sequence[str]) -> None:
        """Delete waiting jobs whose work is no longer wanted (their code changed)."""
        self._database.execute_many("DELETE FROM jobs WHERE key = ? AND state = 'waiting'", ((key,) for key in keys))

    def retry(self, key: str) -> None:
        """Let a job that ended, however it did, run again."""
        self._database.execute(
            """UPDATE jobs SET state = 'waiting', attempts = 0, reason = '', changed_at = ?
            WHERE key = ? AND state <> 'running'""",
            (self._now(), key),
        )

    def next(self, limit: int, worktree: str = "") -> list[Job]:
        """The jobs that wait, in the order they will be claimed."""
        rows = self._database.rows(
            _SELECT + "WHERE state = 'waiting' AND (? = '' OR worktree = ?) ORDER BY priority DESC, id LIMIT ?",
            (worktree, worktree, limit),
        )
        return [_job(row) for row in rows]

    def by_key(self, key: str) -> Job | None:
        """One job in any state."""
        row = self._database.row(
            _SELECT + "WHERE key = ?",
            (key,),
        )
        return _job(row) if row else None

    def in_state(self, state: JobState, worktree: str = "") -> list[Job]:
        """All jobs in one state, the latest change first."""
        rows = self._database.rows(
            _SELECT + "WHERE state = ? AND (? = '' OR worktree = ?) ORDER BY changed_at DESC, id DESC",
            (state, worktree, worktree),
        )
        return [_job(row) for row in rows]

    def outcomes(self) -> dict[tuple[Level, str], tuple[int, int]]:
        """How many jobs of each (level, intent) ended with an answer, and how many without."""
        rows = self._database.rows(
            """SELECT level, intent, sum(state = 'done'), sum(state = 'failed') FROM jobs
            WHERE state IN ('done', 'failed') GROUP BY level, intent""",
            (),
        )
        return {(level, intent): (kept, dropped) for level, intent, kept, dropped in rows}

    def counts(self, worktree: str = "") -> dict[JobState, int]:
        """How many jobs are in each state; all states are there."""
        counts: dict[JobState, int] = dict.fromkeys(("waiting", "running", "done", "failed", "set_aside"), 0)
        rows = self._database.rows(
            "SELECT state, count(*) FROM jobs WHERE ? = '' OR worktree = ? GROUP BY state", (worktree, worktree)
        )
        counts.update(dict(rows))
        return counts

    def by_path(self, worktree: str) -> dict[str, tuple[int, int]]:
        """How many jobs about each file (or package) wait, and how many run."""
        rows = self._database.rows(
            """SELECT path, sum(state = 'waiting'), sum(state = 'running') FROM jobs
            WHERE state IN ('waiting', 'running') AND worktree = ? GROUP BY path""",
            (worktree,),
        )
        return {path: (waiting, running) for path, waiting, running in rows}

    def _total(self) -> int:
        row = self._database.row("SELECT count(*) FROM jobs")
        return row[0] if row else 0

    def _moved(self, id_: int, state: JobState, *, attempts: int, reason: str = "") -> Job | None:
        self._database.execute(
            "UPDATE jobs SET state = ?, attempts = ?, reason = ?, changed_at = ? WHERE id = ?",
            (state, attempts, reason, self._now(), id_),
        )
        row = self._database.row(
            _SELECT + "WHERE id = ?",
            (id_,),
        )
        return _job(row) if row else None


def _job(row: Row) -> Job:
    id_, key, level, path, symbol, intent, priority, state, attempts, reason = row
    return Job(
        id=id_,
        key=key,
        target=Target(level=level, path=path, symbol=symbol),
        intent=intent,
        priority=priority,
        state=state,
        attempts=attempts,
        reason=reason,
    )
