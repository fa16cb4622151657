"""Statements of accounts: passwords, tokens and sessions."""

from __future__ import annotations

from pipeline.ast import program as pg
from pipeline.names import camel
from pipeline.render.layout import INDENT_COLUMNS, Doc, concat
from pipeline.render.nest.reading import session_members
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.method import Method, Spot
from pipeline.render.nest.service.queries import new_exception, where_calls
from pipeline.render.typescript import braces, brackets, call, chain, quoted


def write_invitation(method: Method, spot: Spot) -> str:
    """Write that joining takes the invite code."""
    right = "body.inviteCode === this.config.adminInviteCode"
    return method.ensure(right, 403, "The invite code is wrong.", spot)


def write_hash_password(
    method: Method, statement: pg.HashPassword, spot: Spot
) -> tuple[str, LocalScope]:
    """Write the hash of the password in the body."""
    name, bound = method.variables.bind(statement.variable, spot.scope)
    return spot.line(f"const {name} = await this.passwords.hash(body.{statement.property});"), bound


def write_credentials(method: Method, find: pg.Find, spot: Spot) -> tuple[str, LocalScope]:
    """Write a look-up of an account and the check of its password, which take no account alike.

    Nobody can see from the answer, or from its time, whether there is such an account.
    """
    scope, table = spot.scope, method.table(find.table)
    name, bound = method.variables.bind(find.variable, scope, table)
    looking = chain(
        scope.db,
        [
            call("selectFrom", quoted(table.plural)),
            "selectAll()",
            *where_calls(find.where, table, scope),
            "executeTakeFirst()",
        ],
    )
    verified = spot.after[0]
    assert isinstance(verified, pg.VerifyPassword)
    method.verified.add(find.variable)
    right = method.variables.fresh("isRight")
    given = f"body.{verified.property}"
    verifying = call("await this.passwords.verify", given, f"{name}?.password_hash")
    error = new_exception(find.missing, find.message, scope)
    return (
        spot.line(f"const {name} = await ", looking, ";")
        + spot.line(f"const {right} = ", verifying, ";")
        + spot.line(f"if ({name} === undefined || !{right})")
        + Spot(scope, spot.indent + INDENT_COLUMNS).line("throw ", error, ";")
    ), bound


def write_verify_password(method: Method, statement: pg.VerifyPassword) -> str:
    """Write nothing: the look-up of the account has checked its password.

    Raises ValueError if it has not.
    """
    if statement.row not in method.verified:
        raise ValueError(f"{statement.row} is not looked up right before its password is checked.")
    return ""


def write_read_token(method: Method, statement: pg.ReadToken, spot: Spot) -> tuple[str, LocalScope]:
    """Write that a refresh token is used up; it says whose it is, and of which version."""
    method.session = method.variables.fresh("session")
    account, bound = method.variables.bind(statement.variable, spot.scope)
    version, bound = method.variables.bind(statement.version, bound)
    kind = quoted(method.operation.table)
    reading = call("await this.tokens.redeem", "body.refreshToken", kind)
    names = f"const {{ id: {account}, version: {version} }} = "
    text = spot.line(f"const {method.session} = ", reading, ";")
    return text + spot.line(names, method.session, ";"), bound


def write_send_reset(method: Method, statement: pg.SendReset, spot: Spot) -> str:
    """Write that a token is mailed to an account; what follows is the same without one."""
    table = method.table(statement.table)
    name = method.variables.fresh(camel(table.name))
    selection = [
        call("selectFrom", quoted(table.plural)),
        call("select", brackets([quoted("id"), quoted("email")])),
        *where_calls(statement.where, table, spot.scope),
        "executeTakeFirst()",
    ]
    looking = chain(spot.scope.db, selection)
    return spot.line(f"const {name} = await ", looking, ";") + spot.line(
        f"this.resets.send({name});"
    )


def write_read_reset(method: Method, statement: pg.ReadReset, spot: Spot) -> tuple[str, LocalScope]:
    """Write that a token of a reset is used up; it says whose it is."""
    account, bound = method.variables.bind(statement.variable, spot.scope)
    reading = call("await this.resets.redeem", spot.scope.db, "body.token")
    return spot.line(f"const {account} = ", reading, ";"), bound


def write_return_session(method: Method, statement: pg.ReturnSession, spot: Spot) -> str:
    """Write the answer with an account and the tokens of its session."""
    name = spot.scope.local(statement.row)
    schema = method.project.interface.named(statement.response)
    account = [
        concat(f"{member}: ", method.shown(entity, name, spot))
        for member, entity in session_members(schema)
    ]
    if method.session is not None:
        issued: Doc = f"...this.tokens.renew({method.session})"
    else:
        kind = quoted(method.operation.table)
        members = [f"kind: {kind}", f"id: {name}.id", f"version: {name}.token_version"]
        issuing = call("await this.tokens.issue", spot.scope.db, braces(members))
        issued = concat("...(", issuing, ")")
    return spot.line("return ", braces([*account, issued]), ";")
