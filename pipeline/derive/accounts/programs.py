"""The functions of accounts: join, login, refresh, logout, change and reset of the password."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.derive import statements as st
from pipeline.derive.checks import unique_checks
from pipeline.derive.context import Context
from pipeline.derive.rows import CHANGED, CREATED, ROW
from pipeline.derive.values import change, inserted


def join(context: Context, sketch: pg.ProgramSketch) -> list[pg.Statement]:
    """Make the account and sign it in."""
    values = [
        pg.Assign(column="email", value=st.body_property("email")),
        pg.Assign(column="password_hash", value=st.variable("passwordHash")),
        *inserted(context, sketch),
    ]
    return [
        pg.HashPassword(kind="hash_password", variable="passwordHash"),
        *unique_checks(context, values, None),
        pg.Insert(kind="insert", variable=CREATED, table=context.table.name, values=tuple(values)),
        _return_session(context, CREATED),
    ]


def login(context: Context, _: pg.ProgramSketch) -> list[pg.Statement]:
    """Sign in by e-mail address and password."""
    message = "Wrong e-mail address or password"
    return [
        _find_account(context, message, st.equals("email", st.body_property("email"))),
        pg.VerifyPassword(kind="verify_password", row=ROW),
        _return_session(context, ROW),
    ]


def refresh(context: Context, _: pg.ProgramSketch) -> list[pg.Statement]:
    """Renew a session by its refresh token."""
    return [
        pg.ReadToken(kind="read_token", variable="accountId", version="tokenVersion"),
        _find_account(
            context,
            "The session has ended",
            st.equals("id", st.variable("accountId")),
            st.equals("token_version", st.variable("tokenVersion")),
        ),
        _return_session(context, ROW),
    ]


def logout(context: Context, _: pg.ProgramSketch) -> list[pg.Statement]:
    """End the tokens of all sessions."""
    message = "The account no longer exists"
    return [
        _find_account(context, message, st.equals("id", ex.ActorId(kind="actor"))),
        change(context, [_ended()], []),
        pg.ReturnNothing(kind="return_nothing"),
    ]


def changed_password(context: Context, _: pg.ProgramSketch) -> list[pg.Statement]:
    """Take a new password from who knows the current one, and end all other sessions."""
    own = st.equals("id", ex.ActorId(kind="actor"))
    found = _find_account(context, "The current password is wrong", own)
    hashed = pg.Assign(column="password_hash", value=st.variable("passwordHash"))
    return [
        found.model_copy(update={"missing": 403}),
        pg.VerifyPassword(kind="verify_password", row=ROW, property="currentPassword"),
        pg.HashPassword(kind="hash_password", variable="passwordHash", property="newPassword"),
        change(context, [hashed, _ended()], []),
        _return_session(context, CHANGED),
    ]


def requested_reset(context: Context, _: pg.ProgramSketch) -> list[pg.Statement]:
    """Mail a token to the account of an e-mail address; whether there is one is not said."""
    return [
        pg.SendReset(
            kind="send_reset",
            table=context.table.name,
            where=st.all_of([st.equals("email", st.body_property("email"))]),
        ),
        pg.ReturnNothing(kind="return_nothing"),
    ]


def reset_password(context: Context, _: pg.ProgramSketch) -> list[pg.Statement]:
    """Take a new password from who has the token that was mailed, and end all sessions."""
    hashed = pg.Assign(column="password_hash", value=st.variable("passwordHash"))
    return [
        pg.HashPassword(kind="hash_password", variable="passwordHash", property="newPassword"),
        pg.ReadReset(kind="read_reset", variable="accountId"),
        _find_account(
            context,
            "The token is not valid",
            st.equals("id", st.variable("accountId")),
        ),
        change(context, [hashed, _ended()], []),
        pg.ReturnNothing(kind="return_nothing"),
    ]


def _ended() -> pg.Assign:
    """Return what ends the tokens that there are: their version is no longer the account's."""
    raised = ex.Arithmetic(
        kind="arithmetic",
        left=st.field("token_version"),
        operator="add",
        right=ex.IntegerLiteral(kind="integer", value=1),
    )
    return pg.Assign(column="token_version", value=raised)


def _find_account(context: Context, message: str, *conditions: ex.Where) -> pg.Find:
    return pg.Find(
        kind="find",
        variable=ROW,
        table=context.table.name,
        where=st.all_of(conditions),
        missing=401,
        message=message,
    )


def _return_session(context: Context, row: str) -> pg.Statement:
    return pg.ReturnSession(kind="return_session", row=row, response=context.response)
