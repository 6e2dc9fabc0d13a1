import pytest

from sleeptime.core.types import Import, Span
from sleeptime.index import Modules

NOWHERE = Span(0, 0, 0, 0)
PYTHON = [
    "src/shop/__init__.py",
    "src/shop/cart.py",
    "src/shop/models/__init__.py",
    "src/shop/models/book.py",
    "flask-3.1.1/x/__init__.py",
    "flask-3.1.1/x/y.py",
    "tools/run.py",
    "tools/helper.py",
    "namespace/part.py",
]
WEB = [
    "src/index.ts",
    "src/cart.ts",
    "src/models/index.tsx",
    "src/util.d.ts",
    "packages/ui/src/index.js",
    "src/view.vue",
]
GO = ["go.mod", "main.go", "store/item.go", "store/item_test.go", "store/book.go", "internal/api/v2/api.go"]
RUST = [
    "src/lib.rs",
    "src/store/mod.rs",
    "src/store/item.rs",
    "src/cart.rs",
    "src/cart/line.rs",
    "crates/my-util/src/lib.rs",
    "crates/my-util/src/text.rs",
]


def resolve(paths, path, language, module, name=""):
    return Modules(paths).resolve(path, language, Import(module, name, "", NOWHERE))


@pytest.mark.parametrize(
    ("path", "module", "name", "files"),
    [
        ("tools/run.py", "shop", "", ["src/shop/__init__.py"]),
        ("tools/run.py", "shop.cart", "Cart", ["src/shop/cart.py"]),
        ("tools/run.py", "src.shop.cart", "Cart", ["src/shop/cart.py"]),
        ("tools/run.py", "shop", "cart", ["src/shop/__init__.py", "src/shop/cart.py"]),
        ("tools/run.py", "helper", "", ["tools/helper.py"]),
        ("tools/run.py", "namespace.part", "x", ["namespace/part.py"]),
        ("tools/run.py", "os.path", "join", []),
        ("src/shop/cart.py", ".models", "Book", ["src/shop/models/__init__.py"]),
        ("src/shop/cart.py", ".", "models", ["src/shop/__init__.py", "src/shop/models/__init__.py"]),
        ("src/shop/models/book.py", "..cart", "Cart", ["src/shop/cart.py"]),
        ("src/shop/models/book.py", ".......cart", "Cart", []),
        ("flask-3.1.1/x/__init__.py", ".y", "Y", ["flask-3.1.1/x/y.py"]),
        ("flask-3.1.1/x/__init__.py", ".", "y", ["flask-3.1.1/x/__init__.py", "flask-3.1.1/x/y.py"]),
    ],
)
def test_a_python_import_leads_to_files(path, module, name, files):
    assert list(resolve(PYTHON, path, "python", module, name).files) == files


@pytest.mark.parametrize(
    ("path", "module", "files"),
    [
        ("src/index.ts", "./cart", ["src/cart.ts"]),
        ("src/index.ts", "./cart.js", ["src/cart.ts"]),
        ("src/index.ts", "./models", ["src/models/index.tsx"]),
        ("src/models/index.tsx", "../util", ["src/util.d.ts"]),
        ("src/models/index.tsx", "@/cart", ["src/cart.ts"]),
        ("src/index.ts", "packages/ui", ["packages/ui/src/index.js"]),
        ("src/index.ts", "react", []),
        ("src/index.ts", "../../../outside", []),
    ],
)
def test_a_script_import_leads_to_files(path, module, files):
    assert list(resolve(WEB, path, "typescript", module, "x").files) == files


@pytest.mark.parametrize(
    ("module", "files"),
    [
        ("example.com/shop/store", ["store/book.go", "store/item.go"]),
        ("example.com/shop/internal/api/v2", ["internal/api/v2/api.go"]),
        ("fmt", []),
    ],
)
def test_a_go_import_is_a_directory_without_its_tests(module, files):
    assert list(resolve(GO, "main.go", "go", module).files) == files


@pytest.mark.parametrize(
    ("path", "module", "files", "rest"),
    [
        ("src/lib.rs", "store::item::Item", ["src/store/item.rs"], "Item"),
        ("src/store/item.rs", "crate::cart::Cart", ["src/cart.rs"], "Cart"),
        ("src/store/item.rs", "crate::Error", ["src/lib.rs"], "Error"),
        ("src/store/item.rs", "super::Priced", ["src/store/mod.rs"], "Priced"),
        ("src/cart.rs", "self::line::Line", ["src/cart/line.rs"], "Line"),
        ("src/lib.rs", "my_util::text::trim", ["crates/my-util/src/text.rs"], "trim"),
        ("src/lib.rs", "cart", ["src/cart.rs"], ""),
        ("src/lib.rs", "std::io::Read", [], ""),
    ],
)
def test_a_rust_path_follows_the_module_tree(path, module, files, rest):
    found = resolve(RUST, path, "rust", module)
    assert list(found.files) == files
    assert not files or found.rest == rest


@pytest.mark.parametrize(
    ("language", "path", "module", "name", "files"),
    [
        ("java", "src/main/java/a/b/C.java", "a.b.D", "", ["src/main/java/a/b/D.java"]),
        ("java", "src/main/java/a/b/C.java", "a.b.D.LIMIT", "", ["src/main/java/a/b/D.java"]),
        ("java", "x/Y.java", "a.b", "*", ["src/main/java/a/b/C.java", "src/main/java/a/b/D.java"]),
        ("c", "src/cart.c", "cart.h", "", ["include/cart.h", "src/cart.c"]),
        ("ruby", "bin/run.rb", "shop/cart", "", ["lib/shop/cart.rb"]),
        ("php", "web/index.php", "App\\Shop\\Cart", "", ["app/src/Shop/Cart.php"]),
        ("bash", "run.sh", '$(dirname "$0")/lib/cart.sh', "", ["lib/cart.sh"]),
    ],
)
def test_other_languages_imports_are_paths(language, path, module, name, files):
    paths = ["src/main/java/a/b/C.java", "src/main/java/a/b/D.java", "x/Y.java", "include/cart.h", "src/cart.c"]
    paths += ["lib/shop/cart.rb", "bin/run.rb", "app/src/Shop/Cart.php", "web/index.php", "lib/cart.sh", "run.sh"]
    assert list(resolve(paths, path, language, module, name).files) == files


def test_of_two_files_with_one_name_the_nearer_is_meant():
    paths = ["one/util.py", "one/main.py", "two/util.py", "two/main.py"]
    assert resolve(paths, "two/main.py", "python", "util", "x").paths == ("two/util.py",)
