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
from app.window.history.other_version import SCORING
from app.window.history.page import EMPTY, NOTHING_FOUND, HistoryPage
from app.window.history.table import COLUMNS, MODEL, SCORE
from pipeline.records.journal import ARTIFACTS, RESULT, create_run
from pipeline.records.spec import RunSpec
from tests.app.other_version import make_other_version

WAIT_MS = 60_000

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none

CHANGES = {
    "01KAJ4Y5T3G2N8Q7W6E5R4D3CY": {'"request": "todo"': '"request": "board"', '83.6': '61.2'},
    "01KAJ4Y5T3G2N8Q7W6E5R4D3CZ": {"Qwen3 30B A3B Instruct 2507": "Gemma 3 12B", "83.6": "72.4"},
}  # fmt: skip


@pytest.fixture
def root(finished_run: Path, spec: RunSpec) -> Path:
    """Return three finished runs and a stopped one."""
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
    assert [entry.model for entry in page.view.selected()] == ["Gemma 3 12B"]


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


@pytest.fixture
def other(page: HistoryPage, root: Path, finished_run: Path) -> Path:
    """Make one of the runs one of an older Sixfold."""
    make_other_version(finished_run)
    page.refresh()
    return finished_run


def test_a_run_of_another_version_stays_and_says_what_it_is(page: HistoryPage, other: Path) -> None:
    page.search.setText("other version")
    page.view.selectRow(0)
    assert [entry.path for entry in page.view.selected()] == [other]
    assert page.subtitle.text() == "Made by an older Sixfold; its artifacts can be scored again."
    assert page.open_button.isEnabled()
    assert not page.resume_button.isEnabled()


def test_a_run_of_another_version_is_scored_again(
    page: HistoryPage, other: Path, qtbot: QtBot
) -> None:
    assert page.show_run(other)
    view = page.other_version
    assert view.isVisible()
    assert not view.findings.isVisible()
    qtbot.mouseClick(view.score_button, Qt.MouseButton.LeftButton)
    assert view.outcome.text() == SCORING
    qtbot.waitUntil(lambda: view.findings.isVisible(), timeout=WAIT_MS)
    assert " of 100, grade " in view.outcome.text()
    assert view.findings.tree.topLevelItemCount() > 0
    qtbot.mouseClick(view.back_button, Qt.MouseButton.LeftButton)
    assert page.view.isVisible()


def test_what_can_not_be_scored_is_said(page: HistoryPage, other: Path, qtbot: QtBot) -> None:
    page.show_run(other)
    shutil.rmtree(other / ARTIFACTS)
    view = page.other_version
    view.score()
    qtbot.waitUntil(view.score_button.isEnabled, timeout=WAIT_MS)
    assert str(other / ARTIFACTS) in view.outcome.text()
    assert not view.findings.isVisible()


def test_scoring_ends_with_the_window(page: HistoryPage, other: Path) -> None:
    page.show_run(other)
    page.other_version.score()
    page.close_process()
    assert page.show_run(other)
    assert page.other_version.outcome.text() == ""
