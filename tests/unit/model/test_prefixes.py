"""Kept states: the longest prefix is found, least used ones go, and a fork changes nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sleeptime.model.prefixes import Kept, PrefixCache, common_prefix


def state(*tokens: int) -> Kept:
    part = np.arange(len(tokens), dtype=np.float32).reshape(1, 1, len(tokens), 1)
    return Kept(tokens, ((part, part),))


def test_the_longest_shared_prefix_is_forked_and_cut():
    cache = PrefixCache(10_000)
    cache.keep(state(1, 9, 9, 9))
    cache.keep(state(1, 2, 3, 4))
    forked = cache.fork([1, 2, 3, 8, 8])
    assert forked.tokens == (1, 2, 3)
    assert forked.layers[0][0].shape == (1, 1, 3, 1)
    assert cache.fork([1, 2, 3, 4]).tokens == (1, 2, 3, 4)


def test_nothing_shared_is_an_empty_state():
    assert PrefixCache(10).fork([1, 2]) == Kept((), ())


def test_another_question_about_one_text_takes_the_place_of_the_last():
    cache = PrefixCache(10_000)
    cache.keep(state(1, 2, 3, 4))
    cache.keep(state(1, 2, 3, 5, 6))
    assert cache.size_bytes == state(1, 2, 3, 5, 6).size_bytes


def test_the_least_used_goes_when_the_bound_is_reached():
    cache = PrefixCache(2 * state(1, 2, 3).size_bytes)
    cache.keep(state(1, 1, 1))
    cache.keep(state(2, 2, 2))
    cache.fork([1, 1, 1])
    cache.keep(state(3, 3, 3))
    assert cache.fork([2, 2, 2]).tokens == ()
    assert cache.fork([1, 1, 1]).tokens == (1, 1, 1)


@given(st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=6), max_size=12), st.integers(0, 200))
def test_the_bound_always_holds(prompts, limit_bytes):
    cache = PrefixCache(limit_bytes)
    for prompt in prompts:
        cache.keep(state(*prompt))
        assert cache.size_bytes <= limit_bytes


@given(st.lists(st.integers(0, 2)), st.lists(st.integers(0, 2)))
def test_a_common_prefix_is_common_and_longest(one, other):
    same = common_prefix(one, other)
    assert one[:same] == other[:same]
    assert same in (len(one), len(other)) or one[same] != other[same]
