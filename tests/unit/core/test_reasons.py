from sleeptime.core.reasons import gives_reason


def test_a_text_that_only_says_what_there_is_gives_no_reason() -> None:
    assert not gives_reason("It includes `Basic` and `Digest`. `Auth` is the base class.")
    assert gives_reason("Without it every request would open a connection.")
