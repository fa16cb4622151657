"""The tree grows with the text, whatever its pieces are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.report.theme import LIGHT
from app.window.parts.tree_items import children, top_items
from app.window.queue.form_tree import FormNode, FormReader, FormTree

WORDS = st.text(st.characters(codec="ascii", exclude_categories=("Cc",)), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | WORDS
DOCUMENTS = st.dictionaries(WORDS, SCALARS) | st.recursive(
    st.lists(SCALARS, max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


def read(*pieces: str) -> list[FormNode]:
    reader = FormReader()
    for piece in pieces:
        reader.feed(piece)
    return reader.added


def tree_of(node: FormNode) -> Any:
    if node.kind == "value":
        return node.text
    return [(child.key, tree_of(child)) for child in node.children]


def expected(document: Any) -> Any:
    if isinstance(document, dict):
        return [(key, expected(value)) for key, value in document.items()]
    if isinstance(document, list):
        return [(str(place), expected(value)) for place, value in enumerate(document, 1)]
    return document if isinstance(document, str) else json.dumps(document)


@given(DOCUMENTS, st.integers(1, 7), st.booleans())
def test_a_form_is_read_whole_however_it_is_cut(document: Any, size: int, wide: bool) -> None:
    text = json.dumps(document, indent=2 if wide else None)
    nodes = read(*(text[at : at + size] for at in range(0, len(text), size)))
    assert tree_of(nodes[0]) == expected(document)


@given(st.text(alphabet='{}[]",:\\u0 ntrue1', max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    for node in read(text):
        assert node.kind in ("object", "array", "value")


def test_chatter_before_the_form_is_no_field() -> None:
    nodes = read('Here it is: {"a": "b"')
    assert [(node.key, node.text) for node in nodes[1:]] == [("a", "b")]


def test_an_object_is_called_by_its_name() -> None:
    nodes = read('{"tables": [{"name": "todo", "id": 3}')
    assert [node.text for node in nodes if node.kind == "object"] == ["", "todo"]


def test_the_widget_shows_what_has_arrived(qtbot: QtBot) -> None:
    tree = FormTree(LIGHT)
    qtbot.addWidget(tree)
    tree.feed('{"name": "todo", "fields": ["ti')
    tree.feed('tle"')
    assert tree.topLevelItemCount() == 2
    first, second = top_items(tree)
    assert (first.text(0), first.text(1)) == ("name", "todo")
    assert [child.text(1) for child in children(second)] == ["title"]
    tree.restart()
    assert tree.topLevelItemCount() == 0
