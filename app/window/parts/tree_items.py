"""The items of a tree widget, as iterators."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem


def children(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    """Return the items right below an item, in order."""
    for row in range(item.childCount()):
        child = item.child(row)
        if child is not None:
            yield child


def top_items(tree: QTreeWidget) -> Iterator[QTreeWidgetItem]:
    """Return the items at the top of a tree, in order."""
    return children(tree.invisibleRootItem())
