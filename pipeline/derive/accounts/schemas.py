"""Schemas of accounts: what it takes to join and to sign in, sessions, and passwords."""

from __future__ import annotations

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Table
from pipeline.ast.interface import NamedSchema, ReferenceSchema, SchemaProperty, StringSchema
from pipeline.ast.resource import Exposure
from pipeline.derive.dto import column_property, has_default, is_taken, table_object, writable
from pipeline.english import with_article

TOKEN_MAX_LENGTH = 4096
RESET_TOKEN_MAX_LENGTH = 200
PASSWORD_LENGTHS = (8, 128)
"""Characters of a password, where no rule says how many."""
PASSWORD_LEAST_AT_MOST = 32
"""A longer one is asked of nobody, and a password of this length is always good."""


def password_bounds(analysis: Analysis, table: Table) -> tuple[int, int]:
    """Return the least and the greatest length of an account's password, as its limit says."""
    least, most = PASSWORD_LENGTHS
    for rule in analysis.rules:
        if rule.kind == "limit" and rule.attribute == f"{table.entity}.password":
            least = least if rule.minimum is None else int(rule.minimum)
            most = most if rule.maximum is None else int(rule.maximum)
    least = min(max(least, 1), PASSWORD_LEAST_AT_MOST)
    return least, max(most, PASSWORD_LEAST_AT_MOST)


def account_schemas(
    table: Table, exposure: Exposure, *, invited: bool, password: tuple[int, int]
) -> tuple[NamedSchema, ...]:
    """Return join, login, refresh, session and change of password of an account.

    `invited` asks for an invite code.
    `password` are the least and the greatest number of its characters.
    """
    name, noun = names.pascal(table.name), names.words(table.name)
    email = _text_property("email", "Sign-in address.", format="email", max_length=254)
    chosen = _password("password", "Password, kept only as a salted hash.", password)
    join = [email, chosen]
    if invited:
        join.append(
            _text_property("inviteCode", "Code that admits this kind of account.", max_length=200)
        )
    join += [
        column_property(column, required=not has_default(table, column))
        for column in writable(table)
        if is_taken(table, exposure, column)
    ]
    refresh = _text_property(
        "refreshToken", "Refresh token of the session.", max_length=TOKEN_MAX_LENGTH
    )
    given = _password("password", "Password.")
    change = [
        _password("currentPassword", "Password until now."),
        _password("newPassword", "Password, kept only as a salted hash.", password),
    ]
    texts = (f"Credentials of {with_article(noun)}.", "A password, and the one until now.")
    return (
        table_object(f"{name}Join", "join", table, f"What it takes to join as {noun}.", join),
        table_object(f"{name}Login", "login", table, texts[0], [email, given]),
        table_object(f"{name}Refresh", "other", table, "A session to be renewed.", [refresh]),
        table_object(f"{name}PasswordChange", "other", table, texts[1], change),
        table_object(
            f"{name}Session", "session", table, f"A signed-in {noun} and tokens.", _session(table)
        ),
    )


def reset_schemas(table: Table, password: tuple[int, int]) -> tuple[NamedSchema, ...]:
    """Return what it takes to ask for the reset of an account's password, and to do it."""
    name, noun = names.pascal(table.name), names.words(table.name)
    email = _text_property("email", "Sign-in address.", format="email", max_length=254)
    token = _text_property(
        "token", "Token that was mailed.", min_length=1, max_length=RESET_TOKEN_MAX_LENGTH
    )
    chosen = _password("newPassword", "Password, kept only as a salted hash.", password)
    texts = (f"The {noun} who forgot a password.", "A password, and the token that was mailed.")
    return (
        table_object(f"{name}PasswordResetRequest", "other", table, texts[0], [email]),
        table_object(f"{name}PasswordReset", "other", table, texts[1], [token, chosen]),
    )


def _session(table: Table) -> list[SchemaProperty]:
    account = SchemaProperty(
        name=names.camel(table.name),
        schema_=ReferenceSchema(type="reference", name=names.pascal(table.name)),
        required=True,
        description="The account that is signed in.",
    )
    return [
        account,
        _text_property("accessToken", "Bearer token of further calls."),
        _text_property("refreshToken", "Token that renews the session."),
        _text_property("expiresAt", "End of the access token.", format="date-time"),
    ]


def _password(
    name: str, description: str, lengths: tuple[int, int | None] = (1, None)
) -> SchemaProperty:
    least, most = lengths
    return _text_property(name, description, format="password", min_length=least, max_length=most)


def _text_property(name: str, description: str, **constraints: object) -> SchemaProperty:
    schema = StringSchema.model_validate({"type": "string", **constraints})
    return SchemaProperty(name=name, schema_=schema, required=True, description=description)
