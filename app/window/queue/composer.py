"""Where runs are ordered: models times requests times seeds, all to be carried out unattended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from app.report import numbers
from app.report.theme import Theme, label
from app.window.models.fit_bar import SIGNS, verdict_colour
from app.window.models.page import CONTEXTS
from app.window.models.shelf import Shelf, Shelved
from app.window.parts.icons import icon
from app.window.parts.panel import GRID, Panel
from app.window.parts.remedies import sentence_of
from app.window.queue.checklist import NOTE_ROLE, checklist, items_of, ticked
from app.window.queue.how import HowPanel
from app.window.queue.queue import QueueItem
from app.window.queue.request_list import RequestList
from app.work.model_list import builtin_model
from app.work.order import Order
from app.work.seeds import SeedError
from pipeline.english import counted
from pipeline.records.journal import RunFolderError, new_run_id
from pipeline.records.options import RunOptions

TIMES = "\N{MULTIPLICATION SIGN}"
USUAL_CONTEXT = CONTEXTS[2]
"""In which models are judged while no context is chosen."""


class Composer(QWidget):
    """Makes queue items; knows nothing of how they are carried out."""

    ordered = Signal(list)
    """The QueueItems that a person wants."""
    models_wanted = Signal()

    def __init__(self, runs: Path, theme: Theme, shelf: Shelf, texts: Path) -> None:
        """Offer the models of a shelf and all requests; keep own texts in the folder `texts`."""
        super().__init__()
        self.runs = runs
        self._theme, self._shelf = theme, shelf
        self._known: set[Path] = set()
        self.models = checklist("Models to run")
        self.requests = RequestList(texts)
        self.how = HowPanel()
        self.summary = label("", "muted")
        self.summary.setWordWrap(True)
        self.run_button = QPushButton("Run")
        self.run_button.setObjectName("run")
        self.run_button.setMinimumWidth(96)
        self._models_button = QPushButton("All Models…")
        self._models_button.clicked.connect(self.models_wanted)
        self._lay_out()
        self.show_models()
        shelf.changed.connect(self.show_models)
        self.run_button.clicked.connect(self._order)
        self.models.itemChanged.connect(self._look)
        self.requests.changed.connect(self._look)
        self.how.changed.connect(self.show_models)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        self.show_models()

    def limit_answers(self, tokens: int) -> None:
        """Close answers after this number of tokens, as the preferences say."""
        self.how.usual = self.how.usual.model_copy(update={"max_tokens_per_call": tokens})

    def show_models(self) -> None:
        """Offer the models of the shelf; what is chosen stays chosen."""
        chosen = set(self.chosen_models())
        shelved = self._shelf.models(self.how.context_tokens or USUAL_CONTEXT)
        if not self._known and shelved:
            chosen |= {builtin_model()} & {each.entry.path for each in shelved}
        self._known |= {each.entry.path for each in shelved}
        self.models.blockSignals(True)
        self.models.clear()
        for each in shelved:
            self.models.addItem(self._row(each, each.entry.path in chosen))
        self.models.blockSignals(False)
        self._look()

    def choose_model(self, path: Path) -> None:
        """Choose one model and no other."""
        for item in items_of(self.models):
            is_it = item.data(Qt.ItemDataRole.UserRole) == path
            item.setCheckState(Qt.CheckState.Checked if is_it else Qt.CheckState.Unchecked)

    def chosen_models(self) -> tuple[Path, ...]:
        """Return the paths of the models that are ticked."""
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in ticked(self.models))

    def items(self) -> list[QueueItem]:
        """Make the queue items; those of one model follow each other.

        Raises SeedError, or RunFolderError if a person's own request can't be kept.
        """
        options, requests = self.how.options(), self.requests.chosen()
        return [
            self._item(model, name, title, each)
            for model in self.chosen_models()
            for name, title in requests
            for each in options
        ]

    def _item(self, model: Path, request: str, title: str, options: RunOptions) -> QueueItem:
        run = new_run_id()
        facts = {each.entry.path: each.entry.facts for each in self._shelf.models(USUAL_CONTEXT)}
        known, context = facts.get(model), options.context_tokens
        if context is not None and known is not None and known.context_train_tokens:
            options = options.model_copy(
                update={"context_tokens": min(context, known.context_train_tokens)}
            )
        order = Order(
            request=request, model=model, run=run, out=self.runs / run, **options.option_values()
        )
        return QueueItem(
            order, f"{title}, seed {options.seed}", known.name if known else model.stem
        )

    def _order(self) -> None:
        try:
            items = self.items()
        except (SeedError, RunFolderError) as error:
            self.summary.setText(sentence_of(error))
            return
        self.ordered.emit(items)

    def _look(self) -> None:
        """Say what would be run, or what is missing."""
        missing = self._missing()
        self.run_button.setEnabled(not missing)
        if missing:
            self.summary.setText(missing)
            return
        models, requests = len(self.chosen_models()), self.requests.count
        seeds = len(self.how.options())
        parts = [(models, "model"), (requests, "request"), (seeds, "seed")]
        words = f" {TIMES} ".join(counted(number, noun) for number, noun in parts)
        runs = models * requests * seeds
        order = ", one after the other" if runs > 1 else ""
        self.summary.setText(f"{words} = {counted(runs, 'run')}{order}")

    def _missing(self) -> str:
        if not self.chosen_models():
            return "Tick at least one model."
        return self.requests.missing() or self.how.missing()

    def _row(self, shelved: Shelved, is_ticked: bool) -> QListWidgetItem:
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
            is_ticked = False
            item.setToolTip("It does not fit. On the page Models you can choose to run it anyway.")
        item.setFlags(flags)
        item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.UserRole, shelved.entry.path)
        return item

    def _lay_out(self) -> None:
        models = Panel("Models")
        models.body.addWidget(self.models, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._models_button)
        models.body.addLayout(foot)
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        both.addWidget(models, 1)
        both.addWidget(self.requests, 1)
        last = QHBoxLayout()
        last.setSpacing(2 * GRID)
        last.addWidget(self.summary, 1)
        last.addWidget(self.how.more)
        last.addWidget(self.run_button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2 * GRID)
        page.addLayout(both, 1)
        page.addWidget(self.how)
        page.addLayout(last)
