"""The requirements document."""

import re

import pytest

from pipeline.ast.analysis import Acceptance, Requirement
from pipeline.project import Project
from pipeline.render import srs
from pipeline.render.markdown import code, escape, sentence
from tests.pipeline.render.samples import forum_project, todo_project


def page(project: Project) -> str:
    (file,) = srs.render(project)
    assert file.path == "docs/requirements.md"
    return file.text


def requirement(pattern: str, condition: str, response: str) -> Requirement:
    return Requirement.model_validate(
        {
            "id": "R-1.1",
            "feature": "todos",
            "pattern": pattern,
            "actor": "member",
            "entities": ("todo",),
            "condition": condition,
            "response": response,
            "acceptance": Acceptance(given="a todo", when="it is read", then="it is shown"),
        }
    )


@pytest.mark.parametrize(
    ("pattern", "condition", "response", "expected"),
    [
        (
            "event",
            "When a member adds a todo.",
            "sees it in the list.",
            "When a member adds a todo, the member sees it in the list.",
        ),
        (
            "event",
            "a title is sent",
            "The stored todo.",
            "When a title is sent, the member gets the stored todo.",
        ),
        (
            "unwanted",
            "if the title is taken",
            "the request is refused with 409",
            "If the title is taken, then the request is refused with 409.",
        ),
        (
            "state",
            "while a todo is done",
            "member cannot complete it",
            "While a todo is done, the member cannot complete it.",
        ),
        (
            "optional",
            "where notes are given",
            "can read them",
            "Where notes are given, the member can read them.",
        ),
        (
            "optional",
            "URLs are given",
            "todos are listed with them",
            "Where URLs are given, todos are listed with them.",
        ),
        (
            "event",
            "Bob asks for a todo",
            "Todo lists are not shown.",
            "When Bob asks for a todo, todo lists are not shown.",
        ),
        (
            "event",
            "Members are listed",
            "lists the others",
            "When members are listed, the member lists the others.",
        ),
        ("ubiquitous", "always", "reaches own todos only", "The member reaches own todos only."),
    ],
)
def test_requirements_become_ears_sentences(
    pattern: str, condition: str, response: str, expected: str
) -> None:
    assert srs.ears(requirement(pattern, condition, response)) == expected


def test_requirements_are_addressable_and_traced() -> None:
    text = page(todo_project())
    assert "\n#### R-1.1\n" in text
    row = next(line for line in text.splitlines() if line.startswith("| [R-1.1](#r-11) |"))
    for cited in ("`todos`", "`todos.complete`", "`complete_once`"):
        assert cited in row
    rule = next(line for line in text.splitlines() if line.startswith("| **B-1.3** | `todos"))
    assert "`todos.complete`" in rule
    assert "`complete_once`" in rule


def test_rules_are_stated_with_names_and_numbers() -> None:
    text = page(todo_project())
    assert "`todo.title` unique within one owner" in text
    assert "`todo`: at most 50 for each owner" in text
    assert "`todo.done`: `open` → `done`, by a member" in text
    assert "`todo`: others get 404" in text


@pytest.mark.parametrize("make", [todo_project, forum_project])
def test_tables_stay_whole_and_prose_stays_prose(make) -> None:
    text = page(make())
    for line in text.splitlines():
        cells = re.split(r"(?<!\\)\|", line)
        assert len(cells) == 1 or line.startswith("|")
        if line.startswith("|"):
            assert len(cells) in (5, 6, 7)
    assert "<b>" not in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("- no list", r"\- no list"),
        ("-1 degree", "-1 degree"),
        ("snake_case stays, _this_ too", r"snake_case stays, \_this\_ too"),
        ("<script> & `code` | *x* [a](b) $x$ ~y~", None),
    ],
)
def test_escape_keeps_marks_as_letters(text: str, escaped: str | None) -> None:
    made = escape(text)
    assert made == escaped if escaped is not None else not re.search(r"(?<!\\)[<`|*\[\]$~]", made)


def test_sentences_end_once() -> None:
    assert sentence("a todo") == "A todo."
    assert sentence("Done!") == "Done!"
    assert code("todos") == "`todos`"
