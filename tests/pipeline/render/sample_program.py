"""Short hands for the programs of the sample projects."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import (
    Table,
)
from pipeline.ast.interface import (
    Operation,
)
from pipeline.names import camel, pascal, words


def account_functions(
    table: Table, written: tuple[str, ...], unique: tuple[str, ...] = ()
) -> dict[str, tuple[pg.Statement, ...]]:
    row = camel(table.name)
    resource = camel(table.plural)
    live = (("deleted_at", None),) if table.soft_delete else ()
    by_email = where_all(("email", body("email")), *live)
    account = ex.Variable(kind="variable", name="accountId")
    version = ex.Variable(kind="variable", name="tokenVersion")
    session = pg.ReturnSession(
        kind="return_session", row=row, response=f"{pascal(table.name)}Session"
    )
    return {
        f"{resource}.join": (
            require_none(table.name, by_email, ()),
            *(
                require_none(table.name, where_all((name, body(camel(name))), *live), ())
                for name in unique
            ),
            pg.HashPassword(kind="hash_password", variable="passwordHash"),
            insert(
                table,
                (
                    ("email", body("email")),
                    ("password_hash", ex.Variable(kind="variable", name="passwordHash")),
                    *((name, body(camel(name))) for name in written),
                ),
            ),
            session,
        ),
        f"{resource}.login": (
            find(table, by_email, missing=401, message="Wrong e-mail address or password."),
            pg.VerifyPassword(kind="verify_password", row=row),
            session,
        ),
        f"{resource}.refresh": (
            pg.ReadToken(kind="read_token", variable="accountId", version="tokenVersion"),
            find(
                table,
                where_all(("id", account), ("token_version", version), *live),
                missing=401,
                message="The account no longer exists.",
            ),
            session,
        ),
    }


def list_function(table: Table, where: ex.Where | None) -> tuple[pg.Statement, ...]:
    return (
        pg.FindPage(kind="find_page", variable="page", table=table.name, where=where),
        pg.ReturnPage(kind="return_page", page="page", response=f"{pascal(table.name)}Page"),
    )


def erase_function(table: Table, where: ex.Where) -> tuple[pg.Statement, ...]:
    return (
        find(table, where),
        pg.Remove(kind="remove", row=camel(table.name), table=table.name),
        pg.ReturnNothing(kind="return_nothing"),
    )


def make_program(
    operations: tuple[Operation, ...], programs: dict[str, tuple[pg.Statement, ...]]
) -> pg.Program:
    return pg.Program(
        functions=tuple(pg.Function(operation=o.id, statements=programs[o.id]) for o in operations)
    )


def where_all(*pairs: tuple[str, ex.Expression | None]) -> ex.WhereAll:
    return ex.WhereAll(
        kind="all",
        conditions=tuple(
            ex.ColumnIsNull(kind="is_null", column=column)
            if value is None
            else ex.ColumnCompare(kind="compare", column=column, operator="eq", value=value)
            for column, value in pairs
        ),
    )


def not_equal(column: str, value: ex.Expression) -> ex.ColumnCompare:
    return ex.ColumnCompare(kind="compare", column=column, operator="ne", value=value)


def find(
    table: Table,
    where: ex.Where,
    *,
    variable: str | None = None,
    missing: int = 404,
    message: str | None = None,
) -> pg.Find:
    return pg.Find(
        kind="find",
        variable=variable or camel(table.name),
        table=table.name,
        where=where,
        missing=missing,
        message=message or f"The {words(table.name)} does not exist.",
    )


def require_none(
    table: str, where: ex.Where, given: tuple[str, ...], rules: tuple[str, ...] = ()
) -> pg.RequireNone:
    return pg.RequireNone(
        kind="require_none",
        table=table,
        where=where,
        given=given,
        status=409,
        message=f"There is such a {words(table)} already.",
        rules=rules,
    )


def require(
    condition: ex.Expression, status: int, message: str, rules: tuple[str, ...] = ()
) -> pg.Require:
    return pg.Require(
        kind="require", condition=condition, status=status, message=message, rules=rules
    )


def insert(table: Table, values: Iterable[tuple[str, ex.Expression]]) -> pg.Insert:
    return pg.Insert(
        kind="insert", variable=camel(table.name), table=table.name, values=_assigns(values)
    )


def update(
    table: Table,
    values: Iterable[tuple[str, ex.Expression]],
    optional: Iterable[tuple[str, ex.Expression]],
) -> pg.Update:
    return pg.Update(
        kind="update",
        variable="changed",
        row=camel(table.name),
        table=table.name,
        values=_assigns(values),
        optional=_assigns(optional),
    )


def _assigns(pairs: Iterable[tuple[str, ex.Expression]]) -> tuple[pg.Assign, ...]:
    return tuple(pg.Assign(column=column, value=value) for column, value in pairs)


def return_row(table: Table, row: str | None = None) -> pg.ReturnRow:
    return pg.ReturnRow(
        kind="return_row", row=row or camel(table.name), response=pascal(table.name)
    )


def compare(left: ex.Expression, operator: ex.Operator, right: ex.Expression) -> ex.Compare:
    return ex.Compare(kind="compare", left=left, operator=operator, right=right)


def row_field(row: str, column: str) -> ex.RowField:
    return ex.RowField(kind="field", row=row, column=column)


def body(name: str) -> ex.BodyProperty:
    return ex.BodyProperty(kind="body", property=name)


def actor_id() -> ex.ActorId:
    return ex.ActorId(kind="actor")


def integer(value: int) -> ex.IntegerLiteral:
    return ex.IntegerLiteral(kind="integer", value=value)


def truth() -> ex.BooleanLiteral:
    return ex.BooleanLiteral(kind="boolean", value=True)


def falsehood() -> ex.BooleanLiteral:
    return ex.BooleanLiteral(kind="boolean", value=False)
