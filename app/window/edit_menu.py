"""The menu Edit: what it does is done by the widget that has the focus."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)

StandardKey = QKeySequence.StandardKey
COMMANDS: tuple[tuple[str, StandardKey, str] | None, ...] = (
    ("Undo", StandardKey.Undo, "undo"),
    ("Redo", StandardKey.Redo, "redo"),
    None,
    ("Cut", StandardKey.Cut, "cut"),
    ("Copy", StandardKey.Copy, "copy"),
    ("Paste", StandardKey.Paste, "paste"),
    ("Select All", StandardKey.SelectAll, "selectAll"),
)
"""Words, keys and the method of a widget; None draws a line."""


def fill_edit_menu(menu: QMenu) -> None:
    """Put the commands into a menu."""
    for command in COMMANDS:
        if command is None:
            menu.addSeparator()
            continue
        words, key, method = command
        action = QAction(words, menu)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _checked=False, method=method: do(method))
        menu.addAction(action)
    menu.addSeparator()
    find = QAction("Find", menu)
    find.setShortcut(QKeySequence(StandardKey.Find))
    find.triggered.connect(go_to_search)
    menu.addAction(find)


def do(method: str) -> bool:
    """Have the focused widget do it; False if it can't. Rows of a table are copied as text."""
    widget = QApplication.focusWidget()
    if method == "copy" and isinstance(widget, QAbstractItemView):
        QGuiApplication.clipboard().setText(chosen_text(widget))
        return True
    found = getattr(widget, method, None)
    if not callable(found):
        return False
    found()
    return True


def chosen_text(view: QAbstractItemView) -> str:
    """Return the chosen rows as lines, their shown cells parted by tabs."""
    rows = sorted({index.siblingAtColumn(0) for index in view.selectedIndexes()}, key=_place)
    return "\n".join("\t".join(_cells(view, row)) for row in rows)


def go_to_search() -> bool:
    """Put the focus into the nearest field to search with; False if there is none.

    What has a clear button is such a field. The nearest one is in the smallest part of the window
    that holds the focus.
    """
    around: QWidget | None = QApplication.focusWidget() or QApplication.activeWindow()
    while around is not None:
        for field in around.findChildren(QLineEdit):
            if field.isClearButtonEnabled() and field.isVisible() and field.isEnabled():
                field.setFocus()
                field.selectAll()
                return True
        around = around.parentWidget()
    return False


def _cells(view: QAbstractItemView, row: QModelIndex) -> Iterator[str]:
    for column in range(row.model().columnCount(row.parent())):
        if not (isinstance(view, QTableView) and view.isColumnHidden(column)):
            yield str(row.siblingAtColumn(column).data() or "")


def _place(index: QModelIndex) -> tuple[int, ...]:
    above = index.parent()
    return (*(_place(above) if above.isValid() else ()), index.row())
