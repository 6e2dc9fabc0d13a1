import pytest

from sleeptime.index import parse

HEAD = "import app\nfrom shop import Cart\n"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("Cart(1)", [("Cart", "", "call")]),
        ("app.json.dumps(x)", [("json", "app", "read"), ("dumps", "app.json", "call")]),
        ("Cart().total", [("Cart", "", "call"), ("total", "Cart()", "read")]),
        ("app.get()[0].name()", [("get", "app", "call"), ("name", "?", "call")]),
        ("'text'.join(app)", [("join", "?", "call"), ("app", "", "read")]),
        ("app.x = 1", [("x", "app", "write")]),
        ("app.x += 1", [("x", "app", "write")]),
        ("f'{app.name} app.no'", [("name", "app", "read")]),
        ("'app.no'  # app.no", []),
        ("run(app=Cart)", [("Cart", "", "read")]),
        ("app == Cart", [("app", "", "read"), ("Cart", "", "read")]),
        ("raise Cart", [("Cart", "", "raise")]),
        ("unknown(elsewhere)", []),
        ("unknown.method(elsewhere)", [("method", "unknown", "call")]),
        ("app.größe()", [("größe", "app", "call")]),
        ("(app\n  .name)", [("app", "", "read"), ("name", "?", "read")]),
    ],
)
def test_a_line_of_python_uses_these_names(code: str, found: list[tuple[str, str, str]]) -> None:
    outline = parse((HEAD + code + "\n").encode(), "python")
    assert [(use.name, use.receiver, use.kind) for use in outline.references] == found


def test_each_name_stands_where_it_says() -> None:
    text = HEAD + "é = app.json.dumps(Cart)\n"
    for use in parse(text.encode(), "python").references:
        line = text.encode().split(b"\n")[use.line]
        assert line[use.column :].startswith(use.name.encode())


def test_a_definition_is_no_use_of_itself() -> None:
    outline = parse(b"def f(): ...\nclass C:\n    def f(self): ...\nx = 1\n", "python")
    assert outline.references == ()
