"""Rows from create to erase: kept as written, changed where given, gone alone."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast import expression as ex
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.rows import NOBODY, UNKNOWN, relation_target
from pipeline.derive.e2e.standard.draft import Draft, sent
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.reads.lookups import is_lookup
from pipeline.english import with_article
from pipeline.names import words

CHECKED = 8
"""Properties of a row that a test looks at."""
MISSING = 404


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the tests of single rows, where everything they need certainly succeeds."""
    create, read = subject.first("create"), subject.first("read")
    if subject.table.stance == "actor":
        yield from _account_changed(subject)
    maker = subject.maker(read) if read is not None else None
    if create is None or read is None or maker is None or not subject.is_plain(read, maker):
        return
    yield _kept(subject, create, read, maker)
    for lookup in filter(is_lookup, subject.of_kind("read")):
        if subject.maker(lookup) == maker and subject.is_plain(lookup, maker):
            yield _looked_up(subject, create, lookup, maker)
    for kind, write in (("update", _changed), ("erase", _erased)):
        operation = subject.first(kind)
        maker = subject.maker(read, operation) if operation is not None else None
        if operation is None or maker is None or not subject.is_repeatable:
            continue
        if subject.is_plain(read, maker) and subject.is_plain(operation, maker):
            yield write(subject, create, read, operation, maker)


def _kept(subject: Subject, create: Operation, read: Operation, maker: str) -> Draft:
    draft = Draft(
        f"{subject.noun}_is_kept_as_it_was_written",
        f"{_one(subject)} is answered and read as its caller wrote it.",
        create,
    )
    label = subject.labels()[0]
    values = _values(subject, create, 1)
    draft.call(create, maker, named=label, values=values)
    for operation in (create, read):
        if operation is read:
            draft.call(read, maker, label)
        for name in values:
            draft.check(operation, name, sent(label, name))
    return draft


def _looked_up(subject: Subject, create: Operation, lookup: Operation, maker: str) -> Draft:
    column = lookup.parameters[0].column
    draft = Draft(
        f"{subject.noun}_is_found_by_its_{column}",
        f"{_one(subject)} is read by its {words(column)}, and by that of no other one.",
        lookup,
    )
    label = subject.labels()[0]
    draft.call(create, maker, named=label)
    draft.call(lookup, maker, label)
    draft.check(lookup, "id", ex.RowOf(kind="row_of", caller=label))
    draft.call(lookup, maker, UNKNOWN, MISSING)
    return draft


def _changed(
    subject: Subject, create: Operation, read: Operation, update: Operation, maker: str
) -> Draft:
    draft = Draft(
        f"{subject.noun}_is_changed_where_given",
        f"Only what is given changes, and only in the {words(subject.noun)} that is meant.",
        update,
    )
    row, other, change = subject.labels()[:3]
    before, after = _values(subject, create, 0), _values(subject, update, 1)
    draft.call(create, maker, named=row, values=before)
    draft.call(create, maker, named=other, values=before)
    changed: dict[str, ex.Expression] = {}
    for name, value in list(after.items())[:CHECKED]:
        draft.call(update, maker, row, named=change, values={name: value})
        draft.check(update, name, sent(change, name))
        changed[name] = value
        for kept in before:
            if kept not in changed:
                draft.check(update, kept, sent(row, kept))
                break
    _moved(subject, draft, update, maker)
    draft.call(read, maker, other)
    for name in before:
        draft.check(read, name, sent(other, name))
    return draft


def _moved(subject: Subject, draft: Draft, update: Operation, maker: str) -> None:
    """Point the first row at other rows, where an update may say which."""
    row, other, change = subject.labels()[:3]
    for property_ in subject.body(update):
        target = relation_target(subject.design, update, property_.name)
        if target is None or not subject.is_inert(property_) or not subject.shown(property_):
            continue
        parent = Subject(subject.design, subject.design.database.table(target))
        makes = parent.first("create")
        if makes is None or maker not in makes.actors or not parent.is_plain(makes):
            continue
        label = other
        if parent.table != subject.table:
            if not parent.is_repeatable:
                continue
            label = parent.labels()[0]
            draft.call(makes, maker, named=label)
        there = ex.RowOf(kind="row_of", caller=label)
        draft.call(update, maker, row, named=change, values={property_.name: there})
        draft.check(update, property_.name, there)


def _account_changed(subject: Subject) -> Iterator[Draft]:
    """Change an account by itself, property by property, and read it again."""
    update, account = subject.first("update"), subject.noun
    read = subject.first("me") or subject.first("read")
    if update is None or read is None or not {account} <= {*update.actors} & {*read.actors}:
        return
    if not subject.is_plain(update, account) or not subject.is_plain(read, account):
        return
    draft = Draft(
        f"{account}_is_changed_where_given",
        f"Only what is given changes in {with_article(words(account))}, and it stays changed.",
        update,
    )
    change, values = subject.labels()[0], _values(subject, update, 1)
    for name, value in values.items():
        draft.call(update, account, account, named=change, values={name: value})
        draft.check(update, name, sent(change, name))
    draft.call(read, account, account if read.parameters else NOBODY)
    for name in values:
        draft.check(read, name, sent(change, name))
    yield draft


def _erased(
    subject: Subject, create: Operation, read: Operation, erase: Operation, maker: str
) -> Draft:
    draft = Draft(
        f"{subject.noun}_is_deleted_alone",
        f"{_one(subject)} that is deleted is gone, and no other one is.",
        erase,
    )
    row, other = subject.labels()[:2]
    draft.call(create, maker, named=row)
    draft.call(create, maker, named=other)
    draft.call(erase, maker, row)
    draft.call(read, maker, row, MISSING)
    for operation in subject.of_kind("update", "action", "erase"):
        if maker in operation.actors and MISSING in operation.statuses():
            draft.refuse(operation, maker, MISSING, row)
    draft.call(read, maker, other)
    return draft


def _one(subject: Subject) -> str:
    """Return what a sentence about one row begins with."""
    noun = with_article(words(subject.noun))
    return noun[:1].upper() + noun[1:]


def _values(subject: Subject, operation: Operation, place: int) -> dict[str, ex.Expression]:
    """Return values of a body that are found again in an answer: lesser ones, or greater ones."""
    found: dict[str, ex.Expression] = {}
    for property_ in subject.body(operation):
        if subject.is_free(property_) and subject.shown(property_) and _is_asked(property_):
            pair = subject.pair(property_)
            if pair is not None and len(found) < CHECKED:
                found[property_.name] = pair[place]
    return found


def _is_asked(property_: SchemaProperty) -> bool:
    return property_.name not in ("email", "password")
