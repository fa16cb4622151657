"""One model in detail: what it is, whether it fits and why, and the way to a run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QThread, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.library import overrides
from app.report import fit_words, numbers
from app.report.theme import Theme, label
from app.window.models.fit_bar import SIGNS, FitBar, verdict_colour
from app.window.models.shelf import Shelved
from app.window.parts.icons import pixmap
from app.window.parts.panel import GRID, ElidedLabel, Panel, code_font
from app.window.parts.remedies import sentence_of
from engines.files.model import sha256_of
from engines.memory.fit import Fit
from engines.protocol import ModelFileError
from pipeline.records.journal import RunFolderError

FACTS = (
    "Architecture",
    "Parameters",
    "Layers",
    "Trained for",
    "Vocabulary",
    "Chat template",
    "Licence",
    "sha256",
)
ROWS = 4
ICON = 18
HASH_DIGITS = 16
WORDS_HEIGHT = 34
"""Two lines, so that the panel keeps its height whichever model is chosen."""
NO_TEMPLATE = "none, a plain format"
CHOICE = "Run it anyway"


class ModelDetails(Panel):
    """The chosen model, with a button that orders a run."""

    run_wanted = Signal(Path)
    judged = Signal()
    """The person decided whether a model that seems not to fit may run."""

    def __init__(self, theme: Theme) -> None:
        """Start without a model."""
        super().__init__("No model chosen")
        self._theme = theme
        self._shelved: Shelved | None = None
        self._hashing: _Hashing | None = None
        self._digest: str | None = None
        """sha256 of the chosen model; None if it is not known, empty if it can't be read."""
        self._facts = {name: ElidedLabel("body") for name in FACTS}
        self.note.mode = Qt.TextElideMode.ElideMiddle
        self._sign, self._verdict = QLabel(), label("", "section")
        self._words = label("", "muted")
        self._words.setWordWrap(True)
        self._words.setMinimumHeight(WORDS_HEIGHT)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.bar = FitBar(theme)
        self.override = QCheckBox(CHOICE)
        self.override.toggled.connect(self._override)
        self.template_button = QPushButton("Template…")
        self.template_button.clicked.connect(self._show_template)
        self.hash_button = QPushButton("Compute sha256")
        self.hash_button.clicked.connect(self._hash)
        self.run_button = QPushButton("Run with This Model…")
        self.run_button.setObjectName("run")
        self.run_button.clicked.connect(self._want_run)
        self._lay_out()
        self.show_model(None)

    def show_model(self, shelved: Shelved | None) -> None:
        """Show another model, or the same one in another light."""
        before = self._shelved.entry.path if self._shelved is not None else None
        self._shelved = shelved
        if shelved is None or shelved.entry.path != before:
            self._digest = None
        self.heading.setText(shelved.entry.name if shelved is not None else "No model chosen")
        self.note.say(str(shelved.entry.path) if shelved is not None else "")
        self._show_facts()
        self._show_fit(shelved.fit if shelved is not None else None)
        self.run_button.setEnabled(shelved is not None and shelved.usable)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        self.bar.set_theme(theme)
        self.show_model(self._shelved)

    def close_threads(self) -> None:
        """Let a hash that is being computed end; for a window that closes."""
        if self._hashing is not None:
            self._hashing.wait()

    def _show_facts(self) -> None:
        shelved = self._shelved
        facts = shelved.entry.facts if shelved is not None else None
        self.template_button.setEnabled(facts is not None and facts.chat_template is not None)
        self.hash_button.setEnabled(facts is not None and self._hashing is None)
        if shelved is None or facts is None:
            for value in self._facts.values():
                value.say("")
            return
        context = facts.context_train_tokens
        texts = {
            "Architecture": f"{facts.architecture}, {facts.format.upper()} {facts.quantization}",
            "Parameters": _parameters(facts.parameters, facts.active_parameters),
            "Layers": f"{facts.layers}, {facts.kv_heads} KV heads",
            "Trained for": f"{numbers.count(context)} tokens" if context else "unknown",
            "Vocabulary": f"{numbers.count(facts.vocabulary)} tokens",
            "Chat template": _template(facts.chat_template, facts.reasoning),
            "Licence": facts.license or "unknown",
        }
        for name, text in texts.items():
            self._facts[name].say(text)
        if self._digest is None and shelved.measured is not None:
            self._digest = shelved.measured.sha256
        self._show_hash()

    def _show_fit(self, fitted: Fit | None) -> None:
        self.bar.setVisible(fitted is not None)
        self._sign.setVisible(fitted is not None)
        shelved = self._shelved
        if shelved is None or fitted is None:
            problem = shelved.entry.problem if shelved is not None else None
            self._verdict.setText("Not a model that can run" if shelved is not None else "")
            self._words.setText(problem or "")
            self.override.hide()
            return
        colour = verdict_colour(fitted.verdict, self._theme)
        scale = self.devicePixelRatioF()
        self._sign.setPixmap(pixmap(SIGNS[fitted.verdict], colour, ICON, scale))
        self._verdict.setText(fit_words.SENTENCES[fitted.verdict])
        largest = fitted.largest_context_tokens
        self._words.setText(
            f"{numbers.size(fitted.required_bytes)} needed ({fit_words.origin(fitted)}), "
            f"{numbers.size(fitted.usable_bytes)} usable.\n"
            f"Context of {numbers.count(fitted.context_tokens)} tokens; "
            + (f"up to {numbers.count(largest)} fit." if largest else "none fits.")
        )
        self.bar.show_fit(fitted)
        self.override.setVisible(fitted.verdict == "no" or shelved.overridden)
        self.override.blockSignals(True)
        self.override.setChecked(shelved.overridden)
        self.override.blockSignals(False)

    def _override(self, chosen: bool) -> None:
        facts = self._shelved.entry.facts if self._shelved is not None else None
        if self._shelved is None or facts is None:
            return
        try:
            overrides.remember(self._shelved.entry.path, facts.size_bytes, overridden=chosen)
        except RunFolderError as error:
            self._words.setText(sentence_of(error))
            return
        self.judged.emit()

    def _want_run(self) -> None:
        if self._shelved is not None:
            self.run_wanted.emit(self._shelved.entry.path)

    def _show_template(self) -> None:
        facts = self._shelved.entry.facts if self._shelved is not None else None
        if facts is None or facts.chat_template is None:
            return
        dialog = QDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(f"Chat template of {facts.name}")
        text = QPlainTextEdit(facts.chat_template)
        text.setReadOnly(True)
        text.setFont(code_font())
        text.setAccessibleName("Chat template")
        QVBoxLayout(dialog).addWidget(text)
        dialog.resize(QSize(720, 480))
        dialog.open()

    def _hash(self) -> None:
        entry = self._shelved.entry if self._shelved is not None else None
        if entry is None or entry.facts is None or self._hashing is not None:
            return
        self.hash_button.setEnabled(False)
        self._hashing = _Hashing(entry.path, entry.facts.files)
        self._show_hash()
        self._hashing.finished.connect(self._hashed)
        self._hashing.start()

    def _hashed(self) -> None:
        done, self._hashing = self._hashing, None
        self.hash_button.setEnabled(True)
        if done is not None and self._shelved is not None:
            if done.path == self._shelved.entry.path:
                self._digest = done.digest
            self._show_hash()

    def _show_hash(self) -> None:
        """Show the hash of the chosen model, or why there is none."""
        if self._digest:
            words = f"{self._digest[:HASH_DIGITS]}…"
        elif self._hashing is not None:
            words = "computing…"
        else:
            words = "not computed yet" if self._digest is None else "can't be read"
        self._facts["sha256"].say(words, self._digest or "")

    def _lay_out(self) -> None:
        facts = QGridLayout()
        facts.setHorizontalSpacing(2 * GRID)
        facts.setVerticalSpacing(6)
        for place, (name, value) in enumerate(self._facts.items()):
            side, row = divmod(place, ROWS)
            facts.addWidget(label(name, "caption"), row, 2 * side)
            facts.addWidget(value, row, 2 * side + 1)
            facts.setColumnStretch(2 * side + 1, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.template_button)
        buttons.addWidget(self.hash_button)
        buttons.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(2 * GRID)
        left.addLayout(facts)
        left.addStretch(1)
        left.addLayout(buttons)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._sign)
        head.addWidget(self._verdict, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.override)
        foot.addStretch(1)
        foot.addWidget(self.run_button)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addLayout(head)
        right.addWidget(self.bar)
        right.addSpacing(4)
        right.addWidget(self._words)
        right.addStretch(1)
        right.addLayout(foot)
        both = QHBoxLayout()
        both.setSpacing(4 * GRID)
        both.addLayout(left, 5)
        both.addLayout(right, 3)
        whole = QWidget()
        whole.setLayout(both)
        both.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(whole, 1)


class _Hashing(QThread):
    def __init__(self, path: Path, files: tuple[Path, ...]) -> None:
        super().__init__()
        self.path = path
        self._files = files
        self.digest = ""

    def run(self) -> None:
        try:
            self.digest = sha256_of(self._files)
        except ModelFileError:
            self.digest = ""


def _parameters(total: int, active: int) -> str:
    if active == total:
        return numbers.parameters(total)
    return f"{numbers.parameters(total)}, {numbers.parameters(active)} active"


def _template(template: str | None, reasoning: bool) -> str:
    if template is None:
        return NO_TEMPLATE
    return f"{numbers.count(len(template))} characters" + (", thinks first" if reasoning else "")
