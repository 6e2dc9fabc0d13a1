from collections.abc import Mapping

from fakes.shop import ADD, CART, CLASS, MODULE, PRICE_OF, PRICES, shop
from sleeptime.core.types import Answer, GateResults, Target
from sleeptime.index import Freshness, members

PACKAGE = Target("package", "shop")
REPOSITORY = Target("repository")
LEVELS = (ADD, CLASS, MODULE, PRICE_OF, PACKAGE, REPOSITORY)


class Notes:
    """Notes about the shop as it was, read when it is as `edited` says."""

    def __init__(self) -> None:
        before = Freshness(shop(), lambda _: None)
        depends = {MODULE: (ADD,), PACKAGE: (MODULE, Target("module", "shop/prices.py")), REPOSITORY: (PACKAGE,)}
        self.notes = {
            str(target): Answer(
                str(target), target, "purpose", "?", "text", (), before.code_hash(target), "echo", "p", 0.0,
                GateResults(1.0, 1.0), token_hash=before.token_hash(target),
                dependencies=tuple(str(other) for other in depends.get(target, ())),
            )
            for target in (*LEVELS, Target("module", "shop/prices.py"))
        }  # fmt: skip

    def stale(self, edited: Mapping[str, str]) -> set[str]:
        now = Freshness(shop(dict(edited)), self.notes.get)
        return {key for key, note in self.notes.items() if not now.is_fresh(note)}


def test_nothing_is_stale_while_nothing_changed() -> None:
    assert Notes().stale({}) == set()


def test_an_edit_makes_exactly_what_was_written_from_it_stale() -> None:
    edited = PRICES.replace("3", "4")
    assert Notes().stale({"shop/prices.py": edited}) == {
        str(PRICE_OF), "shop/prices.py", str(PACKAGE), str(REPOSITORY),
    }  # fmt: skip


def test_an_edit_of_a_method_is_an_edit_of_its_class_and_module() -> None:
    edited = CART.replace("count < 1", "count < 2")
    assert Notes().stale({"shop/cart.py": edited}) == {str(ADD), str(CLASS), str(MODULE), str(PACKAGE), str(REPOSITORY)}


def test_comments_formatting_and_a_move_make_nothing_stale() -> None:
    commented = CART.replace("        if count < 1:\n", "        # never less than one\n\n        if count   < 1:\n")
    assert commented != CART
    assert Notes().stale({"shop/cart.py": commented}) == set()
    assert Notes().stale({"shop/cart.py": "# a licence\n\n\n" + CART}) == set()


def test_a_note_about_what_is_gone_is_stale() -> None:
    assert str(ADD) in Notes().stale({"shop/cart.py": "class Cart: ...\n"})


def test_a_new_module_makes_only_its_package_and_the_repository_stale() -> None:
    assert Notes().stale({"shop/new.py": "def new(): ...\n"}) == {str(PACKAGE), str(REPOSITORY)}


def test_a_note_whose_source_was_forgotten_is_stale() -> None:
    notes = Notes()
    del notes.notes[str(ADD)]
    assert notes.stale({}) == {str(MODULE), str(PACKAGE), str(REPOSITORY)}


def test_what_happened_between_two_commits_stays_so() -> None:
    change = Target("change", "shop/gone.py")
    answer = Answer("k", change, "changed", "?", "text", (), "a..b", "", "p", 0.0, GateResults(1.0, 1.0))
    assert Freshness(shop(), lambda _: None).is_fresh(answer)


def test_tests_and_prose_are_no_members() -> None:
    sources = shop({"shop/notes.md": "# Notes\n", "main.py": "import shop\n"})
    assert members(REPOSITORY, sources) == (Target("package", "."), PACKAGE)
    assert [member.path for member in members(PACKAGE, sources)] == [
        "shop/__init__.py", "shop/cart.py", "shop/prices.py",
    ]  # fmt: skip
