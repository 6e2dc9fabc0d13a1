"""Orders of thought compared on a generated day: which share of the questions that a person asks was answered before.

    python tests/bench/simulate_order.py [REPOSITORY] [--minutes 30] [--seeds 5]

A person works on a few modules (drawn by rank), edits, opens their neighbours, and asks about what is under the cursor;
every question's intent is drawn from the shared notes' shares. Between bursts the machine sleeps. The orders: expected
value, blind (at random), the most recently touched file, and the smallest symbols first. The person's habits are drawn
from the same priors that the planner begins with, so the figures compare orders; they do not predict hit rates.
"""

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sleeptime.core.settings import IndexSettings
from sleeptime.core.types import Target
from sleeptime.index import Graph, Sources, is_test_path, language_of, parse, rank
from sleeptime.repo import list_files, open_repository, read_file
from sleeptime.sleep.attention import Attention
from sleeptime.sleep.plan import Outlook, Planned, plan

RESULTS = Path(__file__).parent / "results"
BURSTS = 12
QUESTIONS_A_BURST = 5
STEP_SECONDS = 900.0
Key = tuple[Target, str]
Order = Callable[[list[Planned], Attention, float], list[Planned]]


class Files:
    """Outlines of a folder in memory."""

    def __init__(self, root: Path) -> None:
        repository = open_repository(root)
        self.texts = {
            file.path: read_file(repository, file.path) for file in list_files(repository, IndexSettings()).files
        }
        self._outlines = {
            path: parse(text, language) for path, text in self.texts.items() if (language := language_of(path))
        }

    def paths(self) -> list[str]:
        return sorted(self._outlines)

    def outline(self, path: str) -> Any:
        return self._outlines.get(path)

    def paths_mentioning(self, name: str) -> list[str]:
        return [path for path in self.paths() if name.encode() in self.texts[path]]

    def paths_defining(self, name: str) -> list[str]:
        return [path for path, _ in self.definitions(name)]

    def definitions(self, name: str) -> list[Any]:
        return [(path, s) for path in self.paths() for s in self._outlines[path].symbols if s.name == name]


class Day:
    """One person's day, the same for every order."""

    def __init__(self, everything: list[Planned], ranks: dict[str, float], dependents: Any, seed: int) -> None:
        draw = random.Random(seed)
        by_path: dict[str, list[Planned]] = {}
        for one in everything:
            if not is_test_path(one.job.target.path):
                by_path.setdefault(one.job.target.path, []).append(one)
        paths = sorted(by_path)
        weights = [ranks.get(path, 0.0) + 0.2 / len(paths) for path in paths]
        self.bursts: list[tuple[list[tuple[str, str]], list[Key]]] = []
        focus = draw.choices(paths, weights, k=3)
        for _ in range(BURSTS):
            if draw.random() < 0.4:
                focus[draw.randrange(3)] = draw.choices(paths, weights)[0]
            near = [path for path in dependents(focus[0]) if path in by_path] or focus
            touched = [(focus[0], "save"), (draw.choice(focus), "open"), (draw.choice(near), "open")]
            asked = []
            for _ in range(QUESTIONS_A_BURST):
                path = draw.choice([*focus, focus[0], draw.choice(near), draw.choices(paths, weights)[0]])
                choices = by_path[path]
                one = draw.choices(choices, [choice.worth.asked for choice in choices])[0]
                asked.append((one.job.target, one.job.intent))
            self.bursts.append((touched, asked))


def run(day: Day, everything: list[Planned], order: Order, minutes: float) -> float:
    """Share of the questions whose answer was ready; a burst is followed by its part of the compute."""
    attention, done, ready, total, now = Attention(), set[Key](), 0, 0, 0.0
    for touched, asked in day.bursts:
        total += len(asked)
        ready += sum(key in done for key in asked)
        for path, kind in touched:
            attention.note(path, kind, now)
        left = 60 * minutes / len(day.bursts)
        for one in order([one for one in everything if (one.job.target, one.job.intent) not in done], attention, now):
            left -= one.worth.cost_seconds
            if left < 0:
                break
            done.add((one.job.target, one.job.intent))
        now += STEP_SECONDS
    return ready / total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", type=Path, nargs="?", default=Path.cwd())
    parser.add_argument("--minutes", type=float, default=30.0, help="of compute in the whole day")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    files = Files(arguments.repository)
    sources = Sources(files, files.texts.__getitem__)
    ranks, graph = rank(files), Graph(files)
    known: dict[str, Any] = {}

    def dependents(path: str) -> Any:
        if path not in known:
            known[path] = graph.dependents(path)
        return known[path]

    def by_value(_left: list[Planned], attention: Attention, now: float) -> list[Planned]:
        outlook = Outlook(attention=attention.weights(now, dependents), edited=attention.edited(now))
        open_keys = {(one.job.target, one.job.intent) for one in _left}
        return [one for one in plan(sources, ranks, "p", outlook) if (one.job.target, one.job.intent) in open_keys]

    def blind(left: list[Planned], _attention: Attention, now: float) -> list[Planned]:
        return random.Random(now).sample(left, len(left))

    def by_recency(left: list[Planned], attention: Attention, now: float) -> list[Planned]:
        # In the order of the file, then: nothing of the value's own order may help.
        return sorted(left, key=lambda one: (-attention.weight(one.job.target.path, now), *place(one)))

    def place(one: Planned) -> tuple[str, int, str]:
        symbol = sources.symbol(one.job.target)
        return one.job.target.path, symbol.span.start_line if symbol else 0, one.job.intent

    def by_size(left: list[Planned], _attention: Attention, _now: float) -> list[Planned]:
        return sorted(left, key=lambda one: (one.worth.cost_seconds, lines(one)))

    def lines(one: Planned) -> int:
        symbol = sources.symbol(one.job.target)
        return symbol.span.end_line - symbol.span.start_line if symbol else len(files.texts[one.job.target.path])

    everything = plan(sources, ranks, "p")
    orders: dict[str, Order] = {"expected value": by_value, "blind": blind, "recency": by_recency, "size": by_size}
    rows = []
    for seed in range(arguments.seeds):
        day = Day(everything, ranks, dependents, seed)
        rows.append({name: run(day, everything, order, arguments.minutes) for name, order in orders.items()})
    shares = {name: sum(row[name] for row in rows) / len(rows) for name in orders}
    report = {
        "thoughts": len(everything), "minutes": arguments.minutes, "questions_a_day": BURSTS * QUESTIONS_A_BURST,
        "covered_share": shares,
        "questions_covered_per_minute": {
            name: share * BURSTS * QUESTIONS_A_BURST / arguments.minutes for name, share in shares.items()
        },
        "rows": rows,
    }  # fmt: skip
    print(json.dumps({key: value for key, value in report.items() if key != "rows"}, indent=2))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "sleep-order.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
