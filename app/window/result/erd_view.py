"""The entity-relationship diagram as a picture to zoom and to move."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QKeySequence,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtSvgWidgets import QGraphicsSvgItem
from PySide6.QtWidgets import (
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.report.theme import FAMILY, Theme, label
from app.window.parts.panel import GRID

SMALLEST, LARGEST = 0.1, 8.0
STEP = 1.25
WHEEL_NOTCH = 120
BORDER = 24
FAMILIES = re.compile(rb'font-family="Inter,[^"]*"')


class Picture(QGraphicsView):
    """The drawing itself; wheel with Ctrl or Cmd, and pinch, zoom around the pointer."""

    def __init__(self, theme: Theme) -> None:
        """Start without a drawing."""
        super().__init__()
        self._fits = True
        self.setObjectName("picture")
        self.setAccessibleName("Entity-relationship diagram")
        self.setScene(QGraphicsScene(self))
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.set_theme(theme)

    def show_svg(self, renderer: QSvgRenderer, words: str) -> None:
        """Show a drawing, whole."""
        self.scene().clear()
        item = QGraphicsSvgItem()
        item.setSharedRenderer(renderer)
        self.scene().addItem(item)
        self.scene().setSceneRect(item.boundingRect().adjusted(-BORDER, -BORDER, BORDER, BORDER))
        self.setAccessibleDescription(words)
        self.fit()

    @property
    def scale_factor(self) -> float:
        """Pixels per unit of the drawing."""
        return self.transform().m11()

    def zoom(self, factor: float) -> None:
        """Make the drawing larger or smaller, within bounds."""
        self._fits = False
        wanted = min(LARGEST, max(SMALLEST, self.scale_factor * factor))
        self.scale(wanted / self.scale_factor, wanted / self.scale_factor)

    def fit(self) -> None:
        """Show the whole drawing, never larger than it was drawn."""
        self._fits = True
        self.fitInView(self.sceneRect(), Qt.AspectRatioMode.KeepAspectRatio)
        if self.scale_factor > 1.0:
            self.actual_size()
            self._fits = True

    def actual_size(self) -> None:
        """Show one unit of the drawing as one pixel."""
        self._fits = False
        middle = self.mapToScene(self.viewport().rect().center())
        self.resetTransform()
        self.centerOn(middle)

    def set_theme(self, theme: Theme) -> None:
        """Put the drawing on another ground; its own colours are those of the file."""
        self.setBackgroundBrush(QBrush(QColor(theme.ground)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep showing all of it, if that was asked for last."""
        super().resizeEvent(event)
        if self._fits:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom with Ctrl or Cmd, else scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(STEP ** (event.angleDelta().y() / WHEEL_NOTCH))
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Zoom by pinching."""
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == pinch:
            self.zoom(1.0 + event.value())
            return True
        return super().viewportEvent(event)


class ErdView(QWidget):
    """The picture with its buttons."""

    def __init__(self, theme: Theme) -> None:
        """Start without a drawing."""
        super().__init__()
        self.picture = Picture(theme)
        self._note = label("", "muted")
        self._buttons = {
            "Fit": self._button("Fit", "Show the whole diagram", "Ctrl+0", self.picture.fit),
            "1:1": self._button("1:1", "Show it as it was drawn", "Ctrl+Shift+0", self._actual),
            "smaller": self._button("-", "Smaller", "Ctrl+-", lambda: self._zoom(1 / STEP)),
            "larger": self._button("+", "Larger", "Ctrl+=", lambda: self._zoom(STEP)),
        }
        self._renderer: QSvgRenderer | None = None
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._note, 1)
        for button in self._buttons.values():
            head.addWidget(button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addLayout(head)
        page.addWidget(self.picture, 1)

    def show_file(self, path: Path) -> None:
        """Show an SVG file, or say that it is missing or damaged."""
        renderer = QSvgRenderer(self) if path.is_file() else None
        valid = renderer is not None and renderer.load(_in_our_font(path))
        for button in self._buttons.values():
            button.setEnabled(valid)
        self.picture.scene().clear()
        self._renderer = renderer
        if renderer is None or not valid:
            why = "can't be drawn: it is no SVG" if path.is_file() else "was not made"
            self._note.setText(f"The diagram {why}.")
            return
        size = renderer.defaultSize()
        self._note.setText(f"{path.name}, {size.width()} by {size.height()}")
        self.picture.show_svg(renderer, self._note.text())

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self.picture.set_theme(theme)

    def _zoom(self, factor: float) -> None:
        self.picture.zoom(factor)

    def _actual(self) -> None:
        self.picture.actual_size()

    def _button(self, text: str, name: str, keys: str, action: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({QKeySequence(keys).toString()})")
        button.clicked.connect(lambda _checked: action())
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)
        return button


def _in_our_font(path: Path) -> QByteArray:
    """Read a drawing; Qt takes a list of font families for the name of one that is not there."""
    return QByteArray(FAMILIES.sub(f'font-family="{FAMILY}"'.encode(), path.read_bytes()))
