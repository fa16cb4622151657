"""A run of another version of Sixfold: what is known of it, and its artifacts scored again."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from PySide6.QtCore import QProcess, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.library.runs import RunEntry
from app.report import numbers
from app.report.card import NO_BRIEF, WRITE_ONE
from app.report.theme import label
from app.window.parts.panel import GRID
from app.window.result.findings import FindingsView
from app.work.child import child_command
from pipeline.records.journal import ARTIFACTS
from scoring.report import Scorecard

STOP_WAIT_MS = 3000
SCORING = "Scoring the artifacts…"
FAILED = "The artifacts could not be scored."


class OtherVersionView(QWidget):
    """A sentence, a button that scores the artifacts, and every lost point."""

    left = Signal()
    """A person wants to go back to the list."""

    def __init__(self) -> None:
        """Start without a run."""
        super().__init__()
        self._run: Path | None = None
        self._process = QProcess(self)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._failed_to_start)
        self._title = label("", "title")
        self.sentence = label("", "muted")
        self.outcome = label("", "section")
        self.outcome.setWordWrap(True)
        self.back_button = QPushButton("‹ Runs")  # noqa: RUF001 - the sign of going back
        self.back_button.setAccessibleName("Back to the runs")
        self.back_button.clicked.connect(self.left)
        self.score_button = QPushButton("Score Again")
        self.score_button.setObjectName("run")
        self.score_button.clicked.connect(self.score)
        self.findings = FindingsView()
        self.findings.located.connect(self._show_file)
        self._lay_out()

    def show_run(self, entry: RunEntry) -> None:
        """Show what is known of a run; scoring another one is stopped."""
        self.close_process()
        self._run = entry.path
        self._title.setText(", ".join(part for part in (entry.request, entry.model) if part))
        self.sentence.setText(entry.problem or "")
        self.outcome.clear()
        self.findings.hide()
        self.score_button.setEnabled(True)
        self.score_button.setFocus()

    def score(self) -> None:
        """Score the artifacts in a process of their own."""
        if self._run is None or self._is_running():
            return
        self.outcome.setText(SCORING)
        self.score_button.setEnabled(False)
        program, *arguments = child_command("score", "--json", str(self._run))
        self._process.start(program, arguments)

    def close_process(self) -> None:
        """End the scoring before the view goes."""
        if self._is_running():
            self._process.blockSignals(True)
            self._process.kill()
            self._process.waitForFinished(STOP_WAIT_MS)
            self._process.blockSignals(False)

    def _is_running(self) -> bool:
        return self._process.state() != QProcess.ProcessState.NotRunning

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        self.score_button.setEnabled(True)
        words = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        if code != 0 or status == QProcess.ExitStatus.CrashExit:
            self.outcome.setText(words.strip().removeprefix("sixfold: ") or FAILED)
            return
        try:
            made = Scorecard.model_validate_json(
                bytes(self._process.readAllStandardOutput().data())
            )
        except ValidationError:
            self.outcome.setText(FAILED)
            return
        grade = f", grade {made.grade}" if made.grade is not None else ""
        why = f". {NO_BRIEF} {WRITE_ONE}" if made.well_formed is not None else ""
        found = made.well_formed.value if made.well_formed is not None else None
        total = numbers.total(made.score, found) or "not scored"
        self.outcome.setText(f"{total[0].upper()}{total[1:]}{grade}{why}")
        self.findings.show_score(made)
        self.findings.show()

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.outcome.setText(f"{FAILED} {self._process.errorString()}")
            self.score_button.setEnabled(True)

    def _show_file(self, name: str, _line: int) -> None:
        if self._run is not None:
            path = self._run / ARTIFACTS / name
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self.sentence)
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self.score_button, 0, Qt.AlignmentFlag.AlignTop)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID + 4)
        page.addLayout(head)
        page.addWidget(self.outcome)
        page.addWidget(self.findings, 1)
        page.addStretch(0)
