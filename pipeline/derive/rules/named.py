"""What a rule's words mean in a program: the row at hand and the column that an attribute is."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast.analysis import CREATED_AT, OWNER
from pipeline.ast.database import Database, PhysicalColumn, Table
from pipeline.derive import statements as st
from pipeline.derive.context import Context
from pipeline.derive.keys import column_of
from pipeline.derive.ownership import owners_of
from pipeline.derive.rows import CALLER, CHANGED, ROW, RowAtHand

PATH_LENGTH = 2
"""How many relations lead from a row to the one that a rule speaks of, at most."""


@dataclass(frozen=True)
class Named:
    """A column of a row at hand."""

    row: RowAtHand
    column: PhysicalColumn

    @property
    def value(self) -> ex.RowField:
        """What stands in it."""
        return ex.RowField(kind="field", row=self.row.variable, column=self.column.name)


def attribute_column(context: Context, table: Table, word: str) -> PhysicalColumn | None:
    """Return the column of a table that an attribute's word means, None if that is open."""
    if word == CREATED_AT:
        return table.column(CREATED_AT)
    if word == OWNER:
        accounts = tuple(actor.name for actor in context.design.analysis.accounts())
        columns = set(owners_of(table, accounts).values())
        return table.column(columns.pop()) if len(columns) == 1 else None
    name = column_of(table, word)
    return table.column(name) if name is not None else None


def row_of(context: Context, entity: str) -> RowAtHand | None:
    """Return the one row at hand that an entity's name means, None if that is open.

    It is the operation's own, the one that a relation of this name leads to, the caller's account,
    or the only one there is.
    """
    rows = {row.variable: row for row in context.rows if row.table.entity == entity}
    for variable in (ROW, names.camel(entity), CALLER):
        if variable in rows:
            return rows[variable]
    return next(iter(rows.values())) if len(rows) == 1 else None


def named(context: Context, attribute: str) -> Named | None:
    """Return the column of a row at hand that `entity.attribute` means, None if that is open."""
    entity, _, word = attribute.partition(".")
    row = row_of(context, entity)
    column = attribute_column(context, row.table, word) if row is not None else None
    return Named(row, column) if row is not None and column is not None else None


def coming(context: Context, attribute: str) -> tuple[ex.Expression, PhysicalColumn] | None:
    """Return what an attribute will be after the write, and its column; None if that is open.

    Of a new row it is what the body gives, or the caller; of a row that is changed, `changed`.
    """
    entity, _, word = attribute.partition(".")
    if entity != context.table.entity:
        found = named(context, attribute)
        return (found.value, found.column) if found is not None else None
    column = attribute_column(context, context.table, word)
    if column is None:
        return None
    given = context.body.get(column.name)
    match context.operation.kind:
        case "create" if column.name in context.owners.values():
            return ex.ActorId(kind="actor"), column
        case "create":
            return (st.body_property(given.name), column) if given is not None else None
        case "update" | "action" if given is not None:
            return ex.RowField(kind="field", row=CHANGED, column=column.name), column
        case _:
            return st.field(column.name), column


def path_to(database: Database, table: Table, entity: str) -> tuple[str, ...] | None:
    """Return the relations that lead from a table to an entity's, at most two; None if it is open.

    The shortest way counts, and it must be the only one so short; accounts lead nowhere.
    """
    ways: list[tuple[tuple[str, ...], Table]] = [((), table)]
    for _ in range(PATH_LENGTH + 1):
        found = [way for way, end in ways if end.entity == entity]
        if found:
            return found[0] if len(found) == 1 else None
        ways = [
            ((*way, relation.name), database.table(relation.target))
            for way, end in ways
            if not (way and end.stance == "actor")
            for relation in end.relations
        ]
    return None


def certain_caller(context: Context) -> str | None:
    """Return the one kind of account that calls the operation, None where there are several."""
    operation = context.operation
    is_certain = len(operation.actors) == 1 and not operation.guests
    return operation.actors[0] if is_certain else None


def compared(left: ex.Expression, operator: ex.Operator, right: ex.Expression) -> ex.Compare:
    """Return a comparison."""
    return ex.Compare(kind="compare", left=left, operator=operator, right=right)


def is_certain(context: Context, moment: ex.Expression) -> bool:
    """Whether there is always such a value."""
    match moment:
        case ex.BodyProperty(property=name):
            return name not in context.optional
        case ex.RowField(row=row, column=name):
            tables = {each.variable: each.table for each in context.rows}
            column = tables.get(row, context.table).column(name)
            return column is not None and not column.nullable
        case _:
            return True
