"""Accounts: joining, signing in, renewing a session and ending it, changing passwords."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast.interface import Operation
from pipeline.derive.accounts.operations import is_invited
from pipeline.derive.e2e.rows import ANONYMOUS, OTHERS, answer_labels
from pipeline.derive.e2e.standard.draft import Draft, sent
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.names import camel, words

WRONG = ex.StringLiteral(kind="string", value="not what it was")
CHANGED = ex.StringLiteral(kind="string", value="another battery, no less correct")
EMAIL = made_up.RandomEmail(kind="random_email")
RESET_OVER_MINUTES = 61
"""How long after its mail a token certainly has expired."""


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the tests of an account; of another table none."""
    found = {kind: subject.first(kind) for kind in ("join", "login", "refresh", "logout")}
    join, login = found["join"], found["login"]
    refresh, logout = found["refresh"], found["logout"]
    if join is None or login is None or refresh is None or logout is None:
        return
    yield _joined(subject, join, login)
    yield _not_joined(subject, join, login)
    yield _ended(subject, login, refresh, logout)
    for change in subject.of_kind("password"):
        yield _password_changed(subject, login, change, logout)
    for asking, using in zip(
        subject.of_kind("reset_request"), subject.of_kind("reset"), strict=True
    ):
        yield _password_reset(subject, login, asking, using, (logout, refresh))
        yield _not_reset(subject, login, asking, using)
    me = subject.first("me")
    if me is not None and subject.is_plain(me):
        yield _shown(subject, me)


def _joined(subject: Subject, join: Operation, login: Operation) -> Draft:
    noun = words(subject.noun)
    draft = Draft(
        f"{subject.noun}_joins_and_signs_in",
        f"Who joins as {noun} is signed in, and signs in again with the same credentials.",
        join,
    )
    label = answer_labels(subject.design.interface, join.response or "")[0]
    draft.call(join, ANONYMOUS, named=label)
    account = camel(subject.table.name)
    for property_ in subject.body(join):
        is_kept = property_.required and subject.shown(property_)
        if is_kept and (property_.name == "email" or subject.is_free(property_)):
            name = property_.name
            draft.check(join, f"{account}.{name}", sent(label, name))
    credentials = {name: sent(label, name) for name in ("email", "password")}
    draft.call(login, ANONYMOUS, values=credentials)
    same = ex.Answered(kind="answered", answer=label, path=f"{account}.id")
    draft.check(login, f"{account}.id", same)
    return draft


def _shown(subject: Subject, me: Operation) -> Draft:
    noun = subject.noun
    draft = Draft(
        f"{noun}_sees_its_own_account",
        f"Who is signed in as {words(noun)} is shown the own account, not another one.",
        me,
    )
    for caller in (noun, f"{OTHERS[0]}{noun}"):
        draft.call(me, caller)
        draft.check(me, "id", ex.RowOf(kind="row_of", caller=caller))
    return draft


def _not_joined(subject: Subject, join: Operation, login: Operation) -> Draft:
    noun = subject.noun
    is_by_invitation = is_invited(subject.design.analysis, subject.table)
    invited = ", nor does a wrong invite code" if is_by_invitation else ""
    draft = Draft(
        f"{noun}_credentials_are_checked",
        f"A taken address joins nobody{invited}; a wrong address or password signs nobody in.",
        join,
        tuple(
            rule.id
            for rule in subject.rules
            if rule.kind == "uniqueness" and any(a.endswith(".email") for a in rule.attributes)
        ),
    )
    taken = ex.EmailOf(kind="email_of", caller=noun)
    draft.call(join, ANONYMOUS, status=409, values={"email": taken})
    if is_by_invitation:
        draft.call(join, ANONYMOUS, status=403, values={"inviteCode": WRONG})
    draft.call(login, noun, status=401, values={"password": WRONG})
    draft.call(login, noun, status=401, values={"email": EMAIL})
    return draft


def _password_changed(
    subject: Subject, login: Operation, change: Operation, logout: Operation
) -> Draft:
    noun = subject.noun
    draft = Draft(
        f"{noun}_changes_its_password",
        "Who knows the current password changes it, which ends all other sessions.",
        change,
    )
    own = ex.RowOf(kind="row_of", caller=noun)
    key = f"{camel(subject.table.name)}.id"
    draft.call(change, noun, status=403, values={"currentPassword": WRONG})
    draft.call(change, noun, values={"newPassword": CHANGED})
    draft.check(change, key, own)
    draft.call(logout, noun, status=401)
    draft.call(login, noun, status=401)
    draft.call(login, noun, values={"password": CHANGED})
    draft.check(login, key, own)
    return draft


def _password_reset(
    subject: Subject,
    login: Operation,
    asking: Operation,
    using: Operation,
    ended: Sequence[Operation],
) -> Draft:
    """Return the test of a reset, after which calls of a session that there was are refused."""
    noun = subject.noun
    draft = Draft(
        f"{noun}_resets_a_forgotten_password",
        "The token that was mailed sets a new password, once, which ends all sessions.",
        using,
    )
    draft.call(login, noun)
    draft.call(asking, noun)
    draft.call(using, noun, values={"newPassword": CHANGED})
    for operation in (login, *ended):
        draft.call(operation, noun, status=401)
    draft.call(login, noun, values={"password": CHANGED})
    own = ex.RowOf(kind="row_of", caller=noun)
    draft.check(login, f"{camel(subject.table.name)}.id", own)
    draft.call(using, noun, status=401)
    return draft


def _not_reset(subject: Subject, login: Operation, asking: Operation, using: Operation) -> Draft:
    noun = subject.noun
    draft = Draft(
        f"{noun}_reset_of_a_password_is_checked",
        "An unknown address is answered like a known one; a wrong or an old token changes nothing.",
        using,
    )
    draft.call(asking, ANONYMOUS, values={"email": EMAIL})
    draft.call(asking, noun)
    draft.call(using, ANONYMOUS, status=401, values={"token": WRONG})
    draft.wait(RESET_OVER_MINUTES)
    draft.call(using, noun, status=401)
    draft.call(login, noun)
    return draft


def _ended(subject: Subject, login: Operation, refresh: Operation, logout: Operation) -> Draft:
    noun = subject.noun
    draft = Draft(
        f"{noun}_session_is_renewed_and_ended",
        "A refresh token renews the session, once, until its account signs out.",
        refresh,
    )
    own = ex.RowOf(kind="row_of", caller=noun)
    key = f"{camel(subject.table.name)}.id"
    first, second = answer_labels(subject.design.interface, login.response or "")
    draft.call(login, noun, named=first)
    draft.check(login, key, own)
    draft.call(refresh, ANONYMOUS, named=second, values=_token(first))
    draft.check(refresh, key, own)
    draft.call(refresh, ANONYMOUS, status=401, values={"refreshToken": WRONG})
    draft.call(logout, noun)
    draft.call(refresh, ANONYMOUS, status=401, values=_token(second))
    draft.call(logout, noun, status=401)
    draft.call(login, noun, named=first)
    draft.call(refresh, ANONYMOUS, values=_token(first))
    draft.call(refresh, ANONYMOUS, status=401, values=_token(first))
    return draft


def _token(session: str) -> dict[str, ex.Expression]:
    """Return the body that renews a session."""
    token = ex.Answered(kind="answered", answer=session, path="refreshToken")
    return {"refreshToken": token}
