"""The command line: parse, call one use case, print."""

from sleeptime.cli.app import main

__all__ = ["main"]
