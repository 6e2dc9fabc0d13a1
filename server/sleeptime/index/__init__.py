"""Text to structure: outlines of files, and the graph between them. Pure, and never fails on any bytes."""

from sleeptime.index.compare import SymbolChange, changed_sections, compare_outlines, with_moves
from sleeptime.index.concepts import Concept, concepts, named_after, sections_on
from sleeptime.index.facts import Attribute, Facts, Resolution, Use
from sleeptime.index.freshness import PROSE, Freshness, folder_of, members
from sleeptime.index.graph import Graph
from sleeptime.index.grounding import (
    UNIVERSAL_NAMES,
    Passage,
    Scope,
    cited_places,
    code_names,
    find_evidence,
    sentences,
    still_holds,
    unknown_names,
)
from sleeptime.index.languages import LANGUAGES, LanguageSpec, language_of
from sleeptime.index.modules import Modules
from sleeptime.index.names import Named, named, named_of
from sleeptime.index.parse import parse, token_hash
from sleeptime.index.question import GoOn
from sleeptime.index.rank import is_aside, is_stub, is_test_path, rank
from sleeptime.index.sources import Sources, find_symbol, module_hash

__all__ = [
    "LANGUAGES",
    "PROSE",
    "UNIVERSAL_NAMES",
    "Attribute",
    "Concept",
    "Facts",
    "Freshness",
    "GoOn",
    "Graph",
    "LanguageSpec",
    "Modules",
    "Named",
    "Passage",
    "Resolution",
    "Scope",
    "Sources",
    "SymbolChange",
    "Use",
    "changed_sections",
    "cited_places",
    "code_names",
    "compare_outlines",
    "concepts",
    "find_evidence",
    "find_symbol",
    "folder_of",
    "is_aside",
    "is_stub",
    "is_test_path",
    "language_of",
    "members",
    "module_hash",
    "named",
    "named_after",
    "named_of",
    "parse",
    "rank",
    "sections_on",
    "sentences",
    "still_holds",
    "token_hash",
    "unknown_names",
    "with_moves",
]
