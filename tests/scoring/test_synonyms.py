"""Names that a brief takes for one."""

from __future__ import annotations

import pytest

from scoring.loading import load_brief
from scoring.synonyms import Synonyms


@pytest.fixture(scope="module")
def synonyms() -> Synonyms:
    return Synonyms(load_brief("todo"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("due_at", "due_on"),
        ("member", "user"),
        ("todo_list", "folder"),
        ("todo.title", "tasks.summary"),
        ("todoLists", "todo_list"),
    ],
)
def test_words_for_the_same_thing(synonyms: Synonyms, one: str, other: str) -> None:
    assert synonyms.same(one, other)
    assert synonyms.same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("due_at", "done_at"), ("todo.title", "title"), ("todo.title", "todo.notes"), ("", "title")],
)
def test_words_for_different_things(synonyms: Synonyms, one: str, other: str) -> None:
    assert not synonyms.same(one, other)
