"""The first page ever: what this is, a demo to start with, and the models that were found."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.report import numbers
from app.report.theme import Theme, label
from app.window.models.shelf import Shelf
from app.window.parts.app_icon import sign
from app.window.parts.panel import GRID, Panel
from app.work.demo import about_demo
from app.work.model_list import builtin_model, is_own
from engines.context import DEFAULT_CONTEXT_TOKENS
from pipeline.english import counted

WIDTH = 720
SIGN, SIGN_INSET = 60, 0.01
SHOWN_MODELS = 5
HYPHEN = "\N{NON-BREAKING HYPHEN}"
WORDS = (
    "How well can a model on your own machine build a backend? Sixfold has it fill in small forms, "
    "builds requirements, a database, an API, tests, a NestJS implementation and an SDK from them, "
    "and scores the result out of 100 points."
)
OFFLINE = "Nothing leaves this machine: Sixfold never opens a connection."
NO_DEMO = "The built-in model is missing. Run `make setup` in the checkout to fetch it."


class FirstRun(QWidget):
    """Shown until a person has chosen where to go."""

    demo_wanted = Signal()
    models_wanted = Signal()
    folder_wanted = Signal()

    def __init__(self, shelf: Shelf, theme: Theme) -> None:
        """Follow a shelf of models."""
        super().__init__()
        self._shelf = shelf
        self._sign = QLabel()
        self._found = label("", "body")
        self._found.setWordWrap(True)
        self._note = label("", "muted")
        self.demo_button = QPushButton("Run the Built-in Demo")
        self.demo_button.setObjectName("run")
        self.models_button = QPushButton("See All Models")
        self.folder_button = QPushButton("Add Folder…")
        self.demo_button.setEnabled(builtin_model().is_file())
        self._lay_out()
        self.demo_button.clicked.connect(self.demo_wanted)
        self.models_button.clicked.connect(self.models_wanted)
        self.folder_button.clicked.connect(self.folder_wanted)
        shelf.changed.connect(self.show_models)
        self.set_theme(theme)
        self.show_models()

    def show_models(self) -> None:
        """Describe the models that were found."""
        models = self._shelf.models(DEFAULT_CONTEXT_TOKENS)
        own = [each for each in models if not is_own(each.entry.path)]
        if not self._shelf.scanned:
            self._found.setText("Looking for models…")
            return
        if not own:
            self._found.setText(
                "No models found yet. Sixfold looks where LM Studio, Ollama, llama.cpp, Jan, "
                "GPT4All and Hugging Face keep theirs. You can add any other folder."
            )
            return
        usable = [each for each in own if each.usable]
        names = [each.entry.name.replace("-", HYPHEN) for each in usable[:SHOWN_MODELS]]
        more = len(usable) - len(names)
        tail = f" and {more} more" if more > 0 else ""
        fit = "fits" if len(usable) == 1 else "fit"
        found = f"{counted(len(own), 'model')} found, {len(usable)} {fit}"
        usable_size = numbers.size(self._shelf.usable_bytes)
        self._found.setText(
            f"{found} into the {usable_size} available here: {', '.join(names)}{tail}."
            if names
            else f"{found} into the {usable_size} available here."
        )

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._sign.setPixmap(sign(SIGN, scale=self.devicePixelRatioF(), inset=SIGN_INSET))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        title = QVBoxLayout()
        title.setSpacing(4)
        title.addStretch(1)
        title.addWidget(label("Welcome to Sixfold", "title"))
        title.addWidget(label(OFFLINE, "muted"))
        title.addStretch(1)
        head.addWidget(self._sign)
        head.addLayout(title, 1)
        words = label(WORDS, "body")
        words.setWordWrap(True)
        demo, models = Panel("Try it now"), Panel("Your models")
        about = label(about_demo() if self.demo_button.isEnabled() else NO_DEMO, "body")
        about.setWordWrap(True)
        for panel, text, buttons in (
            (demo, about, (self.demo_button,)),
            (models, self._found, (self.models_button, self.folder_button)),
        ):
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
            panel.body.addWidget(text, 1)
            panel.body.addSpacing(GRID)
            line = QHBoxLayout()
            line.setSpacing(GRID)
            for button in buttons:
                line.addWidget(button)
            line.addStretch(1)
            panel.body.addLayout(line)
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        both.addWidget(demo, 1)
        both.addWidget(models, 1)
        centre = QWidget()
        centre.setMaximumWidth(WIDTH)
        page = QVBoxLayout(centre)
        page.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        page.setSpacing(3 * GRID)
        page.addStretch(2)
        page.addLayout(head)
        page.addWidget(words)
        page.addLayout(both)
        page.addStretch(3)
        whole = QHBoxLayout(self)
        whole.addStretch(1)
        whole.addWidget(centre, 100)
        whole.addStretch(1)
