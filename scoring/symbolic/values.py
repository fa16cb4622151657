"""What an expression of a handler is while it is read: a formula, or something to call or build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from scoring.symbolic.terms import NOTHING, Choice, Field, Listed, Op, Query, Record, Term, Unknown
from scoring.typescript.modules import Class, Function, Module


@dataclass(eq=False)
class Method:
    """A function of the project, of an object or none."""

    function: Function
    this: Instance | None = None


@dataclass(eq=False)
class Built:
    """A function that the reader itself knows: it takes values and returns one."""

    call: Callable[[list[object]], object]


@dataclass(eq=False)
class Instance:
    """An object of one of the project's classes, or of one that is not known."""

    of: Class | None
    fields: dict[str, object] = field(default_factory=lambda: {})


@dataclass(eq=False)
class Space:
    """A module or a namespace."""

    of: Module | Class


@dataclass(eq=False)
class Native:
    """Something that a package or the language brings, by its name: `Math`, `Date`, `sql`."""

    name: str


@dataclass(eq=False)
class Object:
    """An object literal; `None` stands for a spread value."""

    members: list[tuple[str | None, object]] = field(default_factory=lambda: [])

    def get(self, name: str) -> object:
        """Return a member; of what was spread into the object, the formula for it."""
        for key, value in reversed(self.members):
            if key == name:
                return value
            if key is None:
                return field_of(term_of(self), name)
        return NOTHING

    def put(self, name: str, value: object, condition: Term | None) -> None:
        """Set a member, or set it under a condition."""
        if condition is not None:
            value = Choice(condition, term_of(value), term_of(self.get(name)))
        self.members = [(key, held) for key, held in self.members if key != name]
        self.members.append((name, value))


@dataclass(eq=False)
class Array:
    """An array literal; `...` is an `Op` that spreads a list."""

    items: list[object] = field(default_factory=lambda: [])


@dataclass(eq=False)
class Raised:
    """An error: the status it becomes, 0 if none is known for it."""

    status: int


@dataclass(frozen=True)
class Building:
    """A query of Kysely under construction, or one that writes."""

    action: str
    query: Query
    values: object = None
    """What an insert or an update sets."""
    returns: bool = False
    ignores: bool = False
    """Whether a row that exists already is left alone."""


@dataclass(frozen=True)
class Expressions:
    """Kysely's expression builder, or its `fn`: what each of its methods returns."""

    call: Callable[[str, list[object]], object]


PARTS_MAX = 300
"""Members and items kept of one object; one that holds itself twice, and so on, would double."""


def term_of(value: object) -> Term:
    """Return the formula for a value; of what is none, or too large, that it is not known."""
    return _term(value, [PARTS_MAX])


def _term(value: object, left: list[int]) -> Term:
    if isinstance(value, Term):
        return value
    left[0] -= 1
    if left[0] < 0:
        return Unknown("", 0, "too large")
    if isinstance(value, Object):
        return Record(tuple((key, _term(held, left)) for key, held in value.members))
    if isinstance(value, Array):
        return Listed(tuple(_term(item, left) for item in value.items))
    return Unknown("", 0, type(value).__name__)


def field_of(value: object, name: str) -> object:
    """Return a member of a value."""
    if isinstance(value, Object):
        return value.get(name)
    if isinstance(value, Instance):
        return value.fields.get(name, Unknown("", 0, name))
    if isinstance(value, Expressions):
        return value if name in ("eb", "fn") else Built(lambda given: value.call(name, given))
    if isinstance(value, Record):
        return _member(value, name)
    if isinstance(value, Choice):
        then, otherwise = field_of(value.then, name), field_of(value.otherwise, name)
        return (
            then
            if then is otherwise
            else Choice(value.condition, term_of(then), term_of(otherwise))
        )
    if isinstance(value, Term):
        return Field(value, name)
    return Unknown("", 0, name)


def _member(record: Record, name: str) -> Term:
    for key, value in reversed(record.members):
        if key == name:
            return value
        if key is None:
            rest = _rest(record, value, name)
            return Field(value, name) if rest == NOTHING else Op("??", (Field(value, name), rest))
    return NOTHING


def _rest(record: Record, spread: Term, name: str) -> Term:
    index = next(
        i for i, (key, held) in enumerate(record.members) if key is None and held is spread
    )
    return _member(Record(record.members[:index]), name)
