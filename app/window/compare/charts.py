"""The pictures of a comparison: means with intervals, axes as bars and as a radar, differences."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from app.report import numbers
from app.report.card import AXIS_TITLES
from app.report.comparison import interval_text, signed_interval, size_text
from app.report.theme import BODY, SMALL, Theme, font
from app.window.parts.panel import Canvas, draw_bar, draw_text
from app.window.parts.series import MOST, clipped, colour, draw_mark, draw_whisker
from scoring.compare import Comparison

RIGHT, CENTRE = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
ROW, BAR, MARK = 40, 10, 5.0
NAME_SHARE, LEAST_NAME, VALUES = 0.26, 228.0, 210
GROUP_GAP, THIN_BAR, AXIS_NAME = 14, 8, 112
SHARE_WIDTH = 52
RADAR_RINGS = (0.25, 0.5, 0.75, 1.0)
TICK_ROOM, TICK_WIDTH = 20, 48
TICK_STEPS = (0.5, 1, 2, 5, 10, 20, 25, 50, 100)


class ComparisonCanvas(Canvas):
    """A picture of a comparison."""

    name = ""

    def __init__(self, theme: Theme) -> None:
        """Start without a comparison."""
        super().__init__(theme)
        self.comparison: Comparison | None = None
        self.setAccessibleName(self.name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show another comparison; its words go to screen readers."""
        self.comparison = comparison
        self.setAccessibleDescription(self.words(comparison))
        self.updateGeometry()
        self.update()

    def words(self, comparison: Comparison) -> str:
        """Return what the picture shows in words."""
        raise NotImplementedError

    def draw(self, painter: QPainter, comparison: Comparison) -> None:
        """Draw the picture."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture if there is something to show."""
        if self.comparison is not None:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.draw(painter, self.comparison)
            painter.end()


class Standings(ComparisonCanvas):
    """A row for each model: its mark, its mean as a bar, its interval."""

    name = "Mean scores"

    def words(self, comparison: Comparison) -> str:
        """Return names, means and intervals."""
        return "; ".join(
            f"{each.contestant}: {each.score.mean:.1f}, {interval_text(each.score)}"
            for each in comparison.standings
        )

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a row for each model."""
        rows = len(self.comparison.standings) if self.comparison is not None else 1
        return QSize(560, ROW * rows)

    def draw(self, painter: QPainter, comparison: Comparison) -> None:
        """Draw the rows."""
        theme, width = self.theme, float(self.width())
        name_width = max(LEAST_NAME, width * NAME_SHARE)
        for row, each in enumerate(comparison.standings):
            top, found = row * ROW, each.score
            middle = top + ROW / 2
            draw_mark(painter, QPointF(MARK + 2, middle), MARK, row, theme)
            title = QRectF(22, top, name_width - 30, ROW)
            draw_text(painter, title, each.contestant, font(BODY, 500), theme.ink)
            track = QRectF(name_width, middle - BAR / 2, width - name_width - VALUES, BAR)
            draw_bar(painter, track, found.mean / 100, theme.track, colour(theme, row))
            if found.low is not None and found.high is not None:
                low, high = (
                    clipped(track, track.left() + track.width() * end / 100)
                    for end in (found.low, found.high)
                )
                draw_whisker(painter, low, high, middle, 16, theme.ink)
            values = QRectF(width - VALUES + 12, top, VALUES - 12, ROW)
            number = QRectF(values.left(), top, 56, ROW)
            text = numbers.points(found.mean)
            draw_text(painter, number, text, font(18, 600, tabular=True), theme.ink, RIGHT)
            above = QRectF(values.left() + 68, top + 3, values.width() - 68, ROW / 2)
            draw_text(painter, above, interval_text(found), font(SMALL, 500), theme.ink)
            below = QRectF(above.left(), top + ROW / 2 - 3, above.width(), ROW / 2)
            draw_text(painter, below, size_text(found), font(SMALL), theme.muted)


class AxisGroups(ComparisonCanvas):
    """Six groups of bars: each axis, a bar for each model."""

    name = "Axes as bars"

    def words(self, comparison: Comparison) -> str:
        """Return the share of each axis."""
        return axis_words(comparison)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for room for all bars."""
        bars = len(self.comparison.standings) if self.comparison is not None else 1
        return QSize(400, round(len(AXIS_TITLES) * self._group_height(bars)))

    def draw(self, painter: QPainter, comparison: Comparison) -> None:
        """Draw the groups."""
        theme, width = self.theme, float(self.width())
        bars = len(comparison.standings)
        height = self._group_height(bars)
        for group, (axis, title) in enumerate(AXIS_TITLES.items()):
            top = group * height
            name = QRectF(0, top, AXIS_NAME, height - GROUP_GAP)
            draw_text(painter, name, title, font(BODY), theme.ink)
            for row, each in enumerate(comparison.standings):
                y = top + row * (THIN_BAR + 6)
                share = each.axes.get(axis)
                track = QRectF(AXIS_NAME, y + 3, width - AXIS_NAME - SHARE_WIDTH, THIN_BAR)
                draw_bar(painter, track, share or 0.0, theme.track, colour(theme, row))
                text = "–" if share is None else f"{100 * share:.0f} %"  # noqa: RUF001 - none
                value = QRectF(width - SHARE_WIDTH, y, SHARE_WIDTH, THIN_BAR + 6)
                draw_text(painter, value, text, font(SMALL, tabular=True), theme.ink, RIGHT)

    @staticmethod
    def _group_height(bars: int) -> float:
        return bars * (THIN_BAR + 6) + GROUP_GAP


class Radar(ComparisonCanvas):
    """The six axes as a hexagon, a line for each model."""

    name = "Axes as a radar"

    def __init__(self, theme: Theme) -> None:
        """Take the room there is."""
        super().__init__(theme)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def words(self, comparison: Comparison) -> str:
        """Return the share of each axis."""
        return axis_words(comparison)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a square."""
        return QSize(340, 300)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Keep the titles readable."""
        return QSize(280, 260)

    def draw(self, painter: QPainter, comparison: Comparison) -> None:
        """Draw rings, spokes, titles and a line for each model."""
        theme = self.theme
        centre = QPointF(self.width() / 2, self.height() / 2)
        radius = min(self.width() / 2 - 84, self.height() / 2 - 26)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ring in RADAR_RINGS:
            painter.setPen(QPen(QColor(theme.border if ring == 1.0 else theme.line), 1))
            painter.drawPolygon(QPolygonF([_spoke(centre, radius * ring, n) for n in range(6)]))
        for number, title in enumerate(AXIS_TITLES.values()):
            painter.setPen(QPen(QColor(theme.line), 1))
            painter.drawLine(centre, _spoke(centre, radius, number))
            self._title(painter, _spoke(centre, radius + 12, number), centre, title)
        for row, each in reversed(list(enumerate(comparison.standings))):
            points = [
                _spoke(centre, radius * (each.axes.get(axis) or 0.0), number)
                for number, axis in enumerate(AXIS_TITLES)
            ]
            fill = QColor(colour(theme, row))
            painter.setPen(QPen(fill, 2))
            fill.setAlpha(28)
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF(points))
            for point in points:
                draw_mark(painter, point, 4, row, theme)

    def _title(self, painter: QPainter, at: QPointF, centre: QPointF, title: str) -> None:
        face = font(SMALL)
        width = QFontMetricsF(face).horizontalAdvance(title) + 2
        left = at.x()
        if abs(at.x() - centre.x()) < 2:
            left -= width / 2
        elif at.x() < centre.x():
            left -= width
        top = at.y() - (14 if at.y() < centre.y() - 2 else 4)
        draw_text(painter, QRectF(left, top, width, 18), title, face, self.theme.muted)


class Differences(ComparisonCanvas):
    """A row for each pair: the difference with its interval, and what it means."""

    name = "Paired differences"

    def words(self, comparison: Comparison) -> str:
        """Return the sentence of each pair."""
        return " ".join(each.sentence for each in comparison.differences)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a row for each pair and one for the ticks."""
        rows = len(self.comparison.differences) if self.comparison is not None else 1
        return QSize(560, ROW * rows + TICK_ROOM)

    def draw(self, painter: QPainter, comparison: Comparison) -> None:
        """Draw the ticks, then the rows."""
        theme, width = self.theme, float(self.width())
        name_width, verdict = max(LEAST_NAME, width * 0.3), max(150.0, width * 0.24)
        plot = QRectF(name_width, 0, width - name_width - verdict - 24, float(self.height()))
        reach = _reach(comparison)
        per_point = plot.width() / (2 * reach)
        zero = plot.center().x()
        bottom = self.height() - TICK_ROOM
        for tick in _ticks(reach, plot.width()):
            x = zero + tick * per_point
            painter.setPen(QPen(QColor(theme.muted if tick == 0 else theme.line), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
            label = QRectF(x - 30, bottom, 60, TICK_ROOM)
            text = f"{tick:+g}" if tick else "0"
            draw_text(painter, label, text, font(SMALL, tabular=True), theme.muted, CENTRE)
        order = [each.contestant for each in comparison.standings]
        for row, each in enumerate(comparison.differences):
            top = row * ROW
            middle = top + ROW / 2
            for place, name in enumerate((each.first, each.second)):
                room = QRectF(22, top + 3 + place * (ROW / 2 - 3), name_width - 38, ROW / 2 - 3)
                mark = QPointF(MARK + 2, room.center().y())
                draw_mark(painter, mark, MARK - 0.5, order.index(name), theme)
                draw_text(painter, room, name, font(BODY), theme.ink)
            found = each.difference
            if found is not None:
                shade = theme.accent if each.separated else theme.muted
                if found.low is not None and found.high is not None:
                    low, high = (
                        clipped(plot, zero + end * per_point) for end in (found.low, found.high)
                    )
                    draw_whisker(painter, low, high, middle, 12, shade)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(shade))
                point = QPointF(clipped(plot, zero + found.mean * per_point), middle)
                painter.drawEllipse(point, 4.5, 4.5)
            says = QRectF(width - verdict, top + 3, verdict, ROW / 2)
            text = "separated" if each.separated else "can't be separated"
            weight = 600 if each.separated else 400
            draw_text(painter, says, text, font(BODY, weight), theme.ink)
            under = QRectF(width - verdict, middle - 3, verdict, ROW / 2)
            figures = signed_interval(found) if found is not None else "nothing in common"
            draw_text(painter, under, figures, font(SMALL, tabular=True), theme.muted)


def axis_words(comparison: Comparison) -> str:
    """Return in words what each model reached on each axis."""
    parts: list[str] = []
    for each in comparison.standings[:MOST]:
        shares = ", ".join(
            f"{title} {numbers.NOT_MEASURED if share is None else f'{100 * share:.0f} %'}"
            for axis, title in AXIS_TITLES.items()
            for share in (each.axes.get(axis),)
        )
        parts.append(f"{each.contestant}: {shares}")
    return "; ".join(parts)


def _spoke(centre: QPointF, radius: float, number: int) -> QPointF:
    angle = math.radians(60 * number - 90)
    return centre + QPointF(radius * math.cos(angle), radius * math.sin(angle))


def _reach(comparison: Comparison) -> float:
    """Return how many points the scale of the differences spans to each side."""
    ends = [1.0]
    for each in comparison.differences:
        if each.difference is not None:
            found = each.difference
            ends += [abs(end) for end in (found.mean, found.low, found.high) if end is not None]
    return min(100.0, 1.08 * max(ends))


def _ticks(reach: float, width: float) -> list[float]:
    most = max(1.0, width / TICK_WIDTH / 2)
    step = next((size for size in TICK_STEPS if reach / size <= most), TICK_STEPS[-1])
    count = int(reach // step)
    return [step * number for number in range(-count, count + 1)]
