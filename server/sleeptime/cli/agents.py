"""mcp: the same answers for agents."""

import asyncio

from sleeptime.cli.console import Folder, load_settings
from sleeptime.cli.places import repository_root
from sleeptime.lsp.worker_client import WorkerClient


def mcp(path: Folder = None) -> None:
    """Serve one agent over standard input and output (the Model Context Protocol)."""
    from sleeptime.mcp.library import Library
    from sleeptime.mcp.server import Tools, build_server

    root = repository_root(path)
    settings = load_settings()

    async def serve() -> None:
        client = WorkerClient("mcp", settings)
        try:
            await build_server(Tools(root, Library(root), client.request)).run_stdio_async()
        finally:
            await client.close()

    asyncio.run(serve())
