"""Sleeptime: a language server that thinks about a repository while its person is away."""

__version__ = "0.1.0"
