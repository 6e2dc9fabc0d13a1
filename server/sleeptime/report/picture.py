"""The architecture as a picture, drawn from the real graph of imports: as Mermaid for Markdown, as SVG for a page."""

from collections.abc import Sequence
from html import escape

import networkx as nx
from msgspec import Struct

from sleeptime.index import folder_of
from sleeptime.report.reading import Reading

MOST_NODES = 24
"""More boxes than this are a wall, not a picture."""

BOX_WIDTH, BOX_HEIGHT, GAP_X, GAP_Y = 190, 34, 70, 18
"""Pixels."""

LABEL_CHARACTERS = 26


class Picture(Struct, frozen=True):
    """Boxes (paths of folders or files) and arrows: (who imports, what, from how many places)."""

    nodes: tuple[str, ...]
    arrows: tuple[tuple[str, str, int], ...]


def draw(reading: Reading) -> Picture:
    """The most central parts: folders or, where the code lies in one folder, its files."""
    modules = reading.code_by_rank()
    folders = list(dict.fromkeys(folder_of(path) for path in modules))
    name = folder_of if len(folders) > 2 else str
    chosen = tuple(dict.fromkeys(name(path) for path in modules))[:MOST_NODES]
    counts: dict[tuple[str, str], int] = {}
    for path in modules:
        for other in reading.graph.dependencies(path):
            arrow = (name(path), name(other))
            if arrow[0] != arrow[1] and set(arrow) <= set(chosen):
                counts[arrow] = counts.get(arrow, 0) + 1
    return Picture(chosen, tuple((source, target, count) for (source, target), count in counts.items()))


def as_mermaid(picture: Picture) -> str:
    """A flowchart in Mermaid's language."""
    ids = {node: f"n{number}" for number, node in enumerate(picture.nodes)}
    boxes = [f'  {ids[node]}["{node.replace(chr(34), "#quot;")}"]' for node in picture.nodes]
    arrows = [f"  {ids[source]} --> {ids[target]}" for source, target, _ in picture.arrows]
    return "\n".join(["flowchart LR", *boxes, *arrows])


def as_svg(picture: Picture) -> str:
    """A drawing in layers, importers to the left of what they import; what runs against that, in a circle, is dashed.
    It takes its colours from the page.
    """
    places = _places(picture)
    width = max((x for x, _ in places.values()), default=0) + BOX_WIDTH + 8
    height = max((y for _, y in places.values()), default=0) + BOX_HEIGHT + 8
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="Imports">',
            *(_curve(places[source], places[target], count) for source, target, count in picture.arrows),
            *(_box(node, place) for node, place in places.items()),
            "</svg>",
        ]
    )


def _places(picture: Picture) -> dict[str, tuple[int, int]]:
    """The upper left corner of each box."""
    graph = _without_circles(picture)
    places: dict[str, tuple[int, int]] = {}
    for column, layer in enumerate(nx.topological_generations(graph)):
        for row, node in enumerate(sorted(layer, key=lambda node: _height(node, graph, places))):
            places[node] = 4 + column * (BOX_WIDTH + GAP_X), 4 + row * (BOX_HEIGHT + GAP_Y)
    return places


def _without_circles(picture: Picture) -> "nx.DiGraph[str]":
    """The arrows, the heaviest first, as long as they close no circle."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(picture.nodes)
    for source, target, _ in sorted(picture.arrows, key=lambda arrow: (-arrow[2], arrow)):
        if not nx.has_path(graph, target, source):
            graph.add_edge(source, target)
    return graph


def _height(node: str, graph: "nx.DiGraph[str]", places: dict[str, tuple[int, int]]) -> tuple[float, str]:
    """Where a box would like to be: beside what points at it (the barycentre rule of Sugiyama's method)."""
    before: Sequence[int] = [places[other][1] for other in graph.predecessors(node) if other in places]
    return (sum(before) / len(before) if before else 0.0, node)


def _curve(source: tuple[int, int], target: tuple[int, int], count: int) -> str:
    left, right = sorted((source, target))
    x1, y1 = left[0] + BOX_WIDTH, left[1] + BOX_HEIGHT // 2
    x2, y2 = right[0], right[1] + BOX_HEIGHT // 2
    bend = (x2 - x1) // 2
    path = f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    line = 'stroke-dasharray="4 4"' if source > target else f'stroke-width="{min(1 + count / 4, 4)}"'
    return f'<path d="{path}" fill="none" stroke="currentColor" opacity="0.35" {line}/>'


def _box(node: str, place: tuple[int, int]) -> str:
    label = node if len(node) <= LABEL_CHARACTERS else "…" + node[1 - LABEL_CHARACTERS :]
    x, y = place
    return (
        f'<g><title>{escape(node)}</title><rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" '
        f'fill="var(--box)" stroke="currentColor"/><text x="{x + BOX_WIDTH / 2}" y="{y + BOX_HEIGHT / 2 + 4}" '
        f'text-anchor="middle" font-size="12" fill="currentColor">{escape(label)}</text></g>'
    )
