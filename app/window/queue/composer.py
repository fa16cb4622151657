"""Where runs are ordered: models times requests times seeds, all to be carried out unattended."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.report import numbers
from app.report.theme import BODY, SMALL, Theme, font, label
from app.window.models.fit_bar import SIGNS, verdict_colour
from app.window.models.page import CONTEXTS
from app.window.models.shelf import Shelf, Shelved
from app.window.parts.icons import icon
from app.window.parts.panel import GRID, Panel, draw_text
from app.window.queue.queue import QueueItem
from app.work.order import Order
from app.work.seeds import SeedError, parse_seeds
from pipeline.asking.harness import MIN_CONTEXT_TOKENS
from pipeline.records.journal import RunFolderError, new_run_id, write_files
from pipeline.records.options import ACTIVE_LEVELS, DEFAULT_MAX_TOKENS_PER_CALL, Level
from pipeline.run.requests import MAX_REQUEST_CHARACTERS, all_requests, load_request

Index = QModelIndex | QPersistentModelIndex
FIRST_REQUEST = "todo"
"""The smallest one."""
OWN_TITLE = "My own request"
OWN_HINT = (
    "Write in a few sentences what the backend shall do: who uses it, what it keeps, which rules "
    "hold."
)
OWN_NAME_CHARACTERS = 60
LINE_END = re.compile(r"(?<!\n)\n(?=[^\n-])")
"""Where a line of a text ends, and no paragraph and no list."""
SIGNS_WIDTH = 64
"""Check box, icon and margins of a row."""
NOTE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
TIMES = "\N{MULTIPLICATION SIGN}"
RESTS_S = (0.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""Rests to choose from, so that the heat of one run does not slow the next."""
LEVELS: dict[Level, str] = {
    "narrowed": "Narrowed grammar",
    "grammar": "Grammar",
    "tools": "Tool calls",
    "lenient": "Lenient parser",
    "free": "Free text",
}


class Composer(QWidget):
    """Makes queue items; knows nothing of how they are carried out."""

    ordered = Signal(list)
    """The QueueItems that a person wants."""
    models_wanted = Signal()

    def __init__(self, runs: Path, theme: Theme, shelf: Shelf, texts: Path) -> None:
        """Offer the models of a shelf and all reference requests; keep own texts in `texts`."""
        super().__init__()
        self.runs = runs
        self.max_tokens_per_call = DEFAULT_MAX_TOKENS_PER_CALL
        self._theme, self._shelf, self._texts = theme, shelf, texts
        self._known: set[Path] = set()
        self.models = _checklist("Models to run")
        self.requests = _checklist("Requests")
        self.own = QPlainTextEdit()
        self.own.setPlaceholderText(OWN_HINT)
        self.own.setAccessibleName("Own request")
        self.own.setTabChangesFocus(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Text of the request")
        self.seeds = QLineEdit("1")
        self.seeds.setAccessibleName("Seeds")
        self.level = QComboBox()
        self.level.setAccessibleName("Level")
        for level in sorted(ACTIVE_LEVELS, key=list(LEVELS).index):
            self.level.addItem(LEVELS[level], level)
        self.context = QComboBox()
        self.context.setAccessibleName("Context")
        self.context.addItem("As usual", None)
        for tokens in CONTEXTS:
            if tokens >= MIN_CONTEXT_TOKENS:
                self.context.addItem(f"{numbers.count(tokens)} tokens", tokens)
        self.rest = QComboBox()
        for seconds in RESTS_S:
            self.rest.addItem(numbers.duration(seconds) if seconds else "None", seconds)
        self.rest.setAccessibleName("Rest before each run")
        self.summary = label("", "muted")
        self.summary.setWordWrap(True)
        self.run_button = QPushButton("Run")
        self.run_button.setObjectName("run")
        self.run_button.setMinimumWidth(96)
        self._models_button = QPushButton("All Models…")
        self._models_button.clicked.connect(self.models_wanted)
        self._lay_out()
        self.requests.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        self.requests.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._offer_requests()
        self.show_models()
        shelf.changed.connect(self.show_models)
        self.run_button.clicked.connect(self._order)
        self.models.itemChanged.connect(self._look)
        self.requests.itemChanged.connect(self._look)
        self.requests.currentItemChanged.connect(self._show_text)
        self._show_text(self.requests.currentItem())
        self.context.currentIndexChanged.connect(self.show_models)
        for edited in (self.seeds.textChanged, self.own.textChanged):
            edited.connect(self._look)
        self._look()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        self.show_models()

    def show_models(self) -> None:
        """Offer the models of the shelf; what is chosen stays chosen."""
        chosen = set(self.chosen_models())
        context = self.context.currentData() or CONTEXTS[2]
        shelved = self._shelf.models(context)
        if not self._known and shelved:
            chosen |= {each.entry.path for each in shelved if each.entry.source == "built-in"}
        self._known |= {each.entry.path for each in shelved}
        self.models.blockSignals(True)
        self.models.clear()
        for each in shelved:
            self.models.addItem(self._row(each, each.entry.path in chosen))
        self.models.blockSignals(False)
        self._look()

    def choose_model(self, path: Path) -> None:
        """Choose one model and no other."""
        for item in _items(self.models):
            is_it = item.data(Qt.ItemDataRole.UserRole) == path
            item.setCheckState(Qt.CheckState.Checked if is_it else Qt.CheckState.Unchecked)

    def chosen_models(self) -> tuple[Path, ...]:
        """Give the paths of the models that are ticked."""
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in _ticked(self.models))

    def items(self) -> list[QueueItem]:
        """Make the queue items; those of one model follow each other.

        Raises SeedError, or RunFolderError if a request of one's own can't be kept.
        """
        seeds = parse_seeds(self.seeds.text())
        requests = [item.data(Qt.ItemDataRole.UserRole) for item in _ticked(self.requests)]
        wanted = [(name, title) for name, title in requests if name is not None]
        if any(name is None for name, _ in requests):
            wanted.append(self._own_request())
        return [
            self._item(model, name, title, seed)
            for model in self.chosen_models()
            for name, title in wanted
            for seed in seeds
        ]

    def _item(self, model: Path, request: str, title: str, seed: int) -> QueueItem:
        run = new_run_id()
        facts = {each.entry.path: each.entry.facts for each in self._shelf.models(CONTEXTS[2])}
        known = facts.get(model)
        context = self.context.currentData()
        if context is not None and known is not None and known.context_train_tokens:
            context = min(context, known.context_train_tokens)
        order = Order(
            request=request,
            model=model,
            run=run,
            out=self.runs / run,
            seed=seed,
            context_tokens=context,
            level=self.level.currentData(),
            max_tokens_per_call=self.max_tokens_per_call,
            cool_down_s=self.rest.currentData(),
        )
        return QueueItem(order, f"{title}, seed {seed}", known.name if known else model.stem)

    def _own_request(self) -> tuple[str, str]:
        text = self.own.toPlainText().strip()
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
        try:
            self._texts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunFolderError(f"{self._texts} can't be made: {error.strerror}") from error
        write_files(self._texts, {name: text + "\n"})
        return str(self._texts / name), text.splitlines()[0][:OWN_NAME_CHARACTERS]

    def _order(self) -> None:
        try:
            items = self.items()
        except (SeedError, RunFolderError) as error:
            self.summary.setText(str(error))
            return
        self.ordered.emit(items)

    def _look(self) -> None:
        """Say what would be run, or what is missing, and show the field for a text if wanted."""
        requests = [item.data(Qt.ItemDataRole.UserRole) for item in _ticked(self.requests)]
        wants_own = any(name is None for name, _ in requests)
        self.own.setVisible(wants_own)
        self.text.setVisible(not wants_own)
        missing = self._missing(len(requests), wants_own=wants_own)
        self.run_button.setEnabled(not missing)
        if missing:
            self.summary.setText(missing)
            return
        models, seeds = len(self.chosen_models()), len(parse_seeds(self.seeds.text()))
        parts = [(models, "model"), (len(requests), "request"), (seeds, "seed")]
        words = f" {TIMES} ".join(f"{number} {noun}{'s' * (number > 1)}" for number, noun in parts)
        runs = models * len(requests) * seeds
        self.summary.setText(f"{words} = {runs} run{'s, one after the other' * (runs > 1)}")

    def _show_text(self, item: QListWidgetItem | None) -> None:
        """Show what a reference request asks for."""
        name, _ = item.data(Qt.ItemDataRole.UserRole) if item is not None else (None, "")
        text = load_request(name).text if name is not None else OWN_HINT
        self.text.setPlainText(LINE_END.sub(" ", text))

    def _missing(self, requests: int, *, wants_own: bool) -> str:
        text = self.own.toPlainText().strip()
        if not self.chosen_models():
            return "Tick at least one model."
        if not requests:
            return "Tick at least one request."
        if wants_own and not text:
            return "Write your own request, or untick it."
        if len(text) > MAX_REQUEST_CHARACTERS:
            most = numbers.count(MAX_REQUEST_CHARACTERS)
            return f"Your request has {numbers.count(len(text))} characters; {most} are allowed."
        try:
            parse_seeds(self.seeds.text())
        except SeedError as error:
            return str(error)
        return ""

    def _row(self, shelved: Shelved, ticked: bool) -> QListWidgetItem:
        fitted = shelved.fit
        words = shelved.entry.name
        item = QListWidgetItem(words)
        if fitted is not None:
            needs = numbers.size(fitted.required_bytes)
            item.setData(NOTE_ROLE, needs)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words}, {needs}, {fitted.verdict}")
            colour = verdict_colour(fitted.verdict, self._theme)
            item.setIcon(icon(SIGNS[fitted.verdict], colour, 16))
        flags = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
        if shelved.usable:
            flags |= Qt.ItemFlag.ItemIsEnabled
        else:
            ticked = False
            item.setToolTip("It does not fit. On the page Models you may run it all the same.")
        item.setFlags(flags)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.UserRole, shelved.entry.path)
        return item

    def _offer_requests(self) -> None:
        known = [(each.name, f"{each.name}: {each.title}") for each in all_requests()]
        for name, words in [*known, (None, OWN_TITLE)]:
            item = QListWidgetItem(words)
            item.setToolTip(words)
            item.setFlags(
                Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
            )
            ticked = name == FIRST_REQUEST
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
            item.setData(Qt.ItemDataRole.UserRole, (name, name or OWN_TITLE))
            self.requests.addItem(item)
            if ticked:
                self.requests.setCurrentItem(item)

    def _lay_out(self) -> None:
        models, requests = Panel("Models"), Panel("Requests")
        models.body.addWidget(self.models, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._models_button)
        models.body.addLayout(foot)
        requests.body.addWidget(self.requests)
        requests.body.addWidget(self.text, 1)
        requests.body.addWidget(self.own, 1)
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        both.addWidget(models, 1)
        both.addWidget(requests, 1)
        how = QGridLayout()
        how.setHorizontalSpacing(2 * GRID)
        how.setVerticalSpacing(4)
        fields: Sequence[tuple[str, QWidget]] = (
            ("Seeds", self.seeds),
            ("Level", self.level),
            ("Context", self.context),
            ("Rest before Each", self.rest),
        )
        for column, (words, field) in enumerate(fields):
            caption = label(words, "caption")
            caption.setBuddy(field)
            how.addWidget(caption, 0, column)
            how.addWidget(field, 1, column)
            how.setColumnStretch(column, 1)
        options = Panel("How")
        options.body.addLayout(how)
        last = QHBoxLayout()
        last.setSpacing(2 * GRID)
        last.addWidget(self.summary, 1)
        last.addWidget(self.run_button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2 * GRID)
        page.addLayout(both, 1)
        page.addWidget(options)
        page.addLayout(last)


class _NotedRows(QStyledItemDelegate):
    """Rows with a note at the right, before which the text is cut."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: Index
    ) -> None:
        super().initStyleOption(option, index)
        note = index.data(NOTE_ROLE)
        if not note:
            return
        row: QRect = option.rect  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it
        room = row.width() - SIGNS_WIDTH - QFontMetrics(font(SMALL)).horizontalAdvance(note)
        metrics = QFontMetrics(font(BODY))
        text = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, room)
        option.text = text  # pyright: ignore[reportAttributeAccessIssue] - stub lacks it

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        note = index.data(NOTE_ROLE)
        if note:
            area = QRectF(option.rect)  # pyright: ignore[reportAttributeAccessIssue] - stub
            widget = self.parent()
            assert isinstance(widget, QListWidget)
            colour = widget.palette().placeholderText().color().name()
            draw_text(painter, area.adjusted(0, 0, -GRID, 0), note, font(SMALL, tabular=True),
                      colour, Qt.AlignmentFlag.AlignRight)  # fmt: skip


def _checklist(name: str) -> QListWidget:
    made = QListWidget()
    made.setObjectName("bare")
    made.setItemDelegate(_NotedRows(made))
    made.setAccessibleName(name)
    made.setIconSize(QSize(16, 16))
    made.setUniformItemSizes(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def _items(listed: QListWidget) -> list[QListWidgetItem]:
    return [listed.item(row) for row in range(listed.count())]


def _ticked(listed: QListWidget) -> list[QListWidgetItem]:
    return [item for item in _items(listed) if item.checkState() == Qt.CheckState.Checked]
