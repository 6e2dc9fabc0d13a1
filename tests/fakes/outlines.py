"""The index of a few files held in memory: the other implementation of `core.ports.Outlines`."""

from collections.abc import Mapping, Sequence

from sleeptime.core.types import Outline, Symbol
from sleeptime.index import language_of, parse


class OutlinesInMemory:
    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = {path: text.encode() for path, text in files.items()}
        self._outlines = {
            path: parse(data, language)
            for path, data in self.files.items()
            if (language := language_of(path, data.split(b"\n", 1)[0]))
        }

    def paths(self) -> Sequence[str]:
        return sorted(self._outlines)

    def outline(self, path: str) -> Outline | None:
        return self._outlines.get(path)

    def paths_mentioning(self, name: str) -> Sequence[str]:
        return [path for path in self.paths() if name.encode() in self.files[path]]

    def paths_defining(self, name: str) -> Sequence[str]:
        return [path for path, _ in self.definitions(name)]

    def definitions(self, name: str) -> Sequence[tuple[str, Symbol]]:
        return [(path, s) for path in self.paths() for s in self._outlines[path].symbols if s.name == name]

    def read(self, path: str) -> bytes:
        return self.files[path]
