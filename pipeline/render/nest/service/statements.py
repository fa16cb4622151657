"""The statements of a program, written as TypeScript one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.names import camel
from pipeline.render.layout import INDENT_COLUMNS
from pipeline.render.nest.reading import page_entity
from pipeline.render.nest.service import accounts, reads, writes
from pipeline.render.nest.service.expressions import LocalScope, parenthesised, write
from pipeline.render.nest.service.flow import always_returns, may_return, moments, uses_variable
from pipeline.render.nest.service.method import BODY_INDENT, Method, Spot
from pipeline.render.nest.service.queries import where_calls
from pipeline.render.nest.service.summaries import write_return_summary
from pipeline.render.typescript import braces, call, chain, quoted

_CLOCK = "src/common/clock.ts"


def write_body(method: Method, scope: LocalScope, *, needs_invitation: bool) -> str:
    """Write the body of the method, each line with its newline."""
    statements = method.statements
    timestamp = "timestamp" if moments(statements, method.project.database) > 1 else None
    spot = Spot(replace(scope, timestamp=timestamp), BODY_INDENT)
    lines = accounts.write_invitation(method, spot) if needs_invitation else ""
    return lines + _block(method, statements, spot)


def _block(
    method: Method, statements: Sequence[pg.Statement], spot: Spot, *, tail: str = ""
) -> str:
    """Write statements that follow each other; those after `spot` may need the rows bound here.

    `tail` is a last line, if any.
    """
    text, scope, indent = "", spot.scope, spot.indent
    needs_timestamp = scope.timestamp is not None and indent == BODY_INDENT
    for place, statement in enumerate(statements):
        here = Spot(scope, indent, [*statements[place + 1 :], *spot.after])
        if needs_timestamp and moments([statement], method.project.database) > 0:
            now = scope.common(_CLOCK, "now")
            text += here.line(f"const {scope.timestamp} = {now}();")
            needs_timestamp = False
        if isinstance(statement, pg.Transaction) and scope.db == "trx":
            rest = [*statement.body, *statements[place + 1 :]]
            return text + _block(method, rest, replace(here, after=spot.after), tail=tail)
        if isinstance(statement, pg.Transaction) and may_return(statement.body):
            inner = statement.body
            if not always_returns(inner):
                inner = (*inner, *here.after)
            return text + _returned_transaction(method, inner, here)
        written, scope = _statement(method, statement, here)
        text += written
    return text + tail


def _statement(method: Method, statement: pg.Statement, spot: Spot) -> tuple[str, LocalScope]:
    """Write a statement, and return the scope of those after it."""
    match statement:
        case ex.Let():
            return _let(method, statement, spot)
        case pg.Find() if _is_checked_next(statement, spot):
            return accounts.write_credentials(method, statement, spot)
        case pg.VerifyPassword():
            return accounts.write_verify_password(method, statement), spot.scope
        case pg.Find():
            return reads.write_find(method, statement, spot)
        case pg.Count():
            return reads.write_count(method, statement, spot)
        case pg.Sum():
            return reads.write_sum(method, statement, spot)
        case pg.FindPage():
            return reads.write_find_page(method, statement, spot)
        case pg.Insert():
            return writes.write_insert(method, statement, spot)
        case pg.Update():
            return writes.write_update(method, statement, spot)
        case pg.HashPassword():
            return accounts.write_hash_password(method, statement, spot)
        case pg.ReadToken():
            return accounts.write_read_token(method, statement, spot)
        case pg.ReadReset():
            return accounts.write_read_reset(method, statement, spot)
        case pg.Transaction():
            return _transaction(method, statement.body, spot)
        case _:
            return _unbinding(method, statement, spot), spot.scope


def _is_checked_next(find: pg.Find, spot: Spot) -> bool:
    """Whether what follows verifies the password of the account that is looked up."""
    following = spot.after[0] if spot.after else None
    return isinstance(following, pg.VerifyPassword) and following.row == find.variable


def _unbinding(method: Method, statement: pg.Statement, spot: Spot) -> str:
    """Write a statement that binds no variable."""
    match statement:
        case pg.Require():
            return _require(method, statement, spot)
        case pg.RequireNone():
            return reads.write_require_none(method, statement, spot)
        case pg.Remove():
            return writes.write_remove(method, statement, spot)
        case pg.UpdateWhere():
            return writes.write_update_where(method, statement, spot)
        case pg.RemoveWhere():
            return writes.write_remove_where(method, statement, spot)
        case pg.ForEach():
            return _for_each(method, statement, spot)
        case pg.ForEachGiven():
            return _for_each_given(method, statement, spot)
        case pg.If():
            return _if(method, statement, spot)
        case pg.SendReset():
            return accounts.write_send_reset(method, statement, spot)
        case _:
            return _return(method, statement, spot)


def _let(method: Method, let: ex.Let, spot: Spot) -> tuple[str, LocalScope]:
    name, bound = method.variables.bind(let.variable, spot.scope)
    # The type of a constant would be its one value, which compares with nothing else.
    numeric = isinstance(let.value, ex.IntegerLiteral | ex.NumberLiteral | ex.Conditional)
    kind = ": number" if numeric and _is_numeric(let.value) else ""
    return spot.line(f"const {name}{kind} = ", write(let.value, spot.scope), ";"), bound


def _require(method: Method, check: pg.Require, spot: Spot) -> str:
    comment = method.citation(check.rules, spot.indent)
    condition = write(check.condition, spot.scope)
    return comment + method.ensure(condition, check.status, check.message, spot)


def _for_each(method: Method, loop: pg.ForEach, spot: Spot) -> str:
    table = method.table(loop.table)
    rows = method.variables.fresh(camel(table.plural))
    selection = [
        call("selectFrom", quoted(table.plural)),
        "selectAll()",
        *where_calls(loop.where, table, spot.scope),
        call("orderBy", quoted("created_at")),
        "execute()",
    ]
    text = spot.line(f"const {rows} = await ", chain(spot.scope.db, selection), ";")
    name, inner = method.variables.bind(loop.variable, spot.scope, table)
    text += spot.line(f"for (const {name} of {rows}) {{")
    text += _block(method, loop.body, Spot(inner, spot.indent + INDENT_COLUMNS))
    return text + spot.line("}")


def _for_each_given(method: Method, loop: pg.ForEachGiven, spot: Spot) -> str:
    """Write a loop over a list in the body; each row is made at a moment of its own."""
    name = method.variables.fresh(loop.key or camel(loop.table))
    moment = method.variables.fresh("madeAt")
    inner = replace(
        spot.scope.closed(),
        body=method.element(loop),
        element=name,
        is_key=loop.key is not None,
        timestamp=moment,
    )
    inside = Spot(inner, spot.indent + INDENT_COLUMNS)
    text = spot.line(f"for (const {name} of {spot.scope.given(loop.property)}) {{")
    text += inside.line(f"const {moment} = {inner.common(_CLOCK, 'now')}();")
    text += _block(method, loop.body, inside)
    return text + spot.line("}")


def _if(method: Method, branch: pg.If, spot: Spot) -> str:
    inside = spot.indent + INDENT_COLUMNS
    then_scope = spot.scope.assuming(branch.condition)
    else_scope = spot.scope.assuming(branch.condition, holds=False)
    text = spot.line("if ", parenthesised(write(branch.condition, spot.scope)), " {")
    text += _block(method, branch.then, Spot(then_scope, inside))
    if not branch.otherwise:
        return text + spot.line("}")
    if always_returns(branch.then):
        return (
            text + spot.line("}") + _block(method, branch.otherwise, Spot(else_scope, spot.indent))
        )
    text += spot.line("} else {")
    text += _block(method, branch.otherwise, Spot(else_scope, inside))
    return text + spot.line("}")


def _transaction(
    method: Method, body: Sequence[pg.Statement], spot: Spot
) -> tuple[str, LocalScope]:
    """Write a unit of work that hands the rows needed later out of itself."""
    inner = Spot(replace(spot.scope.closed(), db="trx"), spot.indent + INDENT_COLUMNS, spot.after)
    bound: dict[str, Table | None] = {}
    for statement in body:
        variable = getattr(statement, "variable", None)
        if isinstance(variable, str) and uses_variable(spot.after, variable):
            name = getattr(statement, "table", None)
            bound[variable] = method.table(name) if name else None
    outer = spot.scope
    names: list[str] = []
    for variable, table in bound.items():
        name, outer = method.variables.bind(variable, outer, table, reserve=False)
        names.append(name)
    handed = names[0] if len(names) == 1 else f"{{ {', '.join(names)} }}"
    tail = inner.line(f"return {handed};") if names else ""
    text = _block(method, body, inner, tail=tail)
    start = f"const {handed} = await " if names else "await "
    opened = spot.line(f"{start}this.db.atomically(async (trx) => {{")
    return opened + text + spot.line("});"), outer


def _returned_transaction(method: Method, body: Sequence[pg.Statement], spot: Spot) -> str:
    inner = Spot(replace(spot.scope.closed(), db="trx"), spot.indent + INDENT_COLUMNS)
    opened = spot.line("return this.db.atomically(async (trx) => {")
    return opened + _block(method, body, inner) + spot.line("});")


def _return(method: Method, statement: pg.Statement, spot: Spot) -> str:
    match statement:
        case pg.ReturnNothing():
            is_end = not spot.after and spot.indent == BODY_INDENT
            return "" if is_end else spot.line("return;")
        case pg.ReturnRow(row=row, response=response):
            presented = method.shown(response, spot.scope.local(row), spot)
            return spot.line("return ", presented, ";")
        case pg.ReturnPage(page=page, response=response):
            return _return_page(method, page, response, spot)
        case pg.ReturnSummary():
            return write_return_summary(method, statement, spot)
        case pg.ReturnSession():
            return accounts.write_return_session(method, statement, spot)
        case _:
            raise ValueError(f"A statement of kind {statement.kind} is no return.")


def _return_page(method: Method, page: str, response: str, spot: Spot) -> str:
    """Write the answer with a page of rows, whose lists are read once for all of them."""
    entity = page_entity(method.project, response)
    name, row, text = spot.scope.local(page), "row", ""
    if method.presenters.has_lists(entity):
        nested = method.variables.fresh("nested")
        reading = method.presenters.reading_lists(
            entity, f"{name}.rows.map((row) => row.id)", spot.scope.db
        )
        text = spot.line(f"const {nested} = ", reading, ";")
        row = f"{{ ...row, ...{nested}(row.id) }}"
    data = f"data: {name}.rows.map((row) => this.{method.presenters.present(entity)}({row}))"
    return text + spot.line("return ", braces([f"pagination: {name}.pagination", data]), ";")


def _is_numeric(expression: ex.Expression) -> bool:
    match expression:
        case ex.IntegerLiteral() | ex.NumberLiteral():
            return True
        case ex.Conditional(then=then, otherwise=otherwise):
            return _is_numeric(then) and _is_numeric(otherwise)
        case _:
            return False
