"""The runs of a folder as a table that sorts and filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)

from app.library.index import RunIndex
from app.library.runs import RunEntry
from app.report import numbers

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = int(Qt.ItemDataRole.UserRole)
ENTRY_ROLE = SORT_ROLE + 1
NONE = "–"  # noqa: RUF001 - a dash says that there is nothing
LAST = -1.0
"""Sorts what was not measured below all that was."""


@dataclass(frozen=True)
class RunColumn:
    """One column: its head, what it shows, what it sorts by."""

    title: str
    text: Callable[[RunEntry], str]
    key: Callable[[RunEntry], str | float]
    width: int
    number: bool = False
    spare: int = 0
    """Where there is no room, columns go, the highest of these first; 0 stays."""


def _number(
    title: str,
    value: Callable[[RunEntry], float | None],
    text: Callable[[float], str],
    width: int,
    spare: int = 0,
) -> RunColumn:
    def shown(entry: RunEntry) -> str:
        found = value(entry)
        return NONE if found is None else text(found)

    def key(entry: RunEntry) -> float:
        found = value(entry)
        return LAST if found is None else float(found)

    return RunColumn(title, shown, key, width, number=True, spare=spare)


def _words(title: str, text: Callable[[RunEntry], str], width: int) -> RunColumn:
    return RunColumn(
        title, lambda entry: text(entry) or NONE, lambda entry: text(entry).lower(), width
    )


def _total(entry: RunEntry) -> str:
    if entry.score is not None:
        return numbers.points(entry.score)
    return NONE if entry.well_formed is None else numbers.well_formed(entry.well_formed)


COLUMNS = (
    RunColumn(
        "Started (UTC)",
        lambda entry: f"{entry.started:%Y-%m-%d %H:%M}" if entry.started else NONE,
        lambda entry: _seconds(entry.started),
        126,
    ),
    _words("Request", lambda entry: entry.request, 84),
    _words("Model", lambda entry: entry.model, 182),
    _words("Quant.", lambda entry: entry.quantization, 68),
    _number("Seed", lambda entry: entry.seed, lambda value: f"{value:.0f}", 44),
    RunColumn(
        "Score",
        _total,
        lambda entry: LAST if entry.score is None else entry.score,
        118,
        number=True,
    ),
    _words("Grade", lambda entry: entry.grade or "", 52),
    _words("State", lambda entry: entry.state, 84),
    _number("Compiles", lambda entry: entry.compile_share, lambda v: numbers.share(v, 1), 72, 2),
    _number("Decode", lambda entry: entry.decode_tok_per_s, numbers.speed, 94),
    _number("Peak memory", lambda entry: entry.peak_memory_bytes, numbers.size, 98, 1),
    _number("Tokens out", lambda entry: entry.output_tokens, lambda v: numbers.count(round(v)),
            80, 4),
    _number("Time", lambda entry: entry.wall_s, numbers.duration, 78, 3),
)  # fmt: skip
STARTED, MODEL, SCORE = 0, 2, 5


class RunTable(QAbstractTableModel):
    """The runs below one folder, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        """Start empty; `read` fills it."""
        super().__init__(parent)
        self.entries: tuple[RunEntry, ...] = ()
        self._index: RunIndex | None = None

    def read(self, root: Path) -> None:
        """Read a folder; where nothing has changed the table stays as it is."""
        if self._index is None or self._index.root != root:
            self._index = RunIndex(root)
        entries = self._index.entries()
        if entries != self.entries:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Count the runs."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Count the columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> object:
        """Return a column's head."""
        if orientation == Qt.Orientation.Horizontal and section < len(COLUMNS):
            if role == Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(COLUMNS[section])
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """Return a cell."""
        entry, column = self.entries[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(entry)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{column.title}: {column.text(entry)}"
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.ToolTipRole:
                return entry.problem or str(entry.path)
            case _ if role == SORT_ROLE:
                return column.key(entry)
            case _ if role == ENTRY_ROLE:
                return entry
            case _:
                return None


class RunFilter(QSortFilterProxyModel):
    """Shows the runs that hold all words and are of the chosen request, model and state."""

    def __init__(self, source: RunTable, parent: QObject | None = None) -> None:
        """Show all."""
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._chosen: dict[str, str] = {}
        self.setSortRole(SORT_ROLE)
        self.setSourceModel(source)
        self._source = source

    def search(self, text: str) -> None:
        """Show only runs that hold these words, in any order."""
        self.beginFilterChange()
        self._words = tuple(text.lower().split())
        self.endFilterChange()

    def choose(self, field: str, value: str) -> None:
        """Show only runs whose field (`request`, `model`, `state`) is this; empty shows all."""
        self.beginFilterChange()
        self._chosen[field] = value
        self.endFilterChange()

    def entry(self, row: int) -> RunEntry:
        """Return the run of a row as it is shown."""
        return self._source.entries[self.mapToSource(self.index(row, 0)).row()]

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:  # noqa: N802 - Qt's name
        """Whether a run is shown."""
        entry = self._source.entries[row]
        if any(value and getattr(entry, field) != value for field, value in self._chosen.items()):
            return False
        text = (
            f"{entry.request} {entry.model} {entry.quantization} {entry.state} {entry.path.name} "
            f"{entry.model_sha256[:8]} seed {entry.seed}"
        ).lower()
        return all(word in text for word in self._words)


def _alignment(column: RunColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _seconds(when: datetime | None) -> float:
    return LAST if when is None else when.timestamp()
