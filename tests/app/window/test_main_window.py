"""The window composes its pages, keeps how it stands, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.library.preferences import Preferences, load_preferences, save_preferences
from app.report.theme import DARK, LIGHT, Theme
from app.window import main_window
from app.window.about import About, licences
from app.window.first_run import FirstRun
from app.window.main_window import MainWindow, theme_of
from app.window.models.page import ModelsPage
from app.window.pages import PLACES
from app.window.queue.queue import QueueItem
from app.work.model_list import RANDOM_MODEL, builtin_model
from app.work.order import Order
from pipeline.records.events import CallFinished
from pipeline.records.journal import new_run_id
from tests.engines.small_files import write_gguf

WAIT_MS = 120_000


def tiny(window: MainWindow, model: Path = RANDOM_MODEL) -> QueueItem:
    run = new_run_id()
    out = window.runs / run
    order = Order(request="todo", model=model, run=run, out=out, max_tokens_per_call=64)
    return QueueItem(order, "todo", model.stem)


def start(window: MainWindow, qtbot: QtBot) -> QueueItem:
    """Start a run of random weights and wait for its first answer."""
    item = tiny(window)
    window.pages.show_page("run")
    with qtbot.waitSignal(
        window.queue.worker.happened,
        timeout=WAIT_MS,
        check_params_cb=lambda events: any(isinstance(e, CallFinished) for e in events),
    ):
        window.pages.run_page.composer.ordered.emit([item])
    return item


def answer(words: str) -> None:
    """Press a button of the question that is being asked."""
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text() == words).click()


def test_pages_are_made_when_they_are_wanted(window: MainWindow, qtbot: QtBot) -> None:
    assert set(window.pages.made) == {"models"}
    for key in ("run", "history", "compare", "models"):
        window.pages.show_page(key)
        assert window.pages.currentWidget() is window.pages.made[key]
        assert window.pages.made[key].isVisible()
        assert window.sidebar.places.currentItem().text() == window.pages.made[key].title


def test_the_first_window_ever_offers_the_demo(qtbot: QtBot, data: Path, tmp_path: Path) -> None:
    save_preferences(data, Preferences())
    window = MainWindow(data, LIGHT)
    qtbot.addWidget(window)
    window.show()
    first = window.pages.currentWidget()
    assert isinstance(first, FirstRun)
    window.shelf.scan()
    qtbot.waitUntil(lambda: "No models found yet" in first._found.text())
    assert load_preferences(data)[0].welcomed
    qtbot.mouseClick(first.models_button, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.pages.made["models"]
    window.close()


def test_a_run_is_seen_live_cancelled_and_its_result_opened(
    window: MainWindow, qtbot: QtBot
) -> None:
    item = start(window, qtbot)
    page = window.pages.run_page
    assert page.live.isVisible()
    assert page.chosen is not None
    assert page.chosen.state == "running"
    qtbot.waitUntil(lambda: page.live._values["Output"].text() != "not yet")
    assert "Analysis" in page.live.cards.accessibleDescription()
    assert "usable by a model" in page.live.memory.accessibleDescription()
    qtbot.waitUntil(lambda: page.live.tree.topLevelItemCount() > 0)
    qtbot.waitUntil(window.sidebar.bar.isVisible)
    qtbot.mouseClick(page.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.queue.running is None, timeout=WAIT_MS)
    assert page.chosen.state == "cancelled"
    assert page.notice.isVisible()
    assert page.retry_button.isVisible()
    qtbot.mouseClick(page.result_button, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.pages.history
    assert (item.order.out / "result.json").is_file()


def test_a_killed_worker_leaves_the_window_alive(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    page = window.pages.run_page
    os.kill(window.queue.worker.pid(), signal.SIGKILL)
    qtbot.waitUntil(lambda: window.queue.running is None, timeout=WAIT_MS)
    assert "crashed" in page.notice.text.text()
    assert page.retry_button.text() == "Resume Run"
    for key in ("models", "history", "run"):
        window.pages.show_page(key)
        assert window.pages.made[key].isVisible()


def test_a_model_that_is_none_is_refused_with_its_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"")
    window.pages.show_page("run")
    window.pages.run_page.composer.ordered.emit([tiny(window, tmp_path / "bad.gguf")])
    qtbot.waitUntil(lambda: window.queue.running is None, timeout=WAIT_MS)
    assert "bad.gguf is empty" in window.pages.run_page.notice.text.text()
    assert window.pages.run_page.retry_button.text() == "Try Again"


def test_closing_while_a_run_goes_on_asks_and_goes_on_the_next_time(
    window: MainWindow, qtbot: QtBot
) -> None:
    item = start(window, qtbot)
    QTimer.singleShot(0, lambda: answer("Don't Quit"))
    assert not window.close()
    assert window.queue.worker.is_running()
    QTimer.singleShot(0, lambda: answer("Quit and Resume Later"))
    assert window.close()
    assert not window.queue.worker.is_running()
    again = MainWindow(window.data, LIGHT)
    qtbot.addWidget(again, before_close_func=lambda _: again.queue.close())
    again.show()
    again.start()
    live = again.queue.live[item.order.run]
    qtbot.waitUntil(lambda: live.noted > 0, timeout=WAIT_MS)
    assert live.notes[0].kind == "resumed"
    again.queue.close()
    again.close()


def test_models_are_added_by_dropping_them(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder, file = tmp_path / "folder", write_gguf(tmp_path / "one" / "dropped.gguf")
    write_gguf(folder / "inside.gguf")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (folder, file)])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, buttons, keys)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(QPointF(5, 5), copy, mime, buttons, keys))
    qtbot.waitUntil(lambda: {"inside", "dropped"} <= {entry.name for entry in window.shelf.entries})
    chosen = load_preferences(window.data)[0]
    assert (chosen.model_folders, chosen.model_files) == ((folder,), (file,))


def test_what_is_no_model_is_not_accepted(window: MainWindow, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "text.txt")), QUrl("https://example.com")])
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    enter.ignore()
    window.dragEnterEvent(enter)
    assert not enter.isAccepted()


def test_the_window_opens_as_it_was_closed(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1000, 700)
    window.pages.show_page("history")
    window.close()
    again = MainWindow(window.data)
    qtbot.addWidget(again, before_close_func=lambda _: again.queue.close())
    assert (again.width(), again.height()) == (1000, 700)
    assert again.pages.currentWidget() is again.pages.made["history"]
    again.close()


def test_a_model_is_taken_to_the_order_form(window: MainWindow, qtbot: QtBot) -> None:
    page = window.pages.made["models"]
    assert isinstance(page, ModelsPage)
    qtbot.mouseClick(page.details.run_button, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.pages.run_page
    assert window.pages.run_page.composer.chosen_models() == (builtin_model(),)


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_page_is_drawn_in_the_theme(window: MainWindow, theme: object) -> None:
    scheme = "dark" if theme is DARK else "light"
    window.choose_scheme(scheme)
    assert window.theme is theme
    for show in (
        window.pages.show_first_run,
        *(lambda k=k: window.pages.show_page(k) for k in PLACES),
    ):
        show()
        edge = window.grab().toImage().pixelColor(window.width() - 4, window.height() - 4)
        assert edge.name() == window.theme.ground.lower()


@pytest.mark.parametrize(
    ("asked", "theme"), [(Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Unknown, LIGHT)]
)
def test_the_system_chooses_the_theme(
    asked: Qt.ColorScheme, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = SimpleNamespace(colorScheme=lambda: asked)
    system = SimpleNamespace(styleHints=lambda: hints)
    monkeypatch.setattr(main_window, "QGuiApplication", system)
    assert theme_of("system") is theme
    assert (theme_of("dark"), theme_of("light")) == (DARK, LIGHT)


def test_the_runs_can_be_moved_while_the_window_is_open(
    window: MainWindow, tmp_path: Path, finished_run: Path
) -> None:
    assert window.runs == window.data / "runs"
    for key in PLACES:
        window.pages.show_page(key)
    assert window.pages.history.table.entries == ()
    window.prefer(window.preferences.model_copy(update={"runs": finished_run.parent}))
    assert [each.path for each in window.pages.history.table.entries] == [finished_run]
    assert window.shelf.runs == window.pages.run_page.composer.runs == finished_run.parent
    window.run_demo()
    assert window.queue.items[0].order.out.parent == finished_run.parent


def test_the_about_box_names_every_licence(window: MainWindow, qtbot: QtBot) -> None:
    known = {name.lower(): licence for name, _, licence in licences()}
    assert "unknown" not in known.values()
    assert {"llama_cpp_python", "pyside6_essentials"} <= {n.replace("-", "_") for n in known}
    box = About(window)
    assert box.list.topLevelItemCount() == len(known)
    box.close()


def test_the_worker_never_imports_qt() -> None:
    script = "import app.work.worker, sys; sys.exit(any('PySide6' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
