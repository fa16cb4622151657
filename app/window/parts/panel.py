"""Building blocks of the pages: a titled panel, a widget that paints."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.report.theme import SMALL, Theme, label

GRID = 8
"""All distances are multiples of it."""


class Canvas(QWidget):
    """A widget that paints itself in the colours of the theme."""

    def __init__(self, theme: Theme) -> None:
        """Take the theme it starts with."""
        super().__init__()
        self.theme = theme

    def set_theme(self, theme: Theme) -> None:
        """Paint with another theme."""
        self.theme = theme
        self.update()


class ElidedLabel(QLabel):
    """One line, cut with an ellipsis where there is no room; all of it is its tool tip."""

    def __init__(self, role: str, text: str = "") -> None:
        """Take a role of `theme.label`; the text is cut at the end unless `mode` says otherwise."""
        super().__init__()
        self.setObjectName(role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.mode = Qt.TextElideMode.ElideRight
        self._whole = ""
        self.say(text)

    @property
    def whole(self) -> str:
        """What it says when there is room."""
        return self._whole

    def say(self, text: str, tip: str = "") -> None:
        """Show another text; `tip` may say more than the text."""
        self._whole = text
        self.setAccessibleName(text)
        self.setToolTip(tip or text)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Cut the text for another width."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        metrics = QFontMetricsF(self.font())
        self.setText(metrics.elidedText(self._whole, self.mode, self.width()))


class Panel(QFrame):
    """A raised box with a heading, a note at the heading's right and content below."""

    def __init__(self, title: str, note: str = "") -> None:
        """Make an empty one; add to `body`. Without a title it is only named, not headed."""
        super().__init__()
        self.setObjectName("panel")
        self.heading = label(title, "section")
        self.note = ElidedLabel("muted", note)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body = QVBoxLayout()
        self.body.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addWidget(self.note, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        whole.setSpacing(GRID + 4)
        if title:
            self.setAccessibleName(title)
            whole.addLayout(head)
        whole.addLayout(self.body, 1)


def code_font(pixels: int = SMALL) -> QFont:
    """Make the system's font of one width, for code and logs."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    made.setPixelSize(pixels)
    return made


def draw_text(
    painter: QPainter,
    area: QRectF,
    text: str,
    face: QFont,
    colour: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Draw one line of text in the middle of an area's height, cut with an ellipsis."""
    painter.setFont(face)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(face).elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 0.5)
    painter.drawText(area, align | Qt.AlignmentFlag.AlignVCenter, shown)


def draw_bar(painter: QPainter, track: QRectF, share: float, ground: str, colour: str) -> None:
    """Draw a bar with round ends, filled by `share` (0 to 1)."""
    radius = track.height() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawRoundedRect(track, radius, radius)
    if share > 0:
        filled = QRectF(track)
        filled.setWidth(max(track.height(), track.width() * min(share, 1.0)))
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(filled, radius, radius)
