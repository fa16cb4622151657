"""Values of JavaScript as far as they are known: what is equal, what is true, how it is written."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from scoring.trials.language.scopes import Scope
from scoring.typescript.modules import Parameter


class Undefined:
    """JavaScript's `undefined`; there is one."""

    def __repr__(self) -> str:
        return "undefined"


UNDEFINED = Undefined()


@dataclass(frozen=True, eq=False)
class Unknown:
    """A value that nobody knows, but that it is none of `excluded`."""

    excluded: tuple[object, ...] = ()


UNKNOWN = Unknown()


@dataclass(frozen=True)
class OneOf:
    """A status that is one of several: whatever it is compared with among them, it is.

    Where a test needs a number of it, it is the first.
    """

    options: tuple[int, ...]


class Opaque:
    """A thing of a package that is not followed: any member of it and any call is one again."""


OPAQUE = Opaque()


@dataclass(frozen=True, eq=False)
class Native:
    """A function that is known here."""

    run: Callable[[Sequence[object]], object]
    members: Mapping[str, object] = field(default_factory=lambda: {})


@dataclass(frozen=True, eq=False)
class Closure:
    """A function of the project, with the names that it sees."""

    name: str
    parameters: tuple[Parameter, ...]
    body: Callable[[Scope], object]
    scope: Scope
    is_async: bool
    is_arrow: bool
    client: object = None
    """What it calls, if it is a function of the client library."""


@dataclass(eq=False)
class ClassValue:
    """A class; `errs` if its objects are errors."""

    name: str
    base: object = None
    methods: dict[str, Closure] = field(default_factory=lambda: {})
    statics: dict[str, object] = field(default_factory=lambda: {})
    fields: list[tuple[str, Callable[[Scope], object]]] = field(default_factory=lambda: [])
    scope: Scope | None = None

    def method(self, name: str) -> Closure | None:
        """Return a method of the class or of its bases."""
        found = self.methods.get(name)
        if found is None and isinstance(self.base, ClassValue):
            return self.base.method(name)
        return found


@dataclass(eq=False)
class Instance:
    """An object of a class."""

    of: ClassValue
    values: dict[str, object] = field(default_factory=lambda: {})


@dataclass(eq=False)
class ErrorValue:
    """An error; `kind` is the name of its class, `HttpError` if a call was refused."""

    kind: str
    values: dict[str, object] = field(default_factory=lambda: {})


@dataclass(eq=False)
class Promise:
    """A promise that is settled: nothing here takes time."""

    value: object = UNDEFINED
    error: Thrown | None = None


class Thrown(Exception):
    """An error of JavaScript on its way; `value` is what was thrown."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class Lost(Exception):
    """The code cannot be followed to its end."""


def failure(kind: str, message: str) -> Thrown:
    """Return an error of a library or of the language itself."""
    return Thrown(ErrorValue(kind, {"message": message, "name": kind}))


def missing(value: object) -> bool:
    """Whether a value is null or undefined."""
    return value is None or value is UNDEFINED


def truth(value: object) -> bool | None:
    """Return whether JavaScript takes a value for true; None if nobody knows."""
    if isinstance(value, bool):
        return value
    if value is None or value is UNDEFINED:
        return False
    if isinstance(value, int | float):
        return value != 0 and value == value
    if isinstance(value, str):
        return value != ""
    if isinstance(value, Unknown | Opaque):
        return None
    return True


def is_number(value: object) -> bool:
    """Whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(left: object, right: object, loosely: bool = False) -> bool | None:
    """Return whether two values are the same (`===`, `Object.is`); None if nobody knows."""
    if left is right and not isinstance(left, Unknown | Opaque):
        return True
    for one, other in ((left, right), (right, left)):
        if isinstance(one, OneOf):
            return isinstance(other, OneOf) or (is_number(other) and other in one.options)
        if isinstance(one, Unknown):
            if any(same(each, other) for each in one.excluded):
                return False
            return True if one is other else None
        if isinstance(one, Opaque):
            return None
    if loosely and missing(left) and missing(right):
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_number(left) and is_number(right):
        return left == right or (left != left and right != right)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return False


def equal(left: object, right: object, partly: bool = False) -> bool | None:
    """Return whether two values are deeply equal; None if nobody knows.

    `partly` if the left one may have members that the right one lacks.
    """
    if isinstance(right, Matcher):
        return right.fits(left)
    ours, theirs = elements_of(left), elements_of(right)
    if ours is not None and theirs is not None:
        if len(ours) != len(theirs):
            return False
        return both(equal(a, b, partly) for a, b in zip(ours, theirs, strict=True))
    mine, other = members_of(left), members_of(right)
    if mine is not None and other is not None:
        names = [n for n, held in other.items() if held is not UNDEFINED]
        if not partly:
            names += [n for n, held in mine.items() if held is not UNDEFINED and n not in names]
        return both(equal(mine.get(n, UNDEFINED), other.get(n, UNDEFINED), partly) for n in names)
    return same(left, right)


def elements_of(value: object) -> list[object] | None:
    """Return the elements of a list; None for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else None


def members_of(value: object) -> dict[str, object] | None:
    """Return the members of an object; None for anything else."""
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    if isinstance(value, Instance | ErrorValue):
        return value.values
    return None


@dataclass(frozen=True, eq=False)
class Matcher:
    """What `expect.objectContaining` and the like make."""

    fits: Callable[[object], bool | None]


def both(parts: object) -> bool | None:
    """Return whether all are true; None if nobody knows."""
    known: bool | None = True
    for part in cast("Sequence[bool | None]", parts):
        if part is False:
            return False
        if part is None:
            known = None
    return known


def either(parts: object) -> bool | None:
    """Return whether one is true; None if nobody knows."""
    known: bool | None = False
    for part in cast("Sequence[bool | None]", parts):
        if part is True:
            return True
        if part is None:
            known = None
    return known


def shown(answer: bool | None) -> object:
    """Return an answer as a value of JavaScript."""
    return UNKNOWN if answer is None else answer


def negated(answer: bool | None) -> bool | None:
    """Return the contrary; None if nobody knows."""
    return None if answer is None else not answer


def number(value: object) -> float | None:
    """Return a value as a number, NaN if it is none; None if nobody knows."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        text = value.strip().replace("_", "")
        try:
            read = float(text) if text else 0.0
        except ValueError:
            return math.nan
        return int(read) if read.is_integer() else read
    if value is None:
        return 0
    if isinstance(value, OneOf):
        return value.options[0]
    if isinstance(value, DateValue):
        return value.time
    return None if isinstance(value, Unknown | Opaque) else math.nan


@dataclass(eq=False)
class DateValue:
    """A `Date`: milliseconds since 1970."""

    time: float


def text(value: object) -> str | None:
    """Return a value as a text; None if nobody knows."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        if value != value:
            return "NaN"
        return str(int(value)) if float(value).is_integer() else str(value)
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, list):
        parts = [text(each) for each in cast("list[object]", value)]
        return ",".join(cast("list[str]", parts)) if None not in parts else None
    if isinstance(value, OneOf):
        return str(value.options[0])
    if isinstance(value, ErrorValue):
        return f"{value.kind}: {value.values.get('message', '')}"
    return None if isinstance(value, Unknown | Opaque | DateValue) else "[object Object]"


def to_json(value: object) -> str:
    """Write a value as JSON; what nobody knows is a name of its own."""

    def plain(held: object) -> object:
        if isinstance(held, list):
            return [plain(each) for each in cast("list[object]", held)]
        members = members_of(held)
        if members is not None:
            return {n: plain(each) for n, each in members.items() if each is not UNDEFINED}
        if isinstance(held, str | int | float) or held is None:
            return held
        return f"unknown {id(held)}"

    return json.dumps(plain(value))


def from_json(value: str) -> object:
    """Read JSON; raises Thrown if it is none."""
    try:
        return json.loads(value)
    except ValueError:
        raise failure("SyntaxError", "no JSON") from None
