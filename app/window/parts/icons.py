"""Line icons, drawn from paths on a grid of 20, in whatever colour is asked."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

GRID = 20
SCALES = (1, 2)
PATHS = {
    "models": "M10 2.5 16.5 6v8L10 17.5 3.5 14V6Z M3.5 6 10 9.6 16.5 6 M10 9.6v7.9",
    "run": "M6.5 4.2v11.6L15.6 10Z",
    "history": "M10 3a7 7 0 1 1-6.4 4.2 M3.2 3.4v4h4 M10 6.4V10l2.6 1.8",
    "compare": "M4 16.5v-6 M8 16.5v-12 M12 16.5v-8.5 M16 16.5v-4",
    "add": "M10 4.5v11 M4.5 10h11",
    "folder": "M2.8 5.2h4.7l1.6 2h8.1v8.3H2.8Z",
    "pause": "M7 5v10 M13 5v10",
    "stop": "M5.5 5.5h9v9h-9Z",
    "search": "M8.8 3.5a5.3 5.3 0 1 1 0 10.6 5.3 5.3 0 0 1 0-10.6Z M12.8 12.8l3.7 3.7",
    "check": "M4.5 10.5 8.3 14.2 15.5 6.2",
    "cross": "M5.5 5.5l9 9 M14.5 5.5l-9 9",
    "wait": "M10 3.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z M10 6.5V10l2.4 1.6",
    "caution": "M10 3.2 17.3 16H2.7Z M10 8v3.6 M10 13.7v.1",
}


def icon(name: str, colour: str, size: int = GRID) -> QIcon:
    """Draw an icon for screens of one and of two pixels a point."""
    made = QIcon()
    for scale in SCALES:
        made.addPixmap(pixmap(name, colour, size, scale))
    return made


def pixmap(name: str, colour: str, size: int = GRID, scale: float = 1) -> QPixmap:
    """Draw an icon of `size` logical pixels."""
    drawn = QPixmap(round(size * scale), round(size * scale))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    _renderer(name, colour).render(painter)
    painter.end()
    drawn.setDevicePixelRatio(scale)
    return drawn


def paint_icon(painter: QPainter, name: str, colour: str, area: QRectF) -> None:
    """Draw an icon into an area of a painter."""
    _renderer(name, colour).render(painter, area)


def _renderer(name: str, colour: str) -> QSvgRenderer:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {GRID} {GRID}">'
        f'<path d="{PATHS[name]}"'
        f' fill="none" stroke="{QColor(colour).name()}" stroke-width="1.5"'
        ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    return QSvgRenderer(QByteArray(svg.encode()))
