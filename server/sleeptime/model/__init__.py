"""The only folder that loads weights. Importing it loads no engine: those come with `open_model`."""

from sleeptime.model.echo import EchoModel

__all__ = ["EchoModel"]
