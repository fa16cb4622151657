"""Words of names and prose."""

from __future__ import annotations

import pytest

from scoring.words import contains, mentions, named, squeeze, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("userId", ("user", "id")),
        ("todo_lists", ("todo", "list")),
        ("HTTPServer", ("http", "server")),
        ("The categories of boxes", ("the", "category", "of", "box")),
        ("status addresses", ("status", "address")),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_names_are_compared_in_any_spelling() -> None:
    assert squeeze("dueOn") == squeeze("due_on") == squeeze("Due on")
    assert named("todoListId", ["todo list id"])
    assert not named("todoList", ["todo"])


def test_runs_of_words() -> None:
    assert contains(("a", "todo", "list"), ("todo", "list"))
    assert not contains(("todo", "a", "list"), ("todo", "list"))
    assert not contains(("a",), ())
    assert mentions("Members keep todos.", ["member"])
    assert not mentions("Nobody remembers.", ["member"])
