"""The requests to run: reference requests to tick, and a field for a person's own text."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QSizePolicy

from app.report import numbers
from app.window.parts.panel import Panel
from app.window.queue.checklist import checklist, ticked
from pipeline.records.journal import RunFolderError, write_files
from pipeline.run.requests import MAX_REQUEST_CHARACTERS, all_requests, load_request

FIRST_REQUEST = "todo"
"""The smallest one."""
OWN_TITLE = "My own request"
OWN_HINT = (
    "Write in a few sentences what the backend should do: who uses it, what it keeps, which rules "
    "hold."
)
OWN_NAME_CHARACTERS = 60
LINE_END = re.compile(r"(?<!\n)\n(?=[^\n-])")
"""Where a line of a text ends, and no paragraph and no list."""


class RequestList(Panel):
    """Ticks requests and shows the text of the current one."""

    changed = Signal()

    def __init__(self, texts: Path) -> None:
        """Offer all reference requests; keep a person's own texts in the folder `texts`."""
        super().__init__("Requests")
        self._texts = texts
        self.list = checklist("Requests")
        self.list.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.own = QPlainTextEdit()
        self.own.setPlaceholderText(OWN_HINT)
        self.own.setAccessibleName("Own request")
        self.own.setTabChangesFocus(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Text of the request")
        self.body.addWidget(self.list)
        self.body.addWidget(self.text, 1)
        self.body.addWidget(self.own, 1)
        self._offer()
        self.list.itemChanged.connect(self._look)
        self.list.currentItemChanged.connect(self._show_text)
        self.own.textChanged.connect(self.changed)
        self._show_text(self.list.currentItem())
        self._look()

    @property
    def count(self) -> int:
        """Number of requests that are ticked."""
        return len(ticked(self.list))

    def missing(self) -> str:
        """Return what keeps the requests from being run, empty if nothing does."""
        text = self.own.toPlainText().strip()
        if not self.count:
            return "Tick at least one request."
        if self._wants_own() and not text:
            return "Write your own request, or untick it."
        if len(text) > MAX_REQUEST_CHARACTERS:
            most = numbers.count(MAX_REQUEST_CHARACTERS)
            return f"Your request has {numbers.count(len(text))} characters; {most} are allowed."
        return ""

    def chosen(self) -> list[tuple[str, str]]:
        """Return each request as an order names it, with a title.

        Raises RunFolderError if a person's own text can't be kept.
        """
        requests = [item.data(Qt.ItemDataRole.UserRole) for item in ticked(self.list)]
        wanted = [(name, title) for name, title in requests if name is not None]
        return [*wanted, self._keep_own()] if self._wants_own() else wanted

    def _wants_own(self) -> bool:
        requests = (item.data(Qt.ItemDataRole.UserRole) for item in ticked(self.list))
        return any(name is None for name, _ in requests)

    def _keep_own(self) -> tuple[str, str]:
        text = self.own.toPlainText().strip()
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
        try:
            self._texts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunFolderError(f"{self._texts} can't be made: {error.strerror}") from error
        write_files(self._texts, {name: text + "\n"})
        return str(self._texts / name), text.splitlines()[0][:OWN_NAME_CHARACTERS]

    def _look(self) -> None:
        """Show the field for an own text if it is wanted."""
        wants_own = self._wants_own()
        self.own.setVisible(wants_own)
        self.text.setVisible(not wants_own)
        self.changed.emit()

    def _show_text(self, item: QListWidgetItem | None) -> None:
        """Show what a reference request asks for."""
        name, _ = item.data(Qt.ItemDataRole.UserRole) if item is not None else (None, "")
        text = load_request(name).text if name is not None else OWN_HINT
        self.text.setPlainText(LINE_END.sub(" ", text))

    def _offer(self) -> None:
        known = [(each.name, f"{each.name}: {each.title}") for each in all_requests()]
        for name, words in [*known, (None, OWN_TITLE)]:
            item = QListWidgetItem(words)
            item.setToolTip(words)
            item.setFlags(
                Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
            )
            is_first = name == FIRST_REQUEST
            item.setCheckState(Qt.CheckState.Checked if is_first else Qt.CheckState.Unchecked)
            item.setData(Qt.ItemDataRole.UserRole, (name, name or OWN_TITLE))
            self.list.addItem(item)
            if is_first:
                self.list.setCurrentItem(item)
