"""The fit of a model as a bar: its parts, and where the memory of the machine ends."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app.report import numbers
from app.report.theme import SMALL, Theme, font
from app.window.parts.panel import GRID, Canvas, draw_text
from engines.memory.fit import Fit, Verdict

BAR_HEIGHT = 8
PARTS = ("weights", "cache", "compute", "overhead")
SIGNS: dict[Verdict, str] = {"comfortable": "check", "tight": "caution", "no": "cross"}
"""The verdict as an icon: colour alone says nothing to some."""
WIDE_BAR_HEIGHT = 12
LEGEND_ROW = 20


def verdict_colour(verdict: Verdict, theme: Theme) -> str:
    """Choose the colour of a verdict's word."""
    return {"comfortable": theme.accent, "tight": theme.caution, "no": theme.danger}[verdict]


def part_sizes(fitted: Fit) -> tuple[int, ...]:
    """Return the estimated parts in bytes, in the order of `PARTS`."""
    need = fitted.need
    return (need.weights_bytes, need.cache_bytes, need.compute_bytes, need.overhead_bytes)


def paint_fit(painter: QPainter, area: QRectF, fitted: Fit, theme: Theme) -> None:
    """Draw the parts of what is needed, scaled so that the machine's memory is the whole bar.

    What needs more than there is fills the bar beyond a mark at the machine's memory.
    """
    whole = max(fitted.usable_bytes, fitted.required_bytes, 1)
    radius = area.height() / 2
    shape = QPainterPath()
    shape.addRoundedRect(area, radius, radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(shape)
    painter.fillRect(area, QColor(theme.track))
    x = area.left()
    scale = area.width() * fitted.required_bytes / whole / max(fitted.need.total_bytes, 1)
    for size, colour in zip(part_sizes(fitted), theme.parts, strict=True):
        painter.fillRect(QRectF(x, area.top(), size * scale, area.height()), QColor(colour))
        x += size * scale
    painter.restore()
    if fitted.required_bytes > fitted.usable_bytes:
        mark = area.left() + area.width() * fitted.usable_bytes / whole
        painter.setPen(QPen(QColor(theme.danger), 2))
        painter.drawLine(QPointF(mark, area.top() - 3), QPointF(mark, area.bottom() + 3))


class FitBar(Canvas):
    """A large fit bar with a legend of its parts."""

    def __init__(self, theme: Theme) -> None:
        """Start without a model."""
        super().__init__(theme)
        self._fit: Fit | None = None
        self.setAccessibleName("Memory")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.sizeHint().height())

    def show_fit(self, fitted: Fit | None) -> None:
        """Show another fit."""
        self._fit = fitted
        if fitted is not None:
            parts = zip(PARTS, part_sizes(fitted), strict=True)
            words = ", ".join(f"{name} {numbers.size(size)}" for name, size in parts)
            self.setAccessibleDescription(f"{fitted.verdict}: {words}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for the bar and two rows of legend."""
        return QSize(320, WIDE_BAR_HEIGHT + 2 * LEGEND_ROW + 2 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the bar and its legend."""
        if self._fit is None:
            return
        painter = QPainter(self)
        bar = QRectF(0, 3, self.width(), WIDE_BAR_HEIGHT)
        paint_fit(painter, bar, self._fit, self.theme)
        column = self.width() / 2
        face = font(SMALL, tabular=True)
        for place, (name, size) in enumerate(zip(PARTS, part_sizes(self._fit), strict=True)):
            row, side = divmod(place, 2)
            area = QRectF(side * column, bar.bottom() + GRID + row * LEGEND_ROW, column, LEGEND_ROW)
            key = QRectF(area.left(), area.center().y() - 4, 8, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.parts[place]))
            painter.drawRoundedRect(key, 2, 2)
            words = area.adjusted(GRID * 2, 0, -GRID * 3, 0)
            draw_text(painter, words, name, face, self.theme.muted)
            right = Qt.AlignmentFlag.AlignRight
            draw_text(painter, words, numbers.size(size), face, self.theme.ink, right)
