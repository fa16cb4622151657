"""Rows: which rows a program can speak of beside its own, and by which key each is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import names
from pipeline.asking.typed import is_nullable
from pipeline.ast import expression as ex
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, Relation, Table
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
    """A row at hand: `key` is what finds it, None if the program has it anyway.

    With `given`, it is there only if the body or query has this (optional) property.
    """

    variable: str
    table: Table
    key: ex.Expression | None
    given: ex.BodyProperty | ex.QueryProperty | None = None


def rows_at_hand(design: Design, operation: Operation) -> list[RowAtHand]:
    """Return the rows that a program can speak of, each after what its key needs.

    They are the operation's row, the rows that the body names, what those point at, what that
    points at in turn (required relations only), the account of the caller, and the rows that
    optional properties of the body or filters of the query name.
    """
    database = design.database
    table = database.table(operation.table)
    found: list[RowAtHand] = []
    if operation.kind in ROW_KINDS:
        found.append(RowAtHand(ROW, table, None))
    optional: list[RowAtHand] = []
    for given, relation, certain in _named(design, operation, table):
        target = database.table(relation.target)
        if certain:
            found.append(RowAtHand(names.camel(relation.name), target, None))
        else:
            variable = given_row(relation)
            optional.append(RowAtHand(variable, target, given, given))
    if operation.kind in ROW_KINDS:
        found += _parents(database, found[0], found)
    for row in found[:]:
        if row.variable != ROW:
            found += _parents(database, row, found)
    if len(operation.actors) == 1 and not operation.guests:
        account = database.table(operation.actors[0])
        found.append(RowAtHand(CALLER, account, ex.ActorId(kind="actor")))
    taken = {row.variable for row in found}
    return [*found, *(row for row in optional if row.variable not in taken)]


def given_row(relation: Relation) -> str:
    """Return the variable of a row that an optional property or filter names."""
    return f"given{names.pascal(relation.name)}"


def after(operation: Operation, table: Table) -> list[RowAtHand]:
    """Return the operation's row as it is after the write, if the operation changes it."""
    return [RowAtHand(CHANGED, table, None)] if operation.kind in ("update", "action") else []


def _named(
    design: Design, operation: Operation, table: Table
) -> Iterator[tuple[ex.BodyProperty | ex.QueryProperty, Relation, bool]]:
    """Yield what names a row in the body or query, by which relation, and whether it must."""
    if operation.request is not None:
        for property_ in design.interface.object(operation.request).properties:
            relation = table.relation_of(property_.column) if property_.column else None
            if relation is not None:
                certain = property_.required and not is_nullable(property_.schema_)
                yield ex.BodyProperty(kind="body", property=property_.name), relation, certain
    for item in operation.query.filters if operation.query is not None else ():
        relation = table.relation_of(item.column)
        if relation is not None and item.related is None:
            yield ex.QueryProperty(kind="query", property=item.property), relation, False


def spoken_tables(design: Design, operation: Operation) -> list[Table]:
    """Return the tables that an operation's requirements and rules speak of, in database order.

    They speak of an entity by naming it among theirs, or by its word in their sentence.
    """
    analysis = design.analysis
    spoken = spoken_entities(analysis, operation.requirements, operation.rules)
    words = _said(analysis, operation)
    return [
        table
        for table in design.database.tables
        if table.entity in spoken or _is_named(table, words)
    ]


def speaks_of_queues(design: Design, operation: Operation) -> bool:
    """Whether a demand on an operation says which row was made before others."""
    return _QUEUE.search(_said(design.analysis, operation)) is not None


def _said(analysis: Analysis, operation: Operation) -> str:
    """Return the words of an operation's requirements and rules, between spaces."""
    cited = {rule.requirement for rule in analysis.rules if rule.id in operation.rules}
    texts = [rule.statement for rule in analysis.rules if rule.id in operation.rules]
    texts += [
        f"{r.condition} {r.response}"
        for r in analysis.requirements
        if r.id in cited or r.id in operation.requirements
    ]
    return f" {' '.join(_WORD.findall(' '.join(texts).lower()))} "


_WORD = re.compile(r"[a-z0-9]+")
_QUEUE = re.compile(r"(?<! at) (first|oldest|earliest|longest) ")


def _is_named(table: Table, words: str) -> bool:
    forms = {names.words(table.entity), names.words(table.name), names.words(table.plural)}
    return any(f" {form} " in words for form in forms)


def near_tables(design: Design, operation: Operation) -> list[Table]:
    """Return the tables that an operation's checks and effects may speak of, in database order.

    They are its own, those that its requirements and rules speak of, those around it, and those
    whose rows are about an account (notices). What two tables have in common is not that both
    belong to somebody: accounts lead nowhere.
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
    accounts = {table.name for table in database.tables if table.stance == "actor"}
    about = [t.name for t in database.tables if accounts & {r.target for r in t.relations}]
    ranked = dict.fromkeys([operation.table, *spoken, *reached, *about])
    kept = list(ranked)[:NEAR_TABLES]
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
