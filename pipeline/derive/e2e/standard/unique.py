"""Unique keys: a second row of the same key is refused, at first and later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.ast import expression as ex
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.rows import (
    ANONYMOUS,
    OTHERS,
    answer_labels,
    first_caller,
    relation_target,
    row_labels,
)
from pipeline.derive.e2e.standard.draft import Draft, sent
from pipeline.derive.e2e.standard.subject import ROWS_MIN, Subject
from pipeline.derive.keys import unique_rules
from pipeline.names import words

CONFLICT = 409


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the test of the unique keys."""
    join = subject.first("join")
    create, maker = (join, ANONYMOUS) if join else (subject.first("create"), subject.maker())
    if create is None or maker is None or CONFLICT not in create.statuses():
        return
    draft = Draft(
        f"{subject.table.plural}_share_no_key",
        f"No two {words(subject.table.plural)} have the same values where they must differ.",
        create,
    )
    for key in subject.table.unique_keys():
        properties = _given(subject, create, maker, key)
        if "email" not in key and properties:
            draft.cited = (*draft.cited, *unique_rules(subject.table, key))
            _repeat(subject, draft, create, maker, key, properties)
            if subject.owner(maker) in key:
                _share(subject, draft, create, maker, properties)
            _repeat_elsewhere(subject, draft, create, maker, properties)
    if draft.steps:
        yield draft


def _given(
    subject: Subject, create: Operation, maker: str, key: Sequence[str]
) -> list[SchemaProperty]:
    """Return the properties that make up a key; none if something else is part of it."""
    body = {p.column: p for p in subject.body(create) if p.column}
    owner = subject.owner(maker)
    if any(column not in body and column != owner for column in key):
        return []
    return [body[column] for column in key if column in body]


def _repeat(
    subject: Subject,
    draft: Draft,
    create: Operation,
    maker: str,
    key: tuple[str, ...],
    properties: Sequence[SchemaProperty],
) -> None:
    response = create.response or ""
    label = answer_labels(subject.design.interface, response)[0]
    rows = _rows(subject, create, maker, properties)
    values = {p.name: sent(label, p.name) for p in properties if p.name not in rows}
    draft.call(create, maker, named=label, values=rows)
    draft.call(create, maker, status=CONFLICT, values={**rows, **values})
    folded = {
        p.name: _shouted(values[p.name])
        for p in properties
        if p.column in subject.table.folded(key)
    }
    if folded:
        draft.call(create, maker, status=CONFLICT, values={**rows, **values, **folded})
    _change(subject, draft, maker, values, rows)


def _rows(
    subject: Subject, create: Operation, maker: str, properties: Sequence[SchemaProperty]
) -> dict[str, ex.RowOf]:
    """Return the rows that the properties of a key point at."""
    found: dict[str, ex.RowOf] = {}
    for property_ in properties:
        target = relation_target(subject.design, create, property_.name)
        if target is not None:
            table = subject.design.database.table(target)
            owner = maker if maker in row_labels(subject.design, table) else target
            found[property_.name] = ex.RowOf(kind="row_of", caller=owner)
    return found


def _shouted(value: ex.Expression) -> ex.Expression:
    return ex.Capitals(kind="capitals", operand=value)


def _share(
    subject: Subject,
    draft: Draft,
    create: Operation,
    maker: str,
    properties: Sequence[SchemaProperty],
) -> None:
    """Let another account have a row of the same key, as keys are those of an owner."""
    rows = _rows(subject, create, maker, properties)
    if any(row.caller == maker for row in rows.values()):
        return
    label = answer_labels(subject.design.interface, create.response or "")[0]
    values = {p.name: sent(label, p.name) for p in properties if p.name not in rows}
    draft.call(create, f"{OTHERS[0]}{maker}", values={**rows, **values})


def _repeat_elsewhere(
    subject: Subject,
    draft: Draft,
    create: Operation,
    maker: str,
    properties: Sequence[SchemaProperty],
) -> None:
    """Repeat all of a key but one row that it points at, for each of these: that is another key."""
    label = answer_labels(subject.design.interface, create.response or "")[0]
    rows = _rows(subject, create, maker, properties)
    values = {p.name: sent(label, p.name) for p in properties if p.name not in rows}
    for property_ in (p for p in properties if p.name in rows):
        target = relation_target(subject.design, create, property_.name) or ""
        parent = Subject(subject.design, subject.design.database.table(target))
        makes = parent.first("create")
        made = sum(getattr(step, "operation", None) == create.id for step in draft.steps)
        if makes is None or not parent.is_repeatable or made > ROWS_MIN:
            continue
        if not parent.is_plain(makes) or not _is_other_key(subject, property_, properties):
            continue
        row = parent.labels()[0]
        draft.call(makes, maker if maker in makes.actors else first_caller(makes), named=row)
        elsewhere = {property_.name: ex.RowOf(kind="row_of", caller=row)}
        draft.call(create, maker, values={**rows, **values, **elsewhere})


def _is_other_key(
    subject: Subject, changed: SchemaProperty, properties: Sequence[SchemaProperty]
) -> bool:
    """Whether no key is the same any more once one property of a key has another value."""
    repeated = {p.column for p in properties}
    return all(
        changed.column in key or subject.random_columns.difference(repeated).intersection(key)
        for key in subject.table.unique_keys()
    )


def _change(
    subject: Subject,
    draft: Draft,
    maker: str,
    values: Mapping[str, ex.Expression],
    rows: Mapping[str, ex.Expression],
) -> None:
    """Give a second row the key of the first, where an update takes all of the key."""
    update, create = subject.first("update"), subject.first("create")
    if update is None or create is None or rows or CONFLICT not in update.statuses():
        return
    taken = {property_.name for property_ in subject.body(update)}
    if not values or not taken.issuperset(values) or maker not in update.actors:
        return
    if subject.is_plain(update, maker) and subject.is_repeatable:
        first, second = subject.labels()[:2]
        draft.call(create, maker, named=second)
        draft.call(update, maker, second, CONFLICT, values=values)
        draft.call(update, maker, first, values=values)
