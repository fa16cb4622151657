"""Nested lists: kept as given, replaced as a whole, and stored not at all where one is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast.interface import KeysSource, Operation, RowsSource, SchemaProperty
from pipeline.derive.e2e.standard.draft import Draft
from pipeline.derive.e2e.standard.elements import Elements, written_down
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.keys import unique_rules
from pipeline.english import with_article

TAKEN = 409


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
            elements = Elements(subject, given, given.source)
            if elements.can_be_two:
                nested = _Nested(elements, maker, create, read)
                yield nested.kept()
                yield from nested.apart()
                yield from nested.filtered()
                yield from nested.forgotten()
                yield from nested.changed()


@dataclass(frozen=True)
class _Nested:
    """A list of a body, and who makes rows with it."""

    elements: Elements
    maker: str
    create: Operation
    read: Operation

    @property
    def subject(self) -> Subject:
        """The table of the rows that the list is given with."""
        return self.elements.subject

    @property
    def given(self) -> SchemaProperty:
        """The property of the body."""
        return self.elements.given

    @property
    def _what(self) -> str:
        """What the list is called in the name of a test."""
        return str(names.to_snake(self.given.name, 2 * len(self.given.name)))

    def kept(self) -> Draft:
        """Return the test that what is given is answered and read, in its order."""
        noun, what = self.subject.noun, self._what
        draft = Draft(
            f"{noun}_keeps_its_{what}",
            f"What is given as {names.words(what)} is answered and read in the same order.",
            self.create,
        )
        row = self.subject.labels()[0]
        draft.call(self.create, self.maker, named=row, values=self.elements.both(0, 1))
        self.elements.expect(draft, self.create, 0, 1)
        draft.call(self.read, self.maker, row)
        self.elements.expect(draft, self.read, 0, 1)
        return draft

    def apart(self) -> Iterator[Draft]:
        """Yield the test that an element has no value that must be another one's alone."""
        child = self.elements.child.table
        keys = {key[0] for key in child.unique_keys() if len(key) == 1}
        for each in self.elements.entry:
            value = written_down(each) if each.column in keys else None
            if value is None or not self.subject.is_repeatable:
                continue
            noun, what = self.subject.noun, self._what
            draft = Draft(
                f"{noun}_shares_no_{what}",
                f"Of two {names.words(child.plural)} with one {each.name} the second is refused, "
                f"and what it was given with.",
                self.create,
                unique_rules(child, (str(each.column),)),
            )
            whole = self.elements.whole(0, **{each.name: value})
            given = {self.given.name: ex.ListOf(kind="list", items=(whole,))}
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
            if self.elements.is_asked_by(each):
                draft = Draft(
                    f"{self.subject.table.plural}_are_filtered_by_{self._what}",
                    f"Only rows with the one of {names.words(self._what)} asked for are shown.",
                    listed,
                )
                rows = self.subject.labels()[:2]
                for place, row in enumerate(rows):
                    draft.call(self.create, self.maker, named=row, values=self.elements.both(place))
                draft.call(listed, self.maker, values={each.property: self.elements.whole(0)})
                draft.rows(listed, rows[0], shown=True)
                draft.rows(listed, rows[1], shown=False)
                yield draft

    def forgotten(self) -> Iterator[Draft]:
        """Yield the test that a row that is deleted is taken off the lists that have its key."""
        if not isinstance(self.elements.source, KeysSource):
            return
        name = self.elements.source.other
        relation = next(r for r in self.elements.child.table.relations if r.name == name)
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
                if rule.kind == "cascade" and rule.dependent == self.elements.child.table.entity
            ),
        )
        row = self.subject.labels()[0]
        draft.call(self.create, self.maker, named=row, values=self.elements.both(0, 1))
        draft.call(erase, self.maker, other.labels()[0])
        draft.call(self.read, self.maker, row)
        self.elements.expect(draft, self.read, 1)
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
        replaced.call(self.create, self.maker, named=row, values=self.elements.both(0, 1))
        if isinstance(self.elements.source, KeysSource) and self.subject.is_repeatable:
            replaced.call(self.create, self.maker, values=self.elements.both(1))  # has the key, too
        replaced.call(update, self.maker, row, values=self.elements.both(1))
        self.elements.expect(replaced, update, 1)
        replaced.call(update, self.maker, row)
        self.elements.expect(replaced, update, 1)
        yield replaced
        wrong = list(self.elements.wrong())
        if wrong:
            refused = Draft(
                f"{noun}_has_all_its_{what}_or_none",
                f"With one that is wrong, none of the {names.words(what)} is stored.",
                update,
            )
            refused.call(self.create, self.maker, named=row, values=self.elements.both(0, 1))
            for status, values in wrong:
                given = {self.given.name: ex.ListOf(kind="list", items=values)}
                refused.call(update, self.maker, row, status, values=given)
            refused.call(self.read, self.maker, row)
            self.elements.expect(refused, self.read, 0, 1)
            yield refused
