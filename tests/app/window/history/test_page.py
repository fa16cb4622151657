"""The table of all runs: found, sorted, filtered, opened, sent to be compared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.report.theme import DARK, LIGHT
from app.window.history.page import EMPTY, NOTHING_FOUND, HistoryPage
from app.window.history.table import COLUMNS, MODEL, SCORE
from pipeline.records.journal import RESULT, create_run
from pipeline.records.records import RunSpec

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none

CHANGES = {
    "01KAJ4Y5T3G2N8Q7W6E5R4D3CY": {'"request": "todo"': '"request": "board"', '83.6': '61.2'},
    "01KAJ4Y5T3G2N8Q7W6E5R4D3CZ": {"Qwen3 30B A3B Instruct 2507": "Gemma 3 12B", "83.6": "72.4"},
}  # fmt: skip


@pytest.fixture
def root(finished_run: Path, spec: RunSpec) -> Path:
    """Give three finished runs and a stopped one."""
    folder = finished_run.parent
    for name, words in CHANGES.items():
        shutil.copytree(finished_run, folder / name)
        text = (folder / name / RESULT).read_text()
        for old, new in words.items():
            assert old in text
            text = text.replace(old, new)
        (folder / name / RESULT).write_text(text)
    create_run(spec, folder / "01KAJ4Y5T3G2N8Q7W6E5R4D3D0").close()
    return folder


@pytest.fixture
def page(qtbot: QtBot, root: Path) -> HistoryPage:
    """Show them."""
    made = HistoryPage(root, LIGHT)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    return made


def column(page: HistoryPage, number: int) -> list[str]:
    return [page.filter.index(row, number).data() for row in range(page.filter.rowCount())]


def box(page: HistoryPage, name: str) -> QComboBox:
    boxes = page.findChildren(QComboBox)
    return next(each for each in boxes if each.accessibleName() == f"Filter by {name}")


def test_all_runs_are_there_with_what_they_came_to(page: HistoryPage) -> None:
    assert sorted(column(page, SCORE)) == ["61.2", "72.4", "83.6", "–"]  # noqa: RUF001
    assert page.subtitle.text() == "4 runs"


def test_words_in_any_order_find_runs(page: HistoryPage) -> None:
    page.search.setText("12B gemma")
    assert column(page, MODEL) == ["Gemma 3 12B"]
    page.search.setText("no such model")
    assert NOTHING_FOUND in [child.text() for child in page.findChildren(type(page.subtitle))]


def test_filters_add_up(page: HistoryPage) -> None:
    state = box(page, "state")
    state.setCurrentIndex(state.findData("interrupted"))
    assert page.filter.rowCount() == 1
    request = box(page, "request")
    request.setCurrentIndex(request.findData("board"))
    assert page.filter.rowCount() == 0
    state.setCurrentIndex(0)
    assert column(page, SCORE) == ["61.2"]


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_scores_sort_as_numbers(page: HistoryPage, order: Qt.SortOrder) -> None:
    page.view.sortByColumn(SCORE, order)
    numbers = ["–", "61.2", "72.4", "83.6"]  # noqa: RUF001
    backwards = order == Qt.SortOrder.DescendingOrder
    assert column(page, SCORE) == (numbers[::-1] if backwards else numbers)


def test_enter_opens_the_run_and_back_leads_back(page: HistoryPage, qtbot: QtBot) -> None:
    page.search.setText("gemma")
    page.view.selectRow(0)
    qtbot.keyClick(page.view, Qt.Key.Key_Return)
    assert page.result.isVisible()
    assert not page.heading.isVisible()
    qtbot.mouseClick(page.result.back_button, Qt.MouseButton.LeftButton)
    assert page.view.isVisible()
    assert page.heading.isVisible()


def test_a_run_without_a_result_says_so(page: HistoryPage, root: Path) -> None:
    assert not page.show_run(root / "01KAJ4Y5T3G2N8Q7W6E5R4D3D0")
    assert page.view.isVisible()


def test_only_scored_runs_are_compared(page: HistoryPage, qtbot: QtBot) -> None:
    page.view.selectAll()
    assert page.compare_button.text() == "Compare 3"
    with qtbot.waitSignal(page.compare_wanted) as wanted:
        qtbot.mouseClick(page.compare_button, Qt.MouseButton.LeftButton)
    assert wanted.args is not None
    assert len(wanted.args[0]) == 3
    page.view.selectRow(0)
    assert not page.compare_button.isEnabled()


def test_a_stopped_run_can_be_resumed_and_no_other(page: HistoryPage, qtbot: QtBot) -> None:
    page.search.setText("interrupted")
    page.view.selectRow(0)
    with qtbot.waitSignal(page.resume_wanted) as wanted:
        qtbot.mouseClick(page.resume_button, Qt.MouseButton.LeftButton)
    assert wanted.args is not None
    assert wanted.args[0].name.endswith("D0")
    page.search.setText("gemma")
    page.view.selectRow(0)
    assert not page.resume_button.isEnabled()


def test_a_new_run_appears_and_the_selection_stays(
    page: HistoryPage, root: Path, finished_run: Path
) -> None:
    page.search.setText("gemma")
    page.view.selectRow(0)
    page.search.clear()
    shutil.copytree(finished_run, root / "01KAJ4Y5T3G2N8Q7W6E5R4D3D9")
    page.refresh()
    assert page.filter.rowCount() == 5
    assert [entry.model for entry in page.selected()] == ["Gemma 3 12B"]


def test_a_folder_deleted_under_it_is_no_run_any_more(page: HistoryPage, root: Path) -> None:
    gone = page.filter.entry(0).path
    shutil.rmtree(gone)
    assert not page.show_run(gone)
    page.refresh()
    assert page.filter.rowCount() == 3


def test_an_empty_folder_says_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    page = HistoryPage(tmp_path / "nothing", DARK)
    qtbot.addWidget(page)
    page.show()
    assert not page.view.isVisible()
    assert EMPTY in [child.text() for child in page.findChildren(type(page.subtitle))]


def test_cells_say_their_column_to_screen_readers(page: HistoryPage) -> None:
    cell = page.filter.index(0, SCORE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert cell.startswith(f"{COLUMNS[SCORE].title}: ")
    reader = QAccessible.queryAccessibleInterface(page.view)
    assert reader.text(QAccessible.Text.Name) == "Runs"


@pytest.mark.parametrize(("width", "hidden"), [(1400, 0), (1000, 3), (850, 4)])
def test_columns_that_can_be_spared_go_where_there_is_no_room(
    page: HistoryPage, width: int, hidden: int
) -> None:
    page.view.resize(width, 400)
    numbers = range(len(COLUMNS))
    gone = {COLUMNS[number].title for number in numbers if page.view.isColumnHidden(number)}
    assert len(gone) == hidden
    assert gone.isdisjoint({"Request", "Model", "Score", "Grade", "State"})
    shown = sum(page.view.columnWidth(n) for n in numbers if not page.view.isColumnHidden(n))
    assert shown <= page.view.viewport().width()
