"""A text that has no room is cut, and kept in full elsewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window.parts.panel import ElidedLabel

LONG = "/home/somebody/Models/a-folder-with-a-name/model.gguf"


def test_a_long_text_is_cut_and_kept(qtbot: QtBot) -> None:
    made = ElidedLabel("body", LONG)
    qtbot.addWidget(made)
    made.show()
    made.resize(120, 20)
    assert made.text().endswith("…")
    assert (made.toolTip(), made.accessibleName(), made.whole) == (LONG, LONG, LONG)
    made.resize(900, 20)
    assert made.text() == LONG


def test_a_path_is_cut_in_its_middle(qtbot: QtBot) -> None:
    made = ElidedLabel("muted")
    qtbot.addWidget(made)
    made.mode = Qt.TextElideMode.ElideMiddle
    made.show()
    made.resize(200, 20)
    made.say(LONG, "more")
    assert made.text().startswith("/home")
    assert made.text().endswith(".gguf")
    assert made.toolTip() == "more"
