"""The form that is being filled, as a tree that grows with the text of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from app.report.theme import Theme

SPACE = frozenset(" \t\r\n")
NAMING_KEYS = ("name", "title", "id", "description")
"""Fields that name an object; the first one found stands beside it."""
ESCAPES = {"n": " ", "t": " ", "r": " ", "b": "", "f": ""}
SHOWN_CHARACTERS = 200
NAME_SHARE = 0.42


@dataclass(eq=False)
class FormNode:
    """A value of the form, finished or not."""

    key: str
    kind: Literal["object", "array", "value"]
    parent: FormNode | None
    text: str = ""
    """What a value is, so far; of an object, what it is about."""
    children: list[FormNode] = field(default_factory=list["FormNode"])


class FormReader:
    """Reads JSON as it arrives, piece by piece; never fails, whatever the text is."""

    def __init__(self) -> None:
        """Wait for the first bracket; what stands before it is no form."""
        self.added: list[FormNode] = []
        """Nodes since the last `taken`, parents before children."""
        self.touched: dict[FormNode, None] = {}
        self._open: list[FormNode] = []
        self._key = ""
        self._value: FormNode | None = None
        self._word = ""
        self._state: Literal["before", "value", "key", "colon", "string", "name", "word"]
        self._state = "before"
        self._escaped = False
        self._code = 0

    def feed(self, text: str) -> None:
        """Read on."""
        for character in text:
            self._step(character)

    def taken(self) -> tuple[list[FormNode], list[FormNode]]:
        """Return what is new and what has changed since the last time."""
        added, touched = self.added, list(self.touched)
        self.added, self.touched = [], {}
        return added, touched

    def _step(self, c: str) -> None:
        match self._state:
            case "before":
                if c in "{[":
                    self._open_container(c)
            case "string" | "name":
                self._in_string(c)
            case "word":
                if c in ",]}" or c in SPACE:
                    self._state = "value"
                    self._between(c)
                elif self._value is not None:
                    self._grow(self._value, c)
            case "value" | "key" | "colon":
                self._between(c)

    def _between(self, c: str) -> None:
        if c in SPACE:
            return
        if c in "}]":
            if self._open:
                self._open.pop()
            self._state = "value" if self._open else "before"
            self._expect()
        elif c == ",":
            self._expect()
        elif c == ":":
            self._state = "value"
        elif self._state == "key":
            if c == '"':
                self._word, self._state = "", "name"
        elif c in "{[":
            self._open_container(c)
        elif self._open:
            self._value = self._add("value")
            self._state = "string" if c == '"' else "word"
            if c != '"':
                self._grow(self._value, c)

    def _in_string(self, c: str) -> None:
        if self._code:
            self._code -= 1
            return
        if self._escaped:
            self._escaped = False
            self._code = 4 if c == "u" else 0
            c = "\N{MIDDLE DOT}" if c == "u" else ESCAPES.get(c, c)
        elif c == "\\":
            self._escaped = True
            return
        elif c == '"':
            if self._state == "name":
                self._key, self._state = self._word, "colon"
            else:
                self._name_parent()
                self._state = "value"
            return
        if self._state == "name":
            self._word += c
        elif self._value is not None:
            self._grow(self._value, c)

    def _expect(self) -> None:
        """Expect what follows a comma or bracket: in an object a key, in an array a value."""
        if self._open:
            self._state = "key" if self._open[-1].kind == "object" else "value"

    def _open_container(self, c: str) -> None:
        node = self._add("object" if c == "{" else "array")
        self._open.append(node)
        self._expect()

    def _add(self, kind: Literal["object", "array", "value"]) -> FormNode:
        parent = self._open[-1] if self._open else None
        key = self._key
        if parent is not None and parent.kind == "array":
            key = str(len(parent.children) + 1)
        node = FormNode(key, kind, parent)
        if parent is not None:
            parent.children.append(node)
        self._key = ""
        self.added.append(node)
        return node

    def _grow(self, node: FormNode, c: str) -> None:
        if len(node.text) < SHOWN_CHARACTERS:
            node.text += c
            self.touched[node] = None

    def _name_parent(self) -> None:
        node = self._value
        if node is None or node.parent is None or node.parent.text:
            return
        if node.key in NAMING_KEYS:
            node.parent.text = node.text
            self.touched[node.parent] = None


class FormTree(QTreeWidget):
    """Shows a form while it is filled, and where the model writes now."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self._theme = theme
        self._reader = FormReader()
        self._items: dict[FormNode, QTreeWidgetItem] = {}
        self.setColumnCount(2)
        self.setHeaderLabels(("Field", "Value"))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setAccessibleName("Form that the model fills")
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.header().setStretchLastSection(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep more room for the values than for the names."""
        super().resizeEvent(event)
        self.setColumnWidth(0, round(self.viewport().width() * NAME_SHARE))

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme

    def restart(self) -> None:
        """Begin another form."""
        self._reader = FormReader()
        self._items = {}
        self.clear()

    def feed(self, text: str) -> None:
        """Grow by what has been written."""
        self._reader.feed(text)
        added, touched = self._reader.taken()
        for node in added:
            self._show(node)
        for node in touched:
            item = self._items.get(node)
            if item is not None:
                item.setText(1, node.text)
        if added and added[-1] in self._items:
            self.scrollToItem(self._items[added[-1]])

    def _show(self, node: FormNode) -> None:
        if node.parent is None:
            return  # the form itself needs no row
        item = QTreeWidgetItem([node.key, node.text])
        item.setForeground(0, QBrush(QColor(self._theme.muted)))
        above = self._items.get(node.parent)
        if above is None:
            self.addTopLevelItem(item)
        else:
            above.addChild(item)
            above.setExpanded(True)
        self._items[node] = item
