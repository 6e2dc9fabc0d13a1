from sleeptime.core.types import Comment, Outline, Reference, Span, Symbol, Target
from sleeptime.store import FileRow, Store, encode_outline

HERE = Span(0, 0, 1, 0)


def fill(store: Store, worktree: str = "/one") -> None:
    symbols = (
        Symbol("Flask", "Flask", "class", HERE, HERE, docstring="The application object."),
        Symbol("wsgi_app", "Flask.wsgi_app", "method", HERE, HERE, parent=0, docstring="Handles one request."),
        Symbol("open_session", "Flask.open_session", "method", HERE, HERE, parent=0),
    )
    dispatch = Reference("dispatchRequest", "self", "call", 1, 1, 1)
    why = Comment("Middleware may swap the environment.", 2, 1), Comment("Kept for zebras.", 9)
    app = Outline("python", symbols, (), (dispatch,), "All of the app.", comments=why)
    # BM25 needs other symbols for a word to be rare among.
    others = Outline("python", tuple(Symbol(f"other{n}", f"other{n}", "function", HERE, HERE) for n in "abcdefgh"))
    guide = Outline("markdown", (Symbol("Getting started", "Getting started", "heading", HERE, HERE),))
    paths = {"app.py": app, "others.py": others, "guide.md": guide}
    ids = store.modules.put_outlines([encode_outline(path, outline) for path, outline in paths.items()])
    rows = [FileRow(path, 1, 1, ids[path, outline.language]) for path, outline in paths.items()]
    store.modules.update_files(worktree, rows)


def targets(store: Store, text: str) -> list[str]:
    return [str(hit.target) for hit in store.search.code("/one", text)]


def test_names_are_found_by_their_words(store: Store) -> None:
    fill(store)
    assert targets(store, "Where are sessions opened?")[0] == "app.py::Flask.open_session"
    assert targets(store, "wsgiApp")[0] == "app.py::Flask.wsgi_app"
    assert targets(store, "getting started") == ["guide.md::Getting started"]


def test_names_alone_are_searched_where_only_they_count(store: Store) -> None:
    fill(store)
    assert [str(hit.target) for hit in store.search.named("/one", "a session request")] == [
        "app.py::Flask.open_session"
    ]
    assert store.search.named("/one", "request") == store.search.named("/one", "the") == []
    assert store.search.named("/two", "session") == []


def test_docstrings_and_names_used_inside_are_found(store: Store) -> None:
    fill(store)
    assert targets(store, "who handles a request")[0] == "app.py::Flask.wsgi_app"
    assert targets(store, "dispatch")[0] == "app.py::Flask.wsgi_app"
    assert store.search.code("/one", "all of the app")[-1].target.level in {"module", "symbol"}
    assert "app.py" in targets(store, "all of the app")


def test_comments_are_found_by_the_symbol_around_them(store: Store) -> None:
    fill(store)
    assert targets(store, "why swap the environment?") == ["app.py::Flask.wsgi_app"]
    assert targets(store, "zebra") == ["app.py"]


def test_a_class_is_found_as_a_class(store: Store) -> None:
    fill(store)
    assert store.search.code("/one", "application object")[0].target == Target("class", "app.py", "Flask")


def test_an_enum_is_found_as_a_class_too(store: Store) -> None:
    outline = Outline("typescript", (Symbol("Colour", "Colour", "enum", HERE, HERE),))
    ids = store.modules.put_outlines([encode_outline("a.ts", outline)])
    store.modules.update_files("/one", [FileRow("a.ts", 1, 1, ids["a.ts", "typescript"])])
    assert store.search.code("/one", "colour")[0].target == Target("class", "a.ts", "Colour")


def test_other_worktrees_and_replaced_contents_are_not_found(store: Store) -> None:
    fill(store, "/two")
    assert targets(store, "flask") == []
    fill(store)
    store.modules.update_files("/one", [], ["app.py"])
    assert targets(store, "flask") == []


def test_a_question_without_words_finds_nothing(store: Store) -> None:
    fill(store)
    assert targets(store, '"?!* -- ') == []
    assert store.search.answers("") == []


def test_scores_fall_and_the_limit_holds(store: Store) -> None:
    fill(store)
    hits = store.search.code("/one", "flask session request", limit=2)
    assert len(hits) == 2
    assert hits[0].score >= hits[1].score > 0
