"""A line with what a person should know now, and a button for the next step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from app.report.theme import Theme, label
from app.window.parts.icons import pixmap
from app.window.parts.panel import GRID

ICON = 18


class Notice(QFrame):
    """Hidden until there is something to say."""

    def __init__(self, theme: Theme) -> None:
        """Start hidden."""
        super().__init__()
        self.setObjectName("notice")
        self._theme = theme
        self._sign = QLabel()
        self._action: Callable[[], object] | None = None
        self.text = label("", "body")
        self.text.setWordWrap(True)
        self.button = QPushButton()
        self.button.clicked.connect(self._act)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, GRID, 12, GRID)
        line.setSpacing(12)
        line.addWidget(self._sign)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)
        self.hide()

    def show_text(
        self, text: str, button: str = "", action: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence, and a button that does something about it; no text hides the line."""
        self._action = action
        self.text.setText(text)
        self.setAccessibleName(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setVisible(bool(text))

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._sign.setPixmap(pixmap("caution", theme.caution, ICON, self.devicePixelRatioF()))

    def _act(self) -> None:
        if self._action is not None:
            self._action()
