"""Who acts in a test, whose rows there are, and what stands at a path of an answer."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Table
from pipeline.ast.interface import (
    ArraySchema,
    Interface,
    KeysSource,
    Operation,
    ReferenceSchema,
    RowsSource,
    SchemaProperty,
)
from pipeline.design import Design

ANONYMOUS = "anonymous"
OTHERS = ("other_", "third_")
NOBODY = "none"
"""Whose row a path without a key names; the name of an answer that needs none."""
UNKNOWN = "unknown"
"""Whose row a path names that is there for nobody."""
NAMED_ROWS = 4
"""Answers with a row that a test can name."""
NAMED_OTHERS = 2
"""Pages and sessions that it can name."""
SOURCES = ("create", "join", "list", "login", "read")
"""Kinds of operations by how readily they give an answer that nobody has asked for yet."""


def callers(analysis: Analysis) -> tuple[str, ...]:
    """Return who can act in a test: three accounts of each kind, and nobody."""
    accounts = [actor.name for actor in analysis.accounts()]
    others = [f"{other}{name}" for other in OTHERS for name in accounts]
    return (*accounts, *others, ANONYMOUS)


def actor_of(analysis: Analysis, caller: str) -> str:
    """Return the actor that a caller is an account of."""
    accounts = {actor.name for actor in analysis.accounts()}
    if caller in accounts:
        return caller
    return next((caller.removeprefix(each) for each in OTHERS if caller.startswith(each)), caller)


def row_source(interface: Interface, table: Table) -> Operation | None:
    """Return what shows a test rows of the table: the call that makes one, or else their list."""
    own = [o for o in interface.operations if o.table == table.name]
    found = {o.kind: o for o in own if o.method_name == o.kind}
    return found.get("create") or found.get("list")


def row_labels(design: Design, table: Table) -> tuple[str, ...]:
    """Return who can be said to have a row of the table; an account is its own row."""
    if table.stance == "actor":
        return (table.name, *(f"{other}{table.name}" for other in OTHERS))
    source = row_source(design.interface, table)
    if source is None:
        return ()
    return tuple(
        label
        for label in callers(design.analysis)
        if (
            source.guests
            if label == ANONYMOUS
            else actor_of(design.analysis, label) in source.actors
        )
    )


def answer_labels(interface: Interface, response: str) -> tuple[str, ...]:
    """Return the names that a test can give to answers of a schema: `todo_1`, `todo_2`, …"""
    count = NAMED_ROWS if interface.named(response).role == "entity" else NAMED_OTHERS
    noun = names.to_snake(response, len(response) * 2)
    return tuple(f"{noun}_{number}" for number in range(1, count + 1))


def labels_of(interface: Interface, operations: Iterable[Operation], table: str) -> tuple[str, ...]:
    """Return the names of answers of some operations that are rows of the table."""
    responses = dict.fromkeys(o.response for o in operations if o.response is not None)
    return tuple(
        label
        for response in responses
        if interface.named(response).role == "entity" and interface.named(response).table == table
        for label in answer_labels(interface, response)
    )


def answering(interface: Interface, response: str) -> Operation:
    """Return the operation that gives an answer of the schema most readily; there must be one."""
    found = [o for o in interface.operations if o.response == response]
    return min(found, key=lambda o: SOURCES.index(o.kind) if o.kind in SOURCES else len(SOURCES))


def labelled_responses(interface: Interface) -> dict[str, str]:
    """Return the schema of each name that an answer can have."""
    responses = dict.fromkeys(o.response for o in interface.operations if o.response is not None)
    return {label: each for each in responses for label in answer_labels(interface, each)}


def first_caller(operation: Operation) -> str:
    """Return who makes a call that is about nobody in particular."""
    return ANONYMOUS if operation.guests else operation.actors[0]


def body_of(interface: Interface, operation: Operation) -> tuple[SchemaProperty, ...]:
    """Return the properties of what a call takes: its body, or a list's query."""
    name = operation.request or operation.query_schema
    return interface.object(name).properties if name else ()


def relation_target(design: Design, operation: Operation, property_name: str) -> str | None:
    """Return the table that a property of the operation's body or query points at, if any."""
    table = design.database.table(operation.table)
    schema = operation.request or operation.query_schema
    for item in operation.query.filters if operation.query else ():
        if item.property == property_name and item.related is not None:
            relation = design.database.table(item.related.table).relation_of(item.column)
            return relation.target if relation else None
    for property_ in design.interface.object(schema).properties if schema else ():
        if property_.name == property_name and property_.column:
            relation = table.relation_of(property_.column)
            return relation.target if relation else None
    return None


def entry_of(interface: Interface, given: SchemaProperty) -> tuple[SchemaProperty, ...]:
    """Return the properties of a row in a list of a body; none if it is a list of keys."""
    items = given.schema_.items if isinstance(given.schema_, ArraySchema) else None
    return interface.object(items.name).properties if isinstance(items, ReferenceSchema) else ()


def source_of(
    interface: Interface, operation: Operation, property_name: str
) -> RowsSource | KeysSource:
    """Return which rows or keys a list in the operation's body holds. Raises StopIteration."""
    return next(
        each.source
        for each in body_of(interface, operation)
        if each.name == property_name and isinstance(each.source, RowsSource | KeysSource)
    )


def key_target(design: Design, operation: Operation, path: str) -> str | None:
    """Return the table whose key stands at a path of the operation's answer, if one does."""
    name: str | None = operation.response
    *outer, last = [part for part in path.split(".") if not part.isdecimal()]
    for part in outer:
        found = next(p for p in design.interface.object(name or "").properties if p.name == part)
        schema = found.schema_
        inner = schema.items if schema.type == "array" else schema
        if inner.type != "reference":
            return None
        name = inner.name
    shown = design.interface.named(name or "")
    property_ = next(
        (p for p in design.interface.object(shown.name).properties if p.name == last), None
    )
    if shown.table is None or property_ is None:
        return None
    if isinstance(property_.source, KeysSource):
        joining = design.database.table(property_.source.table)
        return next(r.target for r in joining.relations if r.name == property_.source.other)
    if property_.column is None:
        return None
    if property_.column == "id":
        return shown.table
    relation = design.database.table(shown.table).relation_of(property_.column)
    return relation.target if relation else None
