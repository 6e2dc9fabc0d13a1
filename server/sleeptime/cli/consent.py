"""The one question of the first sleep: may Sleeptime think while the person is away?"""

import sys
from pathlib import Path

import typer

from sleeptime.cli.console import err, with_worker
from sleeptime.core import messages as say
from sleeptime.core.estimates import in_words
from sleeptime.core.settings import Settings, write_user_setting


def ask_consent(root: Path, settings: Settings) -> None:
    """Ask once, with what it would take, and keep the answer for every client; silent where nobody can answer.

    Raises:
        SettingsError: the answer cannot be kept.
        SleeptimeError: the worker's own.
    """
    if settings.sleep.consent != "ask" or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return
    estimated = with_worker(settings, lambda worker: worker.request(say.GetEstimate(root=str(root))))
    assert isinstance(estimated, say.Estimated)
    err().print(in_words(estimated), markup=False)
    question = "May Sleeptime also think by itself while you are away, and stop when you are back?"
    write_user_setting("sleep", "consent", "yes" if typer.confirm(question, err=True) else "no")
