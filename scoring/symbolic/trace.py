"""What a handler does, in its order: each refusal, write and answer with its condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.symbolic.terms import First, Found, Item, Op, Query, Rows, Term

VIOLATED = -2
"""The status of a refusal that is whatever a broken key of the database is answered by."""


@dataclass(frozen=True, slots=True)
class Loop:
    """What is done for each element of a list."""

    item: Item
    source: Term


@dataclass(frozen=True, slots=True)
class Read:
    """A query is made that reads; `tries` number the `try` blocks that it stands in."""

    condition: Term
    loops: tuple[Loop, ...]
    tries: tuple[int, ...]
    found: Rows | First
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The request ends with an error of this status; 0 where it is not known."""

    condition: Term
    loops: tuple[Loop, ...]
    tries: tuple[int, ...]
    status: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Wrote:
    """Rows are written: `values` of an insert are those of the new rows."""

    number: int
    condition: Term
    loops: tuple[Loop, ...]
    tries: tuple[int, ...]
    action: str
    query: Query
    values: Term
    ignores: bool
    safe: bool
    """Whether it is undone if the request ends with an error: it stands in a transaction."""
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The request ends with this answer."""

    condition: Term
    loops: tuple[Loop, ...]
    tries: tuple[int, ...]
    value: Term
    file: str
    line: int


Event = Read | Refused | Wrote | Answered


@dataclass(frozen=True, slots=True)
class Trace:
    """A handler as formulas; `complete` unless it was too long to read."""

    events: tuple[Event, ...]
    complete: bool


EMPTY_TRACE = Trace((), complete=False)


def looked_into(trace: Trace) -> set[str]:
    """Return the tables that a handler's queries look into."""
    found: set[str] = set()
    for event in trace.events:
        if isinstance(event, Read):
            found |= set(_tables(event.found.query))
    return found


def _tables(query: Query) -> Iterator[str]:
    yield query.table
    for joined in query.joins:
        yield joined.table
    waiting = list(query.where)
    while waiting:
        term = waiting.pop()
        if isinstance(term, Found | First | Rows):
            yield from _tables(term.query)
        elif isinstance(term, Op):
            waiting += term.operands
