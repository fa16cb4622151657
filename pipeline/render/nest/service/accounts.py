"""Statements of accounts: passwords, tokens and sessions."""

from __future__ import annotations

from pipeline.ast import program as pg
from pipeline.render.layout import concat
from pipeline.render.nest.reading import session_members
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.method import Method, Spot
from pipeline.render.typescript import braces, call, quoted


def write_invitation(method: Method, spot: Spot) -> str:
    """Write that joining takes the invite code."""
    right = "body.inviteCode === this.config.adminInviteCode"
    return method.ensure(right, 403, "The invite code is wrong.", spot)


def write_hash_password(
    method: Method, statement: pg.HashPassword, spot: Spot
) -> tuple[str, LocalScope]:
    """Write the hash of the password in the body."""
    name, bound = method.variables.bind(statement.variable, spot.scope)
    return spot.line(f"const {name} = await this.passwords.hash(body.password);"), bound


def write_verify_password(method: Method, statement: pg.VerifyPassword, spot: Spot) -> str:
    """Write that the password in the body must be the account's."""
    digest = f"{spot.scope.local(statement.row)}.password_hash"
    condition = call("await this.passwords.verify", "body.password", digest)
    return method.ensure(condition, 401, _wrong_credentials(method, statement.row), spot)


def write_read_token(method: Method, statement: pg.ReadToken, spot: Spot) -> tuple[str, LocalScope]:
    """Write what a refresh token says: whose it is, and of which version."""
    account, bound = method.variables.bind(statement.variable, spot.scope)
    version, bound = method.variables.bind(statement.version, bound)
    kind = quoted(method.operation.table)
    reading = call("this.tokens.readRefreshToken", "body.refreshToken", kind)
    return spot.line(f"const {{ id: {account}, version: {version} }} = ", reading, ";"), bound


def write_return_session(method: Method, statement: pg.ReturnSession, spot: Spot) -> str:
    """Write the answer with an account and the tokens of its session."""
    name = spot.scope.local(statement.row)
    schema = method.project.interface.named(statement.response)
    account = [
        concat(f"{member}: ", method.shown(entity, name, spot))
        for member, entity in session_members(schema)
    ]
    kind = quoted(method.operation.table)
    members = [f"kind: {kind}", f"id: {name}.id", f"version: {name}.token_version"]
    issued = call("...this.tokens.issue", braces(members))
    return spot.line("return ", braces([*account, issued]), ";")


def _wrong_credentials(method: Method, row: str) -> str:
    """Say the same for a wrong password as for a missing account, so that nobody can tell."""
    for statement in method.statements:
        if isinstance(statement, pg.Find) and statement.variable == row:
            return statement.message
    return "The e-mail address or the password is wrong."
