from fakes.outlines import OutlinesInMemory
from sleeptime.core.types import Target
from sleeptime.index import Graph

PACKAGE = {
    "lib/__init__.py": "from .cart import Cart, _secret\nfrom .errors import *\n\ndef late():\n    from .cart import Late\n",
    "lib/cart.py": "class Cart: ...\nclass Late: ...\ndef _secret(): ...\n",
    "lib/errors.py": "class Broken(Exception): ...\n",
    "lib/json/__init__.py": "from ..cart import Cart\n\nCart()\n",
    "lib/compat.py": "from .cart import Cart as Cart\n",
    "lib/user.py": "from .cart import Cart\n",
    "other/__init__.py": "from lib import Cart\n",
    "tests/__init__.py": "from lib.cart import Cart as Cart\n",
}
SCRIPTS = {
    "src/index.ts": 'export * from "./item";\nexport { default as Shop } from "./shop";\n',
    "src/item.ts": "export class Item {}\n",
    "src/shop.ts": "export default class Shop {}\nclass Hidden {}\n",
    "src/view.ts": 'import { Item } from "./item";\nimport { Shop } from "./index";\nexport { Shop };\n',
}


def exports(files: dict[str, str], path: str, name: str) -> list[str]:
    found = Graph(OutlinesInMemory(files)).exports(Target("class", path, name))
    return [f"{use.path}:{use.line + 1}" for use in found]


def test_a_python_package_exports_what_it_imports_from_within_itself() -> None:
    assert exports(PACKAGE, "lib/cart.py", "Cart") == ["lib/__init__.py:1", "lib/compat.py:1"]


def test_a_package_that_imports_everything_exports_it() -> None:
    assert exports(PACKAGE, "lib/errors.py", "Broken") == ["lib/__init__.py:2"]


def test_what_is_private_or_imported_inside_a_function_is_not_exported() -> None:
    assert exports(PACKAGE, "lib/cart.py", "_secret") == []
    assert exports(PACKAGE, "lib/cart.py", "Late") == []


def test_scripts_export_what_they_say() -> None:
    assert exports(SCRIPTS, "src/item.ts", "Item") == ["src/index.ts:1"]
    assert exports(SCRIPTS, "src/shop.ts", "Shop") == ["src/index.ts:2", "src/view.ts:2"]
    assert exports(SCRIPTS, "src/shop.ts", "Hidden") == []


def test_a_crate_exports_what_it_uses_publicly() -> None:
    files = {
        "src/lib.rs": "mod item;\npub use item::Item;\nuse item::Other;\n",
        "src/item.rs": "pub struct Item;\npub struct Other;\n",
    }
    assert exports(files, "src/item.rs", "Item") == ["src/lib.rs:2"]
    assert exports(files, "src/item.rs", "Other") == []


def test_members_and_what_is_gone_are_exported_by_nobody() -> None:
    files = {"lib/__init__.py": "from .cart import Cart\n", "lib/cart.py": "class Cart:\n    def add(self): ...\n"}
    assert exports(files, "lib/cart.py", "Cart.add") == []
    assert exports(files, "lib/cart.py", "Gone") == []
