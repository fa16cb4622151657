"""What forms see of the request and of the rules."""

from __future__ import annotations

from pipeline.project import Project
from pipeline.stages.slices import (
    MORE,
    REQUEST_CHARACTERS,
    demands,
    head,
    rule_words,
    sentences_about,
    service,
)

FILLING = "The weather is fine. " * (REQUEST_CHARACTERS // 20)
LONG = f"{FILLING}A todo has a title of 1 to 120 characters. {FILLING}Lists have names."


def test_a_request_stands_before_every_form(board: Project) -> None:
    text = "Everybody reads the board."
    assert service(text, board.analysis).startswith(head(text))
    assert text in head(text)
    assert text not in demands(text, board.analysis, "article")


def test_of_a_long_request_a_form_sees_what_speaks_of_its_entity(todo: Project) -> None:
    assert head(LONG) == ""
    assert "The weather is fine." not in service(LONG, todo.analysis)
    said = demands(LONG, todo.analysis, "todo")
    assert "A todo has a title of 1 to 120 characters." in said
    assert "weather" not in said


def test_ids_in_a_row_are_said_by_their_first_and_last(todo: Project) -> None:
    assert demands("A todo app.", todo.analysis, "todo_list") == (
        "Of todo list speak the requirements R-2.1 to R-2.5, R-3.4, R-5.3, "
        "the rules B-2.1 to B-2.4, B-3.5."
    )


def test_names_are_found_in_any_number_and_by_their_last_word() -> None:
    request = "Members sort todos. The todo lists are private. Nothing else."
    assert sentences_about(request, ["todo"]) == "Members sort todos. The todo lists are private."
    assert sentences_about(request, ["todo_list"]) == "The todo lists are private."


def test_sentences_that_have_no_room_are_marked() -> None:
    said = sentences_about(f"A todo is {'very ' * REQUEST_CHARACTERS}long. A todo ends.", ["todo"])
    assert said == MORE


def test_a_rule_is_shown_with_its_names_and_numbers(todo: Project) -> None:
    shown = {rule.id: rule_words(rule) for rule in todo.analysis.rules}
    title = next(each for each in shown.values() if "todo.title" in each)
    assert "[limit todo.title characters minimum 1 maximum 120]" in title
    assert not any("None" in each for each in shown.values())
