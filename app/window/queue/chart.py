"""A small chart over the time of a run, cheap enough to be drawn five times a second.

A series has a few hundred points (`live.Series` sees to that), joined with `drawLines`: one
polyline of a noisy series costs a hundred times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app.report.theme import SMALL, Theme, font
from app.window.parts.panel import GRID, Canvas, draw_text

HEAD = 22
HEIGHT = 84
KEY_WIDTH = 12
HEADROOM = 1.1
"""The largest value stays this far below the top."""


@dataclass(frozen=True)
class Trace:
    """One line of a chart."""

    name: str
    part: int
    """Which of the theme's part colours it has."""
    points: Sequence[tuple[float, float]]
    """Time in seconds and value, in order of time."""


class Chart(Canvas):
    """Traces over time, the latest values in words, and a limit if there is one."""

    def __init__(self, theme: Theme, title: str, say: Callable[[float | None], str]) -> None:
        """Take the words for a value."""
        super().__init__(theme)
        self._title = title
        self._say = say
        self._traces: tuple[Trace, ...] = ()
        self._limit: float | None = None
        self._limit_name = ""
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_traces(
        self, traces: Sequence[Trace], limit: float | None = None, limit_name: str = ""
    ) -> None:
        """Draw these lines from now on."""
        self._traces = tuple(traces)
        self._limit, self._limit_name = limit, limit_name
        words = [f"{trace.name} {self._say(_last(trace))}" for trace in self._traces]
        if limit is not None:
            words.append(f"{limit_name} {self._say(limit)}")
        self.setAccessibleDescription(", ".join(words))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a strip."""
        return QSize(280, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the heading and the lines."""
        painter = QPainter(self)
        self._head(painter)
        plot = QRectF(0, HEAD + 2, self.width(), self.height() - HEAD - 3)
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        highest = max((value for t in self._traces for _, value in t.points), default=0.0)
        top = HEADROOM * max(highest, self._limit or 0.0)
        if top <= 0:
            return
        end = max((trace.points[-1][0] for trace in self._traces if trace.points), default=0.0)
        if self._limit is not None:
            self._draw_limit(painter, plot, plot.bottom() - plot.height() * self._limit / top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for trace in self._traces:
            painter.setPen(QPen(QColor(self.theme.parts[trace.part]), 1.5))
            painter.drawLines(strokes(trace.points, plot, end, top))

    def _head(self, painter: QPainter) -> None:
        face = font(SMALL, 500, tabular=True)
        metrics = QFontMetricsF(face)
        right = float(self.width())
        for trace in reversed(self._traces):
            text = f"{trace.name} {self._say(_last(trace))}"
            wide = metrics.horizontalAdvance(text)
            draw_text(painter, QRectF(right - wide, 0, wide, HEAD - 4), text, face, self.theme.ink)
            painter.setPen(QPen(QColor(self.theme.parts[trace.part]), 2))
            key = right - wide - KEY_WIDTH - 4
            painter.drawLine(QPointF(key, HEAD / 2 - 2), QPointF(key + KEY_WIDTH, HEAD / 2 - 2))
            right = key - 2 * GRID
        draw_text(painter, QRectF(0, 0, max(0.0, right), HEAD - 4), self._title, face,
                  self.theme.muted)  # fmt: skip

    def _draw_limit(self, painter: QPainter, plot: QRectF, y: float) -> None:
        painter.setPen(QPen(QColor(self.theme.danger), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        text = f"{self._limit_name} {self._say(self._limit)}"
        area = QRectF(plot.left(), y + 1, plot.width(), 16)
        draw_text(painter, area, text, font(11), self.theme.danger)


def strokes(
    points: Sequence[tuple[float, float]], plot: QRectF, end_s: float, top: float
) -> list[QLineF]:
    """Join the points of a series by strokes inside a plot of `end_s` seconds by `top`."""
    if end_s <= 0:
        return []
    across, up = plot.width() / end_s, plot.height() / top
    left, bottom = plot.left(), plot.bottom()
    placed = [(left + t_s * across, bottom - value * up) for t_s, value in points]
    return [QLineF(*start, *end) for start, end in pairwise(placed)]


def _last(trace: Trace) -> float | None:
    return trace.points[-1][1] if trace.points else None
