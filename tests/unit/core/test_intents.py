import pytest

from sleeptime.core.intents import INTENTS, find_intent, prior_of, question_for


@pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)
def test_the_standard_wording_of_an_intent_is_recognised_as_that_intent(intent) -> None:
    for level in intent.levels:
        found = find_intent(question_for(intent.name, "some_name"), level)
        assert found is not None
        assert found.name == intent.name


def test_priors_are_shares() -> None:
    for level in ("symbol", "class", "module", "package", "topic", "repository", "change"):
        assert 0 < sum(prior_of(intent.name, level) for intent in INTENTS if level in intent.levels) <= 1.0
