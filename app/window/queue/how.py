"""How runs are made: seeds, level, context and rest on the page, every other option in a dialog."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QWidget

from app.report import numbers
from app.report.theme import label
from app.window.models.page import CONTEXTS
from app.window.parts.option_field import AUTOMATIC, described, dress
from app.window.parts.panel import GRID, Panel
from app.window.parts.remedies import sentence_of
from app.window.queue.options_dialog import OptionsDialog
from app.work.seeds import SeedError, parse_seeds
from pipeline.english import plural
from pipeline.records.options import (
    ACTIVE_LEVELS,
    MIN_CONTEXT_TOKENS,
    Level,
    RunOptions,
    chosen_options,
    describe_options,
)

RESTS_S = (0.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""Rests to choose from, so that the heat of one run does not slow the next."""
LEVELS: dict[Level, str] = {
    "narrowed": "Narrowed",
    "grammar": "Grammar",
    "tools": "Tool calls",
    "lenient": "Lenient parser",
    "free": "Free text",
}
ON_THE_PAGE = ("seed", "level", "context_tokens", "cool_down_s", "max_tokens_per_call")
"""Options that the page itself, or the preferences, offer."""
SHARES = (2, 4, 4, 4)
"""Widths of seeds, level, context and rest beside each other."""


class HowPanel(Panel):
    """Makes the options of the runs to be ordered, one for each seed."""

    changed = Signal()

    def __init__(self) -> None:
        """Offer the defaults."""
        super().__init__("How")
        self.usual = RunOptions()
        """Options as the dialog and the preferences left them."""
        self.seeds = QLineEdit("1")
        dress(self.seeds, described("seed"))
        self.seeds.setAccessibleName(plural(described("seed").option.label))
        self.level = QComboBox()
        dress(self.level, described("level"))
        for level in sorted(ACTIVE_LEVELS, key=list(LEVELS).index):
            self.level.addItem(LEVELS[level], level)
        self.context = QComboBox()
        dress(self.context, described("context_tokens"))
        self.context.addItem(AUTOMATIC, None)
        for tokens in CONTEXTS:
            if tokens >= MIN_CONTEXT_TOKENS:
                self.context.addItem(f"{numbers.count(tokens)} tokens", tokens)
        self.rest = QComboBox()
        for seconds in RESTS_S:
            self.rest.addItem(numbers.duration(seconds) if seconds else "None", seconds)
        dress(self.rest, described("cool_down_s"))
        self.more = QPushButton("Options…")
        """Opens the dialog; it stands beside the button that runs."""
        self._lay_out()
        self.seeds.textChanged.connect(self.changed)
        self.context.currentIndexChanged.connect(self.changed)
        self.more.clicked.connect(self.open_dialog)

    @property
    def context_tokens(self) -> int | None:
        """The context that is chosen; None leaves it to the model."""
        return self.context.currentData()

    def missing(self) -> str:
        """Return what is wrong with the seeds, empty if nothing is."""
        try:
            parse_seeds(self.seeds.text())
        except SeedError as error:
            return sentence_of(error)
        return ""

    def options(self) -> list[RunOptions]:
        """Return the options of each seed. Raises SeedError."""
        chosen = {
            "level": self.level.currentData(),
            "context_tokens": self.context_tokens,
            "cool_down_s": self.rest.currentData(),
        }
        return [
            self.usual.model_copy(update={**chosen, "seed": seed})
            for seed in parse_seeds(self.seeds.text())
        ]

    def open_dialog(self) -> OptionsDialog:
        """Show every other option; what is chosen there holds for the next order."""
        offered = [each for each in describe_options() if each.name not in ON_THE_PAGE]
        dialog = OptionsDialog(self.usual, offered, self)
        dialog.chosen.connect(self._choose)
        dialog.open()
        return dialog

    def _choose(self, options: RunOptions) -> None:
        self.usual = options
        shown = (
            each.words(value)
            for each, value in chosen_options(options)
            if each.name not in ON_THE_PAGE
        )
        self.note.say(", ".join(shown))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(4)
        fields: Sequence[QWidget] = (self.seeds, self.level, self.context, self.rest)
        for column, field in enumerate(fields):
            caption = label(field.accessibleName(), "caption")
            caption.setBuddy(field)
            grid.addWidget(caption, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, SHARES[column])
        self.body.addLayout(grid)
