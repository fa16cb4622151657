"""The result at a glance: the score large, six bars, the facts, the ladder, the tokens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.library.result import Result
from app.library.valid_forms import ValidForms, find_ladder, valid_by_level, valid_by_round
from app.report import numbers
from app.report.card import STAGE_TITLES, Axis, Card, Fact, card_of
from app.report.published import INTERFACE_SHARE, PUBLISHED_ON, nearest_cost
from app.report.theme import BODY, SMALL, Theme, font, label
from app.window.parts.panel import GRID, Canvas, Panel, draw_bar, draw_text
from app.window.parts.series import draw_whisker
from pipeline.english import counted
from pipeline.records.calls import StageSummary
from pipeline.records.journal import RunFolder

RIGHT = Qt.AlignmentFlag.AlignRight
SCORE_PIXELS, INSTEAD_PIXELS, PILL_HEIGHT = 88, 40, 26
ADVICE_HEIGHT = 54
"""Three lines."""
ROW, BAR = 28, 10
AXIS_NAME, AXIS_POINTS = 116, 88
RUNG_ROW, RUNG_BAR = 44, 6
STAGE_NAME, STAGE_NUMBER = 84, 84
FACT_COLUMNS = 5
SCRIPTED = "scripted"
"""Format of answers read from files: such a run counts bytes, there are no tokens."""


class ScoreHead(Canvas):
    """The score, its grade, and what to know beside it."""

    def __init__(self, theme: Theme) -> None:
        """Start without a score."""
        super().__init__(theme)
        self._card: Card | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_card(self, card: Card) -> None:
        """Show a card's score."""
        self._card = card
        self.setAccessibleName(card.score_words)
        grade = f"grade {card.grade}, " if card.grade else ""
        after = f" {card.advice}" if card.advice else f", {card.certainty}"
        self.setAccessibleDescription(f"{grade}{card.under_score}{after}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return room for three figures and a decimal."""
        return QSize(380, 6 * ROW)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return the same room."""
        return QSize(320, 6 * ROW)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the score and the lines under it."""
        card, theme = self._card, self.theme
        if card is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = float(self.width())
        number = font(SCORE_PIXELS if card.score else INSTEAD_PIXELS, 700)
        text = card.score or card.instead
        top = QRectF(-4, 0, width, 96) if card.score else QRectF(0, 0, width, 64)
        known = card.score or card.well_formed
        draw_text(painter, top, text, number, theme.ink if known else theme.muted)
        if card.score:
            after = QFontMetricsF(number).horizontalAdvance(text) + 4
            of_all = QRectF(after, 46, 80, 32)
            draw_text(painter, of_all, "/ 100", font(20, 500), theme.muted)
        left = 0.0
        line = QRectF(0, top.bottom() + 12, width, PILL_HEIGHT)
        if card.grade:
            face = font(BODY, 600)
            wide = QFontMetricsF(face).horizontalAdvance(f"Grade {card.grade}") + PILL_HEIGHT
            pill = QRectF(0, line.top(), wide, PILL_HEIGHT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(pill, PILL_HEIGHT / 2, PILL_HEIGHT / 2)
            middle = Qt.AlignmentFlag.AlignHCenter
            draw_text(painter, pill, f"Grade {card.grade}", face, theme.on_accent, middle)
            left = wide + 12
        line.setLeft(left)
        if card.advice:
            painter.setFont(font(BODY))
            painter.setPen(QColor(theme.ink))
            line.setHeight(ADVICE_HEIGHT)
            wrapped = int(Qt.TextFlag.TextWordWrap)
            painter.drawText(line, wrapped, f"{card.under_score} {card.advice}")
        else:
            draw_text(painter, line, card.under_score, font(BODY, 500), theme.ink)
        below = QRectF(0, line.bottom() + 6, width, 20)
        draw_text(painter, below, "  ·  ".join(card.notes), font(SMALL), theme.muted)


class AxisBars(Canvas):
    """Six bars with points and maximum."""

    def __init__(self, theme: Theme) -> None:
        """Start without bars."""
        super().__init__(theme)
        self._axes: tuple[Axis, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Axes")

    def show_axes(self, axes: tuple[Axis, ...]) -> None:
        """Show the points of each axis."""
        self._axes = axes
        self.setAccessibleDescription(", ".join(f"{axis.title} {axis.label}" for axis in axes))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return six rows."""
        return QSize(480, 6 * ROW)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return six rows."""
        return QSize(320, 6 * ROW)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, width = self.theme, float(self.width())
        for row, axis in enumerate(self._axes):
            top = row * ROW
            measured = axis.points is not None
            draw_text(painter, QRectF(0, top, AXIS_NAME, ROW), axis.title, font(BODY), theme.ink)
            track = QRectF(AXIS_NAME, top + (ROW - BAR) / 2, width - AXIS_NAME - AXIS_POINTS, BAR)
            draw_bar(painter, track, axis.share, theme.track, theme.accent)
            draw_text(
                painter,
                QRectF(width - AXIS_POINTS, top, AXIS_POINTS, ROW),
                axis.label,
                font(BODY if measured else SMALL, 600 if measured else 400, tabular=True),
                theme.ink if measured else theme.muted,
                RIGHT,
            )


class LadderChart(Canvas):
    """A row for each rung: its name, a bar, share and count."""

    def __init__(self, theme: Theme) -> None:
        """Start without rungs."""
        super().__init__(theme)
        self._rungs: tuple[ValidForms, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Ladder")

    def show_rungs(self, rungs: Sequence[ValidForms]) -> None:
        """Show how many forms were valid at each rung."""
        self._rungs = tuple(rungs)
        self.setAccessibleDescription(
            ", ".join(f"{rung.title}: {rung.valid} of {rung.forms}" for rung in self._rungs)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a row for each rung."""
        return QSize(280, RUNG_ROW * max(1, len(self._rungs)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the rows: words above, the bar below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, width = self.theme, float(self.width())
        for row, rung in enumerate(self._rungs):
            top = row * RUNG_ROW
            words = QRectF(0, top, width, ROW)
            draw_text(painter, words, rung.title, font(BODY), theme.ink)
            figures = f"{rung.valid} of {rung.forms}   {numbers.share(rung.valid, rung.forms)}"
            draw_text(painter, words, figures, font(BODY, 500, tabular=True), theme.ink, RIGHT)
            track = QRectF(0, top + ROW, width, RUNG_BAR)
            draw_bar(painter, track, rung.share, theme.track, theme.accent)
            if rung.low is not None and rung.high is not None:
                ends = (width * rung.low, width * rung.high)
                draw_whisker(painter, *ends, track.center().y(), 12, theme.ink)


class StageTokens(Canvas):
    """A row for each stage: tokens in (evaluated, cached) and tokens out."""

    HEADS = ("Stage", "Forms", "Evaluated", "Cached", "Out")

    def __init__(self, theme: Theme) -> None:
        """Start without stages."""
        super().__init__(theme)
        self._stages: tuple[StageSummary, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Tokens per stage")

    def show_stages(self, stages: Sequence[StageSummary]) -> None:
        """Show the counts of stages that asked for forms."""
        self._stages = tuple(stage for stage in stages if stage.calls)
        self.setAccessibleDescription(
            ", ".join(
                f"{STAGE_TITLES[stage.name]}: {stage.prompt_tokens} in, {stage.output_tokens} out"
                for stage in self._stages
            )
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Return a row for each stage and one for the heads."""
        return QSize(440, ROW * (len(self._stages) + 1))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the table, a bar of evaluated, cached and written tokens at its right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.theme
        number = min(STAGE_NUMBER, (self.width() - STAGE_NAME) / 5)
        heads = font(SMALL, 500)
        draw_text(painter, QRectF(0, 0, STAGE_NAME, ROW), self.HEADS[0], heads, theme.muted)
        for column, text in enumerate(self.HEADS[1:]):
            area = QRectF(STAGE_NAME + column * number - 12, 0, number, ROW)
            draw_text(painter, area, text, heads, theme.muted, RIGHT)
        left = STAGE_NAME + 4 * number + 12
        most = max((stage.prompt_tokens + stage.output_tokens for stage in self._stages), default=1)
        per_token = max(0.0, self.width() - left) / max(1, most)
        for row, stage in enumerate(self._stages, start=1):
            top = row * ROW
            title = QRectF(0, top, STAGE_NAME, ROW)
            draw_text(painter, title, STAGE_TITLES[stage.name], font(BODY), theme.ink)
            evaluated = stage.prompt_tokens - stage.cached_tokens
            values = (stage.forms, evaluated, stage.cached_tokens, stage.output_tokens)
            for column, value in enumerate(values):
                area = QRectF(STAGE_NAME + column * number - 12, top, number, ROW)
                text = numbers.count(value)
                draw_text(painter, area, text, font(BODY, tabular=True), theme.ink, RIGHT)
            x = left
            for value, colour in zip(values[1:], self._colours(), strict=True):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                bar = QRectF(x, top + (ROW - BAR) / 2, value * per_token, BAR)
                painter.drawRect(bar)
                x += bar.width()

    def _colours(self) -> tuple[str, str, str]:
        return self.theme.parts[1], self.theme.border, self.theme.accent


class Overview(QScrollArea):
    """All of it on one page that scrolls where it must."""

    def __init__(self, theme: Theme) -> None:
        """Start empty."""
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Overview")
        self.head = ScoreHead(theme)
        self.bars = AxisBars(theme)
        self.ladder = LadderChart(theme)
        self.tokens = StageTokens(theme)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(3 * GRID)
        self._facts.setVerticalSpacing(2)
        self._machine = QGridLayout()
        self._machine.setHorizontalSpacing(2 * GRID)
        self._machine.setVerticalSpacing(4)
        self._ladder = Panel("Ladder", "valid forms")
        self._ladder_note = label("", "muted")
        self._tokens = Panel("Tokens per stage")
        self._tokens_note = label("", "muted")
        self._made = Panel("How it was made")
        self._lay_out()

    def show_result(self, folder: RunFolder, result: Result, rungs: Sequence[ValidForms]) -> None:
        """Show a run that has ended."""
        card = card_of(result)
        self.head.show_card(card)
        self.bars.show_axes(card.axes)
        _fill(self._facts, card.facts)
        for row, fact in enumerate((*card.machine, Fact("Rubric", card.provenance))):
            _put(self._machine, row, 0, label(fact.label, "muted"))
            value = label(fact.value, "body")
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            _put(self._machine, row, 1, value)
        self._machine.setColumnStretch(1, 1)
        self.ladder.show_rungs(rungs)
        self._ladder_note.setText(
            _ladder_words(result, any(rung.low is not None for rung in rungs))
        )
        self.tokens.show_stages(result.stages)
        self._tokens.note.say(_totals(result))
        self._tokens_note.setText(reference(result))

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        for canvas in (self.head, self.bars, self.ladder, self.tokens):
            canvas.set_theme(theme)

    def _lay_out(self) -> None:
        top = Panel("")
        first = QHBoxLayout()
        first.setSpacing(4 * GRID)
        first.addWidget(self.head, 2)
        first.addWidget(self.bars, 3)
        top.body.addLayout(first)
        facts = Panel("Speed, memory, validity")
        facts.body.addLayout(self._facts)
        self._ladder_note.setWordWrap(True)
        self._ladder.body.addWidget(self.ladder)
        self._ladder.body.addStretch(1)
        self._ladder.body.addWidget(self._ladder_note)
        self._tokens_note.setWordWrap(True)
        self._tokens.body.addWidget(self.tokens)
        self._tokens.body.addStretch(1)
        self._tokens.body.addWidget(self._tokens_note)
        self._made.body.addLayout(self._machine)
        pair = QHBoxLayout()
        pair.setSpacing(2 * GRID)
        pair.addWidget(self._ladder, 2)
        pair.addWidget(self._tokens, 3)
        inner = QWidget()
        inner.setObjectName("plain")
        page = QVBoxLayout(inner)
        page.setContentsMargins(0, 0, GRID, 0)
        page.setSpacing(2 * GRID)
        page.addWidget(top)
        page.addWidget(facts)
        page.addLayout(pair)
        page.addWidget(self._made)
        page.addStretch(1)
        self.setWidget(inner)


def rungs_of_run(folder: RunFolder, result: Result) -> tuple[ValidForms, ...]:
    """Read the ladder of a run from its events, and the levels if they were compared.

    Raises RunFolderError.
    """
    ladder = find_ladder(folder.path, result)
    levels = valid_by_level(ladder) if ladder is not None else ()
    return (*levels, *valid_by_round(folder.events(), result.feedback))


def reference(result: Result) -> str:
    """Put the published cost of the nearest project beside ours, dated, in words."""
    if result.model.format == SCRIPTED:
        return "A script has no tokens: it counts bytes, so there is nothing to compare."
    cost = nearest_cost(result.request)
    if cost is None:
        return f"AutoBe published no project that is like “{result.request}”."
    totals = result.totals
    spent = cost.input_tokens + cost.output_tokens
    ours = totals.prompt_tokens + totals.output_tokens
    interface = sum(
        stage.prompt_tokens + stage.output_tokens
        for stage in result.stages
        if stage.name == "interface"
    )
    times = f" That is {numbers.count(round(spent / ours))} times as many." if ours else ""
    share = numbers.share(interface, ours)
    return (
        f"AutoBe's “{cost.project}” took {numbers.rounded(cost.input_tokens)} tokens in and "
        f"{numbers.rounded(cost.output_tokens)} out in {numbers.count(cost.calls)} calls (median "
        f"of {cost.runs} published runs, {PUBLISHED_ON:%Y-%m-%d}).{times} Its interface stage took "
        f"{INTERFACE_SHARE * 100:.0f}{numbers.THIN_SPACE}% of them, here {share}; it published no "
        "other stage."
    )


def _totals(result: Result) -> str:
    totals = result.totals
    unit = "bytes" if result.model.format == SCRIPTED else "tokens"
    reused = numbers.share(totals.cached_tokens, totals.prompt_tokens)
    return (
        f"{numbers.rounded(totals.prompt_tokens)} {unit} in ({reused} cached), "
        f"{numbers.rounded(totals.output_tokens)} out"
    )


def _ladder_words(result: Result, levels: bool) -> str:
    lost = f", {result.lost} dropped" if result.lost else ", none dropped"
    early = f", {result.totals.ended_early}" if result.totals.ended_early else ""
    rounds = counted(result.feedback, "round")
    words = f"This run: level {result.level}, at most {rounds} of feedback{lost}{early}."
    if levels:
        return f"{words} Levels: valid at the first try, with 95 % intervals."
    return f"{words} The command `sixfold ladder` asks the same forms at every level."


def _fill(grid: QGridLayout, facts: Sequence[Fact]) -> None:
    for index, fact in enumerate(facts):
        row, column = divmod(index, FACT_COLUMNS)
        _put(grid, 3 * row, column, label(fact.label, "muted"))
        _put(grid, 3 * row + 1, column, label(fact.value, "value" if fact.measured else "muted"))
        grid.setColumnStretch(column, 1)
        grid.setRowMinimumHeight(3 * row + 2, GRID)


def _put(grid: QGridLayout, row: int, column: int, widget: QWidget) -> None:
    """Put a widget into a cell, in place of what was there."""
    before = grid.itemAtPosition(row, column)
    if before is not None and (old := before.widget()) is not None:
        grid.removeWidget(old)
        old.deleteLater()
    grid.addWidget(widget, row, column)
