"""Queries that later calls narrow: `find(…).sort(…)`, `select().from(t).where(…)`.

Such a query is noted where it begins; each further call puts it right in what was noted.
"""

from __future__ import annotations

from dataclasses import replace

from scoring.symbolic.reads import Reads
from scoring.symbolic.terms import Const, First, Op, Query, Rows, Term, Written
from scoring.symbolic.trace import Read, Wrote


def found_in(value: object) -> Rows | First | None:
    """Return what a query finds, without the `null` that stands for none."""
    if isinstance(value, Op) and value.name == "??" and value.operands[1] == Const(None):
        value = value.operands[0]
    return value if isinstance(value, Rows | First) else None


def narrowed(reader: Reads, found: Rows | First, query: Query) -> Term:
    """Return what a query finds that was noted already and is this one now."""
    made = replace(found, query=query)
    for index in range(len(reader.events) - 1, -1, -1):
        event = reader.events[index]
        if isinstance(event, Read) and event.found.read == found.read:
            reader.events[index] = replace(event, found=made)
            break
    return made if isinstance(made, Rows) else Op("??", (made, Const(None)))


def write_of(reader: Reads, written: Written) -> Wrote | None:
    """Return a write as it was noted."""
    return next(
        (e for e in reader.events if isinstance(e, Wrote) and e.number == written.write), None
    )


def rewritten(reader: Reads, written: Written, query: Query, ignores: bool = False) -> Written:
    """Put right which rows a write is about that was noted already."""
    for index, event in enumerate(reader.events):
        if isinstance(event, Wrote) and event.number == written.write:
            reader.events[index] = replace(event, query=query, ignores=ignores or event.ignores)
    return written
