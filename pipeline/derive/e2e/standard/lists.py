"""Lists: whose rows they show, by which filters, in which order, in which pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.asking.typed import schema_type
from pipeline.ast import expression as ex
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.e2e.rows import OTHERS
from pipeline.derive.e2e.samples import scalar
from pipeline.derive.e2e.standard.draft import Draft, sent
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.reads.lists import SEARCH
from pipeline.names import camel, words

BEYOND_LIMIT = 101
ONE = ex.IntegerLiteral(kind="integer", value=1)
MALFORMED = 400


@dataclass(frozen=True)
class _Listing:
    """A list, the create that fills it, and who calls both."""

    subject: Subject
    listed: Operation
    create: Operation
    maker: str

    def properties(self) -> dict[str, SchemaProperty]:
        """Return the properties of a new row that callers write as they like, by column."""
        return {
            p.column: p
            for p in self.subject.body(self.create)
            if p.column and self.subject.is_free(p) and self.subject.pair(p) is not None
        }

    def values(self, columns: list[str], place: int) -> dict[str, ex.Expression]:
        """Return a lesser or a greater value of each column, by property."""
        found = self.properties()
        pairs = {found[column].name: self.subject.pair(found[column]) for column in columns}
        return {name: pair[place] for name, pair in pairs.items() if pair is not None}

    def made(self, draft: Draft, columns: list[str]) -> tuple[str, str]:
        """Make two rows, the lesser first."""
        first, second = self.subject.labels()[:2]
        draft.call(self.create, self.maker, named=first, values=self.values(columns, 0))
        draft.call(self.create, self.maker, named=second, values=self.values(columns, 1))
        return first, second


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the tests of a list that certainly shows what its caller makes."""
    listed, create = subject.first("list"), subject.first("create")
    maker = subject.maker(listed) if listed is not None else None
    if listed is None or create is None or maker is None:
        return
    if not subject.is_repeatable or not subject.is_plain(listed, maker):
        return
    listing = _Listing(subject, listed, create, maker)
    yield _shown(listing)
    yield from _filtered(listing)
    yield _sorted(listing)


def _shown(listing: _Listing) -> Draft:
    subject, listed, maker = listing.subject, listing.listed, listing.maker
    plural = words(subject.table.plural)
    own = listed.scope == "own" and subject.owner(maker) is not None
    purpose = f"A list shows the caller's {plural}, and nobody else's, in pages."
    draft = Draft(
        f"{subject.table.plural}_are_shown_in_pages",
        purpose if own else f"A list shows the {plural} there are, in pages.",
        listed,
        tuple(
            rule.id
            for rule in subject.rules
            if own and rule.kind == "ownership" and rule.entity == subject.table.entity
        ),
    )
    first, second = listing.made(draft, [])
    draft.call(listed, maker)
    draft.rows(listed, first, shown=True)
    draft.rows(listed, second, shown=True)
    draft.call(listed, maker, values={"limit": ONE})
    draft.check(listed, "data.length", ONE)
    if not subject.comes_with_others:
        draft.check(listed, "pagination.records", ex.IntegerLiteral(kind="integer", value=2))
        draft.check(listed, "pagination.pages", ex.IntegerLiteral(kind="integer", value=2))
    draft.refuse(
        listed, maker, MALFORMED, given={"page": ex.IntegerLiteral(kind="integer", value=0)}
    )
    beyond = ex.IntegerLiteral(kind="integer", value=BEYOND_LIMIT)
    draft.refuse(listed, maker, MALFORMED, given={"limit": beyond})
    if own:
        draft.call(listed, f"{OTHERS[0]}{maker}")
        draft.rows(listed, first, shown=False)
    return draft


def _filtered(listing: _Listing) -> Iterator[Draft]:
    subject, listed, maker = listing.subject, listing.listed, listing.maker
    query = listed.query
    if query is None:
        return
    known = listing.properties()
    filters = [each for each in query.filters if each.column in known and not each.related]
    searched = [name for name in query.search if name in known]
    if not filters and not searched:
        return
    draft = Draft(
        f"{subject.table.plural}_are_filtered",
        f"Only the {words(subject.table.plural)} that are asked for are shown.",
        listed,
    )
    columns = [*searched, *(each.column for each in filters)]
    first, second = listing.made(draft, list(dict.fromkeys(columns)))
    asked = [(SEARCH, name, first) for name in searched]
    asked += [(f.property, f.column, second if f.match == "at_least" else first) for f in filters]
    for parameter, column, shown in asked:
        draft.call(listed, maker, values={parameter: sent(shown, known[column].name)})
        draft.rows(listed, shown, shown=True)
        draft.rows(listed, second if shown == first else first, shown=False)
    yield draft


def _sorted(listing: _Listing) -> Draft:
    subject, listed, maker = listing.subject, listing.listed, listing.maker
    known = listing.properties()
    draft = Draft(
        f"{subject.table.plural}_are_sorted",
        f"The {words(subject.table.plural)} come in the order that is asked for.",
        listed,
    )
    sorts = listed.query.sorts if listed.query else ()
    shown = [name for name, p in known.items() if _rises(p) and subject.shown(p)]
    columns = [c for c in sorts if c == "created_at" or c in shown]
    listing.made(draft, [column for column in columns if column in known])
    for column in columns:
        for ending, order in (("asc", "rising"), ("desc", "falling")):
            word = ex.EnumLiteral(kind="enum", value=f"{column}_{ending}")
            draft.call(listed, maker, values={"sort": word})
            draft.order(listed, camel(column), "rising" if order == "rising" else "falling")
    return draft


def _rises(property_: SchemaProperty) -> bool:
    type_ = schema_type(scalar(property_.schema_))
    return type_ is not None and type_.kind not in ("boolean", "uuid", "uri", "email", "pattern")
