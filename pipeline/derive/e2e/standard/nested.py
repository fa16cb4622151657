"""Nested lists: kept as given, replaced as a whole, and stored not at all where one is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast.interface import (
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
from pipeline.derive.keys import unique_rules
from pipeline.derive.nested.promises import BAD_KEY
from pipeline.english import with_article

TEXTS = ("The first of two", "The second of two")
MALFORMED, MISSING, TAKEN = 400, 404, 409
CHECKED = 4
"""Properties of an element that a test looks at."""
PLAIN = ("integer", "number", "boolean", "enum", "time", "string")
"""Kinds of values that a test can write down twice."""


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the tests of the lists in a table's bodies, where elements certainly can be made."""
    create, read = subject.first("create"), subject.first("read")
    maker = subject.maker(read) if read is not None else None
    if create is None or read is None or maker is None or not subject.is_plain(read):
        return
    if subject.does_more(create):
        return
    for given in subject.body(create):
        if isinstance(given.source, RowsSource | KeysSource):
            nested = _Nested(subject, given, given.source, maker, create, read)
            if nested.can_be_two:
                yield nested.kept()
                yield from nested.apart()
                yield from nested.filtered()
                yield from nested.forgotten()
                yield from nested.changed()


@dataclass(frozen=True)
class _Nested:
    """A list of a body, and who makes rows with it."""

    subject: Subject
    given: SchemaProperty
    source: RowsSource | KeysSource
    maker: str
    create: Operation
    read: Operation

    @property
    def _what(self) -> str:
        """What the list is called in the name of a test."""
        return str(names.to_snake(self.given.name, 2 * len(self.given.name)))

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
        """Whether two different elements certainly can be made."""
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

    def kept(self) -> Draft:
        """Return the test that what is given is answered and read, in its order."""
        noun, what = self.subject.noun, self._what
        draft = Draft(
            f"{noun}_keeps_its_{what}",
            f"What is given as {names.words(what)} is answered and read in the same order.",
            self.create,
        )
        row = self.subject.labels()[0]
        draft.call(self.create, self.maker, named=row, values=self._both(0, 1))
        self._expect(draft, self.create, 0, 1)
        draft.call(self.read, self.maker, row)
        self._expect(draft, self.read, 0, 1)
        return draft

    def apart(self) -> Iterator[Draft]:
        """Yield the test that an element has no value that must be another one's alone."""
        keys = {key[0] for key in self.child.table.unique_keys() if len(key) == 1}
        for each in self.entry:
            value = _written_down(each) if each.column in keys else None
            if value is None or not self.subject.is_repeatable:
                continue
            noun, what = self.subject.noun, self._what
            draft = Draft(
                f"{noun}_shares_no_{what}",
                f"Of two {names.words(self.child.table.plural)} with one {each.name} the second "
                f"is refused, and what it was given with.",
                self.create,
                unique_rules(self.child.table, (str(each.column),)),
            )
            given = {
                self.given.name: ex.ListOf(
                    kind="list", items=(self._whole(0, **{each.name: value}),)
                )
            }
            draft.call(self.create, self.maker, values=given)
            draft.call(self.create, self.maker, status=TAKEN, values=given)
            yield draft

    def filtered(self) -> Iterator[Draft]:
        """Yield the test that a list is filtered by the keys that rows are joined with."""
        listed = self.subject.first("list")
        if listed is None or listed.query is None or self.maker not in listed.actors:
            return
        if not self.subject.is_plain(listed, self.maker) or not self.subject.is_repeatable:
            return
        for each in listed.query.filters:
            if self._is_key(each):
                draft = Draft(
                    f"{self.subject.table.plural}_are_filtered_by_{self._what}",
                    f"Only rows with the one of {names.words(self._what)} asked for are shown.",
                    listed,
                )
                rows = self.subject.labels()[:2]
                for place, row in enumerate(rows):
                    draft.call(self.create, self.maker, named=row, values=self._both(place))
                draft.call(listed, self.maker, values={each.property: self._whole(0)})
                draft.rows(listed, rows[0], shown=True)
                draft.rows(listed, rows[1], shown=False)
                yield draft

    def _is_key(self, item: Filter) -> bool:
        """Whether a filter is by the keys in the list."""
        if item.related is None or not isinstance(self.source, KeysSource):
            return False
        relation = self.child.table.relation_of(item.column)
        is_here = item.related.table == self.source.table
        return is_here and relation is not None and relation.name == self.source.other

    def forgotten(self) -> Iterator[Draft]:
        """Yield the test that a row that is deleted is taken off the lists that have its key."""
        if not isinstance(self.source, KeysSource):
            return
        name = self.source.other
        relation = next(r for r in self.child.table.relations if r.name == name)
        other = Subject(self.subject.design, self.subject.design.database.table(relation.target))
        erase = other.first("erase")
        if erase is None or relation.on_delete != "cascade" or self.maker not in erase.actors:
            return
        if not other.is_plain(erase, self.maker) or other.table.stance == "actor":
            return
        draft = Draft(
            f"{self.subject.noun}_loses_a_deleted_{other.noun}",
            f"{with_article(names.words(other.noun)).capitalize()} that is deleted is taken off "
            f"its {names.words(self.subject.table.plural)}, which stay.",
            erase,
            tuple(
                rule.id
                for rule in other.rules
                if rule.kind == "cascade" and rule.dependent == self.child.table.entity
            ),
        )
        row = self.subject.labels()[0]
        draft.call(self.create, self.maker, named=row, values=self._both(0, 1))
        draft.call(erase, self.maker, other.labels()[0])
        draft.call(self.read, self.maker, row)
        self._expect(draft, self.read, 1)
        yield draft

    def changed(self) -> Iterator[Draft]:
        """Yield the tests of changes: a list is replaced as a whole, or not at all."""
        update = self.subject.first("update")
        if update is None or self.maker not in update.actors or not self.subject.is_plain(update):
            return
        if self.subject.does_more(update):
            return
        if all(each.name != self.given.name for each in self.subject.body(update)):
            return
        noun, what = self.subject.noun, self._what
        row = self.subject.labels()[0]
        replaced = Draft(
            f"{noun}_has_its_{what}_replaced",
            f"{names.words(what).capitalize()} that are given take the place of all there were.",
            update,
        )
        replaced.call(self.create, self.maker, named=row, values=self._both(0, 1))
        replaced.call(update, self.maker, row, values=self._both(1))
        self._expect(replaced, update, 1)
        replaced.call(update, self.maker, row)
        self._expect(replaced, update, 1)
        yield replaced
        wrong = list(self._wrong())
        if wrong:
            refused = Draft(
                f"{noun}_has_all_its_{what}_or_none",
                f"With one that is wrong, none of the {names.words(what)} is stored.",
                update,
            )
            refused.call(self.create, self.maker, named=row, values=self._both(0, 1))
            for status, values in wrong:
                given = {self.given.name: ex.ListOf(kind="list", items=values)}
                refused.call(update, self.maker, row, status, values=given)
            refused.call(self.read, self.maker, row)
            self._expect(refused, self.read, 0, 1)
            yield refused

    # --- elements

    def _both(self, *places: int) -> dict[str, ex.Expression]:
        """Return the body whose list has these elements."""
        items = tuple(self._whole(place) for place in places)
        return {self.given.name: ex.ListOf(kind="list", items=items)}

    def _whole(self, place: int, **other: ex.Expression) -> ex.Expression:
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

    def _wrong(self) -> Iterator[tuple[int, tuple[ex.Expression, ...]]]:
        """Yield lists that are refused for an element of theirs, and with which status."""
        unknown = made_up.RandomUuid(kind="random_uuid")
        if isinstance(self.source, KeysSource):
            yield BAD_KEY, (self._whole(0), unknown)
            yield BAD_KEY, (self._whole(0), self._whole(0))
            return
        for each in self.entry:
            if self._target(each) is not None:
                yield MISSING, (self._whole(0), self._whole(1, **{each.name: unknown}))
        for each in self.entry:
            for value in beyond(each):
                yield MALFORMED, (self._whole(0), self._whole(1, **{each.name: value}))
                return

    def _expect(self, draft: Draft, operation: Operation, *places: int) -> None:
        """Expect an answer to show these elements, and no others."""
        name = self.given.name
        count = ex.IntegerLiteral(kind="integer", value=len(places))
        draft.check(operation, f"{name}.length", count)
        for number, place in enumerate(places):
            if isinstance(self.source, KeysSource):
                draft.check(operation, f"{name}.{number}", self._whole(place))
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


def _written_down(property_: SchemaProperty) -> ex.StringLiteral | None:
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
