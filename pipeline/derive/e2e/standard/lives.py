"""Rows from create to erase: kept as written, changed where given, gone alone."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast import expression as ex
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.rows import UNKNOWN
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
    if create is None or read is None or not subject.is_plain(read):
        return
    maker = subject.maker(read)
    if maker is not None:
        yield _kept(subject, create, read, maker)
        for lookup in filter(is_lookup, subject.of_kind("read")):
            yield _looked_up(subject, create, lookup, maker)
    for kind, write in (("update", _changed), ("erase", _erased)):
        operation = subject.first(kind)
        maker = subject.maker(read, operation) if operation is not None else None
        if operation is None or maker is None or not subject.is_repeatable:
            continue
        if subject.is_plain(operation):
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
    draft.call(read, maker, other)
    for name in before:
        draft.check(read, name, sent(other, name))
    return draft


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
