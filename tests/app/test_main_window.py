"""The window shows runs and drives a worker; it never runs a model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow, theme_for
from app.models.listing import BUILTIN_MODEL
from app.order import Order
from app.runs.process import Ended
from app.theme import DARK, LIGHT
from pipeline.journal import new_run_id, open_run
from pipeline.records import CallStarted

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none

WORKER_MS = 60_000


@pytest.fixture
def window(qtbot: QtBot, finished_run: Path) -> MainWindow:
    """Give a window on the folder with the finished run."""
    made = MainWindow(finished_run.parent)
    qtbot.addWidget(made)
    made.show()
    return made


def tiny_order(root: Path, model: Path = BUILTIN_MODEL) -> Order:
    run = new_run_id()
    return Order(request="todo", model=model, run=run, out=root / run, max_tokens_per_call=64)


def test_a_finished_run_is_shown_with_its_findings(window: MainWindow) -> None:
    window.list.setCurrentIndex(window.list.runs.index(0))
    assert window.result.isVisible()
    assert window.bar.export_button.isEnabled()
    axes = window.result.findings
    assert axes.topLevelItemCount() == 6
    axis = axes.topLevelItem(0)
    assert axis is not None
    row = axis.child(0)
    assert row is not None
    assert [row.text(column) for column in range(5)] == [
        "-1.5",
        "requirements.rules",
        "src/todo.service.ts:42",
        "the owner <is> checked",
        "no condition on member_id",
    ]


def test_the_card_is_there_for_screen_readers(window: MainWindow) -> None:
    window.list.setCurrentIndex(window.list.runs.index(0))
    reader = QAccessible.queryAccessibleInterface(window.result.card)
    assert reader.text(QAccessible.Text.Name) == "Card of Qwen3 30B A3B Instruct 2507, todo"
    assert "Score 83.6 of 100" in reader.text(QAccessible.Text.Description)


def test_an_unfinished_run_says_so(window: MainWindow, finished_run: Path) -> None:
    (finished_run / "result.json").unlink()
    window.list.runs.reload()
    window.list.setCurrentIndex(window.list.runs.index(0))
    assert not window.result.isVisible()
    assert not window.bar.export_button.isEnabled()


def test_a_card_is_exported_in_the_theme_of_the_window(window: MainWindow, tmp_path: Path) -> None:
    window.set_theme(DARK)
    window.list.setCurrentIndex(window.list.runs.index(0))
    window.export_to(tmp_path / "card.png")
    assert QImage(str(tmp_path / "card.png")).pixelColor(5, 5).name() == DARK.ground.lower()


def test_the_system_chooses_the_theme() -> None:
    assert theme_for(Qt.ColorScheme.Dark) is DARK
    assert theme_for(Qt.ColorScheme.Unknown) is LIGHT


def test_a_model_that_is_none_is_refused_with_its_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"")
    order = tiny_order(tmp_path / "runs", tmp_path / "bad.gguf")
    with qtbot.waitSignal(window.worker.ended, timeout=WORKER_MS) as ended:
        window.start(order)
    assert ended.args is not None
    end: Ended = ended.args[0]
    assert not end.ok
    assert "bad.gguf is empty" in end.sentence
    assert "bad.gguf is empty" in window.statusBar().currentMessage()
    assert not order.out.exists()
    assert window.bar.run_button.isEnabled()


def test_a_run_can_be_cancelled(window: MainWindow, qtbot: QtBot, finished_run: Path) -> None:
    order = tiny_order(finished_run.parent)
    with qtbot.waitSignal(
        window.worker.happened,
        timeout=WORKER_MS,
        check_params_cb=lambda event: isinstance(event, CallStarted),
    ):
        window.start(order)
    assert window.live.isVisible()
    assert window.bar.cancel_button.isEnabled()
    with qtbot.waitSignal(window.worker.ended, timeout=WORKER_MS) as ended:
        qtbot.mouseClick(window.bar.cancel_button, Qt.MouseButton.LeftButton)
    assert ended.args is not None
    assert ended.args[0] == Ended(True, "Cancelled; what was made is kept.")
    result = open_run(order.out).result()
    assert result is not None
    assert result.outcome == "cancelled"
    assert window.result.isVisible()


def test_a_worker_dies_with_the_window(
    window: MainWindow, qtbot: QtBot, finished_run: Path
) -> None:
    with qtbot.waitSignal(window.worker.happened, timeout=WORKER_MS):
        window.start(tiny_order(finished_run.parent))
    window.close()
    assert not window.worker.is_running()


def test_the_worker_never_imports_qt() -> None:
    script = "import app.worker, sys; sys.exit(any('PySide6' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
