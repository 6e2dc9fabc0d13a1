"""Answers in a terminal: they grow while they are written, and their citations can be clicked."""

from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.text import Text

from sleeptime.cli.console import out
from sleeptime.core import messages as say
from sleeptime.lsp.worker_client import WorkerClient


async def stream_answer(worker: WorkerClient, message: say.Ask, *, show: bool) -> say.Answered:
    """The answer; in a terminal, with `show`, its text grows while it is written.

    Raises:
        SleeptimeError: there is no answer, in one sentence.
    """
    console = out()
    if not show or not console.is_terminal:
        answered = await worker.request(message)
    else:
        text = ""
        with Live(console=console, transient=True, refresh_per_second=8) as live:

            def on_reply(reply: say.AnyWorkerMessage) -> None:
                nonlocal text
                if isinstance(reply, say.Piece):
                    text += reply.text
                    live.update(Markdown(text))
                elif isinstance(reply, say.Progress) and not text:
                    live.update(f"[dim]{reply.text}…[/dim]")

            answered = await worker.request(message, on_reply)
    assert isinstance(answered, say.Answered)
    return answered


def print_answer(answered: say.Answered, root: Path, console: Console, *, plain: bool = False) -> None:
    """The text, the lines that support it, and where it came from; `plain`, and outside a terminal, as it is."""
    plain = plain or not console.is_terminal
    if plain:
        console.print(answered.text, markup=False)
    else:
        console.print(Markdown(answered.text))
    for evidence in answered.evidence:
        place = f"{evidence}" + (f"  {evidence.symbol}" if evidence.symbol else "")
        link = "" if plain else f"link {(root / evidence.path).as_uri()}#L{evidence.start_line}"
        console.print(Text.assemble("  ", (place, link)))
    console.print(Text(answered.footer, style="" if plain else "dim"))
