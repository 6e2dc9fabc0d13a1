import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, client_capabilities

from fakes.editor import Editor
from fakes.home import Home, own_home

SERVER = [sys.executable, "-P", "-m", "sleeptime", "serve"]

SHOP = '''"""A shop that sells things."""

from till import Till


class Shop:
    """Sells things from a till."""

    def __init__(self, till: Till) -> None:
        self.till = till

    def sell(self, price: int) -> int:
        """Take the money for one thing; 字 and 🙂 are welcome."""
        if price < 0:
            raise ValueError("a price is never negative")
        emoji = "🙂🙂"; return self.till.take(price, emoji)
'''
TILL = '''"""Where the money is."""


class Till:
    def take(self, amount: int, note: str = "") -> int:
        """Put money in; returns what is in it now."""
        return amount + len(note)
'''


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with own_home(monkeypatch) as home:
        home.write_settings('[model]\nname = "echo"\n\n[sleep]\nconsent = "no"\n')
        yield home


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A git repository with two modules, on a path that needs escaping in a URI."""
    root = tmp_path / "my shop é"
    root.mkdir()
    (root / "shop.py").write_text(SHOP, "utf-8")
    (root / "till.py").write_text(TILL, "utf-8")
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first"],
    ):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


OpenEditor = Callable[..., Any]


@pytest.fixture
def open_editor(home: Home) -> OpenEditor:
    """`async with open_editor(folder, …) as editor`; `name` chooses the editor whose capabilities are used."""

    @asynccontextmanager
    async def opened(*folders: Path, name: str = "visual-studio-code", **options: Any) -> AsyncIterator[Editor]:
        client = await ClientServerConfig(server_command=SERVER, server_env=home.env).start()
        statuses: list[Any] = []

        @client.feature("sleeptime/status")
        def heard(params: Any) -> None:
            statuses.append(params)

        prepare = options.pop("prepare", None)
        if prepare:
            prepare(client)
        params = lsp.InitializeParams(
            capabilities=options.pop("capabilities", None) or client_capabilities(name),
            workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders],
            initialization_options=options,
        )
        await client.initialize_session(params)
        editor = Editor(client, statuses)
        try:
            yield editor
        finally:
            if client._server.returncode is None:
                await client.shutdown_session()
            await client.stop()

    return opened
