"""Comparisons with numbers."""

from __future__ import annotations

import pytest

from scoring.prose.bounds import bounds
from scoring.prose.clauses import refused_at
from scoring.prose.sentence import read

CASES = {
    "A title has 1 to 120 characters.": (1, 120),
    "A title has between 3 and 50 characters.": (3, 50),
    "A title has 3-50 characters.": (3, 50),
    "A password has at least 8 characters.": (8, None),
    "A password has 8 characters or more.": (8, None),
    "A member has at most 20 lists.": (None, 20),
    "A member has 20 lists at most.": (None, 20),
    "A member has no more than 20 lists.": (None, 20),
    "Notes cannot be longer than 2,000 characters.": (None, 2000),
    "If a title has more than 60 characters, it is refused.": (None, 60),
    "If the title does not have 1 to 120 characters, it is refused.": (1, 120),
    "A password with fewer than 8 characters is rejected.": (8, None),
    "A vote is 1, 0 or -1.": (-1, 1),
    "The price is from 0.50 to 250.00.": (0.5, 250),
    "A title has no 1 to 120 characters.": None,
    "A title of 1 to 120 characters is refused.": None,
    "A member has 20 lists.": None,
}


@pytest.mark.parametrize("text", CASES)
def test_what_a_sentence_allows(text: str) -> None:
    sentence = read(text)
    (bound,) = bounds(sentence)
    assert bound.allowed(refused_at(sentence, bound.start)) == CASES[text]
