from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import names

HOSTILE = [
    "../../etc/passwd",
    "constructor",
    "__proto__",
    "delete",
    "💣 boom",
    "x" * 200,
    "'; DROP TABLE members; --",
    "${process.exit()}",
    "\u202eevil",
    "HTTPServer Error",
]


@pytest.mark.parametrize(
    ("word", "snake"),
    [
        ("TodoItem", "todo_item"),
        ("due-at", "due_at"),
        ("Crème brûlée", "creme_brulee"),
        ("../../etc/passwd", "etc_passwd"),
        ("__proto__", "proto"),
        ("2nd try", "nd_try"),
        ("💣", ""),
        ("x" * 200, "x" * names.NAME_MAX_LENGTH),
    ],
)
def test_words_become_snake_case(word: str, snake: str) -> None:
    assert names.to_snake(word) == snake


def test_what_is_no_string_is_left_to_the_type_check() -> None:
    assert names.to_snake(7) == 7


@given(st.text())
def test_every_text_becomes_a_name_or_nothing(text: str) -> None:
    snake = names.to_snake(text)
    assert isinstance(snake, str)
    assert snake == "" or re.fullmatch(names.NAME_PATTERN, snake)
    assert len(snake) <= names.NAME_MAX_LENGTH


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=40), max_size=30))
def test_names_of_one_namespace_are_safe_and_apart(texts: list[str]) -> None:
    for allocator in (names.nouns(), names.columns(), names.methods()):
        taken = [allocator.take(str(names.to_snake(text))) for text in texts]
        assert all(re.fullmatch(names.NAME_PATTERN, name) for name in taken)
        assert all(len(name) <= names.NAME_MAX_LENGTH for name in taken)
        identifiers = [names.camel(name) for name in taken]
        assert len(set(identifiers)) == len(identifiers)
        assert not {"constructor", "delete", "class", "toString"} & set(identifiers)


@given(st.lists(st.text(max_size=40), max_size=20))
def test_taking_safe_names_again_changes_nothing(texts: list[str]) -> None:
    first = names.nouns()
    taken = [first.take(str(names.to_snake(text))) for text in texts]
    second = names.nouns()
    assert [second.take(name) for name in taken] == taken


def test_a_table_never_shares_its_class_with_a_dto() -> None:
    assert names.nouns().take("todo_page") == "todo_page_record"
