"""Edit commands reach the widget with the focus; rows are copied as text; Find finds a field."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.window.edit_menu import chosen_text, do, go_to_search
from app.window.main_window import MainWindow
from app.window.models.page import ModelsPage
from app.work.model_list import builtin_model


@pytest.fixture
def models(window: MainWindow, qtbot: QtBot) -> ModelsPage:
    """Return the page of the models in the active window."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page = window.pages.made["models"]
    assert isinstance(page, ModelsPage)
    return page


def test_text_is_selected_and_copied(models: ModelsPage, qtbot: QtBot) -> None:
    models.search.setFocus()
    qtbot.keyClicks(models.search, "qwen")
    assert do("selectAll")
    assert do("copy")
    assert QGuiApplication.clipboard().text() == "qwen"
    assert do("cut")
    assert models.search.text() == ""
    assert do("paste")
    assert models.search.text() == "qwen"


def test_rows_of_a_table_are_copied_with_their_cells(models: ModelsPage) -> None:
    models.table.setFocus()
    models.table.setColumnHidden(1, True)
    assert do("copy")
    cells = QGuiApplication.clipboard().text().split("\t")
    assert cells[:2] == ["sixfold-random", "Q8_0"]
    assert len(cells) == models.table.filter.columnCount() - 1
    models.table.clearSelection()
    assert chosen_text(models.table) == ""


def test_what_a_widget_can_not_do_is_left(models: ModelsPage) -> None:
    models.add_button.setFocus()
    assert not do("paste")


def test_find_goes_to_the_field_of_the_page(window: MainWindow, models: ModelsPage) -> None:
    models.table.setFocus()
    assert go_to_search()
    assert models.search.hasFocus()
    window.pages.show_page("history")
    window.pages.history.view.setFocus()
    assert go_to_search()
    assert window.pages.history.search.hasFocus()


def test_a_page_without_such_a_field_keeps_its_focus(
    window: MainWindow, models: ModelsPage
) -> None:
    window.pages.show_page("run")
    window.pages.run_page.composer.how.seeds.setFocus()
    assert not isinstance(window.pages.run_page.composer.models, QLineEdit)
    assert not go_to_search()
    assert window.pages.run_page.composer.how.seeds.hasFocus()


def test_the_menu_has_the_keys_of_the_system(window: MainWindow) -> None:
    keys = {each.text(): each.shortcut().toString() for each in window.findChildren(QAction)}
    assert (keys["Copy"], keys["Find"]) == ("Ctrl+C", "Ctrl+F")


def test_a_model_can_be_taken_from_the_menu_of_its_row(
    window: MainWindow, models: ModelsPage
) -> None:
    actions = {each.text(): each for each in models.table.actions()}
    assert models.table.contextMenuPolicy() == Qt.ContextMenuPolicy.ActionsContextMenu
    actions["Copy Path"].trigger()
    assert QGuiApplication.clipboard().text() == str(builtin_model())
    actions["Run with This Model…"].trigger()
    assert window.pages.currentWidget() is window.pages.run_page
