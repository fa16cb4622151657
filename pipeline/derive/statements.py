"""Statements and conditions that many functions are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import SchemaProperty
from pipeline.ast.walk import walk
from pipeline.derive.rows import ROW, RowAtHand

_WRITES: frozenset[type] = frozenset(
    (pg.Insert, pg.Update, pg.Remove, pg.UpdateWhere, pg.RemoveWhere, pg.ReadReset)
)
_PASSWORDS: frozenset[type] = frozenset((pg.HashPassword, pg.VerifyPassword))
_READS: frozenset[type] = frozenset((pg.Find, pg.RequireNone, pg.Count, pg.Sum, pg.FindPage))
_QUERIES = _WRITES | _READS | {pg.ForEach, pg.ForEachGiven}


def require(
    condition: ex.Expression, check: pg.Guard | pg.Quota | pg.Total, status: int
) -> pg.Statement:
    """Refuse with the status unless the condition holds, as the check says."""
    return pg.Require(
        kind="require",
        condition=condition,
        status=status,
        message=check.message,
        rules=check.rules,
    )


def spoken_rows(nodes: object) -> set[str]:
    """Return the variables of the rows that the nodes speak of."""
    return {node.row for node in walk(nodes) if isinstance(node, ex.RowField | pg.ChangeRow)}


def finds(rows: Sequence[RowAtHand], spoken: set[str]) -> list[pg.Statement]:
    """Find the rows that are spoken of, and those whose keys lead to them."""
    keys = {row.variable: row.key for row in rows}
    wanted: set[str] = set()
    for variable in spoken:
        step: str | None = variable
        while step is not None and step not in wanted:
            wanted.add(step)
            key = keys.get(step)
            step = key.row if isinstance(key, ex.RowField) else None
    return [
        pg.Find(
            kind="find",
            variable=row.variable,
            table=row.table.name,
            where=equals("id", row.key),
            missing=401 if isinstance(row.key, ex.ActorId) else 404,
            message=f"{names.words(row.table.name).capitalize()} not found",
        )
        for row in rows
        if row.key is not None and row.given is None and row.variable in wanted
    ]


def body_property(name: str) -> ex.BodyProperty:
    """Return the value of a property of the body."""
    return ex.BodyProperty(kind="body", property=name)


def variable(name: str) -> ex.Variable:
    """Return the value of a variable."""
    return ex.Variable(kind="variable", name=name)


def field(column: str) -> ex.RowField:
    """Return the value of a column of the operation's row."""
    return ex.RowField(kind="field", row=ROW, column=column)


def equals(column: str, value: ex.Expression) -> ex.Where:
    """Return the condition that a column has the value."""
    return ex.ColumnCompare(kind="compare", column=column, operator="eq", value=value)


def same_text(column: str, value: ex.Expression) -> ex.Where:
    """Return the condition that a column has the text, whatever the case of its letters."""
    return ex.SameText(kind="same_text", column=column, value=value)


def all_of(conditions: Sequence[ex.Where]) -> ex.Where:
    """Return the condition that all of them hold; one stands for itself."""
    if len(conditions) == 1:
        return conditions[0]
    return ex.WhereAll(kind="all", conditions=tuple(conditions))


def any_of_rows(conditions: Sequence[ex.Where]) -> ex.Where | None:
    """Return the conditions as one, None if there are none: all rows are meant."""
    return all_of(conditions) if conditions else None


def alive(table: Table) -> list[ex.Where]:
    """Return the condition that a row is not marked deleted, where rows can be."""
    if not table.soft_delete:
        return []
    return [ex.ColumnIsNull(kind="is_null", column="deleted_at")]


def living(database: Database, where: Sequence[ex.Where]) -> list[ex.Where]:
    """Leave rows that are marked deleted out of conditions on related rows, too."""
    found: list[ex.Where] = []
    for one in where:
        match one:
            case ex.WhereAll(conditions=conditions) | ex.WhereAny(conditions=conditions):
                inner = tuple(living(database, conditions))
                found.append(one.model_copy(update={"conditions": inner}))
            case ex.SomeWhere(table=table) | ex.NoneWhere(table=table):
                inner = (*alive(database.table(table)), *living(database, one.where))
                found.append(one.model_copy(update={"where": inner}))
            case ex.OldestWhere():
                found.append(one.model_copy(update={"where": tuple(living(database, one.where))}))
            case ex.ParentWhere():
                found.append(one.model_copy(update={"where": tuple(living(database, one.where))}))
            case _:
                found.append(one)
    return found


def require_none(
    table: Table,
    where: ex.Where,
    message: str,
    given: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
) -> pg.Statement:
    """Refuse with 409 if there is such a row; only if the body has all that is `given`."""
    return pg.RequireNone(
        kind="require_none",
        table=table.name,
        where=where,
        given=given,
        status=409,
        message=message,
        rules=rules,
    )


def is_certain(property_: SchemaProperty) -> bool:
    """Whether a body always has a value of the property."""
    return property_.required and property_.schema_.type != "one_of"


def if_given(
    given: Iterable[ex.BodyProperty | ex.QueryProperty], statements: Sequence[pg.Statement]
) -> list[pg.Statement]:
    """Carry out the statements only if the body or query has all of these properties."""
    made = list(statements)
    for each in reversed(list(given)):
        made = when(ex.Not(kind="not", operand=ex.IsNull(kind="is_null", operand=each)), made)
    return made


def when(condition: ex.Expression | None, statements: Sequence[pg.Statement]) -> list[pg.Statement]:
    """Carry out the statements only if the condition, if there is one, holds."""
    if condition is None:
        return list(statements)
    return [pg.If(kind="if", condition=condition, then=tuple(statements), otherwise=())]


def joined(statements: Sequence[pg.Statement]) -> list[pg.Statement]:
    """Join neighbours that are carried out under the same condition."""
    found: list[pg.Statement] = []
    for one in statements:
        last = found[-1] if found else None
        if isinstance(one, pg.If) and isinstance(last, pg.If) and _is_alike(one, last):
            both = joined(tuple(dict.fromkeys((*last.then, *one.then))))
            found[-1] = last.model_copy(update={"then": tuple(both)})
        else:
            found.append(one)
    return found


def in_one_unit(statements: Sequence[pg.Statement]) -> list[pg.Statement]:
    """Make one unit of all that a function asks of the database and writes to it.

    Passwords take their time: their hashes, and what is read before these, stay before it. A lone
    write is a unit anyway, and a function that only reads needs none.
    """
    kinds = [{type(node) for node in walk(each)} for each in statements]
    slow = [place for place, found in enumerate(kinds) if found & _PASSWORDS]
    start = slow[-1] if slow else 0
    queries = [place for place, found in enumerate(kinds) if found & _QUERIES and place >= start]
    writes = [place for place, found in enumerate(kinds) if found & _WRITES]
    many = (pg.ForEach, pg.ReturnSession)  # more than one query each
    is_lone = len(queries) == 1 and not any(isinstance(each, many) for each in statements)
    if not writes or is_lone:
        return list(statements)
    end = len(statements) - isinstance(statements[-1], pg.ReturnNothing)
    unit = pg.Transaction(kind="transaction", body=tuple(statements[queries[0] : end]))
    return [*statements[: queries[0]], unit, *statements[end:]]


def _is_alike(one: pg.If, other: pg.If) -> bool:
    return one.condition == other.condition and not (one.otherwise or other.otherwise)
