"""A run while it goes on: six stages, speed and memory, the form and its streamed text."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.report import numbers
from app.runs.progress import Progress, StageProgress
from app.theme import Theme, font, label
from pipeline.records import Event, Logged, StageName

FRAME_MS = 200
"""Five times a second: as fast as numbers can be read."""
ROW_HEIGHT = 34
NAME_WIDTH, COUNT_WIDTH = 120, 190
BAR_HEIGHT = 8
TITLES: dict[StageName, str] = {
    "analysis": "Analysis",
    "database": "Database",
    "interface": "Interface",
    "test": "Tests",
    "program": "Program",
    "sdk": "SDK",
}


class StageBars(QWidget):
    """Six rows: the stage, its share of forms done, the counts."""

    def __init__(self, theme: Theme) -> None:
        """Start with all stages waiting."""
        super().__init__()
        self._theme = theme
        self._stages: dict[StageName, StageProgress] = Progress().stages
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stages")

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        self.update()

    def show_stages(self, stages: dict[StageName, StageProgress]) -> None:
        """Show where the stages stand."""
        self._stages = stages
        states = (f"{TITLES[name]} {stage.state}" for name, stage in stages.items())
        self.setAccessibleDescription(", ".join(states))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Give six rows."""
        return QSize(480, ROW_HEIGHT * len(self._stages))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, (name, stage) in enumerate(self._stages.items()):
            self._row(painter, row * ROW_HEIGHT, name, stage)

    def _row(self, painter: QPainter, top: float, name: StageName, stage: StageProgress) -> None:
        theme = self._theme
        active = stage.state in ("running", "done")
        painter.setFont(font(14, 600 if stage.state == "running" else 400))
        painter.setPen(QColor(theme.ink if active else theme.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, NAME_WIDTH, ROW_HEIGHT), middle, TITLES[name])
        track = QRectF(
            NAME_WIDTH,
            top + (ROW_HEIGHT - BAR_HEIGHT) / 2,
            max(40.0, self.width() - NAME_WIDTH - COUNT_WIDTH - 16),
            BAR_HEIGHT,
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.track))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        done = _share_done(stage)
        if done > 0:
            track.setWidth(max(BAR_HEIGHT, track.width() * done))
            painter.setBrush(QColor(theme.danger if stage.state == "stopped" else theme.accent))
            painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        painter.setFont(font(13, 400, tabular=True))
        painter.setPen(QColor(theme.muted))
        counts = QRectF(self.width() - COUNT_WIDTH, top, COUNT_WIDTH, ROW_HEIGHT)
        painter.drawText(counts, middle | Qt.AlignmentFlag.AlignRight, _counts(stage))


class LiveView(QWidget):
    """Shows the events of a running worker, or of a folder that another process writes."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self.progress = Progress()
        self._title = label("", "title")
        self._subtitle = label("", "muted")
        self._stages = StageBars(theme)
        self._values = {
            name: label(numbers.NOT_MEASURED, "value")
            for name in ("Decode", "Prefill", "First token", "Memory", "Peak memory", "Time")
        }
        self._form = label("", "muted")
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setAccessibleName("Text that the model writes")
        self._shown: tuple[int, str] = (0, "")
        self._lay_out()
        self._frame = QTimer(self)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self.refresh)

    def begin(self, title: str, subtitle: str) -> None:
        """Start over for a new run."""
        self.progress = Progress()
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._text.clear()
        self._shown = (0, "")
        self._frame.start()
        self.refresh()

    def end(self) -> None:
        """Draw the last frame and stop drawing."""
        self._frame.stop()
        self.refresh()

    def show_event(self, event: Event) -> None:
        """Take in one event; the next frame shows it."""
        self.progress.apply(event)
        if isinstance(event, Logged):
            self._form.setText(event.text)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._stages.set_theme(theme)

    def refresh(self) -> None:
        """Draw the progress as it is now."""
        progress = self.progress
        self._stages.show_stages(progress.stages)
        speed, memory = progress.speed, progress.memory
        values = {
            "Decode": numbers.speed(speed.decode_tok_per_s),
            "Prefill": numbers.speed(speed.prefill_tok_per_s),
            "First token": numbers.duration(speed.ttft_s),
            "Memory": numbers.size(memory.rss_bytes if memory else None),
            "Peak memory": numbers.size(progress.peak_memory_bytes),
            "Time": numbers.duration(progress.t_s),
        }
        for name, value in values.items():
            self._values[name].setText(value)
        if progress.form:
            self._form.setText(progress.form)
        if self._shown != (progress.call, progress.tail):
            self._shown = (progress.call, progress.tail)
            self._text.setPlainText(progress.tail)
            self._text.moveCursor(QTextCursor.MoveOperation.End)

    def _lay_out(self) -> None:
        tiles = QGridLayout()
        tiles.setHorizontalSpacing(32)
        tiles.setVerticalSpacing(2)
        for column, (name, value) in enumerate(self._values.items()):
            tiles.addWidget(label(name, "muted"), 0, column)
            tiles.addWidget(value, 1, column)
            value.setMinimumWidth(96)
        tiles.setColumnStretch(len(self._values), 1)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._subtitle)
        page = QVBoxLayout(self)
        page.setSpacing(20)
        page.setContentsMargins(32, 28, 32, 28)
        page.addLayout(head)
        page.addWidget(self._stages)
        page.addLayout(tiles)
        page.addWidget(self._form)
        page.addWidget(self._text, 1)


def _share_done(stage: StageProgress) -> float:
    if stage.state == "done":
        return 1.0
    if stage.answered is None or not stage.calls_expected:
        return 0.0
    return min(1.0, stage.answered.forms / stage.calls_expected)


def _counts(stage: StageProgress) -> str:
    answered = stage.answered
    if answered is None:
        return ""
    lost = f", {stage.lost} dropped" if stage.lost else ""
    if stage.state == "done":
        return f"{answered.valid} of {answered.forms} valid{lost}"
    total = stage.calls_expected if stage.calls_expected is not None else "?"
    return f"{answered.forms} of {total} forms{lost}"
