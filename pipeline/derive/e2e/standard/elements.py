"""Elements: what tests give in the lists of bodies, and what answers then show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast.interface import (
    ArraySchema,
    Filter,
    KeysSource,
    Operation,
    RowsSource,
    SchemaProperty,
    StringSchema,
)
from pipeline.derive.e2e.rows import OTHERS, answer_labels, entry_of
from pipeline.derive.e2e.samples import is_random, sample, scalar
from pipeline.derive.e2e.standard.bounds import beyond
from pipeline.derive.e2e.standard.draft import Draft
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.nested.promises import BAD_KEY

TEXTS = ("The first of two", "The second of two")
MALFORMED, MISSING = 400, 404
CHECKED = 4
"""Properties of an element that a test looks at."""
PLAIN = ("integer", "number", "boolean", "enum", "time", "string")
"""Kinds of values that a test can write down twice."""


@dataclass(frozen=True)
class Elements:
    """The first and the second element of a list in a body."""

    subject: Subject
    given: SchemaProperty
    source: RowsSource | KeysSource

    @property
    def child(self) -> Subject:
        """The table of the elements."""
        design = self.subject.design
        return Subject(design, design.database.table(self.source.table))

    @property
    def entry(self) -> Sequence[SchemaProperty]:
        """The properties of an element that are given; none of a key."""
        found = self._properties(self.given)
        return [p for p in found if p.required or self._target(p) is None]

    @property
    def can_be_two(self) -> bool:
        """Whether two different elements certainly can be made, and the list be of one or two."""
        list_ = self.given.schema_
        if not isinstance(list_, ArraySchema) or not _admits_one_and_two(list_):
            return False
        if isinstance(self.source, KeysSource):
            other = next(r for r in self.child.table.relations if r.name == self.source.other)
            return self._can_be_made(other.target)
        targets = [self._target(each) for each in self.entry]
        apart = {e.column for e in self.entry if self._element(0, e) != self._element(1, e)}
        apart |= {e.column for e in self.entry if is_random(self._element(0, e))}
        apart |= {column.name for column in self.child.table.columns if column.is_generated}
        keys = self.child.table.unique_keys()
        return all(apart.intersection(key) for key in keys) and all(
            self._can_be_made(target) for target in targets if target is not None
        )

    def _can_be_made(self, target: str) -> bool:
        table = self.subject.design.database.table(target)
        return table.stance == "actor" or self.subject.can_be_made(target)

    def both(self, *places: int) -> dict[str, ex.Expression]:
        """Return the body whose list has these elements."""
        items = tuple(self.whole(place) for place in places)
        return {self.given.name: ex.ListOf(kind="list", items=items)}

    def whole(self, place: int, **other: ex.Expression) -> ex.Expression:
        """Return an element, with other values of some properties."""
        if isinstance(self.source, KeysSource):
            relation = next(r for r in self.child.table.relations if r.name == self.source.other)
            return self._row(relation.target, place)
        members = tuple(
            ex.Member(name=each.name, value=other.get(each.name) or self._element(place, each))
            for each in self.entry
        )
        return ex.ObjectOf(kind="object", members=members)

    def _element(self, place: int, property_: SchemaProperty) -> ex.Expression:
        """Return the value of a property of the first or the second element."""
        target = self._target(property_)
        if target is not None:
            return self._row(target, place)
        text = _text(property_, place)
        if text is not None:
            return text
        pair = self.child.pair(property_)
        is_plain = pair is not None and pair[place].kind in PLAIN
        return pair[place] if pair is not None and is_plain else sample(property_)

    def _row(self, target: str, place: int) -> ex.RowOf:
        """Return the key of a row that an element points at, of another one for each place."""
        design = self.subject.design
        labels = (target, f"{OTHERS[0]}{target}")
        if design.database.table(target).stance != "actor":
            labels = answer_labels(design.interface, names.pascal(target))
        return ex.RowOf(kind="row_of", caller=labels[place])

    def _target(self, property_: SchemaProperty) -> str | None:
        relation = self.child.table.relation_of(property_.column) if property_.column else None
        return relation.target if relation is not None else None

    def expect(self, draft: Draft, operation: Operation, *places: int) -> None:
        """Expect an answer to show these elements, and no others."""
        name = self.given.name
        count = ex.IntegerLiteral(kind="integer", value=len(places))
        draft.check(operation, f"{name}.length", count)
        for number, place in enumerate(places):
            if isinstance(self.source, KeysSource):
                draft.check(operation, f"{name}.{number}", self.whole(place))
            for each in self._looked_at():
                value = self._element(place, each)
                draft.check(operation, f"{name}.{number}.{each.name}", value)

    def _looked_at(self) -> Sequence[SchemaProperty]:
        """Return the properties of an element that answers show as they were given."""
        shown = self.subject.design.interface.object(names.pascal(self.subject.table.name))
        list_ = next(p for p in shown.properties if p.name == self.given.name)
        part = {p.name for p in self._properties(list_)}
        return [
            each
            for each in self.entry
            if each.name in part and self._element(0, each).kind in (*PLAIN, "row_of")
        ][:CHECKED]

    def _properties(self, list_: SchemaProperty) -> Sequence[SchemaProperty]:
        """Return the properties of the elements of a list, none if they are keys."""
        return entry_of(self.subject.design.interface, list_)

    def wrong(self) -> Iterator[tuple[int, tuple[ex.Expression, ...]]]:
        """Yield lists that are refused for an element of theirs, and with which status."""
        unknown = made_up.RandomUuid(kind="random_uuid")
        if isinstance(self.source, KeysSource):
            yield BAD_KEY, (self.whole(0), unknown)
            yield BAD_KEY, (self.whole(0), self.whole(0))
            return
        for each in self.entry:
            if self._target(each) is not None:
                yield MISSING, (self.whole(0), self.whole(1, **{each.name: unknown}))
        for each in self.entry:
            for value in beyond(each):
                yield MALFORMED, (self.whole(0), self.whole(1, **{each.name: value}))
                return

    def is_asked_by(self, item: Filter) -> bool:
        """Whether a filter is by the keys in the list."""
        if item.related is None or not isinstance(self.source, KeysSource):
            return False
        relation = self.child.table.relation_of(item.column)
        is_here = item.related.table == self.source.table
        return is_here and relation is not None and relation.name == self.source.other


def _admits_one_and_two(list_: ArraySchema) -> bool:
    return (list_.min_items or 0) <= 1 and (list_.max_items is None or list_.max_items > 1)


def written_down(property_: SchemaProperty) -> ex.StringLiteral | None:
    """Return a text that a test can write down twice."""
    schema = scalar(property_.schema_)
    if isinstance(schema, StringSchema) and schema.text_pattern is not None:
        return ex.StringLiteral(kind="string", value=schema.text_pattern.example)
    return _text(property_, 0)


def _text(property_: SchemaProperty, place: int) -> ex.StringLiteral | None:
    """Return a text that a test can write down, if the property takes one of that length."""
    match scalar(property_.schema_):
        case StringSchema(format=None, pattern=None, enum=(), min_length=low, max_length=high):
            is_within = (low or 0) <= len(TEXTS[0]) and (high is None or high >= len(TEXTS[1]))
            return ex.StringLiteral(kind="string", value=TEXTS[place]) if is_within else None
        case _:
            return None
