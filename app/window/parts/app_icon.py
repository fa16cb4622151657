"""The program's sign: six parts of one whole; in the Dock with a bar while a run is in progress."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from app.report.theme import LIGHT
from app.window.parts.panel import draw_bar

SIZES = (32, 128, 512)
GROUND, SIGN, TRACK = LIGHT.raised, LIGHT.accent, "#C9CFCD"
INSET, CORNER = 0.09, 0.22
"""Of the icon's size, as macOS draws its icons."""
RADIUS = 0.34
"""Of the hexagon, of the ground's width."""


def app_icon(share: float | None = None) -> QIcon:
    """Paint the icon; a share of 0 to 1 adds a bar."""
    made = QIcon()
    for size in SIZES:
        made.addPixmap(sign(size, share))
    return made


def sign(
    size: int, share: float | None = None, scale: float = 1, *, inset: float = INSET
) -> QPixmap:
    """Paint the sign on its rounded ground, `size` logical pixels wide with what is around it."""
    drawn = QPixmap(round(size * scale), round(size * scale))
    drawn.fill(Qt.GlobalColor.transparent)
    drawn.setDevicePixelRatio(scale)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QRectF(0, 0, size, size).adjusted(
        inset * size, inset * size, -inset * size, -inset * size
    )
    painter.setPen(QPen(QColor(TRACK), max(1.0, size / 128)))
    painter.setBrush(QColor(GROUND))
    painter.drawRoundedRect(ground, CORNER * size, CORNER * size)
    lift = 0.06 * size if share is not None else 0.0
    paint_hexagon(
        painter, QPointF(size / 2, size / 2 - lift), RADIUS * ground.width(), SIGN, GROUND
    )
    if share is not None:
        bar = QRectF(0.24 * size, 0.76 * size, 0.52 * size, 0.07 * size)
        draw_bar(painter, bar, share, TRACK, SIGN)
    painter.end()
    return drawn


def paint_hexagon(
    painter: QPainter, centre: QPointF, radius: float, colour: str, ground: str
) -> None:
    """Paint a hexagon of six parts, cut by lines in the colour of the ground."""
    corners = [
        QPointF(
            centre.x() + radius * math.cos(math.radians(60 * corner - 90)),
            centre.y() + radius * math.sin(math.radians(60 * corner - 90)),
        )
        for corner in range(6)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawPolygon(QPolygonF(corners))
    painter.setPen(QPen(QColor(ground), radius / 7))
    for corner in corners:
        painter.drawLine(centre, corner)
