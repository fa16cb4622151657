"""The program with a window: Qt's application, and the window on it until it is closed."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.library.user_data import data_folder
from app.report.theme import BODY, font
from app.window.main_window import MainWindow
from app.window.parts.app_icon import app_icon

LATER = (
    "app.library.selection",
    "app.window.history.page",
    "app.window.compare.page",
    "app.window.about",
)
"""What opens the scorer: imported once the window is idle, so that it is there within a second."""
LATER_MS = 400
"""Between the imports of two of these, so that the window answers."""


def make_application() -> QApplication:
    """Start Qt with the program's name, icon and type; once a process."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Sixfold")
    application.setApplicationDisplayName("Sixfold")
    application.setWindowIcon(app_icon())
    application.setFont(font(BODY))
    if sys.platform != "darwin":
        application.setStyle("Fusion")
    # modules live as long as we do: going through them again and again stops the window
    gc.freeze()
    return application


def open_window() -> int:
    """Open the window and stay until it is closed; return the exit code."""
    application = make_application()
    window = MainWindow(data_folder())
    QGuiApplication.styleHints().colorSchemeChanged.connect(window.follow_system)
    window.show()
    QTimer.singleShot(0, window, window.start)
    for number, name in enumerate(LATER, start=1):
        QTimer.singleShot(number * LATER_MS, window, lambda name=name: import_module(name))
    return application.exec()
