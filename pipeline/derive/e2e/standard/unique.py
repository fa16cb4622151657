"""Unique keys: a second row of the same key is refused, at first and later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.ast import expression as ex
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.rows import ANONYMOUS, OTHERS, answer_labels, relation_target, row_labels
from pipeline.derive.e2e.standard.draft import Draft, sent
from pipeline.derive.e2e.standard.subject import Subject
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
    rows: dict[str, ex.Expression] = {}
    values: dict[str, ex.Expression] = {}
    for property_ in properties:
        target = relation_target(subject.design, create, property_.name)
        if target is None:
            values[property_.name] = sent(label, property_.name)
        else:
            table = subject.design.database.table(target)
            owner = maker if maker in row_labels(subject.design, table) else target
            rows[property_.name] = ex.RowOf(kind="row_of", caller=owner)
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
    if any(subject.table.relation_of(property_.column or "") for property_ in properties):
        return
    label = answer_labels(subject.design.interface, create.response or "")[0]
    values = {property_.name: sent(label, property_.name) for property_ in properties}
    draft.call(create, f"{OTHERS[0]}{maker}", values=values)


def _change(
    subject: Subject,
    draft: Draft,
    maker: str,
    values: dict[str, ex.Expression],
    rows: dict[str, ex.Expression],
) -> None:
    """Give a second row the key of the first, where an update takes all of the key."""
    update, create = subject.first("update"), subject.first("create")
    if update is None or create is None or rows or CONFLICT not in update.statuses():
        return
    taken = {property_.name for property_ in subject.body(update)}
    if not values or not taken.issuperset(values) or maker not in update.actors:
        return
    if subject.is_plain(update) and subject.is_repeatable:
        first, second = subject.labels()[:2]
        draft.call(create, maker, named=second)
        draft.call(update, maker, second, CONFLICT, values=values)
        draft.call(update, maker, first, values=values)
