"""Paint a result card; one function serves screen, PNG, SVG and PDF."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from app.report.card import Axis, Card, Fact
from app.report.theme import Theme, font

WIDTH, HEIGHT = 1200, 675
"""Size of a card in logical pixels: 16 to 9, as link previews show it."""
MARGIN = 60
RIGHT = WIDTH - MARGIN
INNER = WIDTH - 2 * MARGIN
INSTEAD_SIZES = range(62, 41, -2)
"""Of the words that stand where there is no score."""

HEADER_BASELINE = 62
MODEL_BASELINE, MODEL_SIZES = 131, range(42, 25, -2)
MODEL_FACTS_BASELINE = 162
SCORE_BASELINE, SCORE_SIZE = 334, 156
GRADE_TOP, GRADE_HEIGHT = 364, 32
BARS_LEFT, BARS_TOP, BAR_PITCH, BAR_HEIGHT = 520, 214, 35, 12
TRACK_LEFT, TRACK_RIGHT = 676, 1030
RULE_Y = 428
FACTS_TOP, FACT_ROW, FACT_COLUMNS = 463, 58, 5
FACT_VALUE_DROP, SMALL_VALUE_DROP = 26, 20
FACT_SIZE, SMALL_SIZE, SMALL_SIZES = 20, 14, range(14, 10, -1)
MACHINE_TOP, MACHINE_GAP, MACHINE_LEAST = 580, 28, 64
SMALL_LINE = 15
"""From one baseline of a small text to the next."""
FOOT_BASELINE = 641


@dataclass(frozen=True)
class _Pen:
    """Draws text by its baseline; as outlines where the reader may lack the font."""

    painter: QPainter
    outlines: bool

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        pixels: float,
        weight: int,
        colour: str,
        *,
        width: float = INNER,
        right: bool = False,
        tabular: bool = False,
    ) -> float:
        """Draw a line of text, cut with an ellipsis at `width`; return the width it took."""
        face = font(pixels, weight, tabular=tabular)
        metrics = QFontMetricsF(face)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        advance = metrics.horizontalAdvance(shown)
        start = QPointF(x - advance if right else x, baseline)
        if self.outlines:
            path = QPainterPath()
            path.addText(start, face, shown)
            self.painter.fillPath(path, QColor(colour))
        else:
            self.painter.setFont(face)
            self.painter.setPen(QColor(colour))
            self.painter.drawText(start, shown)
        return advance

    def pill(self, area: QRectF, colour: str) -> None:
        """Fill a rectangle with round ends."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        radius = area.height() / 2
        self.painter.drawRoundedRect(area, radius, radius)

    def rule(self, y: float, colour: str) -> None:
        """Draw a hairline across the card."""
        self.painter.setPen(QPen(QColor(colour), 1))
        self.painter.drawLine(QPointF(MARGIN, y), QPointF(RIGHT, y))


def paint(painter: QPainter, card: Card, theme: Theme, *, outlines: bool = False) -> None:
    """Paint a card of WIDTH by HEIGHT logical pixels at the painter's origin.

    With `outlines` text becomes shapes, for formats that don't carry the font (SVG).
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRectF(0, 0, WIDTH, HEIGHT), QColor(theme.ground))
    pen = _Pen(painter, outlines)
    _header(pen, card, theme)
    _score(pen, card, theme)
    for row, axis in enumerate(card.axes):
        _bar(pen, axis, BARS_TOP + row * BAR_PITCH, theme)
    pen.rule(RULE_Y, theme.line)
    column = INNER / FACT_COLUMNS
    for index, fact in enumerate(card.facts):
        row, place = divmod(index, FACT_COLUMNS)
        x = MARGIN + place * column
        _fact(pen, fact, x, FACTS_TOP + row * FACT_ROW, column - 16, theme)
    _machine(pen, card.machine, theme)
    pen.text(MARGIN, FOOT_BASELINE, card.provenance, 13, 400, theme.muted)


def _header(pen: _Pen, card: Card, theme: Theme) -> None:
    _hexagon(pen.painter, QPointF(MARGIN + 11, HEADER_BASELINE - 7), 12, theme)
    pen.text(MARGIN + 34, HEADER_BASELINE, "Sixfold", 20, 600, theme.ink)
    pen.text(RIGHT, HEADER_BASELINE, f"request: {card.request}", 17, 500, theme.ink, right=True,
             width=700)  # fmt: skip
    size = _largest(card.model, 700, MODEL_SIZES, INNER)
    pen.text(MARGIN - 2, MODEL_BASELINE, card.model, size, 700, theme.ink)
    pen.text(MARGIN, MODEL_FACTS_BASELINE, card.model_facts, 16, 400, theme.muted)


def _score(pen: _Pen, card: Card, theme: Theme) -> None:
    if card.score is None:
        colour = theme.ink if card.well_formed else theme.muted
        size = _largest(card.instead, 700, INSTEAD_SIZES, BARS_LEFT - 24 - MARGIN)
        pen.text(MARGIN - 3, SCORE_BASELINE, card.instead, size, 700, colour)
    else:
        width = pen.text(MARGIN - 8, SCORE_BASELINE, card.score, SCORE_SIZE, 700, theme.ink)
        pen.text(MARGIN + width + 4, SCORE_BASELINE, "/ 100", 26, 500, theme.muted)
    x: float = MARGIN
    if card.grade is not None:
        label = f"Grade {card.grade}"
        wide = QFontMetricsF(font(16, 600)).horizontalAdvance(label) + GRADE_HEIGHT
        pen.pill(QRectF(x, GRADE_TOP, wide, GRADE_HEIGHT), theme.accent)
        pen.text(x + GRADE_HEIGHT / 2, GRADE_TOP + 22, label, 16, 600, theme.on_accent)
        x += wide + 16
    room = BARS_LEFT - 24 - x
    pen.text(x, GRADE_TOP + 12, card.under_score, 14, 500, theme.ink, width=room)
    below = (card.advice, *card.notes) if card.advice else card.notes
    for number, line in enumerate(below, 1):
        size = _largest(line, 400, SMALL_SIZES, room)
        pen.text(x, GRADE_TOP + 12 + number * 19, line, size, 400, theme.muted, width=room)


def _bar(pen: _Pen, axis: Axis, y: float, theme: Theme) -> None:
    baseline = y + BAR_HEIGHT - 1
    pen.text(BARS_LEFT, baseline, axis.title, 17, 500, theme.ink)
    track = QRectF(TRACK_LEFT, y, TRACK_RIGHT - TRACK_LEFT, BAR_HEIGHT)
    pen.pill(track, theme.track)
    if axis.share > 0:
        filled = max(BAR_HEIGHT, track.width() * min(axis.share, 1.0))
        pen.pill(QRectF(track.left(), y, filled, BAR_HEIGHT), theme.accent)
    measured = axis.points is not None
    pen.text(RIGHT, baseline, axis.label, 17 if measured else 14, 600 if measured else 400,
             theme.ink if measured else theme.muted, right=True, tabular=True)  # fmt: skip


def _fact(pen: _Pen, fact: Fact, x: float, top: float, width: float, theme: Theme) -> None:
    pen.text(x, top, fact.label, 13, 400, theme.muted, width=width)
    baseline = top + FACT_VALUE_DROP
    if fact.measured:
        pen.text(x, baseline, fact.value, FACT_SIZE, 600, theme.ink, width=width)
    else:
        pen.text(x, baseline, fact.value, SMALL_SIZE, 400, theme.muted, width=width)


def _machine(pen: _Pen, facts: Sequence[Fact], theme: Theme) -> None:
    """Draw long facts in one size, each as wide as its words; in two lines if one is too short."""
    room = INNER - (len(facts) - 1) * MACHINE_GAP
    texts = [(fact.value,) for fact in facts]
    size = _fitting(texts, room)
    if size is None:
        texts = [_halves(fact.value) for fact in facts]
        size = _fitting(texts, room) or SMALL_SIZES[-1]
    widths = [_width(lines, size) for lines in texts]
    shrunk = min(1.0, room / sum(widths))
    x: float = MARGIN
    for fact, lines, wanted in zip(facts, texts, widths, strict=True):
        width = wanted * shrunk
        pen.text(x, MACHINE_TOP, fact.label, 13, 400, theme.muted, width=width)
        ink, weight = (theme.ink, 500) if fact.measured else (theme.muted, 400)
        for number, line in enumerate(lines):
            baseline = MACHINE_TOP + SMALL_VALUE_DROP + number * SMALL_LINE
            pen.text(x, baseline, line, size, weight, ink, width=width)
        x += width + MACHINE_GAP


def _fitting(texts: Sequence[Sequence[str]], room: float) -> int | None:
    """Choose the largest size in which the texts fit side by side; None if none is small enough."""
    sizes = (each for each in SMALL_SIZES if sum(_width(lines, each) for lines in texts) <= room)
    return next(sizes, None)


def _width(lines: Sequence[str], pixels: int) -> float:
    metrics = QFontMetricsF(font(pixels, 500))
    return max(MACHINE_LEAST, *(metrics.horizontalAdvance(line) + 1 for line in lines))


def _halves(text: str) -> tuple[str, ...]:
    """Split a list of words at the comma that is nearest to its middle."""
    commas = [place for place in range(len(text)) if text.startswith(", ", place)]
    if not commas:
        return (text,)
    middle = min(commas, key=lambda place: abs(place - len(text) / 2))
    return text[: middle + 1], text[middle + 2 :]


def _largest(text: str, weight: int, sizes: range, width: float) -> int:
    """Choose the largest size in which a text fits, else the smallest."""
    fitting = (
        pixels
        for pixels in sizes
        if QFontMetricsF(font(pixels, weight)).horizontalAdvance(text) <= width
    )
    return next(fitting, sizes[-1])


def _hexagon(painter: QPainter, centre: QPointF, radius: float, theme: Theme) -> None:
    corners = [
        QPointF(
            centre.x() + radius * math.cos(math.radians(60 * corner - 90)),
            centre.y() + radius * math.sin(math.radians(60 * corner - 90)),
        )
        for corner in range(6)
    ]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.accent))
    painter.drawPolygon(QPolygonF(corners))
    painter.setPen(QPen(QColor(theme.ground), 1.6))
    for corner in corners:
        painter.drawLine(centre, corner)
