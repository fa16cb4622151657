"""Six cards, one a stage: how far it is, in words, in a sign and in a bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from app.library.progress import Progress, StageProgress, StageState
from app.report import numbers
from app.report.theme import BODY, SMALL, Theme, font
from app.window.parts.icons import paint_icon
from app.window.parts.panel import GRID, Canvas, draw_bar, draw_text
from pipeline.records.stages import StageName

HEIGHT, GAP, PADDING = 86, GRID, 10
ICON, BAR_HEIGHT = 14, 4
NARROW = 112
"""A card that is narrower says only numbers."""
TITLES: dict[StageName, str] = {
    "analysis": "Analysis",
    "database": "Database",
    "interface": "Interface",
    "test": "Tests",
    "program": "Program",
    "sdk": "SDK",
}
SIGNS: dict[StageState, str] = {
    "waiting": "wait",
    "running": "run",
    "done": "check",
    "stopped": "pause",
}


class StageCards(Canvas):
    """The six stages of a run, side by side."""

    def __init__(self, theme: Theme) -> None:
        """Start with all stages waiting."""
        super().__init__(theme)
        self._stages: dict[StageName, StageProgress] = Progress().stages
        self._t_s = 0.0
        self._shown: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(len(TITLES) * 88)
        self.setAccessibleName("Stages")

    def show_stages(self, stages: dict[StageName, StageProgress], t_s: float) -> None:
        """Show where the stages stand after `t_s` seconds of the run."""
        self._stages, self._t_s = stages, t_s
        words = (f"{TITLES[name]} {stage.state}, {counts(stage)}" for name, stage in stages.items())
        shown = (*words, *(self._time(stage) for stage in stages.values()))
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleDescription("; ".join(shown[: len(stages)]))
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for one row of cards."""
        return QSize(720, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the cards."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = (self.width() - GAP * (len(self._stages) - 1)) / len(self._stages)
        for place, (name, stage) in enumerate(self._stages.items()):
            area = QRectF(place * (width + GAP), 0, width, HEIGHT).adjusted(0.5, 0.5, -0.5, -0.5)
            self._card(painter, area, name, stage)

    def _card(self, painter: QPainter, area: QRectF, name: StageName, stage: StageProgress) -> None:
        theme, running = self.theme, stage.state == "running"
        painter.setPen(QPen(QColor(theme.accent if running else theme.line), 1))
        painter.setBrush(QColor(theme.selection if running else theme.raised))
        painter.drawRoundedRect(area, GRID, GRID)
        inner = area.adjusted(PADDING, 0, -PADDING, 0)
        active = stage.state != "waiting"
        ink = theme.ink if active else theme.muted
        head = QRectF(inner.left(), area.top() + 8, inner.width(), 22)
        draw_text(painter, head, TITLES[name], font(BODY, 600), ink)
        line = QRectF(inner.left(), area.top() + 31, inner.width(), 18)
        sign = QRectF(line.left() - 1, line.top() + 2, ICON, ICON)
        paint_icon(painter, SIGNS[stage.state], self._sign_colour(stage), sign)
        words = counts(stage, short=area.width() < NARROW)
        beside = line.adjusted(ICON + 4, 0, 0, 0)
        draw_text(painter, beside, words, font(SMALL, tabular=True), ink)
        time = line.translated(0, 18)
        draw_text(painter, time, self._time(stage), font(SMALL, tabular=True), theme.muted)
        track = QRectF(inner.left(), area.bottom() - 13, inner.width(), BAR_HEIGHT)
        colour = theme.caution if stage.state == "stopped" else theme.accent
        draw_bar(painter, track, share_done(stage), theme.track, colour)

    def _sign_colour(self, stage: StageProgress) -> str:
        if stage.state == "stopped":
            return self.theme.caution
        return self.theme.muted if stage.state == "waiting" else self.theme.accent

    def _time(self, stage: StageProgress) -> str:
        left = stage.seconds_left(self._t_s)
        if left is not None:
            return f"{numbers.duration(max(1.0, left))} left"
        if stage.state == "running":
            return "first form" if stage.calls_expected else "just begun"
        if stage.state == "done" and stage.answered is not None and stage.answered.calls:
            return f"took {numbers.duration(stage.answered.seconds)}"
        return ""


def share_done(stage: StageProgress) -> float:
    """Return the share of a stage's forms that is filled, 0 to 1."""
    if stage.state == "done":
        return 1.0
    if stage.answered is None or not stage.calls_expected:
        return 0.0
    return min(1.0, stage.answered.forms / stage.calls_expected)


def counts(stage: StageProgress, *, short: bool = False) -> str:
    """Describe how many forms of a stage are filled; `short` leaves numbers only."""
    answered = stage.answered
    if answered is None or stage.state == "waiting":
        return "waiting"
    lost = f", {stage.lost} lost" if stage.lost else ""
    if stage.state == "done":
        if not answered.forms:
            return "done"
        words = f"{answered.valid} of {answered.forms}"
        return words if short else f"{words} valid{lost}"
    total = stage.calls_expected if stage.calls_expected is not None else "?"
    words = f"{answered.forms} of {total}"
    return words if short else f"{words} forms{lost}"
