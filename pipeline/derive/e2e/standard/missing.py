"""Rows that are not there: 404, whether a path or a body names them."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.ast.random_value import RandomUuid
from pipeline.derive.e2e.rows import UNKNOWN, first_caller, relation_target
from pipeline.derive.e2e.standard.draft import Draft
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.english import with_article
from pipeline.names import words

MISSING = 404
NOTHING = RandomUuid(kind="random_uuid")


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the tests of keys that are those of nothing."""
    noun = words(subject.noun)
    found = [o for o in subject.operations if o.parameters and MISSING in o.statuses()]
    if found:
        draft = Draft(
            f"unknown_{subject.noun}_is_not_found",
            f"Whatever is asked about {with_article(noun)} needs one that is there.",
            found[0],
        )
        for operation in found:
            draft.refuse(operation, first_caller(operation), MISSING, UNKNOWN)
        yield draft
    create = subject.first("create")
    named = _named(subject, create) if create is not None else []
    if create is not None and named and MISSING in create.statuses():
        draft = Draft(
            f"{subject.noun}_needs_what_it_belongs_to",
            f"What {with_article(noun)} belongs to has to be there.",
            create,
        )
        draft.refuse(create, first_caller(create), MISSING)
        _one_by_one(subject, draft, create, named)
        yield draft


def _named(subject: Subject, operation: Operation) -> list[SchemaProperty]:
    """Return the properties of a body that name other rows; none if none has to be given."""
    found = [
        p
        for p in subject.body(operation)
        if relation_target(subject.design, operation, p.name) is not None
    ]
    return found if any(p.required for p in found) else []


def _one_by_one(
    subject: Subject, draft: Draft, create: Operation, named: list[SchemaProperty]
) -> None:
    """Name one row that is not there, beside others that are, where nothing else can refuse."""
    maker = subject.maker()
    if maker is None:
        return
    for property_ in named:
        draft.call(create, maker, status=MISSING, values={property_.name: NOTHING})
    update = subject.first("update")
    if update is None or subject.maker(update) != maker or not subject.is_plain(update, maker):
        return
    moved = [p for p in subject.body(update) if p.name in {each.name for each in named}]
    if moved and MISSING in update.statuses():
        row = subject.labels()[0]
        draft.call(create, maker, named=row)
        for property_ in moved:
            draft.call(update, maker, row, MISSING, values={property_.name: NOTHING})
