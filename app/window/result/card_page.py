"""The card as it would be shared: its look, its size, and the ways out of the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.library.result import Result
from app.report.card import Card, card_of
from app.report.export import WRITERS, ExportError, export_card, image_of
from app.report.markdown import forum_block
from app.report.paint import HEIGHT, WIDTH, paint
from app.report.theme import THEMES, Theme, label
from app.window.parts.panel import GRID, Canvas
from app.window.parts.remedies import sentence_of
from app.window.parts.segmented import Segmented
from pipeline.records.journal import RunFolder, RunFolderError

SCALES = (1, 2, 3)
DEFAULT_SCALE = 2


class CardView(Canvas):
    """The card, as large as there is room, never cropped."""

    def __init__(self, theme: Theme) -> None:
        """Start without a card."""
        super().__init__(theme)
        self._card: Card | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(220)

    def show_card(self, card: Card) -> None:
        """Show a card; its words are the widget's accessible description."""
        self._card = card
        self.setAccessibleName(f"Card of {card.model}, {card.request}")
        axes = ", ".join(f"{axis.title} {axis.label}" for axis in card.axes)
        self.setAccessibleDescription(f"{card.score_words}; {axes}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the card's shape."""
        return QSize(WIDTH * 3 // 4, HEIGHT * 3 // 4)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the card into the middle."""
        if self._card is None:
            return
        scale = min((self.width() - 2) / WIDTH, (self.height() - 2) / HEIGHT)
        painter = QPainter(self)
        area = QRectF(0, 0, WIDTH * scale, HEIGHT * scale)
        area.moveCenter(QRectF(self.rect()).center())
        painter.translate(area.topLeft())
        painter.scale(scale, scale)
        paint(painter, self._card, self.theme)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.border), 1 / scale))
        painter.drawRect(QRectF(0, 0, WIDTH, HEIGHT))


class CardPage(QWidget):
    """The card above, below it what can be done with it."""

    def __init__(self, theme: Theme) -> None:
        """Start without a card, in the window's own look."""
        super().__init__()
        self._folder: RunFolder | None = None
        self._result: Result | None = None
        self.view = CardView(theme)
        self.look = Segmented("Look", {name: name.title() for name in THEMES})
        self.look.choose(theme.name)
        self.look.chosen.connect(lambda name: self.view.set_theme(THEMES[name]))
        self.size_choice = Segmented("Size", {str(each): f"{each}x" for each in SCALES})
        self.size_choice.choose(str(DEFAULT_SCALE))
        self.scale = DEFAULT_SCALE
        """Pixels per logical pixel of a picture."""
        self.size_choice.chosen.connect(self._resize)
        self.copy_button = QPushButton("Copy Picture")
        self.copy_button.clicked.connect(self.copy_picture)
        self.copy_text_button = QPushButton("Copy for a Forum")
        self.copy_text_button.setToolTip("The card as Markdown")
        self.copy_text_button.clicked.connect(self.copy_markdown)
        self.export_button = QPushButton("Export…")
        self.export_button.setObjectName("run")
        self.export_button.clicked.connect(self._ask)
        self.note = label("", "muted")
        self._lay_out()

    def show_result(self, folder: RunFolder, result: Result) -> None:
        """Show the card of a run."""
        self._folder, self._result = folder, result
        self.view.show_card(card_of(result))
        self.note.setText("")

    def set_theme(self, theme: Theme) -> None:
        """Follow the window's look; a person may choose another one for the card."""
        self.look.choose(theme.name)
        self.view.set_theme(theme)

    def copy_picture(self) -> None:
        """Put the card into the clipboard, as a picture and as text."""
        if self._result is None:
            return
        data = QMimeData()
        data.setImageData(image_of(card_of(self._result), self.view.theme, self.scale))
        data.setText(forum_block(self._result))
        QGuiApplication.clipboard().setMimeData(data)
        self.note.setText("The picture is in the clipboard.")

    def copy_markdown(self) -> None:
        """Put the card into the clipboard as a block of Markdown."""
        if self._result is not None:
            QGuiApplication.clipboard().setText(forum_block(self._result))
            self.note.setText("The text is in the clipboard.")

    def export_to(self, path: Path) -> bool:
        """Write the card to a file whose ending names the format; say how it went."""
        if self._result is None:
            return False
        try:
            export_card(self._result, path, self.view.theme, folder=self._folder, scale=self.scale)
        except (ExportError, RunFolderError) as error:
            self.note.setText(sentence_of(error))
            return False
        self.note.setText(f"Wrote {path}")
        return True

    def _ask(self) -> None:
        if self._result is None:
            return
        kinds = " ".join(f"*{ending}" for ending in WRITERS)
        suggested = f"sixfold-{self._result.request}-{self._result.run[-6:].lower()}.png"
        name, _ = QFileDialog.getSaveFileName(self, "Export card", suggested, f"Card ({kinds})")
        if name:
            self.export_to(Path(name))

    def _resize(self, scale: str) -> None:
        self.scale = int(scale)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(GRID)
        for choice in (self.look, self.size_choice):
            line.addWidget(label(choice.accessibleName(), "muted"))
            line.addWidget(choice)
            line.addSpacing(GRID)
        line.addWidget(self.note, 1)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for button in (self.copy_text_button, self.copy_button, self.export_button):
            line.addWidget(button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2 * GRID)
        page.addWidget(self.view, 1)
        page.addLayout(line)
