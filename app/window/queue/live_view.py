"""A run in progress: six stages, speed and memory, the form and its streamed text."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.library.live import LiveCall, LiveRun
from app.report import numbers
from app.report.theme import SMALL, Theme, label
from app.window.parts.panel import GRID, code_font
from app.window.queue.chart import Chart, Trace
from app.window.queue.form_tree import FormTree
from app.window.queue.notes import NoteList
from app.window.queue.stage_cards import StageCards
from app.window.queue.stream_text import StreamText
from engines.memory.device import describe, usable_memory

PARTS_A_FRAME = 160
"""Pieces of text taken in at most: 800 a second, more than a model writes."""
SPLIT = (600, 112)
"""Heights of the form and of the notes below it, to begin with."""
SMALLEST_NOTES = 56
FRAME_MS = 200
"""Five times a second: as fast as numbers can be read."""
NOT_YET = "not yet"
METRICS = ("Decode", "Prefill", "First token", "Output", "Time")


class LiveView(QWidget):
    """Shows a LiveRun, five times a second while it is on the screen."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self.live: LiveRun | None = None
        self.cards = StageCards(theme)
        self.memory = Chart(theme, "Memory", numbers.size)
        self.speed = Chart(theme, "Speed", numbers.speed)
        self.form = label("", "section")
        self.tree = FormTree(theme)
        self.text = StreamText(theme)
        self.notes = NoteList(theme)
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setFont(code_font(SMALL))
        self.log.setAccessibleName("Log of the worker")
        self._tabs = QTabWidget()
        self._values = {name: label(numbers.NOT_MEASURED, "value") for name in METRICS}
        self._limit_bytes = usable_memory(describe())
        self._call: LiveCall | None = None
        self._parts = 0
        self._moving = False
        self._lay_out()
        self._frame = QTimer(self)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self.refresh)

    def show_run(self, live: LiveRun, *, moving: bool) -> None:
        """Show a run; `moving` draws it again and again."""
        if live is not self.live:
            self.live = live
            self._call, self._parts = None, 0
            self.tree.restart()
            self.text.clear()
            self.log.clear()
        self._moving = moving
        self._start_or_stop()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Draw again once it can be seen."""
        super().showEvent(event)
        self._start_or_stop()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Stop drawing what nobody sees."""
        super().hideEvent(event)
        self._start_or_stop()

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        for view in (self.cards, self.memory, self.speed, self.tree, self.text, self.notes):
            view.set_theme(theme)
        self._call = None
        self.refresh()

    def refresh(self) -> None:
        """Draw the run as it is now."""
        live = self.live
        if live is None or not self.isVisible():
            return
        progress = live.progress
        self.cards.show_stages(progress.stages, progress.t_s)
        self._show_values(live)
        self._show_charts(live)
        self._show_call(live)
        self.notes.show_notes(live)
        self._tabs.setTabText(0, f"Notes {numbers.count(live.noted)}" if live.noted else "Notes")
        if self.log.toPlainText() != live.log:
            self.log.setPlainText(live.log)
            self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())

    def _start_or_stop(self) -> None:
        if self._moving and self.isVisible():
            self._frame.start()
        else:
            self._frame.stop()

    def _show_values(self, live: LiveRun) -> None:
        progress, now = live.progress, live.decode_now()
        speed = progress.speed
        decode = numbers.speed(speed.decode_tok_per_s if now is None else now)
        values = {
            "Decode": f"≈ {decode}" if now is not None else decode,
            "Prefill": numbers.speed(speed.prefill_tok_per_s),
            "First token": numbers.duration(speed.ttft_s),
            "Output": f"{numbers.count(speed.output_tokens)} tokens",
            "Time": numbers.duration(progress.t_s),
        }
        for name, value in values.items():
            self._values[name].setText(NOT_YET if value == numbers.NOT_MEASURED else value)

    def _show_charts(self, live: LiveRun) -> None:
        memory = (
            Trace("process", 0, live.memory.points),
            Trace("system", 3, live.system.points),
        )
        self.memory.show_traces(memory, self._limit_bytes, "usable by a model")
        self.speed.show_traces((Trace("decode", 0, live.decode.points),))

    def _show_call(self, live: LiveRun) -> None:
        call = live.shown_call
        if call is None:
            self.form.setText("Opening the model" if not live.progress.run else "")
            return
        if call is not self._call:
            self._call, self._parts = call, 0
            self.tree.restart()
            self.text.clear()
        beside = f", {len(live.calls)} side by side" if len(live.calls) > 1 else ""
        self.form.setText(f"{call.form}{beside}")
        new = call.parts[self._parts : self._parts + PARTS_A_FRAME]
        if new:
            self._parts += len(new)
            self.tree.feed("".join(text for text, _ in new))
            self.text.add(new)

    def _lay_out(self) -> None:
        metrics = QHBoxLayout()
        metrics.setSpacing(3 * GRID)
        for name, value in self._values.items():
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(label(name, "caption"))
            column.addWidget(value)
            value.setAccessibleName(name)
            metrics.addLayout(column, 1)
        charts = QHBoxLayout()
        charts.setSpacing(3 * GRID)
        charts.addWidget(self.memory, 3)
        charts.addWidget(self.speed, 2)
        forms = QSplitter(Qt.Orientation.Horizontal)
        forms.addWidget(self.tree)
        forms.addWidget(self.text)
        forms.setHandleWidth(2 * GRID)
        forms.setChildrenCollapsible(False)
        above = QWidget()
        filled = QVBoxLayout(above)
        filled.setContentsMargins(0, 0, 0, 0)
        filled.setSpacing(GRID)
        filled.addWidget(self.form)
        filled.addWidget(forms, 1)
        for small in (self.notes, self.log):
            small.setMinimumHeight(SMALLEST_NOTES)
        self._tabs.addTab(self.notes, "Notes")
        self._tabs.addTab(self.log, "Log")
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(above)
        split.addWidget(self._tabs)
        split.setHandleWidth(GRID)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        split.setSizes(SPLIT)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(2 * GRID)
        page.addWidget(self.cards)
        page.addLayout(metrics)
        page.addLayout(charts)
        page.addWidget(split, 1)
