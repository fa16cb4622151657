"""Rows: which rows a program can speak of beside its own, and by which key each is found."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import names
from pipeline.asking.typed import is_nullable
from pipeline.ast import expression as ex
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import Operation
from pipeline.derive.interface import ROW_KINDS
from pipeline.design import Design
from pipeline.settle.analysis import spoken_entities

ROW = "found"
"""The variable of the row that an operation is about."""

CREATED = "created"
"""The variable of the row that an operation makes."""

CHANGED = "changed"
"""The variable of the operation's row after a change."""

CALLER = "caller"
"""The variable of the caller's own account."""

EACH = "each"
"""The variable of the row that a repetition is at."""

RESULT = "result"
"""The variable of the operation's row after everything else was written."""

VARIABLES = frozenset((ROW, CREATED, CHANGED, CALLER, EACH, RESULT, "page"))
"""Variables that no relation may be called, as its row is called like it."""

NEAR_RELATIONS = 2
"""How many relations away a table may be that checks and effects speak of, if no demand does."""

NEAR_TABLES = 12
"""How many tables checks and effects may speak of, however large the database is."""


@dataclass(frozen=True)
class RowAtHand:
    """A row at hand: `key` is what finds it, None if the program has it anyway."""

    variable: str
    table: Table
    key: ex.Expression | None


def rows_at_hand(design: Design, operation: Operation) -> list[RowAtHand]:
    """Return the rows that exist whenever the operation runs, each after what its key needs.

    They are the operation's row, the rows that the body names, what those point at, what that
    points at in turn (required relations only), and the account of the caller.
    """
    database = design.database
    table = database.table(operation.table)
    found: list[RowAtHand] = []
    if operation.kind in ROW_KINDS:
        found.append(RowAtHand(ROW, table, None))
    if operation.request is not None:
        for property_ in design.interface.object(operation.request).properties:
            relation = table.relation_of(property_.column) if property_.column else None
            certain = property_.required and not is_nullable(property_.schema_)
            if relation is not None and certain:
                target = database.table(relation.target)
                found.append(RowAtHand(names.camel(relation.name), target, None))
    if operation.kind in ROW_KINDS:
        found += _parents(database, found[0], found)
    for row in found[:]:
        if row.variable != ROW:
            found += _parents(database, row, found)
    if len(operation.actors) == 1 and not operation.guests:
        account = database.table(operation.actors[0])
        found.append(RowAtHand(CALLER, account, ex.ActorId(kind="actor")))
    return found


def spoken_tables(design: Design, operation: Operation) -> list[Table]:
    """Return the tables that an operation's requirements and rules speak of, in database order."""
    spoken = spoken_entities(design.analysis, operation.requirements, operation.rules)
    return [table for table in design.database.tables if table.entity in spoken]


def near_tables(design: Design, operation: Operation) -> list[Table]:
    """Return the tables that an operation's checks and effects may speak of, in database order.

    They are its own, those that its requirements and rules speak of, and the nearest ones. What
    two tables have in common is not that both belong to somebody: accounts lead nowhere.
    """
    database = design.database
    spoken = [table.name for table in spoken_tables(design, operation)]
    reached = [operation.table]
    for _ in range(NEAR_RELATIONS):
        starts = [database.table(name) for name in reached]
        starts = [t for t in starts if t.name == operation.table or t.stance != "actor"]
        near = {t.name for t in starts}
        targets = {r.target for t in starts for r in t.relations}
        pointing = {t.name for t in database.tables if near & {r.target for r in t.relations}}
        found = [t.name for t in database.tables if t.name in targets | pointing]
        reached += [name for name in found if name not in reached]
    kept = list(dict.fromkeys([operation.table, *spoken, *reached]))[:NEAR_TABLES]
    return [other for other in database.tables if other.name in kept]


def rows_of_each(database: Database, table: Table) -> list[RowAtHand]:
    """Return the row that a repetition over a table is at, and what it points at."""
    each = RowAtHand(EACH, table, None)
    return [each, *_parents(database, each, [])]


def _parents(database: Database, row: RowAtHand, taken: list[RowAtHand]) -> list[RowAtHand]:
    """Return the rows that the required relations of a row point at, called after them."""
    variables = {other.variable for other in taken} | VARIABLES
    prefix = "" if row.variable == ROW else row.variable
    found: list[RowAtHand] = []
    for relation in row.table.relations:
        variable = names.camel(relation.name)
        if prefix:
            variable = prefix + names.pascal(relation.name)
        if not relation.nullable and variable not in variables:
            key = ex.RowField(kind="field", row=row.variable, column=relation.column)
            found.append(RowAtHand(variable, database.table(relation.target), key))
    return found
