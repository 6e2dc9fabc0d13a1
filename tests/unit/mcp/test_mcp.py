"""The tools as an agent uses them: the official client, a real `sleeptime mcp` process, a real worker, the echo model."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from fakes.home import Home, own_home

CODE = '''"""A shop that sells."""


class Basket:
    """What a person is about to buy."""

    def add(self, item):
        """Put one more in."""
        if not item:
            raise ValueError("nothing to add")
        return item


def buy(basket):
    """Pay for everything."""
    basket = Basket()
    return basket.add("tea")
'''


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with pytest.MonkeyPatch.context() as monkeypatch, own_home(monkeypatch) as home:
        home.write_settings('[model]\nname = "echo"\n')
        yield home


@pytest.fixture(scope="module")
def shop(home: Home, tmp_path_factory: pytest.TempPathFactory) -> StdioServerParameters:
    root = tmp_path_factory.mktemp("shop")
    (root / "basket.py").write_text(CODE)
    return StdioServerParameters(command=sys.executable, args=["-P", "-m", "sleeptime", "mcp", str(root)], env=home.env)


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    content = result.structured_content
    return content["result"] if set(content) == {"result"} else content


async def test_an_agent_finds_explains_and_asks_with_citations(shop: StdioServerParameters) -> None:
    async with Client(shop) as client:
        found = await call(client, "find_symbol", name="add")
        assert [(f["name"], f["path"], f["start_line"], f["summary"]) for f in found] == [
            ("Basket.add", "basket.py", 7, "Put one more in.")
        ]
        (explained,) = await call(client, "explain", name="Basket.add")
        assert any("Called from" in fact and "buy" in fact for fact in explained["facts"])
        assert any("ValueError" in fact for fact in explained["facts"])
        answer = await call(client, "ask", question="Who calls `Basket.add`?")
        assert (answer["source"], answer["fresh"]) == ("facts", True)
        assert {"path": "basket.py", "start_line": 17, "end_line": 17, "symbol": "buy"} in answer["citations"]


async def test_what_is_suggested_is_answered_without_a_model(shop: StdioServerParameters) -> None:
    async with Client(shop) as client:
        suggested = await call(client, "suggest", text="Basket.add", limit=4)
        assert suggested
        answer = await call(client, "ask", question=suggested[0]["question"])
        assert answer["source"] in {"facts", "cache"}


async def test_the_overview_names_packages_and_their_modules(shop: StdioServerParameters) -> None:
    async with Client(shop) as client:
        overview = await call(client, "overview")
        assert overview["files"] == 1
        assert [package["modules"] for package in overview["packages"]] == [["basket.py"]]


async def test_tools_say_that_they_only_read_and_describe_what_they_return(shop: StdioServerParameters) -> None:
    async with Client(shop) as client:
        tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {"ask", "suggest", "explain", "overview", "find_symbol"}
        assert all(tool.annotations and tool.annotations.read_only_hint and tool.output_schema for tool in tools)


async def test_an_unknown_name_is_one_sentence_for_the_agent(shop: StdioServerParameters) -> None:
    async with Client(shop) as client:
        result = await client.call_tool("explain", {"name": "Basket.remove"})
        assert result.is_error
        assert "Basket.remove" in result.content[0].text
        assert "Traceback" not in result.content[0].text
