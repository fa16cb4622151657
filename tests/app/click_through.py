"""Open the window on a real screen and go the whole way by clicks; run as a program.

    python click_through.py CARD.png SCREEN.png

Every step is a click on something that a person sees, or typing into a field that has the focus.
The demo runs on random weights, whichever model is built in.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from app.library.user_data import data_folder
from app.window.application import make_application
from app.window.main_window import MainWindow
from app.work import demo
from app.work.model_list import RANDOM_MODEL

PATIENCE_S = 240


def wait(until: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not until():
        if time.monotonic() > end:
            raise SystemExit(f"waited too long for {what}")
        QTest.qWait(50)


def seen(root: QWidget, words: str) -> list[QAbstractButton]:
    buttons = root.findChildren(QAbstractButton)
    return [b for b in buttons if b.text() == words and b.isVisible() and b.isEnabled()]


def click(root: QWidget, words: str) -> None:
    wait(lambda: bool(seen(root, words)), f"a button {words!r}")
    QTest.mouseClick(seen(root, words)[0], Qt.MouseButton.LeftButton)


def click_tab(root: QWidget, words: str) -> None:
    for bar in root.findChildren(QTabBar):
        for place in range(bar.count()):
            if bar.isVisible() and bar.tabText(place) == words:
                QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(place).center())
                return
    raise SystemExit(f"there is no tab {words!r}")


def save_as(path: Path) -> None:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QFileDialog)
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    QTest.keyClicks(field, str(path))
    QTest.keyClick(field, Qt.Key.Key_Return)


def main(card: Path, screen: Path) -> None:
    demo.builtin_model = lambda: RANDOM_MODEL
    application = make_application()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    window = MainWindow(data_folder())
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    window.start()
    click(window, "Run the Built-in Demo")
    click(window, "Show Result")
    shown = window.pages.currentWidget()
    assert shown is not None
    wait(lambda: bool(shown.findChildren(QLabel)), "the result")
    click_tab(window, "Card")
    QTest.qWait(200)
    window.screen().grabWindow(window.winId()).save(str(screen))
    QTimer.singleShot(500, lambda: save_as(card))
    click(window, "Export…")
    wait(card.is_file, "the card")
    QTest.mouseMove(window, QPoint(5, 5))
    window.close()
    application.processEvents()


if __name__ == "__main__":
    main(*(Path(each) for each in sys.argv[1:]))
