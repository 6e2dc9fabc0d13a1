"""All commands, and what happens when one fails: one sentence on standard error and exit code 1 (2: wrong usage,
130: interrupted).
"""

import os
import sys
from typing import Annotated, NoReturn

import typer

import sleeptime
from sleeptime.core.errors import SleeptimeError

HELP = "A language server that thinks about your repository while you are away."

app = typer.Typer(
    name="sleeptime",
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def complete_app() -> typer.Typer:
    """All commands there are, for tests and documentation."""
    _add_commands()
    return app


def main() -> NoReturn:
    """Run the command line and end the process."""
    try:
        if sys.argv[1:2] not in (["serve"], ["worker"]):
            _add_commands()
        app()
    except SleeptimeError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:  # the reader of a pipe has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    sys.exit(0)


def _version(wanted: bool) -> None:
    if wanted:
        print(sleeptime.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version


@app.command(epilog="Example: put `sleeptime serve` into your editor's configuration.")
def serve() -> None:
    """Serve one editor over standard input and output (the Language Server Protocol)."""
    from sleeptime.lsp.main import run

    run()


@app.command(hidden=True, epilog="Example: sleeptime worker --linger-seconds 60")
def worker(
    linger_seconds: Annotated[float, typer.Option(help="Stay this long after the last client left.")] = 300.0,
) -> None:
    """Be the worker that owns the model. Editors and commands start it themselves."""
    from sleeptime.worker.main import run
    from sleeptime.worker.parts import real_collaborators

    run(real_collaborators, linger_seconds)


def _add_commands() -> None:
    """The commands for people: they bring libraries that the two processes do without, and start faster without."""
    from sleeptime.cli import agents, briefing, chat, compare, demo, health, learned, models, pages, plan, report, work

    app.command(epilog="Example: sleeptime index ~/src/flask")(work.index)
    app.command(epilog="Example: sleeptime sleep --minutes 10")(work.sleep)
    app.command(epilog="Example: sleeptime plan --jobs 20")(plan.plan)
    app.command(epilog='Example: sleeptime ask "Where are cookies signed?"')(work.ask)
    app.command(epilog="Example: sleeptime chat ~/src/flask")(chat.chat)
    app.command(epilog="Example: sleeptime hover src/flask/app.py:81:7")(work.hover)
    app.command(epilog="Example: sleeptime compare questions.jsonl --sleep-minutes 10")(compare.compare)
    app.command(epilog="Example: sleeptime report --days 7 --html report.html")(report.report)
    app.command(epilog='Example: sleeptime briefing --since "2 days"')(briefing.briefing)
    app.command(epilog="Example: sleeptime demo ~/src/requests --minutes 10")(demo.demo)
    app.command(epilog="Example: sleeptime status --files")(health.status)
    app.command(epilog="Example: sleeptime doctor --json")(health.doctor)
    app.command(epilog="Example: sleeptime wiki notes.html")(pages.wiki)
    app.command(epilog="Example: sleeptime tour --save .tours/start.tour")(pages.tour)
    app.command(epilog="Example: claude mcp add sleeptime -- sleeptime mcp")(agents.mcp)
    app.command(epilog="Example: sleeptime learned --forget")(learned.learned)
    app.command("bench-model", epilog="Example: sleeptime bench-model --model qwen2.5-coder-0.5b")(models.bench_model)
    app.add_typer(models.app, name="model")
