"""The editor's process: set up, then serve standard input and output."""

import gc
import logging
import sys
from logging.handlers import RotatingFileHandler

from sleeptime.core.clock import SystemClock
from sleeptime.core.meeting import log_directory
from sleeptime.lsp.features import register
from sleeptime.lsp.server import SleeptimeServer

LOG_BYTES = 1024 * 1024
SWITCH_SECONDS = 0.0005
"""How long a background thread may hold the interpreter while a hover waits; Python's default is ten times that."""
COLLECT_AFTER_OBJECTS = 20_000
"""A garbage collection every 700 objects (Python's default) would run inside hovers."""


def run() -> None:
    """Serve one editor until it leaves; ends the process."""
    _start_log()
    server = SleeptimeServer(SystemClock())
    register(server)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, 20, 50)
    server.serve_stdio()


def _start_log() -> None:
    path = log_directory() / "server.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
    except OSError:
        handler = logging.StreamHandler()  # standard error: editors keep it
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
