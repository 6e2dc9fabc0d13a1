"""Imports to files, from the list of paths alone: what `import a.b` can mean in this repository.

Nothing is read: a language's own rules for where modules live decide (Python packages and source roots, relative
JavaScript paths and index files, Go directories, Rust's module tree, Java packages, include paths). Where a rule
needs a file that is not source (`tsconfig.json`, `go.mod`, `composer.json`), the longest matching end of a path does.
"""

import posixpath
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from sleeptime.core.types import Import
from sleeptime.index.languages import language_of

_JS_EXTENSIONS = (".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts")
_C_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".c++", ".m", ".cu")
_ROOTS = ("src/", "lib/", "app/", "python/", "source/")
_REMEMBERED = 50_000
MAX_PACKAGE_FILES = 200
"""A directory with more files than this is no package one looks names up in."""


def is_package_file(path: str) -> bool:
    """Whether a file stands for its directory when that is imported."""
    return path.rpartition("/")[2].startswith(("__init__.", "index.", "mod.rs", "lib.rs"))


def module_names(path: str) -> list[str]:
    """Names by which other files' imports may mention a file."""
    parts = path.split("/")
    stem = parts[-1].split(".")[0]
    return [name for name in dict.fromkeys((stem, *parts[-2:-1])) if name]


class Resolved(Struct, frozen=True):
    """What an import leads to: files that may define the name, and the part of the path that is left to find in
    them (`crate::a::B::new` leads to `a.rs` with `B.new` left). `whole` says that the module itself was imported.
    """

    paths: tuple[str, ...]
    rest: str = ""
    whole: bool = False
    submodules: tuple[str, ...] = ()  # files that the name itself means, if none of `paths` defines it

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that the import depends on."""
        return self.paths + self.submodules


class Modules:
    """The module structure of one list of paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._resolved: dict[tuple[str, str, str, str], Resolved] = {}

    def resolve(self, path: str, language: str, found: Import) -> Resolved:
        """Where `found`, an import in the file `path`, leads; no paths when it leaves the repository."""
        key = (path, language, found.module, found.name)
        if (known := self._resolved.get(key)) is not None:
            return known
        if len(self._resolved) > _REMEMBERED:
            self._resolved.clear()
        resolver = self._resolvers.get(language)
        result = resolver(path, found) if resolver is not None and found.module else Resolved(())
        self._resolved[key] = result
        return result

    def siblings(self, path: str, language: str) -> tuple[str, ...]:
        """Files whose top-level names are visible in `path` without an import: Go's and Java's packages."""
        if language not in {"go", "java", "csharp", "php"}:
            return ()
        files = self._directories.get(posixpath.dirname(path), ())
        same = tuple(file for file in files if file != path and language_of(file) == language)
        return same if len(same) <= MAX_PACKAGE_FILES else ()

    def python_module(self, path: str) -> str:
        """The dotted name under which a Python file is imported."""
        return self._python_name(path)

    @cached_property
    def _resolvers(self) -> dict[str, Callable[[str, Import], Resolved]]:
        script, c_family = self._javascript, self._include
        return {
            "python": self._python,
            "notebook": self._python,
            "javascript": script,
            "typescript": script,
            "tsx": script,
            "go": self._go,
            "rust": self._rust,
            "java": self._java,
            "c": c_family,
            "cpp": c_family,
            "ruby": self._ruby,
            "php": self._php,
            "bash": self._bash,
        }

    @cached_property
    def _directories(self) -> dict[str, list[str]]:
        """The files of each directory, sorted."""
        table: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            table.setdefault(posixpath.dirname(path), []).append(path)
        return table

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Paths by their last part."""
        table: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            table.setdefault(posixpath.basename(path), []).append(path)
        return table

    def _ending(self, suffix: str, near: str) -> tuple[str, ...]:
        """The paths that end with `suffix`, those that share most of their start with `near` first."""
        suffix = suffix.lstrip("/")
        found = [
            path
            for path in self._by_name.get(posixpath.basename(suffix), ())
            if path == suffix or path.endswith("/" + suffix)
        ]
        return tuple(sorted(found, key=lambda path: (-_shared(path, near), len(path), path)))

    # Python

    def _python_name(self, path: str) -> str:
        """From the outermost directory that is a package (has `__init__`), or from the file itself."""
        stem = path.rsplit(".", 1)[0]
        parts = stem.split("/")
        first = len(parts) - 1
        while first > 0 and self._has_init("/".join(parts[:first])):
            first -= 1
        names = parts[first:]
        if names[-1] == "__init__" and len(names) > 1:
            names.pop()
        return ".".join(names)

    def _has_init(self, directory: str) -> bool:
        return f"{directory}/__init__.py" in self._paths or f"{directory}/__init__.pyi" in self._paths

    @cached_property
    def _python_modules(self) -> dict[str, list[str]]:
        """Paths by every dotted name they may be imported as: from their package's root, from the repository's
        root, and from the usual source roots.
        """
        table: dict[str, list[str]] = {}
        for path in sorted(self._paths):
            if not path.endswith((".py", ".pyi", ".pyw")):
                continue
            names = [self._python_name(path)]
            plain = path.rsplit(".", 1)[0].removesuffix("/__init__")
            names += [plain[len(root) :].replace("/", ".") for root in ("", *_ROOTS) if plain.startswith(root)]
            for name in dict.fromkeys(names):
                table.setdefault(name, []).append(path)
        return table

    def _python(self, path: str, found: Import) -> Resolved:
        module = self._absolute(path, found.module)
        if module is None:
            return Resolved(())
        if not found.name:
            return Resolved(self._python_files(module, path), whole=True)
        dot = "/" if module.startswith("/") else "."
        if found.name != "*" and (submodule := self._python_files(f"{module}{dot}{found.name}", path)):
            return Resolved(self._python_files(module, path), found.name, submodules=submodule)
        return Resolved(self._python_files(module, path), found.name)

    def _absolute(self, path: str, module: str) -> str | None:
        """A relative module name as a path from the repository's root, with a "/" before it; others as they are."""
        if not module.startswith("."):
            return module
        level = len(module) - len(module.lstrip("."))
        directory = posixpath.dirname(path)
        for _ in range(level - 1):
            if not directory:
                return None
            directory = posixpath.dirname(directory)
        rest = module[level:].replace(".", "/")
        return "/" + "/".join(part for part in (directory, rest) if part)

    def _python_files(self, module: str, near: str) -> tuple[str, ...]:
        if module.startswith("/"):
            base = module[1:]
            names = (f"{base}.py", f"{base}/__init__.py", f"{base}.pyi", f"{base}/__init__.pyi")
            return tuple(name.lstrip("/") for name in names if name.lstrip("/") in self._paths)[:1]
        found = self._python_modules.get(module, [])
        if len(found) < 2:
            return tuple(found)
        best = max(_shared(path, near) for path in found)
        return tuple(path for path in found if _shared(path, near) == best)

    # JavaScript and TypeScript

    def _javascript(self, path: str, found: Import) -> Resolved:
        module = found.module
        whole = not found.name
        if module.startswith("."):
            base = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
            return Resolved(self._script_file(base), found.name, whole)
        for prefix in ("@/", "~/", "#/"):
            if module.startswith(prefix):
                return Resolved(self._rooted(module[2:], path), found.name, whole)
        return Resolved(self._rooted(module, path) if "/" in module else (), found.name, whole)

    def _rooted(self, module: str, near: str) -> tuple[str, ...]:
        """A path from a source root above the importing file: tsconfig's `paths` and `baseUrl`, by convention."""
        directory = posixpath.dirname(near)
        while True:
            for root in ("src/", ""):
                base = posixpath.join(directory, root + module)
                if files := self._script_file(base):
                    return files
            if not directory:
                return ()
            directory = posixpath.dirname(directory)

    def _script_file(self, base: str) -> tuple[str, ...]:
        stem, extension = posixpath.splitext(base)
        candidates = [base]
        if extension in {".js", ".jsx", ".mjs", ".cjs"}:  # TypeScript imports what it will be compiled to
            candidates += [stem + end for end in (".ts", ".tsx", ".mts", ".cts")]
        candidates += [base + end for end in _JS_EXTENSIONS]
        candidates += [f"{base}/index{end}" for end in _JS_EXTENSIONS]
        candidates += [f"{base}/src/index{end}" for end in _JS_EXTENSIONS]
        return tuple(path for path in candidates if path in self._paths and language_of(path) is not None)[:1]

    # Go, Rust, Java

    def _go(self, path: str, found: Import) -> Resolved:
        """The directory that is the longest end of the import path."""
        parts = found.module.split("/")
        for first in range(len(parts)):
            directory = "/".join(parts[first:])
            files = self._go_files(directory)
            if files:
                return Resolved(files, found.name, whole=not found.name)
        return Resolved(self._go_files(""), whole=True) if parts[-1] == _go_root_name(path) else Resolved(())

    def _go_files(self, directory: str) -> tuple[str, ...]:
        files = self._directories.get(directory, ())
        if not files:
            ends = [d for d in self._go_directories if d.endswith("/" + directory)] if directory else []
            files = self._directories[ends[0]] if len(ends) == 1 else ()
        return tuple(file for file in files if file.endswith(".go") and not file.endswith("_test.go"))

    @cached_property
    def _go_directories(self) -> list[str]:
        return sorted({posixpath.dirname(path) for path in self._paths if path.endswith(".go")})

    def _rust(self, path: str, found: Import) -> Resolved:
        """`use` paths along the module tree; a plain `mod name;` is a child module."""
        module = found.module
        segments = module.split("::")
        if len(segments) == 1 and not found.name:
            child = self._rust_child(self._rust_home(path), segments)
            if child is not None:
                return Resolved((child[0],), whole=True)
        head, rest = segments[0], segments[1:] + ([found.name] if found.name and found.name != "*" else [])
        if head == "crate":
            start = self._rust_crate(path)
        elif head == "self":
            start = self._rust_home(path)
        elif head == "super":
            start = posixpath.dirname(self._rust_home(path))
            while rest and rest[0] == "super":
                start, rest = posixpath.dirname(start), rest[1:]
        else:
            start, rest = self._rust_home(path), [head, *rest]
            if self._rust_child(start, rest[:1]) is None:
                start, rest = self._rust_workspace_crate(head), rest[1:]
        if start is None:
            return Resolved(())
        file, left = self._rust_child(start, rest) or (None, rest)
        files = (file,) if file else self._rust_root_files(start)
        return Resolved(files, ".".join(left), whole=not left)

    def _rust_home(self, path: str) -> str:
        """The directory that holds the children of the module in `path`."""
        directory, name = posixpath.split(path)
        stem = name.removesuffix(".rs")
        return directory if stem in {"mod", "lib", "main"} else posixpath.join(directory, stem)

    def _rust_crate(self, path: str) -> str | None:
        directory = posixpath.dirname(path)
        while True:
            if any(posixpath.join(directory, name) in self._paths for name in ("lib.rs", "main.rs")):
                return directory
            if not directory:
                return None
            directory = posixpath.dirname(directory)

    def _rust_workspace_crate(self, name: str) -> str | None:
        found = [
            posixpath.dirname(path)
            for path in (*self._by_name.get("lib.rs", ()), *self._by_name.get("main.rs", ()))
            if posixpath.basename(posixpath.dirname(posixpath.dirname(path))).replace("-", "_") == name
        ]
        return found[0] if found else None

    def _rust_child(self, start: str | None, segments: Sequence[str]) -> tuple[str, list[str]] | None:
        """The deepest file along `segments` below `start`, and the segments that are left."""
        if start is None:
            return None
        for count in range(len(segments), 0, -1):
            base = posixpath.join(start, *segments[:count])
            for candidate in (f"{base}.rs", f"{base}/mod.rs"):
                if candidate in self._paths:
                    return candidate, list(segments[count:])
        return None

    def _rust_root_files(self, start: str) -> tuple[str, ...]:
        names = ("lib.rs", "main.rs", "mod.rs")
        candidates = [posixpath.join(start, name) for name in names] + [f"{start}.rs"]
        return tuple(path for path in candidates if path in self._paths)[:1]

    def _java(self, path: str, found: Import) -> Resolved:
        """`a.b.C` is the file `a/b/C.java` below some source root; a static import leaves a member."""
        parts = found.module.split(".")
        if found.name == "*":
            directory = self._ending_directory("/".join(parts), path, ".java")
            return Resolved(directory, "*")
        for count in range(len(parts), 0, -1):
            if files := self._ending("/".join(parts[:count]) + ".java", path):
                return Resolved(files[:1], ".".join(parts[count - 1 :]))
        return Resolved(())

    def _ending_directory(self, suffix: str, near: str, extension: str) -> tuple[str, ...]:
        found = [d for d in self._directories if d == suffix or d.endswith("/" + suffix)]
        found.sort(key=lambda directory: (-_shared(directory, near), directory))
        files = self._directories[found[0]] if found else ()
        return tuple(file for file in files if file.endswith(extension))[:MAX_PACKAGE_FILES]

    # Languages whose imports are paths

    def _include(self, path: str, found: Import) -> Resolved:
        """A header beside the file, or the nearest that ends so; and the source files of the same name."""
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), found.module))
        files = (beside,) if beside in self._paths else self._ending(found.module, path)[:1]
        if not files:
            return Resolved(())
        stem = posixpath.splitext(posixpath.basename(files[0]))[0]
        sources = [name for end in _C_SOURCES for name in self._by_name.get(stem + end, ())]
        return Resolved((*files, *sources[:4]), "*")

    def _ruby(self, path: str, found: Import) -> Resolved:
        name = found.module if found.module.endswith(".rb") else f"{found.module}.rb"
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if beside in self._paths:
            return Resolved((beside,), "*")
        return Resolved(self._ending(f"lib/{name}", path)[:1] or self._ending(name, path)[:1], "*")

    def _php(self, path: str, found: Import) -> Resolved:
        r"""`A\B\C` by the longest end of it that is a path; an included file as it stands."""
        if found.module.endswith((".php", ".inc")):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), found.module.lstrip("/")))
            return Resolved((beside,) if beside in self._paths else self._ending(found.module, path)[:1], "*")
        parts = found.module.strip("\\").split("\\")
        for first in range(len(parts)):
            if files := self._ending("/".join(parts[first:]) + ".php", path):
                return Resolved(files[:1], parts[-1])
        return Resolved(())

    def _bash(self, path: str, found: Import) -> Resolved:
        """Variables in the path are taken to be some directory."""
        name = posixpath.normpath(found.module.rsplit("}", 1)[-1].rsplit("$", 1)[-1])
        name = name.split("/", 1)[-1] if "$" in found.module and "/" in name else name
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), name.lstrip("/")))
        return Resolved((beside,) if beside in self._paths else self._ending(name, path)[:1], "*")


def _shared(left: str, right: str) -> int:
    """How many leading directories two paths share."""
    count = 0
    for one, other in zip(left.split("/"), right.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count


def _go_root_name(path: str) -> str:
    return posixpath.basename(posixpath.dirname(path))
