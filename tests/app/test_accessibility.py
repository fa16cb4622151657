"""Everything that can be used can be found by a screen reader and reached with the keyboard."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QScrollBar,
    QSlider,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.window.main_window import MainWindow

USABLE = (QAbstractButton, QAbstractScrollArea, QAbstractSpinBox, QComboBox, QLineEdit, QSlider)
PAGES = ("models", "run", "history", "compare", "welcome")
MOST_STEPS = 60


def show(window: MainWindow, key: str) -> QWidget:
    if key == "welcome":
        window.pages.show_first_run()
    else:
        window.pages.show_page(key)
    page = window.pages.currentWidget()
    assert page is not None
    return page


def usable(page: QWidget) -> list[QWidget]:
    """Return what a person may use on a page now, without the insides of compound widgets."""
    found = [each for kind in USABLE for each in page.findChildren(kind)]
    inner = (QScrollBar, QTabBar)
    return [
        each
        for each in found
        if each.isVisible()
        and each.isEnabled()
        and not isinstance(each, inner)
        and each.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(each.parentWidget(), USABLE)
    ]


@pytest.mark.parametrize("key", PAGES)
def test_everything_has_a_name(window: MainWindow, key: str) -> None:
    widgets = usable(show(window, key))
    assert widgets
    nameless = []
    for widget in widgets:
        reader = QAccessible.queryAccessibleInterface(widget)
        if not reader.text(QAccessible.Text.Name).strip():
            nameless.append(f"{type(widget).__name__} {widget.objectName()}")
    assert nameless == []


@pytest.mark.parametrize("key", PAGES)
def test_everything_is_reached_with_the_keyboard(
    window: MainWindow, qtbot: QtBot, key: str
) -> None:
    page = show(window, key)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.sidebar.places.setFocus()
    reached: set[QWidget] = set()
    for _ in range(MOST_STEPS):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert window.sidebar.places in reached
    wanted = {
        each
        for each in usable(page)
        if not (isinstance(each, QAbstractButton) and each.group() is not None)
    }
    missing = {f"{type(each).__name__} {each.accessibleName()}" for each in wanted - reached}
    assert missing == set()


def test_shortcuts_are_unique(window: MainWindow) -> None:
    keys = [
        action.shortcut().toString()
        for action in window.findChildren(QAction)
        if not action.shortcut().isEmpty()
    ]
    assert len(keys) >= 10
    assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_a_page_is_chosen_with_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    places = window.sidebar.places
    places.setFocus()
    qtbot.keyClick(places, Qt.Key.Key_Down)
    assert window.pages.currentWidget() is window.pages.made["run"]
    qtbot.keyClick(places, Qt.Key.Key_Up)
    assert window.pages.currentWidget() is window.pages.made["models"]
