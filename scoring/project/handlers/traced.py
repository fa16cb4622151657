"""Queries that only the formulas of a handler show: those of entities, of Drizzle, of Mongoose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from scoring.project.facts import Access, Behaviour, Where
from scoring.symbolic.terms import (
    Aggregate,
    Choice,
    Column,
    Each,
    Field,
    First,
    Found,
    Given,
    Listed,
    Op,
    Query,
    Record,
    Rows,
    Term,
    Unknown,
    Written,
)
from scoring.symbolic.trace import Answered, Read, Refused, Trace, Wrote
from scoring.typescript import sources
from scoring.typescript.sources import Row, RowCount, RowList, Source
from scoring.typescript.value import EMPTY, Refusal, Value, value_of

_GIVEN = {
    "actor": sources.Given.ACTOR,
    "path": sources.Given.PARAMETER,
    "body": sources.Given.BODY,
    "query": sources.Given.QUERY,
    "request": sources.Given.REQUEST,
    "header": sources.Given.HEADER,
}
_TRANSACTIONS = frozenset({"transaction", "transactional", "withTransaction", "flush"})
"""Calls after which the writes of a handler belong together."""
_TERMS_MAX = 20_000
"""Parts of formulas looked at for one handler."""


def with_traced(behaviour: Behaviour, trace: Trace) -> Behaviour:
    """Return a behaviour with its formulas, and the queries of tables that only these show."""
    known = {access.table for access in behaviour.accesses}
    together = any(name in _TRANSACTIONS or "Flush" in name for name in behaviour.called)
    written = {e.number: e.query.table for e in trace.events if isinstance(e, Wrote)}
    added = [a for a in _accesses(trace, written, together) if a.table not in known]
    behaviour = replace(behaviour, refusals=_refusals(behaviour, trace), trace=trace)
    if not added:
        return behaviour
    answered = (e.value for e in trace.events if isinstance(e, Answered))
    shown = [source for value in answered for source in _sources(value, written)]
    returns = behaviour.returns | value_of(*shown)
    return replace(behaviour, accesses=(*behaviour.accesses, *added), returns=returns, trace=trace)


def _refusals(behaviour: Behaviour, trace: Trace) -> tuple[Refusal, ...]:
    """Return the errors, those included that a library is given the means to throw."""
    known = behaviour.statuses()
    added = [
        Refusal(frozenset({event.status}), EMPTY, event.file, event.line)
        for event in trace.events
        if isinstance(event, Refused) and event.status > 0 and event.status not in known
    ]
    return (*behaviour.refusals, *added)


def _accesses(trace: Trace, written: dict[int, str], together: bool) -> Iterator[Access]:
    for event in trace.events:
        if not isinstance(event, Read | Wrote):
            continue
        query = event.found.query if isinstance(event, Read) else event.query
        made = Access(
            table=query.table,
            action=_action(event),
            file=event.file,
            line=event.line,
            in_loop=bool(event.loops),
            in_transaction=together,
            branches=0,
        )
        made.wheres += _wheres(query, written)
        made.ordered = bool(query.order)
        made.limited = query.limit is not None or query.offset is not None
        if any(isinstance(term, Unknown) for term in query.where):
            made.ordered = made.limited = True  # for all that is known
        made.single = isinstance(event, Read) and isinstance(event.found, First)
        if isinstance(event, Wrote):
            made.sets |= _set(event.values, written)
        yield made


def _action(event: Read | Wrote) -> str:
    if isinstance(event, Wrote):
        return event.action
    counted = any(isinstance(each, Aggregate) for _, each in event.found.query.selected)
    return "count" if counted else "read"


def _wheres(query: Query, written: dict[int, str]) -> Iterator[Where]:
    """Yield the columns of a query's conditions; under `||` and `=>` they are conditional."""
    waiting = [(term, False) for term in query.where]
    while waiting:
        term, conditional = waiting.pop(0)
        if isinstance(term, Found):
            waiting += [(inner, conditional) for inner in term.query.where]
        if not isinstance(term, Op):
            continue
        columns = [each for each in term.operands if isinstance(each, Column)]
        if columns:
            rest = [each for each in term.operands if each not in columns]
            value = value_of(*(s for each in rest for s in _sources(each, written)))
            yield Where(columns[0].name, term.name, value, conditional)
        else:
            further = conditional or (term.name in ("||", "=>") and not _optional(term))
            waiting += [(inner, further) for inner in term.operands]


def _optional(term: Op) -> bool:
    """Whether a condition is only left out if its value is not given: `x === undefined || …`."""
    first = term.operands[0]
    return term.name == "||" and isinstance(first, Op) and first.name == "==="


def _set(values: Term, written: dict[int, str]) -> dict[str, Value]:
    if isinstance(values, Listed) and values.items:
        return _set(values.items[0], written)
    if not isinstance(values, Record):
        return {"*": value_of(*_sources(values, written))}
    found: dict[str, Value] = {}
    for name, held in values.members:
        value = value_of(*_sources(held, written))
        found[name or "*"] = value | found.get(name or "*", EMPTY)
    return found


def _sources(term: Term, written: dict[int, str]) -> Iterator[Source]:
    """Yield where a formula's value is from."""
    waiting: list[Term] = [term]
    for _ in range(_TERMS_MAX):
        if not waiting:
            return
        current = waiting.pop()
        match current:
            case Given():
                yield _GIVEN[current.kind]
            case First() | Rows():
                yield Row(current.query.table)
                if isinstance(current, Rows):
                    yield RowList(current.query.table)
                if any(isinstance(each, Aggregate) for _, each in current.query.selected):
                    yield RowCount(current.query.table)
            case Written():
                yield Row(written.get(current.write, ""))
            case _:
                waiting += _parts(current)


def _parts(term: Term) -> Iterable[Term]:
    match term:
        case Op():
            return term.operands
        case Field():
            return (term.of,)
        case Record():
            return [held for _, held in term.members]
        case Listed():
            return term.items
        case Choice():
            return (term.condition, term.then, term.otherwise)
        case Each():
            return (term.source, term.body)
        case _:
            return ()
