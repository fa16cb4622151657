"""What is known in a world: values, rows, and what a typical value stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from scoring.symbolic.terms import UNDEFINED, Unknown

ESSENTIAL = 6.0
"""What it weighs that a request is granted, and that it writes its own row; a member weighs 1."""
NOW = "2026-03-14T12:00:00.000Z"
"""The present moment of every world."""


@dataclass(frozen=True)
class Open:
    """A value that the world leaves open: what it typically is, and what it hangs on."""

    key: object
    typical: object
    opaque: Unknown | None = None
    """The code that could not be followed, if that is why."""


@dataclass(frozen=True)
class Moment:
    """A `Date`: milliseconds since 1970."""

    time: float


@dataclass(frozen=True)
class Caller:
    """Who calls: the key of the account and its kind; code that reads of it gets one of the two."""

    key: str
    kind: str


@dataclass(eq=False)
class RowOf:
    """A row of a table; two rows with equal values are still two rows."""

    table: str
    values: dict[str, object] = field(default_factory=lambda: {})

    def copy(self) -> RowOf:
        """Return the same values as another row."""
        return RowOf(self.table, dict(self.values))


class Asked(dict[str, object]):
    """What a request gives; of a body without a schema, whatever the handler asks of it."""

    make: Callable[[str], object] | None = None

    def get(self, name: str, default: object = None) -> object:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return a member."""
        if name not in self and self.make is not None:
            self[name] = self.make(name)
        return super().get(name, default)

    def copy(self) -> Asked:
        """Return the same as another request."""
        made = Asked(self)
        made.make = self.make
        return made


@dataclass
class World:
    """Rows by table, and what the request brings."""

    tables: dict[str, list[RowOf]]
    caller: Caller
    path: Asked
    body: Asked
    query: Asked
    distinct: set[tuple[str, str]] = field(default_factory=lambda: set())
    """Columns, by table, whose texts are never by chance those that the request gives."""

    def copy(self) -> World:
        """Return a world that can be changed without changing this one."""
        tables = {name: [row.copy() for row in rows] for name, rows in self.tables.items()}
        given = (self.path.copy(), self.body.copy(), self.query.copy())
        return World(tables, self.caller, *given, set(self.distinct))

    def rows(self) -> Iterator[RowOf]:
        """Yield every row."""
        for rows in self.tables.values():
            yield from rows


def typical(value: object) -> object:
    """Return a value, or what an open one typically is."""
    return value.typical if isinstance(value, Open) else value


def sample_text(place: str, name: str) -> str:
    """Return a text that stands for whatever somebody writes there."""
    return f"{place}.{name}"


_SAMPLE = re.compile(r"(\w+#\d+|body)\.\w+")


def is_sample(value: object) -> bool:
    """Whether a value is a text that stands for whatever somebody writes."""
    return isinstance(value, str) and _SAMPLE.fullmatch(value) is not None


def plain(value: object) -> object:
    """Return a value as something that can be a key."""
    if isinstance(value, Open):
        return value.key
    if isinstance(value, RowOf):
        return ("row", id(value))
    if isinstance(value, Mapping):
        return ("object", *sorted((str(k), plain(v)) for k, v in value.items()))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, list):
        return ("array", *(plain(each) for each in value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return (type(value).__name__, value if value is not UNDEFINED else None)


@dataclass(frozen=True)
class Point:
    """One thing that an operation should do; `wrong` says what it does instead, if anything.

    `opaque` is code that could not be followed and on which the answer hangs.
    """

    expected: str
    wrong: str | None
    opaque: Unknown | None = None
    weight: float = 1.0
