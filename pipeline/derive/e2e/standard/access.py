"""Who gets through: nobody without an account, no other kind of account, no stranger."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.asking.typed import schema_type
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.rows import ANONYMOUS, OTHERS
from pipeline.derive.e2e.standard.draft import Draft, rule_ids, sent
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.interface import ROW_KINDS
from pipeline.derive.ownership import foreign_status, owners_of
from pipeline.names import camel, words

HIDING = ("visibility", "membership", "state", "permission")
"""Kinds of rules that can hide a row from a stranger who would otherwise be refused it."""


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the tests of who may call."""
    closed = [o for o in subject.operations if not o.guests]
    if closed:
        yield _accounts(subject, closed)
    strange = [o for o in closed if _is_own(subject, o)]
    if strange:
        yield from _strangers(subject, strange)


def _accounts(subject: Subject, closed: list[Operation]) -> Draft:
    noun = words(subject.table.plural)
    draft = Draft(
        f"{subject.table.plural}_need_the_right_account",
        f"What needs an account is refused without one, or with another kind of it: {noun}.",
        closed[0],
        rule_ids((r for r in subject.rules if not getattr(r, "allowed", True)), "permission"),
    )
    kinds = [actor.name for actor in subject.design.analysis.accounts()]
    for operation in closed:
        draft.refuse(operation, ANONYMOUS, 401)
        for other in kinds:
            if other not in operation.actors:
                draft.refuse(operation, other, 403)
    return draft


def _is_own(subject: Subject, operation: Operation) -> bool:
    """Whether a stranger is certainly refused a row."""
    if operation.scope != "own" or operation.kind not in ROW_KINDS or operation.kind == "restore":
        return False
    status = foreign_status(subject.design.analysis, subject.table)
    rules = [rule for rule in subject.design.analysis.rules if rule.id in operation.rules]
    hidden = status == 403 and any(rule.kind in HIDING for rule in rules)
    return status in operation.statuses() and not hidden


def _strangers(subject: Subject, strange: list[Operation]) -> Iterator[Draft]:
    table, analysis = subject.table, subject.design.analysis
    if table.stance == "actor":
        maker, label = table.name, table.name
    else:
        maker, label = subject.maker(), subject.labels()[0]
        if maker is None or subject.owner(maker) is None:
            return
    status = foreign_status(analysis, table)
    draft = Draft(
        f"{subject.noun}_of_somebody_else_is_left_alone",
        f"Nobody gets at the {words(table.name)} of another account of the same kind.",
        strange[0],
        rule_ids((r for r in subject.rules if _is_about(r, table.entity)), "ownership"),
    )
    create = subject.first("create")
    if create is not None and table.stance != "actor":
        draft.call(create, maker, named=label)
    for operation in strange:
        if maker in owners_of(table, operation.actors):
            draft.refuse(operation, f"{OTHERS[0]}{maker}", status, label)
    if draft.steps and draft.proves:
        _unchanged(subject, draft, maker, label)
        yield draft


def _is_about(rule: object, entity: str) -> bool:
    return getattr(rule, "entity", "") == entity


def _unchanged(subject: Subject, draft: Draft, maker: str, label: str) -> None:
    """Read the row again, if its owner certainly can, and find it as it was."""
    read, create = subject.first("read"), subject.first("create")
    if create is None or read is None or not subject.is_plain(read, maker):
        return
    written = [p for p in subject.body(create) if _is_kept(subject, p)]
    if written and (read.guests or maker in read.actors):
        draft.call(read, maker, label)
        for property_ in written[:2]:
            draft.check(read, camel(property_.name), sent(label, property_.name))


def _is_kept(subject: Subject, property_: SchemaProperty) -> bool:
    type_ = schema_type(property_.schema_)
    is_text = type_ is not None and type_.kind == "text"
    return is_text and subject.is_free(property_) and subject.shown(property_)
