"""Clauses, negation, and what `only` is said of."""

from __future__ import annotations

import pytest

from scoring.prose.clauses import clauses, lets_pass, prohibits, restrictions
from scoring.prose.sentence import read

PROHIBITS = """
Nobody comments on a hidden article.
Hiding an article that is hidden already is refused.
A topic that has communities cannot be deleted.
If a topic that has communities is to be deleted, then the admin is refused.
The request fails with 409.
"""
ALLOWS = """
Everybody comments on a hidden article.
Hiding an article that is hidden already is not refused.
A topic that has no communities can be deleted.
A member has no more than 20 lists.
Not only the author changes it.
"""


@pytest.mark.parametrize("text", PROHIBITS.strip().splitlines())
def test_a_prohibition(text: str) -> None:
    assert prohibits(read(text))


@pytest.mark.parametrize("text", ALLOWS.strip().splitlines())
def test_no_prohibition(text: str) -> None:
    assert not prohibits(read(text))


def test_a_refusal_that_is_none() -> None:
    assert lets_pass(read("Anybody else is not refused."))
    assert not lets_pass(read("Anybody else is refused."))


@pytest.mark.parametrize(
    ("text", "restricted"),
    [
        ("Only the author changes a comment.", ["the author"]),
        ("A todo is reached by its member alone.", ["by its member"]),
        ("Hidden articles are shown to moderators only.", ["to moderators"]),
        ("Nobody but the author changes it.", ["the author"]),
        ("Departments are changed only by the employer.", ["by the employer"]),
        ("Only an order that is not paid can be cancelled.", ["an order that is not paid"]),
        ("Not only the author changes it.", []),
    ],
)
def test_what_only_is_said_of(text: str, restricted: list[str]) -> None:
    sentence = read(text)
    found = [sentence.tokens[start:end] for start, end in restrictions(sentence)]
    assert [" ".join(token.text for token in run) for run in found] == restricted


def test_a_relative_clause_ends_before_the_verb_of_its_noun() -> None:
    sentence = read("If it is open, then a todo that is done is refused.")
    runs = [sentence.tokens[clause.start : clause.end] for clause in clauses(sentence)]
    found = [" ".join(token.text for token in run if not token.is_mark) for run in runs]
    assert [each for each in found if each] == [
        "if it is open",
        "then a todo",
        "that is done",
        "is refused",
    ]
