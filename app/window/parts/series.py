"""Colours and marks that set the compared models apart, never by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.report.theme import Theme

MOST = 6
"""More can't be kept apart in one picture."""
CORNERS = (
    (),
    ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    ((0, -1.2), (1.15, 0.95), (-1.15, 0.95)),
    ((0, 1.2), (1.15, -0.95), (-1.15, -0.95)),
    ((-0.45, -1.2), (0.45, -1.2), (0.45, -0.45), (1.2, -0.45), (1.2, 0.45), (0.45, 0.45),
     (0.45, 1.2), (-0.45, 1.2), (-0.45, 0.45), (-1.2, 0.45), (-1.2, -0.45), (-0.45, -0.45)),
)  # fmt: skip
"""Outlines in units of the radius: disc, square, diamond, triangles, cross."""


def colour(theme: Theme, number: int) -> str:
    """Return the colour of a model by its place in the order of means."""
    one, two, three, grey = theme.parts
    return (one, two, three, theme.caution, theme.danger, grey)[number % MOST]


def draw_mark(painter: QPainter, centre: QPointF, radius: float, number: int, theme: Theme) -> None:
    """Draw the mark of a model."""
    painter.setPen(QPen(QColor(theme.raised), 1))
    painter.setBrush(QColor(colour(theme, number)))
    corners = CORNERS[number % MOST]
    if not corners:
        painter.drawEllipse(centre, radius, radius)
        return
    painter.drawPolygon(
        QPolygonF([centre + QPointF(x * radius, y * radius) * 0.9 for x, y in corners])
    )


def draw_whisker(
    painter: QPainter, low: float, high: float, y: float, height: float, colour_name: str
) -> None:
    """Draw an interval as a line with ends."""
    painter.setPen(QPen(QColor(colour_name), 1.5))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawLine(QPointF(low, y), QPointF(high, y))
    for x in (low, high):
        painter.drawLine(QPointF(x, y - height / 2), QPointF(x, y + height / 2))


def clipped(area: QRectF, x: float) -> float:
    """Keep a place inside an area, left to right."""
    return min(area.right(), max(area.left(), x))
