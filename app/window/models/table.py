"""The models of this machine as a table: sorted, searched, filtered, each with its fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.report import numbers
from app.report.theme import BODY, SMALL, Theme, font
from app.window.models.fit_bar import BAR_HEIGHT, SIGNS, paint_fit, verdict_colour
from app.window.models.shelf import Shelved
from app.window.parts.icons import paint_icon
from app.window.parts.panel import GRID, draw_text

Index = QModelIndex | QPersistentModelIndex
Kind = Literal["all", "fits", "gguf", "mlx", "other"]

NAME, FORMAT, QUANTISATION, PARAMETERS, SIZE, FIT, SCORE, SPEED = range(8)
HEADINGS = ("Name", "Format", "Quantisation", "Parameters", "Size", "Memory", "Score", "Decode")
WIDTHS = {FORMAT: 60, QUANTISATION: 92, PARAMETERS: 88, SIZE: 76, FIT: 164, SCORE: 60, SPEED: 88}
RIGHT = (PARAMETERS, SIZE, SCORE, SPEED)
ROW_HEIGHT = 46
SHELVED_ROLE = int(Qt.ItemDataRole.UserRole)
SORT_ROLE = SHELVED_ROLE + 1
VERDICT_WIDTH = 104
NONE = ""


class ModelTableModel(QAbstractTableModel):
    """The rows and their words."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.rows: tuple[Shelved, ...] = ()

    def show_rows(self, rows: Sequence[Shelved]) -> None:
        """Show other models; the same ones in another light keep their place."""
        same = [each.entry.path for each in rows] == [each.entry.path for each in self.rows]
        if same:
            self.rows = tuple(rows)
            if rows:
                last = self.index(len(rows) - 1, len(HEADINGS) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Count the models."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else len(HEADINGS)

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> object:
        """Name a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in RIGHT else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Return a cell: its words, what it is sorted by, or the whole model."""
        shelved = self.rows[index.row()]
        if role == SHELVED_ROLE:
            return shelved
        if role == SORT_ROLE:
            return sort_key(shelved, index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words(shelved, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return shelved.entry.problem or str(shelved.entry.path)
        return None


class ModelFilter(QSortFilterProxyModel):
    """Keeps what matches the search and the chosen kind."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Show everything."""
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._kind: Kind = "all"
        self.setSortRole(SORT_ROLE)

    def search(self, text: str) -> None:
        """Keep rows that have each of the words somewhere."""
        self.beginFilterChange()
        self._words = tuple(text.lower().split())
        self.endFilterChange()

    def choose(self, kind: Kind) -> None:
        """Keep rows of one kind."""
        self.beginFilterChange()
        self._kind = kind
        self.endFilterChange()

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:  # noqa: N802
        """Whether a row is shown."""
        shelved = self.sourceModel().index(source_row, 0).data(SHELVED_ROLE)
        return matches(shelved, self._words, self._kind)


class ModelTable(QTableView):
    """The table itself."""

    chosen = Signal(object)
    """The Shelved that was chosen, None if none is."""

    def __init__(self, theme: Theme) -> None:
        """Start empty, sorted by name."""
        super().__init__()
        self.models = ModelTableModel(self)
        self.filter = ModelFilter(self)
        self.filter.setSourceModel(self.models)
        self.setModel(self.filter)
        self._delegate = _Cells(theme, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSortingEnabled(True)
        self.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setAccessibleName("Models on this machine")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(56)
        for column, width in WIDTHS.items():
            self.setColumnWidth(column, width)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentRowChanged.connect(self._changed)
        self.models.dataChanged.connect(lambda *_: self._changed(self.currentIndex()))

    @property
    def current(self) -> Shelved | None:
        """The chosen model."""
        index = self.currentIndex()
        return index.data(SHELVED_ROLE) if index.isValid() else None

    def show_rows(self, rows: Sequence[Shelved]) -> None:
        """Show other models; the chosen one stays chosen, else the first one is."""
        before = self.current
        self.models.show_rows(rows)
        self.select(before.entry.path if before is not None else None)

    def select(self, path: Path | None) -> None:
        """Choose a model by its path, the first one if it is not there."""
        for row in range(self.filter.rowCount()):
            if self.filter.index(row, NAME).data(SHELVED_ROLE).entry.path == path:
                self.setCurrentIndex(self.filter.index(row, NAME))
                return
        if self.filter.rowCount():
            self.setCurrentIndex(self.filter.index(0, NAME))
        else:
            self.chosen.emit(None)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._delegate.theme = theme
        self.viewport().update()

    def _changed(self, current: QModelIndex) -> None:
        self.chosen.emit(current.data(SHELVED_ROLE) if current.isValid() else None)


class _Cells(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(WIDTHS.get(index.column(), 200), ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shelved: Shelved = index.data(SHELVED_ROLE)
        area = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it
        state: QStyle.StateFlag = option.state  # pyright: ignore[reportAttributeAccessIssue]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(self.theme.selection))
        else:
            painter.fillRect(
                QRectF(area.left(), area.bottom() - 1, area.width(), 1), QColor(self.theme.line)
            )
        inner = area.adjusted(GRID, 0, -GRID, 0)
        if index.column() == NAME:
            self._name(painter, inner, shelved)
        elif index.column() == FIT and shelved.fit is not None:
            self._fit(painter, inner, shelved)
        else:
            right = index.column() in RIGHT
            align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            colour = self.theme.ink if shelved.fit is not None else self.theme.muted
            draw_text(painter, inner, words(shelved, index.column()), font(BODY, tabular=True),
                      colour, align)  # fmt: skip
        painter.restore()

    def _name(self, painter: QPainter, area: QRectF, shelved: Shelved) -> None:
        entry = shelved.entry
        head = QRectF(area.left(), area.top() + 5, area.width(), 20)
        colour = self.theme.ink if shelved.fit is not None else self.theme.muted
        draw_text(painter, head, entry.name, font(BODY, 500), colour)
        architecture = f"  ·  {entry.facts.architecture}" if entry.facts is not None else ""
        below = head.translated(0, 17)
        draw_text(painter, below, f"{entry.source}{architecture}", font(SMALL), self.theme.muted)

    def _fit(self, painter: QPainter, area: QRectF, shelved: Shelved) -> None:
        fitted, theme = shelved.fit, self.theme
        if fitted is None:
            return
        colour = verdict_colour(fitted.verdict, theme)
        top = area.top() + 7
        paint_icon(painter, SIGNS[fitted.verdict], colour, QRectF(area.left(), top + 1, 14, 14))
        word = QRectF(area.left() + 18, top, VERDICT_WIDTH, 16)
        draw_text(painter, word, fitted.verdict, font(SMALL, 500), colour)
        draw_text(painter, QRectF(area.left(), top, area.width(), 16),
                  numbers.size(fitted.required_bytes), font(SMALL, tabular=True), theme.muted,
                  Qt.AlignmentFlag.AlignRight)  # fmt: skip
        bar = QRectF(area.left(), top + 21, area.width(), BAR_HEIGHT)
        paint_fit(painter, bar, fitted, theme)


def matches(shelved: Shelved, search: Sequence[str], kind: Kind) -> bool:
    """Whether a model has all words in its texts, and is of a kind."""
    facts = shelved.entry.facts
    if kind == "fits" and not (shelved.fit is not None and shelved.fit.verdict != "no"):
        return False
    if kind in ("gguf", "mlx") and (shelved.fit is None or facts is None or facts.format != kind):
        return False
    if kind == "other" and shelved.fit is not None:
        return False
    if kind == "all" and shelved.fit is None:
        return False
    texts = [shelved.entry.name, shelved.entry.source, str(shelved.entry.path)]
    if facts is not None:
        texts += [facts.architecture, facts.quantization, facts.format]
    text = " ".join(texts).lower()
    return all(word in text for word in search)


def words(shelved: Shelved, column: int) -> str:
    """Return the text of a cell; empty where nothing was measured."""
    facts, measured = shelved.entry.facts, shelved.measured
    if column == NAME:
        return shelved.entry.name
    if column == FIT:
        return shelved.fit.verdict if shelved.fit is not None else shelved.entry.state
    if column == SCORE:
        score = measured.score if measured is not None else None
        return numbers.points(score) if score is not None else NONE
    if column == SPEED:
        speed = measured.decode_tok_per_s if measured is not None else None
        return numbers.speed(speed) if speed is not None else NONE
    if facts is None:
        return NONE
    return {
        FORMAT: facts.format.upper(),
        QUANTISATION: facts.quantization,
        PARAMETERS: numbers.parameters(facts.parameters),
        SIZE: numbers.size(facts.size_bytes),
    }[column]


def sort_key(shelved: Shelved, column: int) -> float | str:
    """Return what a column is sorted by; what is not known comes first."""
    facts, measured = shelved.entry.facts, shelved.measured
    if column == SCORE:
        return measured.score if measured is not None and measured.score is not None else -1.0
    if column == SPEED:
        speed = measured.decode_tok_per_s if measured is not None else None
        return speed if speed is not None else -1.0
    if column == FIT:
        return float(shelved.fit.required_bytes) if shelved.fit is not None else -1.0
    if column in (PARAMETERS, SIZE):
        if facts is None:
            return -1.0
        return float(facts.parameters if column == PARAMETERS else facts.size_bytes)
    return words(shelved, column).lower()
