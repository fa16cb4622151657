"""Boot the generated backend and run its tests, in a process of its own, with its log live."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QProcess, QProcessEnvironment
from PySide6.QtGui import (
    QColor,
    QFont,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.report import numbers
from app.report.theme import Theme, label
from app.window.parts.panel import GRID, code_font
from app.work.child import child_command

PASSED, FAILED = "ok  ", "FAIL"
"""How `sixfold verify` begins the line of a test."""
STOP_WAIT_MS = 3000
WHAT = (
    "Compiles the backend, boots it in a sandbox without a network and runs the tests that the "
    "model wrote. What comes of it is shown beside the score and never mixed into it."
)


class _Signs(QSyntaxHighlighter):
    """Sets how a test ended apart from what it is called."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        theme = self._theme
        look = QTextCharFormat()
        look.setFontWeight(QFont.Weight.Bold)
        if text.startswith(FAILED):
            look.setForeground(QColor(theme.danger))
            self.setFormat(0, len(FAILED), look)
        elif text.startswith(PASSED):
            look.setForeground(QColor(theme.accent))
            self.setFormat(0, len(PASSED), look)
        elif text.startswith(" "):
            look.setForeground(QColor(theme.muted))
            look.setFontWeight(QFont.Weight.Normal)
            self.setFormat(0, len(text), look)


class VerifyView(QWidget):
    """A button, what came of it, and the log."""

    def __init__(self, theme: Theme) -> None:
        """Start without a project."""
        super().__init__()
        self._root: Path | None = None
        self._passed = self._failed = 0
        self._stopped = False
        self.process = QProcess(self)
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUNBUFFERED", "1")
        self.process.setProcessEnvironment(environment)
        self.process.readyReadStandardOutput.connect(self._read)
        self.process.finished.connect(self._ended)
        self.process.errorOccurred.connect(self._failed_to_start)
        self.start_button = QPushButton("Boot and Run Tests")
        self.start_button.setObjectName("run")
        self.start_button.clicked.connect(self.start)
        self.stop_button = QPushButton("Stop")
        self.stop_button.setEnabled(False)
        self.stop_button.clicked.connect(self.stop)
        self.outcome = label("Not run yet", "section")
        self.counts = label(WHAT, "muted")
        self.counts.setWordWrap(True)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setObjectName("code")
        self.log.setFont(code_font())
        self.log.setAccessibleName("Log of the tests")
        self.log.setPlaceholderText("The log appears here, a line for each test.")
        self._signs = _Signs(self.log.document(), theme)
        self._rest = b""
        self._last = ""
        self._lay_out()

    def show_project(self, root: Path) -> None:
        """Offer to verify a project; a verification of another one is stopped."""
        self.close_process()
        self._root = root
        self.log.clear()
        self.outcome.setText("Not run yet")
        self.counts.setText(WHAT)
        self.start_button.setEnabled((root / "test" / "run.ts").is_file())

    def is_running(self) -> bool:
        """Whether tests are run now."""
        return self.process.state() != QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Start `sixfold verify` on the project."""
        if self._root is None or self.is_running():
            return
        self.log.clear()
        self._rest, self._last = b"", ""
        self._passed = self._failed = 0
        self._stopped = False
        self.outcome.setText("Compiling and booting…")
        self.counts.setText("0 tests so far")
        self.start_button.setEnabled(False)
        self.stop_button.setEnabled(True)
        program, *arguments = child_command("verify", str(self._root))
        self.process.start(program, arguments)

    def stop(self) -> None:
        """Stop the tests."""
        if self.is_running():
            self._stopped = True
            self.process.terminate()

    def close_process(self) -> None:
        """End the tests before the view goes."""
        if not self.is_running():
            return
        self._stopped = True
        self.process.terminate()
        if not self.process.waitForFinished(STOP_WAIT_MS):
            self.process.kill()
            self.process.waitForFinished()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._signs.set_theme(theme)

    def _read(self) -> None:
        *lines, self._rest = (self._rest + self.process.readAllStandardOutput().data()).split(b"\n")
        for raw in lines:
            self._line(raw.decode("utf-8", "replace"))

    def _line(self, line: str) -> None:
        self.log.appendPlainText(line)
        self.log.moveCursor(QTextCursor.MoveOperation.End)
        self._last = line or self._last
        self._passed += line.startswith(PASSED)
        self._failed += line.startswith(FAILED)
        if line.startswith((PASSED, FAILED)):
            self.outcome.setText("Running tests…")
        self.counts.setText(self._count())

    def _count(self) -> str:
        failed = f", {numbers.count(self._failed)} failed" if self._failed else ""
        return f"{numbers.count(self._passed)} passed{failed}"

    def _ended(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        if self._rest:
            self._line(self._rest.decode("utf-8", "replace"))
            self._rest = b""
        self.start_button.setEnabled(True)
        self.stop_button.setEnabled(False)
        if self._stopped:
            self.outcome.setText("Stopped")
        elif status == QProcess.ExitStatus.CrashExit:
            self.outcome.setText("The verification crashed")
        else:
            self.outcome.setText(self._came_of(code))
        if not self._stopped:
            self.counts.setText(self._last)

    def _came_of(self, code: int) -> str:
        if code == 0:
            return "All tests passed"
        if self._failed:
            return f"{self._failed} of {self._passed + self._failed} tests failed"
        return "It could not be verified"

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self.outcome.setText("The verification can't start")
            self.counts.setText(self.process.errorString())
            self.start_button.setEnabled(True)
            self.stop_button.setEnabled(False)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.outcome)
        words.addWidget(self.counts)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addLayout(words, 1)
        head.addWidget(self.stop_button)
        head.addWidget(self.start_button)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID + 4)
        page.addLayout(head)
        page.addWidget(self.log, 1)
