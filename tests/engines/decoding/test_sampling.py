"""Choosing tokens: which are allowed, and how often each is drawn."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.decoding.sampling import allowed_tokens, choose
from engines.protocol import DecodeError, Sampler

LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05], dtype=np.float32))
DRAWS = 4000


def _shares(sampler: Sampler, allowed: np.ndarray | None = None) -> dict[int, float]:
    chance = np.random.default_rng(7)
    drawn = Counter(choose(LOGITS, allowed, sampler, chance) for _ in range(DRAWS))
    return {token: count / DRAWS for token, count in drawn.items()}


@given(st.sets(st.integers(0, 130)))
def test_allowed_tokens_lists_the_bits(tokens):
    mask = np.zeros(5, dtype=np.int32)
    words = mask.view(np.uint32)
    for token in tokens:
        words[token // 32] |= np.uint32(1 << (token % 32))
    assert allowed_tokens(mask).tolist() == sorted(tokens)


def test_greedy_takes_the_best_allowed_and_the_lowest_of_equals():
    chance = np.random.default_rng(0)
    assert choose(LOGITS, None, Sampler(), chance) == 0
    assert choose(LOGITS, np.array([2, 3]), Sampler(), chance) == 2
    equal = np.array([1.0, 2.0, 2.0], dtype=np.float32)
    assert choose(equal, None, Sampler(), chance) == 1


def test_plain_sampling_follows_the_probabilities():
    shares = _shares(Sampler(1.0, top_k=0, top_p=1.0))
    assert shares == pytest.approx({0: 0.5, 1: 0.3, 2: 0.15, 3: 0.05}, abs=0.03)


def test_temperature_sharpens():
    squared = np.array([0.25, 0.09, 0.0225, 0.0025])
    expected = dict(enumerate(squared / squared.sum()))
    assert _shares(Sampler(0.5, top_k=0, top_p=1.0)) == pytest.approx(expected, abs=0.03)


def test_top_k_keeps_the_best():
    assert _shares(Sampler(1.0, top_k=2, top_p=1.0)) == pytest.approx(
        {0: 5 / 8, 1: 3 / 8}, abs=0.03
    )


def test_top_p_keeps_the_fewest_with_that_share():
    shares = _shares(Sampler(1.0, top_k=0, top_p=0.7))
    assert shares == pytest.approx({0: 5 / 8, 1: 3 / 8}, abs=0.03)
    assert set(_shares(Sampler(1.0, top_k=0, top_p=0.4))) == {0}


def test_only_allowed_tokens_are_drawn():
    assert set(_shares(Sampler(5.0, top_k=0, top_p=1.0), np.array([1, 3]))) == {1, 3}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_scores_that_are_no_numbers_are_an_error(temperature):
    broken = np.array([1.0, np.nan, 2.0], dtype=np.float32)
    with pytest.raises(DecodeError, match="not numbers"):
        choose(broken, None, Sampler(temperature), np.random.default_rng(0))
