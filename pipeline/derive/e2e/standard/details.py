"""Details: answers show whose a row is, how many rows point at it, and what it is to the caller."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast import expression as ex
from pipeline.ast.interface import (
    CountSource,
    FlagSource,
    KeysSource,
    Operation,
    ParentSource,
    RowsSource,
    SchemaProperty,
)
from pipeline.derive.e2e.rows import OTHERS
from pipeline.derive.e2e.standard.draft import Draft
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.english import with_article
from pipeline.names import pascal, words

NONE = ex.IntegerLiteral(kind="integer", value=0)
_SHOWN = ParentSource | CountSource | FlagSource | RowsSource | KeysSource


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the test of what is shown beside columns, where rows certainly can be made."""
    create, read = subject.first("create"), subject.first("read")
    shown = subject.design.interface.object(pascal(subject.table.name)).properties
    details = [each for each in shown if isinstance(each.source, _SHOWN)]
    maker = subject.maker(read) if read is not None else None
    if create is None or read is None or maker is None or not details:
        return
    if not subject.is_plain(read) or subject.does_more(create):
        return
    draft = Draft(
        f"{subject.noun}_shows_what_belongs_to_it",
        f"What is read of {with_article(words(subject.noun))} shows the rows around it.",
        read,
    )
    row = subject.labels()[0]
    draft.call(create, maker, named=row)
    draft.call(read, maker, row)
    _owned(subject, draft, read, maker, details)
    for name in dict.fromkeys(
        d.source.table for d in details if isinstance(d.source, CountSource | FlagSource)
    ):
        _pointed_at(subject, draft, read, maker, [d for d in details if _child(d) == name])
    yield draft


def _child(detail: SchemaProperty) -> str | None:
    """Return the table whose rows a detail counts or looks for."""
    source = detail.source
    return source.table if isinstance(source, CountSource | FlagSource) else None


def _owned(
    subject: Subject, draft: Draft, read: Operation, maker: str, details: list[SchemaProperty]
) -> None:
    """Expect the maker of the row where its owner is shown."""
    owner = subject.owner(maker)
    for detail in details:
        source = detail.source
        is_owner = isinstance(source, ParentSource) and f"{source.relation}_id" == owner
        if is_owner and detail.schema_.type == "reference":
            draft.check(read, f"{detail.name}.id", ex.RowOf(kind="row_of", caller=maker))


def _pointed_at(
    subject: Subject, draft: Draft, read: Operation, maker: str, details: list[SchemaProperty]
) -> None:
    """Make a row that points at the first, and expect it to count."""
    source, row = details[0].source, subject.labels()[0]
    assert isinstance(source, CountSource | FlagSource)
    child = Subject(subject.design, subject.design.database.table(source.table))
    create = child.first("create")
    if create is None or maker not in create.actors or child.does_more(create):
        return
    given = [p.name for p in child.body(create) if p.column == f"{source.relation}_id"]
    if not given or not child.is_plain(create):
        return
    draft.call(create, maker, values={given[0]: ex.RowOf(kind="row_of", caller=row)})
    draft.call(read, maker, row)
    for detail in details:
        if isinstance(detail.source, CountSource):
            draft.check(read, detail.name, NONE, "greater")
        elif isinstance(detail.source, FlagSource) and child.owner(maker) == detail.source.owner:
            draft.check(read, detail.name, _truth(value=True))
            if read.scope == "any":
                draft.call(read, f"{OTHERS[0]}{maker}", row)
                draft.check(read, detail.name, _truth(value=False))


def _truth(*, value: bool) -> ex.BooleanLiteral:
    return ex.BooleanLiteral(kind="boolean", value=value)
