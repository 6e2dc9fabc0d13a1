from sleeptime.core.types import Answer, Evidence, GateResults, Target
from sleeptime.store import Store

WSGI = Target("symbol", "src/app.py", "Flask.wsgi_app")


def answer(key: str, target: Target = WSGI, **fields: object) -> Answer:
    values: dict[str, object] = {
        "intent": "purpose",
        "question": "What is wsgi_app for?",
        "text": "It handles one request.",
        "evidence": (Evidence("src/app.py", 10, 12, "Flask.wsgi_app", "h"),),
        "code_hash": "c1",
        "model": "echo",
        "prompt": "summary.v1",
        "created_at": 5.0,
        "gates": GateResults(1.0, 1.0),
    }
    return Answer(key=key, target=target, **{**values, **fields})


def test_an_answer_comes_back_as_it_was(store: Store) -> None:
    store.answers.put(answer("k"))
    assert store.answers.by_key("k") == answer("k")
    assert store.answers.by_key("other") is None


def test_an_answer_with_the_same_key_is_replaced(store: Store) -> None:
    store.answers.put(answer("k"))
    store.answers.put(answer("k", text="Better."))
    assert [found.text for found in store.answers.all()] == ["Better."]
    assert [hit.key for hit in store.search.answers("better")] == ["k"]
    assert store.search.answers("handles") == []


def test_answers_are_found_by_target_and_intent_newest_first(store: Store) -> None:
    store.answers.put(answer("old", created_at=1.0))
    store.answers.put(answer("new", created_at=2.0))
    store.answers.put(answer("errors", intent="errors"))
    store.answers.put(answer("module", Target("module", "src/app.py")))
    assert [found.key for found in store.answers.for_target(WSGI, "purpose")] == ["new", "old"]
    assert [found.key for found in store.answers.for_target(WSGI)] == ["errors", "new", "old"]
    assert len(store.answers.for_module("src/app.py")) == 4


def test_an_answer_survives_the_renaming_of_its_file(store: Store) -> None:
    store.answers.put(answer("k", code_hash="same"))
    assert [found.key for found in store.answers.by_code("same")] == ["k"]
    assert store.answers.by_code("same", "errors") == []


def test_forgetting_a_target_leaves_the_others(store: Store) -> None:
    store.answers.put(answer("k"))
    store.answers.put(answer("module", Target("module", "src/app.py")))
    assert store.answers.forget(WSGI) == 1
    assert [found.key for found in store.answers.all()] == ["module"]
    assert store.answers.count() == 1


def test_serving_is_remembered(store: Store, time) -> None:
    store.answers.put(answer("k"))
    time.seconds = 2000.0
    store.answers.mark_served(["k", "unknown"])
    assert store.database.row("SELECT served, served_at FROM answers") == (1, 2000.0)


def test_concepts_are_the_topics_of_no_file_that_something_was_written_about(store: Store) -> None:
    cart, asked = Target("topic", "", "cart"), Target("topic", "src/app.py", "How do carts fill?")
    for number, target in enumerate((cart, cart, asked, WSGI)):
        store.answers.put(answer(f"k{number}", target))
    assert store.answers.concepts() == [cart]
