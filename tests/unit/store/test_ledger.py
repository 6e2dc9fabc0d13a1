from sleeptime.core.types import Target
from sleeptime.store import Asked, Entry, Store, Totals

TARGET = Target("symbol", "a.py", "f")


def entry(kind: str, source: str, **fields: object) -> Entry:
    return Entry(kind=kind, source=source, target=TARGET, intent="purpose", **fields)


def test_spending_is_summed_by_kind_and_source(store: Store) -> None:
    store.ledger.add(entry("job", "sleep", prompt_tokens=100, cached_tokens=60, generated_tokens=10, seconds=2.0))
    store.ledger.add(entry("job", "sleep", prompt_tokens=50, generated_tokens=5, seconds=1.0))
    store.ledger.add(entry("answer", "cache", seconds=0.25))
    assert store.ledger.totals() == {
        ("job", "sleep"): Totals(150, 60, 15, 3.0, count=2),
        ("answer", "cache"): Totals(0, 0, 0, 0.25, count=1),
    }


def test_only_what_happened_since_is_counted(store: Store, time) -> None:
    store.ledger.add(entry("job", "sleep"))
    time.seconds = 2000.0
    store.ledger.add(entry("answer", "live", model="echo"))
    assert store.ledger.totals(since=2000.0) == {("answer", "live"): Totals(count=1)}
    assert [(found.source, found.at) for found in store.ledger.entries()] == [("live", 2000.0), ("sleep", 1000.0)]
    assert store.ledger.entries(since=1500.0)[0] == entry("answer", "live", model="echo", at=2000.0)


def test_questions_are_kept_with_their_outcome_newest_first(store: Store) -> None:
    for number, intent in enumerate(("errors", "purpose", "errors")):
        asked = Asked(
            question=f"Q{number}", target=TARGET, intent=intent, outcome="cache", seconds=0.5, at=number + 1.0
        )
        store.ledger.add_question(asked)
    assert [asked.question for asked in store.ledger.questions(limit=2)] == ["Q2", "Q1"]
    assert store.ledger.intent_counts() == {("symbol", "errors"): 2, ("symbol", "purpose"): 1}
