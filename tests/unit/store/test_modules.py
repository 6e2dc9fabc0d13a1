from sleeptime.core.keys import EXTRACTOR_VERSION
from sleeptime.core.types import Import, Outline, Reference, Span, Symbol
from sleeptime.store import FileRow, Store, encode_outline, encode_skipped, open_reader

HERE = Span(0, 0, 1, 0)


def symbol(name: str, **fields: object) -> Symbol:
    return Symbol(name=name, qualified_name=name, kind="function", span=HERE, name_span=HERE, **fields)


def outline(*symbols: Symbol, calls: tuple[str, ...] = (), imports: tuple[Import, ...] = ()) -> Outline:
    references = tuple(Reference(name, "self.app", "call", 0, 0) for name in calls)
    return Outline("python", symbols, imports, references, line_count=3)


def put(store: Store, path: str, content: Outline, worktree: str = "/one", blob: str = "") -> None:
    blob = blob or f"blob-of-{path}"
    ids = store.modules.put_outlines([encode_outline(blob, content)])
    store.modules.update_files(worktree, [FileRow(path, 1, 2, ids[blob, "python"])])


def test_a_stored_outline_comes_back_as_it_was(store: Store) -> None:
    content = outline(symbol("f", docstring="What f does.", decorators=("app.route",)), calls=("g",))
    put(store, "a.py", content)
    assert store.outlines("/one").outline("a.py") == content
    assert store.outlines("/one").outline("b.py") is None
    assert store.outlines("/other").outline("a.py") is None


def test_a_content_is_stored_once_and_shared_by_paths_and_worktrees(store: Store) -> None:
    put(store, "a.py", outline(symbol("f")), blob="same")
    assert store.modules.known([("same", "python"), ("same", "ruby"), ("other", "python")]).keys() == {
        ("same", "python")
    }
    put(store, "b.py", outline(symbol("f")), blob="same", worktree="/two")
    assert store.database.row("SELECT count(*) FROM outlines") == (1,)
    assert store.outlines("/two").paths() == ("b.py",)


def test_a_content_of_another_extractor_is_not_known(store: Store) -> None:
    put(store, "a.py", outline())
    store.database.execute("UPDATE outlines SET version = ?", (EXTRACTOR_VERSION - 1,))
    assert store.modules.known([("blob-of-a.py", "python")]) == {}
    (stored,) = store.modules.stored_files("/one")
    assert stored.version == EXTRACTOR_VERSION - 1


def test_stored_files_come_sorted_however_many(store: Store, monkeypatch) -> None:
    monkeypatch.setattr("sleeptime.store.modules.PAGE_ROWS", 3)
    (id_,) = store.modules.put_outlines([encode_outline("x", outline())]).values()
    paths = [f"{number}.py" for number in range(10)] + ["ä.py", "Z.py", "sub/z.py"]
    store.modules.update_files("/one", [FileRow(path, 1, 2, id_) for path in paths])
    assert [stored.path for stored in store.modules.stored_files("/one")] == sorted(paths)


def test_a_reader_sees_a_changed_file_at_once(store: Store) -> None:
    put(store, "a.py", outline(symbol("f")))
    reader = open_reader(store.path)
    assert reader is not None
    outlines = reader.outlines("/one")
    assert [s.name for s in outlines.outline("a.py").symbols] == ["f"]
    put(store, "a.py", outline(symbol("g")), blob="new")
    assert [s.name for s in outlines.outline("a.py").symbols] == ["g"]
    assert outlines.definitions("f") == []
    store.modules.update_files("/one", [], ["a.py"])
    assert outlines.outline("a.py") is None
    assert outlines.paths() == ()
    reader.close()


def test_definitions_are_found_by_exact_name(store: Store) -> None:
    put(store, "a.py", outline(symbol("run"), symbol("Run"), symbol("rerun")))
    put(store, "b.py", outline(calls=("run",)))
    found = store.outlines("/one").definitions("run")
    assert [(path, s.name) for path, s in found] == [("a.py", "run")]


def test_any_name_can_be_looked_up(store: Store) -> None:
    names = ['say "hi"', "Getting started", "operator==", "größe", "$scope", "a.b", "*", "=", "#x", "\ud800", "NOT"]
    put(store, "a.py", outline(*(symbol(name) for name in names if name != "\ud800")))
    outlines = store.outlines("/one")
    for name in names:
        assert bool(outlines.definitions(name)) is (name != "\ud800"), name


def test_a_path_mentions_each_identifier_of_its_outline(store: Store) -> None:
    imports = (Import("flask.json", "dumps", "to_json", HERE),)
    content = outline(symbol("f", bases=("base.Model",), raises=("KeyError",)), calls=("go",), imports=imports)
    put(store, "a.py", content)
    put(store, "b.py", outline())
    outlines = store.outlines("/one")
    for name in ("f", "Model", "base", "KeyError", "go", "self", "app", "flask", "json", "dumps", "to_json"):
        assert outlines.paths_mentioning(name) == ["a.py"], name
    assert outlines.paths_mentioning("goes") == []


def test_skipped_files_are_told_with_their_reason(store: Store) -> None:
    (id_,) = store.modules.put_outlines([encode_skipped("x", "python", "it is minified")]).values()
    store.modules.update_files("/one", [FileRow("min.js", 1, 2, id_)])
    store.modules.update_skipped("/one", [("big.py", "it is larger than 1 MiB")], [])
    assert store.modules.skipped("/one") == [("big.py", "it is larger than 1 MiB"), ("min.js", "it is minified")]
    assert store.modules.unread("/one") == {"big.py": "it is larger than 1 MiB"}
    assert store.outlines("/one").paths() == ()
    assert store.outlines("/one").outline("min.js") is None
    store.modules.update_skipped("/one", [], ["big.py"])
    assert [path for path, _ in store.modules.skipped("/one")] == ["min.js"]


def test_counts_say_how_much_is_indexed(store: Store) -> None:
    put(store, "a.py", outline(symbol("f"), symbol("g")))
    put(store, "b.py", outline(symbol("h")))
    store.modules.update_skipped("/one", [("c.py", "it is secret")], [])
    counts = store.modules.counts("/one")
    assert (counts.files, counts.symbols, counts.skipped) == (2, 3, 1)


def test_the_generation_moves_only_when_files_do(store: Store) -> None:
    put(store, "a.py", outline())
    before = store.modules.generation("/one")
    store.modules.update_files("/one", [])
    put(store, "a.py", outline(), worktree="/two")
    assert store.modules.generation("/one") == before
    put(store, "b.py", outline())
    assert store.modules.generation("/one") > before


def test_a_forgotten_worktree_leaves_its_contents(store: Store) -> None:
    put(store, "a.py", outline(), blob="same")
    store.modules.forget_worktree("/one")
    assert store.modules.worktrees() == []
    assert ("same", "python") in store.modules.known([("same", "python")])


def test_the_cache_of_outlines_is_bounded(store: Store) -> None:
    from sleeptime.store import WorktreeOutlines

    for number in range(20):
        put(store, f"{number}.py", outline(symbol(f"f{number}")))
    outlines = WorktreeOutlines(store.database, store.modules, "/one", cache_bytes=300)
    for number in range(20):
        assert outlines.outline(f"{number}.py") is not None
    assert 1 <= len(outlines._decoded) < 10
    assert outlines.outline("0.py").symbols[0].name == "f0"


def test_what_a_steady_view_has_looked_at_stays_as_it_was(store: Store) -> None:
    put(store, "a.py", outline(symbol("f"), calls=("g",)))
    outlines = store.outlines("/one")
    with outlines.steady(), outlines.steady():
        outlines.outline("a.py")
        outlines.paths_mentioning("g")
        put(store, "a.py", outline(symbol("h")), blob="new")
        assert outlines.outline("a.py").symbols[0].name == "f"
        assert outlines.paths_mentioning("g") == ["a.py"]
    assert outlines.outline("a.py").symbols[0].name == "h"
    assert outlines.paths_mentioning("g") == []


def test_a_name_that_was_looked_up_is_looked_up_again_after_a_change(store: Store) -> None:
    outlines = store.outlines("/one")
    assert outlines.definitions("f") == outlines.paths_mentioning("f") == []
    put(store, "a.py", outline(symbol("f")))
    assert [path for path, _ in outlines.definitions("f")] == outlines.paths_mentioning("f") == ["a.py"]


def test_names_remembered_are_bounded(store: Store, monkeypatch) -> None:
    monkeypatch.setattr("sleeptime.store.outlines.CACHED_NAMES", 3)
    put(store, "a.py", outline(*(symbol(f"f{number}") for number in range(9))))
    outlines = store.outlines("/one")
    for number in (*range(9), *range(9)):
        assert outlines.paths_mentioning(f"f{number}") == ["a.py"]
    assert len(outlines._mentions) == 3
