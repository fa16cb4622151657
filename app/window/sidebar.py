"""The sidebar: the pages, and at its foot the run in progress, whichever page is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.report.theme import Theme, label
from app.window.parts.app_icon import sign
from app.window.parts.icons import icon
from app.window.parts.panel import GRID

WIDTH = 200
ROW_HEIGHT, ICON, SIGN = 32, 18, 28


class _Places(QListWidget):
    """A list that does not choose its first row only because it has the focus."""

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        nothing = self.currentRow() < 0
        blocked = self.blockSignals(True) if nothing else False
        super().focusInEvent(event)
        if nothing:
            self.setCurrentRow(-1)
            self.blockSignals(blocked)


class Sidebar(QWidget):
    """Lists the pages and shows the status."""

    chosen = Signal(str)

    def __init__(self, places: Mapping[str, str], theme: Theme) -> None:
        """Take key → title; the key names the icon too."""
        super().__init__()
        self.setObjectName("sidebar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self._keys = tuple(places)
        self.places = _Places()
        self.places.setObjectName("places")
        self.places.setAccessibleName("Pages")
        self.places.setIconSize(QSize(ICON, ICON))
        self.places.setFixedHeight(len(places) * ROW_HEIGHT + GRID)
        self.places.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for title in places.values():
            item = QListWidgetItem(title)
            item.setSizeHint(QSize(WIDTH - 4 * GRID, ROW_HEIGHT))
            self.places.addItem(item)
        self._sign = QLabel()
        self.what = label("", "body")
        self.how = label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress of the run")
        for words in (self.what, self.how):
            words.setWordWrap(True)
        self._lay_out()
        self.places.currentRowChanged.connect(self._changed)
        self.set_theme(theme)

    def choose(self, key: str) -> None:
        """Mark a page as the one that is shown."""
        self.places.setCurrentRow(self._keys.index(key))

    def leave(self) -> None:
        """Mark no page."""
        self.places.setCurrentRow(-1)

    def show_status(self, what: str, how: str, share: float | None) -> None:
        """Show at the foot what is in progress; a share of 0 to 1 shows a bar."""
        self.what.setText(what)
        self.what.setVisible(bool(what))
        self.how.setText(how)
        self.bar.setVisible(share is not None)
        self.bar.setValue(round(1000 * (share or 0.0)))

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._sign.setPixmap(sign(SIGN, scale=self.devicePixelRatioF()))
        for row, key in enumerate(self._keys):
            self.places.item(row).setIcon(icon(key, theme.ink, ICON))

    def _changed(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(self._keys[row])

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.setContentsMargins(GRID, 0, 0, 0)
        head.addWidget(self._sign)
        head.addWidget(label("Sixfold", "section"), 1)
        foot = QFrame()
        inside = QVBoxLayout(foot)
        inside.setContentsMargins(GRID, 0, GRID, 0)
        inside.setSpacing(4)
        inside.addWidget(self.what)
        inside.addWidget(self.bar)
        inside.addWidget(self.how)
        page = QVBoxLayout(self)
        page.setContentsMargins(GRID, 2 * GRID + 4, GRID, 2 * GRID)
        page.setSpacing(2 * GRID)
        page.addLayout(head)
        page.addWidget(self.places)
        page.addStretch(1)
        page.addWidget(foot)
