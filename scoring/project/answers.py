"""What a handler answers with if its author left that to TypeScript's inference.

`return this.prisma.todo.findMany(…)` has the type of the rows; what TypeScript infers is read off
the table here, secrets included.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scoring.project.facts import Column, Operation, Property, Shape, Table
from scoring.typescript.sources import Row, RowCount, RowList, Without
from scoring.typescript.value import Value

_TYPES = {
    "String": "string", "Int": "integer", "BigInt": "integer", "Float": "number",
    "Decimal": "number", "Boolean": "boolean", "DateTime": "string", "enum": "string",
    "Json": "any", "Bytes": "string",
}  # fmt: skip
UNTYPED = frozenset({"", "any", "unknown", "object"})
"""What a handler's answer is called that has no type of its own."""


def infer_answers(
    operations: Iterable[Operation], tables: Iterable[Table]
) -> tuple[tuple[Operation, ...], dict[str, Shape]]:
    """Return the operations, untyped answers named by the rows they hold, and the new shapes."""
    known = {table.name: table for table in tables}
    shapes: dict[str, Shape] = {}
    made: list[Operation] = []
    for operation in operations:
        if operation.response in UNTYPED and not operation.returns_nothing:
            name = _answer(operation, known, shapes)
            made.append(replace(operation, response=name))
        else:
            made.append(operation)
    return tuple(made), shapes


def _answer(operation: Operation, tables: Mapping[str, Table], shapes: dict[str, Shape]) -> str:
    value = operation.behaviour.returns
    name = f"answer of {operation.handler}"
    if value.members:
        properties = tuple(_member(n, v, operation, tables, shapes) for n, v in value.members)
        shapes[name] = Shape(name, properties, "", operation.file, operation.line)
        return name
    table = _table(value, tables)
    return _row(table, value, operation, shapes) if table is not None else operation.response


def _table(value: Value, tables: Mapping[str, Table]) -> Table | None:
    found = [source.table for source in value.sources if isinstance(source, Row)]
    return tables.get(found[0]) if len(found) == 1 else None


def _member(
    name: str,
    value: Value,
    operation: Operation,
    tables: Mapping[str, Table],
    shapes: dict[str, Shape],
) -> Property:
    table = _table(value, tables)
    column = table.column(name) if table is not None else None
    if table is not None and column is not None:
        return _property(column)
    if any(isinstance(source, RowCount) for source in value.sources):
        return Property(name, "integer")
    if table is not None and RowList(table.name) in value.sources:
        return Property(name, "array", reference=_row(table, value, operation, shapes))
    return Property(name, "string")


def _row(table: Table, value: Value, operation: Operation, shapes: dict[str, Shape]) -> str:
    """Name the shape of a table's row, as far as the operation's queries select it."""
    selected = {
        name for a in operation.behaviour.accesses if a.table == table.name for name in a.selects
    }
    without = {source.member for source in value.sources if isinstance(source, Without)}
    kept = [
        column
        for column in table.columns
        if (not selected or column.name in selected) and column.name not in without
    ]
    name = f"row of {table.name}"
    if len(kept) < len(table.columns):
        name += f" ({', '.join(column.name for column in kept)})"
    properties = tuple(_property(column) for column in kept)
    shapes[name] = Shape(name, properties, table.doc, operation.file, operation.line)
    return name


def _property(column: Column) -> Property:
    return Property(
        column.name,
        _TYPES.get(column.type, "any"),
        nullable=column.nullable,
        values=column.values,
        format="date-time" if column.type == "DateTime" else "",
    )
