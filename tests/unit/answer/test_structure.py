from fakes.shop import ADD, CLASS, MODULE, shop
from sleeptime.answer.facts import FactAnswers
from sleeptime.core.intents import IntentName
from sleeptime.core.types import Target
from sleeptime.index import Graph

ABSTRACT = """
class Store:
    def save(self, cart):
        raise NotImplementedError

    def name(self):
        return "store"


class Disk(Store):
    def save(self, cart):
        self.saved = cart
"""


def said(target: Target, intent: IntentName, files: dict[str, str] | None = None) -> str:
    sources = shop(files)
    answer = FactAnswers(Graph(sources.outlines), sources).answer(target, intent)
    assert answer is not None
    text, evidence = answer
    assert evidence or intent == "conventions"
    return text


def test_what_a_function_changes_is_what_it_assigns_besides_its_locals() -> None:
    assert "assigns no attribute itself" in said(ADD, "effects")
    disk = Target("symbol", "shop/store.py", "Disk.save")
    assert "assigns `self.saved` itself" in said(disk, "effects", {"shop/store.py": ABSTRACT})
    assert "It raises `ValueError`." in said(ADD, "effects")


def test_a_class_works_with_what_it_extends_uses_and_is_used_by() -> None:
    text = said(CLASS, "collaborators")
    assert "`Cart` is extended by `GiftCart`." in text
    assert "test_total" not in text


def test_a_class_is_extended_where_methods_are_replaced_or_must_be_defined() -> None:
    text = said(Target("class", "shop/store.py", "Store"), "extension_points", {"shop/store.py": ABSTRACT})
    assert "- `Store.save`: must be defined; replaced by `Disk.save`" in text
    assert "Store.name" not in text
    assert "No method of it is replaced" in said(
        Target("class", "shop/store.py", "Disk"), "extension_points", {"shop/store.py": ABSTRACT}
    )


def test_what_a_module_insists_on_is_where_it_raises() -> None:
    assert "- `Cart.add` refuses with `ValueError`" in said(MODULE, "invariants")


def test_conventions_are_counted() -> None:
    text = said(Target("repository"), "conventions")
    assert "- Exported functions have documentation" in text or "seldom have documentation" in text
    assert "- Tests stand in `tests`." in text
