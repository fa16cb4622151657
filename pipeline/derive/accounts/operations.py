"""Operations of accounts: joining, signing in and out, renewing a session, passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Table
from pipeline.ast.interface import ErrorResponse, Operation
from pipeline.ast.resource import Endpoint
from pipeline.derive.keys import conflict, unique_rules
from pipeline.derive.refusal import MALFORMED, NOT_SIGNED_IN, OTHER_ACCOUNT, limit_rules
from pipeline.english import with_article

NOT_INVITED = "The invite code is wrong: an admin joins only with the code of the service."
NOT_CURRENT = "The current password is wrong."
NOT_MAILED = "The token is unknown, was used before or has expired."
ACCOUNT_KINDS = ("join", "login", "refresh", "password", "logout", "reset_request", "reset")
"""Kinds of operations of accounts whose programs are never asked; only a reset is asked for."""
CHANGING = "changePassword"
"""The method by which an account changes its password."""
RESETTING = ("request_password_reset", "reset_password")
"""The methods by which who forgot a password asks for a token, and uses it."""
RESET_PATH = "password_reset"
"""Where both are in the account's paths."""


def is_invited(analysis: Analysis, table: Table) -> bool:
    """Whether joining as this account takes an invite code: admins are not made by anybody."""
    return any(a.name == table.name and a.kind == "admin" for a in analysis.actors)


@dataclass(frozen=True)
class _Entrance:
    """One way into an account, for guests: what it takes, and what may be wrong with it."""

    kind: Literal["join", "login", "refresh"]
    success: int
    text: str
    request: str
    errors: Sequence[ErrorResponse]


def account_operations(analysis: Analysis, table: Table) -> list[Operation]:
    """Return the operations of an account that every kind of account has."""
    name, noun = names.pascal(table.name), names.words(table.name)
    wrong = "The e-mail address or the password is wrong."
    stale = "The refresh token is not valid."
    malformed = _error(400, MALFORMED)
    joining = _join_errors(analysis, table)
    entrances = (
        _Entrance("join", 201, f"Join as {noun} and sign in.", f"{name}Join", joining),
        _Entrance(
            "login", 200, f"Sign in as {noun}.", f"{name}Login", [malformed, _error(401, wrong)]
        ),
        _Entrance(
            "refresh", 200, "Renew the session.", f"{name}Refresh", [malformed, _error(401, stale)]
        ),
    )
    return [
        *(_entrance(table, each) for each in entrances),
        _changing(analysis, table),
        _logout(analysis, table),
    ]


def reset_operations(
    analysis: Analysis, table: Table, entry: Endpoint
) -> tuple[Operation, Operation]:
    """Return the two operations by which guests reset a forgotten password of an account."""
    name, noun = names.pascal(table.name), names.words(table.name)
    asking, using = map(names.camel, RESETTING)
    path = f"/{names.kebab(table.plural)}/{names.kebab(RESET_PATH)}"
    plain = _logout(analysis, table).model_copy(
        update={
            "actors": (),
            "guests": True,
            "requirements": entry.requirements or table.requirements,
            "rules": entry.rules,
        }
    )
    request = plain.model_copy(
        update={
            "id": f"{names.camel(table.plural)}.{asking}",
            "method_name": asking,
            "kind": "reset_request",
            "path": path,
            "request": f"{name}PasswordResetRequest",
            "success": 202,
            "errors": (_error(400, MALFORMED),),
            "description": f"Mail {with_article(noun)} a token that resets a forgotten password; "
            "an unknown address is answered alike.",
        }
    )
    malformed = _error(400, MALFORMED, limit_rules(analysis, table, ("password",)))
    reset = plain.model_copy(
        update={
            "id": f"{names.camel(table.plural)}.{using}",
            "method_name": using,
            "kind": "reset",
            "path": f"{path}/confirm",
            "request": f"{name}PasswordReset",
            "errors": (malformed, _error(401, NOT_MAILED)),
            "description": "Set a new password by the token that was mailed: "
            "the tokens of all sessions end.",
        }
    )
    return request, reset


def _join_errors(analysis: Analysis, table: Table) -> list[ErrorResponse]:
    refused = [_error(403, NOT_INVITED)] if is_invited(analysis, table) else []
    emails = [
        rule.id
        for rule in analysis.rules
        if rule.kind == "uniqueness" and rule.attributes == (f"{table.entity}.email",)
    ]
    taken = [
        _error(409, f"{conflict(table, key)}.", unique_rules(table, key))
        for key in table.unique_keys()
        if "email" not in key
    ]
    malformed = _error(400, MALFORMED, limit_rules(analysis, table, ("email", "password")))
    known = _error(409, "An account has this e-mail address.", tuple(emails))
    return [malformed, *refused, known, *taken]


def _error(status: int, when: str, rules: tuple[str, ...] = ()) -> ErrorResponse:
    return ErrorResponse(status=status, when=when, rules=rules)


def _entrance(table: Table, entrance: _Entrance) -> Operation:
    return Operation(
        id=f"{names.camel(table.plural)}.{entrance.kind}",
        resource=table.plural,
        method_name=entrance.kind,
        kind=entrance.kind,
        http_method="POST",
        path=f"/{names.kebab(table.plural)}/{entrance.kind}",
        table=table.name,
        actors=(),
        guests=True,
        scope="any",
        parameters=(),
        query=None,
        request=entrance.request,
        query_schema=None,
        response=f"{names.pascal(table.name)}Session",
        success=entrance.success,
        errors=tuple(entrance.errors),
        requirements=table.requirements,
        rules=(),
        description=entrance.text,
    )


def _changing(analysis: Analysis, table: Table) -> Operation:
    malformed = _error(400, MALFORMED, limit_rules(analysis, table, ("password",)))
    name = names.pascal(table.name)
    return _logout(analysis, table).model_copy(
        update={
            "id": f"{names.camel(table.plural)}.{CHANGING}",
            "method_name": CHANGING,
            "kind": "password",
            "path": f"/{names.kebab(table.plural)}/password",
            "request": f"{name}PasswordChange",
            "response": f"{name}Session",
            "success": 200,
            "errors": (malformed, *_signed_in(analysis), _error(403, NOT_CURRENT)),
            "description": "Change the own password: the tokens of all other sessions end.",
        }
    )


def _signed_in(analysis: Analysis) -> list[ErrorResponse]:
    others = [_error(403, OTHER_ACCOUNT)] if len(analysis.accounts()) > 1 else []
    return [_error(401, NOT_SIGNED_IN), *others]


def _logout(analysis: Analysis, table: Table) -> Operation:
    return Operation(
        id=f"{names.camel(table.plural)}.logout",
        resource=table.plural,
        method_name="logout",
        kind="logout",
        http_method="POST",
        path=f"/{names.kebab(table.plural)}/logout",
        table=table.name,
        actors=(table.name,),
        guests=False,
        scope="any",
        parameters=(),
        query=None,
        request=None,
        query_schema=None,
        response=None,
        success=204,
        errors=tuple(_signed_in(analysis)),
        requirements=table.requirements,
        rules=(),
        description="Sign out: the tokens of all sessions end.",
    )
