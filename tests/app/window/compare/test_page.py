"""The compare page: a choice of models, pictures with words, the reference kept apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from app.library.result import read_result
from app.report.theme import DARK, LIGHT, THEMES, Theme
from app.window.compare.page import EMPTY, ComparePage
from app.window.parts.series import MOST, colour
from pipeline.records.journal import RESULT, open_run

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


@pytest.fixture
def page(qtbot: QtBot, runs: Path) -> ComparePage:
    """Show the runs of two models."""
    made = ComparePage(runs, LIGHT)
    qtbot.addWidget(made)
    made.resize(1100, 900)
    made.show()
    return made


def texts(page: QWidget) -> str:
    return "\n".join(each.text() for each in page.findChildren(QLabel))


def test_all_models_are_compared_at_first(page: ComparePage) -> None:
    assert page.report is not None
    assert "Qwen3 30B: 72.2" in page.standings.accessibleDescription()
    assert "Gemma 3 12B: 59.4" in page.standings.accessibleDescription()
    assert "Qwen3 30B is better than Gemma 3 12B by 12.8 points." in (
        page.differences.accessibleDescription()
    )
    assert "Tests 71 %" in page.bars.accessibleDescription()
    assert page.bars.accessibleDescription() == page.radar.accessibleDescription()


def test_a_model_can_be_left_out(page: ComparePage, qtbot: QtBot) -> None:
    page.picker.item(0).setCheckState(Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: page.report is None)
    assert "Select two models or more" in texts(page)
    page.picker.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: page.report is not None)


def test_chosen_runs_are_compared_alone(page: ComparePage, runs: Path) -> None:
    results = {path: read_result(open_run(path)) for path in runs.iterdir() if path.is_dir()}
    page.show_runs(
        [
            path
            for path, made in results.items()
            if made and (made.request, made.seed) == ("todo", 1)
        ]
    )
    assert page.report is not None
    assert [each.runs for each in page.report.comparison.standings] == [1, 1]
    assert "can't be separated" in page.differences.accessibleDescription()
    assert "single run" in page.standings.accessibleDescription()
    page.refresh()
    assert [each.runs for each in page.report.comparison.standings] == [1, 1]
    page.show_all()
    assert [each.runs for each in page.report.comparison.standings] == [4, 4]


def test_runs_of_another_rubric_are_scored_in_a_process(
    page: ComparePage, runs: Path, qtbot: QtBot
) -> None:
    old = next(path for path in sorted(runs.iterdir()) if path.is_dir())
    document = json.loads((old / RESULT).read_text())
    document["score"]["rubric"]["sha256"] = "0" * 64
    (old / RESULT).write_text(json.dumps(document))
    page.refresh()
    assert page.report is None
    assert "scored by another rubric" in texts(page)
    qtbot.waitUntil(lambda: page.report is not None, timeout=60_000)
    assert "1 run was scored again" in texts(page)


def test_the_reference_is_dated_and_kept_apart(page: ComparePage) -> None:
    (table,) = page.findChildren(QTableWidget)
    item = table.item(0, 0)
    assert item is not None
    assert (table.rowCount(), item.text()) == (11, "gpt-5.4-mini")
    assert "2026-04-08" in texts(page)
    assert "can't be compared with the scores above" in texts(page)
    assert "gpt" not in page.standings.accessibleDescription()


def test_an_empty_folder_says_what_is_needed(qtbot: QtBot, tmp_path: Path) -> None:
    page = ComparePage(tmp_path / "none", DARK)
    qtbot.addWidget(page)
    assert EMPTY in texts(page)


def test_pictures_have_names_and_follow_the_theme(page: ComparePage) -> None:
    page.set_theme(DARK)
    for canvas in (page.standings, page.bars, page.radar, page.differences):
        reader = QAccessible.queryAccessibleInterface(canvas)
        assert reader.text(QAccessible.Text.Name)
        assert reader.text(QAccessible.Text.Description)
        assert canvas.theme is DARK


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_each_model_has_a_colour_of_its_own(theme: Theme) -> None:
    chosen = [colour(theme, number) for number in range(MOST)]
    assert len(set(chosen)) == MOST
