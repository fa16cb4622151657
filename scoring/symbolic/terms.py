"""Formulas over what a request gives and what queries find: values before anything is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class Undefined:
    """JavaScript's `undefined`."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = Undefined()
Scalar = str | float | int | bool | None | Undefined


class Term:
    """A formula; equal formulas mean the same value."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Const(Term):
    """A value that is written in the code."""

    value: Scalar

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, Const) and type(other.value) is type(self.value)
        return same and isinstance(other, Const) and other.value == self.value


@dataclass(frozen=True, slots=True)
class Given(Term):
    """What the request brings: `actor`, `path`, `body`, `query`, a member of it or all."""

    kind: Literal["actor", "path", "body", "query", "header", "request"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Unknown(Term):
    """What could not be followed, and where it stands."""

    file: str
    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fresh(Term):
    """A value that nothing else equals, such as a key made by chance."""

    site: int


@dataclass(frozen=True, slots=True)
class Present(Term):
    """The present moment, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Op(Term):
    """An operator, method or function of JavaScript with its operands."""

    name: str
    operands: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Field(Term):
    """A member of a value."""

    of: Term
    name: str


@dataclass(frozen=True, slots=True)
class Record(Term):
    """An object: later members win over earlier ones; a name of None spreads a value."""

    members: tuple[tuple[str | None, Term], ...]


@dataclass(frozen=True, slots=True)
class Listed(Term):
    """An array; a spread element is an `Op` called `...`."""

    items: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Choice(Term):
    """One value or the other."""

    condition: Term
    then: Term
    otherwise: Term


@dataclass(frozen=True, slots=True)
class Item(Term):
    """Each element of a list in turn, or its position."""

    number: int
    position: bool = False


@dataclass(frozen=True, slots=True)
class Each(Term):
    """What a method of arrays (`map`, `filter`, `some` …) makes of the elements."""

    method: str
    source: Term
    item: Item
    body: Term


@dataclass(frozen=True, slots=True)
class Column(Term):
    """A column of a row that a query looks at; `table` is the alias, empty for any."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A table that a query looks at beside its first; `outer` rows may lack one."""

    table: str
    alias: str
    on: Term
    outer: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query: which rows of which table, in which order, and what of them."""

    table: str
    alias: str = ""
    joins: tuple[Joined, ...] = ()
    where: tuple[Term, ...] = ()
    order: tuple[tuple[Term, Term], ...] = ()
    """Expression and direction (`asc` or `desc`)."""
    limit: Term | None = None
    offset: Term | None = None
    selected: tuple[tuple[str, Term], ...] = ()
    """Named expressions; all columns beside them if `everything`."""
    everything: bool = False
    grouped: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows(Term):
    """All rows that a query finds; `read` numbers the queries that a handler makes."""

    query: Query
    read: int = 0


@dataclass(frozen=True, slots=True)
class First(Term):
    """The first row that a query finds, or undefined; `read` as of `Rows`."""

    query: Query
    read: int = 0


@dataclass(frozen=True, slots=True)
class Aggregate(Term):
    """`count`, `sum`, `avg`, `min` or `max` over the rows of the query it stands in."""

    function: str
    of: Term | None = None


@dataclass(frozen=True, slots=True)
class Found(Term):
    """Whether a query finds a row: `exists (…)`."""

    query: Query


@dataclass(frozen=True, slots=True)
class Written(Term):
    """The row that a write leaves, by the number of the write."""

    write: int


@dataclass(frozen=True, slots=True)
class Caught(Term):
    """The error that ended the writes of a `try`, by their numbers."""

    writes: tuple[int, ...]


TRUE, FALSE, NOTHING = Const(True), Const(False), Const(UNDEFINED)


def negation(term: Term) -> Term:
    """Return the formula that holds where this one does not."""
    if isinstance(term, Const):
        return Const(not truth(term.value))
    if isinstance(term, Op) and term.name == "!":
        return term.operands[0]
    return Op("!", (term,))


def both(*terms: Term) -> Term:
    """Return the formula that holds where all do."""
    kept = [term for term in terms if term != TRUE]
    if FALSE in kept:
        return FALSE
    if not kept:
        return TRUE
    made = kept[0]
    for term in kept[1:]:
        made = Op("&&", (made, term))
    return made


def either(*terms: Term) -> Term:
    """Return the formula that holds where one does."""
    kept = [term for term in terms if term != FALSE]
    if TRUE in kept:
        return TRUE
    if not kept:
        return FALSE
    made = kept[0]
    for term in kept[1:]:
        made = Op("||", (made, term))
    return made


def truth(value: Scalar) -> bool:
    """Whether JavaScript takes a value for true."""
    if isinstance(value, float) and value != value:
        return False
    return value is not None and value is not UNDEFINED and value != 0 and value != ""
