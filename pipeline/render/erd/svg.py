"""The entity-relationship diagram as a picture: boxes of columns, wires with crow's feet.

SVG 1.1 without style sheets, scripts or embedded fonts, on a white card, so that it looks the
same in browsers, in Qt, and on dark pages. Lengths are in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pipeline.ast.database import PhysicalColumn, Relation, Stance, Table
from pipeline.english import counted
from pipeline.render.erd.layered.arrange import arrange
from pipeline.render.erd.layered.graph import Attachment, Box, Layout, Net, Port

_FONT = "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_HEADER_HEIGHT = 34.0
_ROW_HEIGHT = 22.0
_PADDING = 4.0
"""Free space above the first row of a box and below its last."""
_RADIUS = 8.0
_BEND = 7.0
_MARGIN = 36.0
_TITLE_HEIGHT = 84.0
_LEAST_WIDTH = 190.0
_CARD_LEAST_WIDTH = 620.0

_INK, _FAINT, _LINE, _EDGE = "#0f172a", "#64748b", "#e2e8f0", "#cbd5e1"
STANCE_COLOURS: dict[Stance, str] = {
    "actor": "#4f46e5",
    "session": "#475569",
    "primary": "#0369a1",
    "subsidiary": "#0f766e",
    "snapshot": "#b45309",
    "junction": "#a21caf",
}
_STANCE_MEANINGS: dict[Stance, str] = {
    "actor": "account",
    "session": "session",
    "primary": "main",
    "subsidiary": "part of another",
    "snapshot": "history",
    "junction": "link",
}
_BADGE_COLOURS = {"PK": "#b45309", "FK": "#4338ca", "UQ": "#0f766e"}
_WIRE_COLOURS = (
    "#6366f1",
    "#0891b2",
    "#d97706",
    "#db2777",
    "#059669",
    "#7c3aed",
    "#dc2626",
    "#2563eb",
    "#65a30d",
    "#9333ea",
)
_NARROW, _WIDE = "fijlrtI.,;:'|!()[]", "mwMW@%"


_TRUNK_POINTS = 4
"""Points of a line with a vertical part, a trunk: start, two turns, end."""
Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class _Branch:
    """A relation and the index of the box it starts from."""

    box: int
    relation: Relation


def draw(title: str, tables: Sequence[Table]) -> str:
    """Draw the tables and their relations."""
    places = {table.name: index for index, table in enumerate(tables)}
    boxes = [Box(_box_width(table), _box_height(table)) for table in tables]
    nets, branches = _nets(tables, places)
    layout = arrange(boxes, nets)
    width = max(layout.width, _CARD_LEAST_WIDTH) + 2 * _MARGIN
    height = layout.height + _TITLE_HEIGHT + 2 * _MARGIN
    left = (width - layout.width) / 2
    relations = sum(len(table.relations) for table in tables)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" font-family="{_FONT}">',
        f"<title>{escape(title)}: entity-relationship diagram</title>",
        f"<desc>{counted(len(tables), 'table')}, {counted(relations, 'relation')}.</desc>",
        f'<rect x="0.5" y="0.5" width="{_n(width - 1)}" height="{_n(height - 1)}" rx="14" '
        f'fill="#ffffff" stroke="{_LINE}"/>',
        *_heading(title, tables, relations, width),
        f'<g transform="translate({_n(left)} {_n(_TITLE_HEIGHT + _MARGIN)})">',
        *_wires(layout, nets),
        *_marks(layout, branches, nets),
    ]
    for table, corner, box_width in zip(tables, layout.corners, layout.widths, strict=True):
        parts += _loops(table, corner)
        parts += _box(table, corner, box_width)
    return "\n".join([*parts, "</g>", "</svg>"]) + "\n"


# --- what to lay out ---


def _box_width(table: Table) -> float:
    rows = [
        44 + _text_width(column.name, 12.5) + 22 + _text_width(_type(column), 11.5) + 12
        for column in table.physical()
    ]
    return float(round(max(_LEAST_WIDTH, *rows, _text_width(table.plural, 14) * 1.08 + 32)))


def _box_height(table: Table) -> float:
    return _HEADER_HEIGHT + _ROW_HEIGHT * len(table.physical()) + 2 * _PADDING


def _text_width(text: str, size: float) -> float:
    """Estimate the width of a text in a sans-serif font; rather too much than too little."""
    units = sum(0.36 if c in _NARROW else 0.9 if c in _WIDE else 0.6 for c in text)
    return units * size


def _row(table: Table, column: str) -> float:
    """Return how far below the top of its box the middle of a column's row is."""
    names = [found.name for found in table.physical()]
    return _HEADER_HEIGHT + _PADDING + _ROW_HEIGHT * (names.index(column) + 0.5)


def _head(table: Table, nullable: bool) -> float:
    """Return where relations meet the box they point to: the header if nullable, else the key."""
    return _HEADER_HEIGHT / 2 if nullable else _row(table, "id")


def _nets(tables: Sequence[Table], places: dict[str, int]) -> tuple[list[Net], dict[Port, _Branch]]:
    """Gather the relations that point to one table into nets, optional ones apart."""
    gathered: dict[Port, list[Port]] = {}
    branches: dict[Port, _Branch] = {}
    for index, table in enumerate(tables):
        for relation in table.relations:
            if relation.target == table.name:
                continue
            target = places[relation.target]
            source = Port(target, _head(tables[target], relation.nullable))
            sink = Port(index, _row(table, relation.column))
            gathered.setdefault(source, []).append(sink)
            branches[sink] = _Branch(index, relation)
    return [Net(source, tuple(sinks)) for source, sinks in gathered.items()], branches


# --- drawing ---


def _heading(title: str, tables: Sequence[Table], relations: int, width: float) -> list[str]:
    stances: list[Stance] = list(dict.fromkeys(table.stance for table in tables))
    summary = f"{counted(len(tables), 'table')} · {counted(relations, 'relation')}"
    summary += " · ? may be missing"
    parts = [
        _text(_MARGIN, 44, title, size=20, weight=700),
        _text(_MARGIN, 68, summary, size=12.5, colour=_FAINT),
    ]
    x = width - _MARGIN
    for stance in reversed(stances):
        label = _STANCE_MEANINGS[stance]
        x -= _text_width(label, 12) + 20
        parts.append(
            f'<rect x="{_n(x)}" y="58" width="10" height="10" rx="3" '
            f'fill="{STANCE_COLOURS[stance]}"/>'
        )
        parts.append(_text(x + 16, 67.5, label, size=12, colour=_FAINT))
        x -= 14
    line = f"M{_n(_MARGIN)} {_n(_TITLE_HEIGHT + 4)}H{_n(width - _MARGIN)}"
    return [*parts, f'<path d="{line}" stroke="{_LINE}"/>']


def _wires(layout: Layout, nets: Sequence[Net]) -> list[str]:
    parts: list[str] = []
    for number in range(len(nets)):
        points = dict.fromkeys(wire.points for wire in layout.wires if wire.net == number)
        lines = [_path(line) for line in _apart(list(points))]
        parts.append(
            f'<path d="{"".join(lines)}" fill="none" stroke="{_wire_colour(number)}" '
            'stroke-width="1.5" stroke-linecap="round"/>'
        )
    return parts


def _apart(lines: Sequence[Line]) -> list[Line]:
    """Cut off what lines along one trunk have in common: drawn twice, it would look thicker."""
    found: list[Line] = [line for line in lines if len(line) != _TRUNK_POINTS]
    straight = {line[0] for line in found}
    reached: dict[tuple[tuple[float, float], float, bool], float] = {}
    bent = [line for line in lines if len(line) == _TRUNK_POINTS]
    for line in sorted(bent, key=lambda line: (line[:1], abs(line[2][1] - line[0][1]), line)):
        start, (x, top), (_, bottom), end = line
        falls = bottom > top
        before = reached.get((start, x, falls))
        reached[start, x, falls] = bottom
        if before is not None:
            begin = max(top, before - _BEND) if falls else min(top, before + _BEND)
            found.append(((x, begin), (x, bottom), end))
        elif start in straight:
            found.append(((x - _BEND, top), (x, top), (x, bottom), end))
        else:
            found.append(line)
            straight.add(start)
    return found


def _wire_colour(net: int) -> str:
    return _WIRE_COLOURS[net % len(_WIRE_COLOURS)]


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Draw a line of right angles with round bends."""
    parts = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_BEND, _distance(before, corner) / 2, _distance(corner, after) / 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        parts.append(f"L{_n(start[0])} {_n(start[1])}")
        parts.append(f"Q{_n(corner[0])} {_n(corner[1])} {_n(end[0])} {_n(end[1])}")
    parts.append(f"L{_n(points[-1][0])} {_n(points[-1][1])}")
    return "".join(parts)


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _towards(
    start: tuple[float, float], end: tuple[float, float], length: float
) -> tuple[float, float]:
    share = length / (_distance(start, end) or 1)
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _marks(layout: Layout, branches: dict[Port, _Branch], nets: Sequence[Net]) -> list[str]:
    parts: list[str] = []
    for end in layout.attachments:
        branch = branches.get(end.port) if nets[end.net].source != end.port else None
        if branch is None:
            nullable = end.port.offset < _HEADER_HEIGHT
            parts += _one(end, _wire_colour(end.net), optional=nullable)
        elif branch.relation.cardinality == "one_to_one":
            parts += _one(end, _wire_colour(end.net), optional=True)
        else:
            parts += _many(end, _wire_colour(end.net))
    return parts


def _one(end: Attachment, colour: str, *, optional: bool) -> list[str]:
    """Mark exactly one, or at most one."""
    out = 1 if end.side == "right" else -1
    bar = f"M{_n(end.x + out * 7)} {_n(end.y - 5)}v10"
    if optional:
        return [_stroke(bar, colour), _circle(end.x + out * 14, end.y, colour)]
    return [_stroke(f"{bar}M{_n(end.x + out * 12)} {_n(end.y - 5)}v10", colour)]


def _many(end: Attachment, colour: str) -> list[str]:
    """Mark any number, none included: the crow's foot."""
    out = 1 if end.side == "right" else -1
    tip = f"{_n(end.x + out * 11)} {_n(end.y)}"
    foot = f"M{_n(end.x)} {_n(end.y - 6)}L{tip}L{_n(end.x)} {_n(end.y + 6)}"
    return [_stroke(foot, colour), _circle(end.x + out * 15, end.y, colour)]


def _stroke(path: str, colour: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _circle(x: float, y: float, colour: str) -> str:
    return (
        f'<circle cx="{_n(x)}" cy="{_n(y)}" r="4" fill="#ffffff" '
        f'stroke="{colour}" stroke-width="1.5"/>'
    )


def _loops(table: Table, corner: tuple[float, float]) -> list[str]:
    """Draw the relations of a table to itself, on the left of its box."""
    x, top = corner
    colour = STANCE_COLOURS[table.stance]
    parts: list[str] = []
    own = [relation for relation in table.relations if relation.target == table.name]
    for number, relation in enumerate(own):
        start, end = top + _row(table, relation.column), top + _head(table, relation.nullable)
        out = x - 22 - 4 * number
        parts.append(_stroke(_path([(x, start), (out, start), (out, end), (x, end)]), colour))
        port = Port(0, 0.0)
        parts += _many(Attachment(0, port, "left", x, start), colour)
        parts += _one(Attachment(0, port, "left", x, end), colour, optional=relation.nullable)
    return parts


def _box(table: Table, corner: tuple[float, float], width: float) -> list[str]:
    x, y = corner
    height = _box_height(table)
    r = _RADIUS
    colour = STANCE_COLOURS[table.stance]
    header = (
        f"M{_n(x)} {_n(y + _HEADER_HEIGHT)}V{_n(y + r)}Q{_n(x)} {_n(y)} {_n(x + r)} {_n(y)}"
        f"H{_n(x + width - r)}Q{_n(x + width)} {_n(y)} {_n(x + width)} {_n(y + r)}"
        f"V{_n(y + _HEADER_HEIGHT)}Z"
    )
    frame = f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{_n(r)}"'
    parts = [
        "<g>",
        f"<title>{escape(table.purpose)}</title>",
        f'{frame} fill="#ffffff"/>',
        f'<path d="{header}" fill="{colour}"/>',
        _text(x + 14, y + 22, table.plural, size=14, weight=700, colour="#ffffff"),
    ]
    unique = {key[0] for key in table.unique_keys() if len(key) == 1}
    first_stamp = True
    for number, column in enumerate(table.physical()):
        top = y + _HEADER_HEIGHT + _PADDING + number * _ROW_HEIGHT
        if column.origin == "stamp" and first_stamp:
            first_stamp = False
            line = f"M{_n(x + 1)} {_n(top)}H{_n(x + width - 1)}"
            parts.append(f'<path d="{line}" stroke="{_LINE}"/>')
        parts += _column(column, column.name in unique, x, top, width)
    return [*parts, f'{frame} fill="none" stroke="{_EDGE}"/>', "</g>"]


def _column(column: PhysicalColumn, unique: bool, x: float, top: float, width: float) -> list[str]:
    badges = {"key": "PK", "relation": "FK"}
    badge = badges.get(column.origin, "UQ" if unique else "")
    weight = 600 if column.origin == "key" else 400
    colour = _FAINT if column.origin == "stamp" else _INK
    middle = top + _ROW_HEIGHT / 2
    parts = [
        _text(x + 40, middle + 4, column.name, size=12.5, weight=weight, colour=colour),
        _text(x + width - 12, middle + 4, _type(column), size=11.5, colour=_FAINT, anchor="end"),
    ]
    if badge:
        tint = _BADGE_COLOURS[badge]
        parts.append(
            f'<rect x="{_n(x + 10)}" y="{_n(middle - 7)}" width="23" height="14" rx="4" '
            f'fill="{tint}" fill-opacity="0.12"/>'
        )
        parts.append(
            _text(x + 21.5, middle + 3.4, badge, size=9, weight=700, colour=tint, anchor="middle")
        )
    return parts


def _type(column: PhysicalColumn) -> str:
    return column.type.type + ("?" if column.nullable else "")


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: float,
    weight: int = 400,
    colour: str = _INK,
    anchor: str = "start",
) -> str:
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    bold = "" if weight == 400 else f' font-weight="{weight}"'
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}"{bold} fill="{colour}"{anchored}>'
        f"{escape(text)}</text>"
    )


def _n(value: float) -> str:
    """Write a length with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")
