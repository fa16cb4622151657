"""The globals of JavaScript and what tests import from packages."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from scoring.trials.language.caller import Caller
from scoring.trials.language.expressions import settled
from scoring.trials.language.members import iso
from scoring.trials.language.values import (
    OPAQUE,
    UNDEFINED,
    UNKNOWN,
    DateValue,
    ErrorValue,
    Native,
    Opaque,
    Promise,
    Thrown,
    Unknown,
    elements_of,
    from_json,
    members_of,
    missing,
    number,
    same,
    shown,
    text,
    to_json,
    truth,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ERRORS = ("Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "AssertionError")
LIST_MAX = 2000


class Libraries:
    """What is there in every play: globals, and clocks and random values that are always alike."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.now = 0.0
        """The present moment in milliseconds since 1970."""
        self._drawn = 0
        self.globals: dict[str, object] = {
            **{name: error_class(name) for name in _ERRORS},
            **self._constructors(),
            **self._namespaces(),
            "undefined": UNDEFINED,
            "NaN": math.nan,
            "Infinity": math.inf,
            "console": OPAQUE,
            "process": {"env": {}, "argv": [], "exit": Native(lambda given: UNDEFINED)},
            "Buffer": OPAQUE,
            "globalThis": OPAQUE,
            "structuredClone": Native(lambda given: _copied(given[0])),
            "parseInt": Native(lambda given: _number(given[0])),
            "parseFloat": Native(lambda given: _number(given[0])),
            "isNaN": Native(lambda given: _number(given[0]) != _number(given[0])),
            "encodeURIComponent": Native(lambda given: given[0]),
            "setTimeout": Native(self._timeout),
            "clearTimeout": Native(lambda given: UNDEFINED),
        }

    def begin(self) -> None:
        """Begin a play: clocks and random values start again."""
        self.now = 1_773_489_600_000.0
        self._drawn = 0

    def draw(self) -> int:
        """Return a number that is not drawn again in this play."""
        self._drawn += 1
        return self._drawn

    def uuid(self) -> str:
        """Return a UUID that is not made again in this play."""
        return f"{self.draw():08x}-0000-4000-9000-000000000000"

    def tick(self) -> str:
        """Return the next moment; no two are the same."""
        self.now += 10
        return iso(self.now)

    def _timeout(self, given: Sequence[object]) -> object:
        delay = number(given[1]) if len(given) > 1 else 0
        self.now += delay or 0
        return self._caller.apply(given[0]) if given else UNDEFINED

    def _constructors(self) -> dict[str, object]:
        return {
            "Date": Native(
                lambda given: iso(self.now),
                {
                    "new": Native(self._date),
                    "now": Native(lambda given: self.tick_time()),
                    "parse": Native(lambda given: moment(given[0])),
                    "name": "Date",
                },
            ),
            "Number": Native(lambda given: _number(given[0] if given else 0), {
                "isInteger": Native(lambda given: isinstance(given[0], int)),
                "isNaN": Native(lambda given: given[0] != given[0]),
                "MAX_SAFE_INTEGER": (1 << 53) - 1,
                "isFinite": Native(lambda given: isinstance(given[0], int | float)),
            }),
            "String": Native(lambda given: _text(given[0] if given else "")),
            "Boolean": Native(lambda given: shown(truth(given[0] if given else False))),
            "Array": Native(self._array, {
                "isArray": Native(lambda given: _is_array(given[0])),
                "from": Native(self._array_from),
                "of": Native(lambda given: list(given)),
                "new": Native(self._array),
            }),
            "Set": Native(_unique, {"new": Native(_unique), "name": "Set"}),
            "Map": Native(_map, {"new": Native(_map), "name": "Map"}),
            "URL": Native(lambda given: given[0], {"new": Native(lambda given: given[0])}),
            "URLSearchParams": Native(_query, {"new": Native(_query)}),
            "AbortController": OPAQUE,
            "AbortSignal": OPAQUE,
            "FormData": OPAQUE,
            "Promise": Native(self._promise, {
                "new": Native(self._promise),
                "all": Native(self._all),
                "allSettled": Native(self._all_settled),
                "race": Native(lambda given: _first(given[0])),
                "any": Native(self._any),
                "resolve": Native(lambda given: Promise(given[0] if given else UNDEFINED)),
                "reject": Native(_rejected),
            }),
        }  # fmt: skip

    def tick_time(self) -> float:
        """Return the next moment in milliseconds."""
        self.now += 10
        return self.now

    def _date(self, given: Sequence[object]) -> object:
        if not given:
            return DateValue(self.tick_time())
        first = given[0]
        known = first.time if isinstance(first, DateValue) else moment(first)
        if isinstance(known, Unknown):
            return UNKNOWN
        return DateValue(cast("float", known))

    def _namespaces(self) -> dict[str, object]:
        return {
            "Math": {
                "max": Native(lambda given: _over(max, given)),
                "min": Native(lambda given: _over(min, given)),
                "floor": Native(lambda given: _rounded(math.floor, given)),
                "ceil": Native(lambda given: _rounded(math.ceil, given)),
                "round": Native(lambda given: _rounded(lambda x: math.floor(x + 0.5), given)),
                "trunc": Native(lambda given: _rounded(math.trunc, given)),
                "abs": Native(lambda given: _rounded(abs, given)),
                "random": Native(lambda given: (self.draw() * 0.618034) % 1),
            },
            "JSON": {
                "stringify": Native(lambda given: to_json(given[0])),
                "parse": Native(lambda given: _parsed(given[0])),
            },
            "Object": Native(lambda given: given[0], {
                "keys": Native(lambda given: _members(given[0], lambda n, v: n)),
                "values": Native(lambda given: _members(given[0], lambda n, v: v)),
                "entries": Native(lambda given: _members(given[0], lambda n, v: [n, v])),
                "assign": Native(_assign),
                "freeze": Native(lambda given: given[0]),
                "is": Native(lambda given: shown(same(given[0], given[1]))),
                "fromEntries": Native(_from_entries),
                "hasOwn": Native(lambda given: text(given[1]) in (members_of(given[0]) or {})),
            }),
            "crypto": {"randomUUID": Native(lambda given: self.uuid())},
        }  # fmt: skip

    def _array(self, given: Sequence[object]) -> list[object]:
        if len(given) == 1 and isinstance(given[0], int):
            return [UNDEFINED] * min(given[0], LIST_MAX)
        return list(given)

    def _array_from(self, given: Sequence[object]) -> object:
        source = given[0]
        if isinstance(source, list | str):
            made = list(cast("Sequence[object]", source))
        else:
            length = (members_of(source) or {}).get("length")
            if not isinstance(length, int):
                return UNKNOWN
            made = [UNDEFINED] * min(length, LIST_MAX)
        if len(given) > 1:
            made = [self._caller.apply(given[1], each, place) for place, each in enumerate(made)]
        return made

    def _promise(self, given: Sequence[object]) -> object:
        held: list[Promise] = []

        def resolve(values: Sequence[object]) -> object:
            held.append(self._caller.attempt(lambda: values[0] if values else UNDEFINED))
            return UNDEFINED

        def reject(values: Sequence[object]) -> object:
            held.append(Promise(error=Thrown(values[0] if values else UNDEFINED)))
            return UNDEFINED

        try:
            self._caller.apply(given[0], Native(resolve), Native(reject))
        except Thrown as error:
            held.append(Promise(error=error))
        return held[0] if held else Promise(UNKNOWN)

    def _all(self, given: Sequence[object]) -> object:
        if not isinstance(given[0], list):
            return Promise(UNKNOWN)
        each = cast("list[object]", given[0])
        return self._caller.attempt(lambda: [settled(self._caller.compiler, one) for one in each])

    def _all_settled(self, given: Sequence[object]) -> object:
        if not isinstance(given[0], list):
            return Promise(UNKNOWN)
        made: list[object] = []
        for one in cast("list[object]", given[0]):
            ended = self._caller.attempt(lambda one=one: one)
            if ended.error is not None:
                made.append({"status": "rejected", "reason": ended.error.value})
            else:
                made.append({"status": "fulfilled", "value": ended.value})
        return Promise(made)

    def _any(self, given: Sequence[object]) -> object:
        for one in cast("list[object]", given[0]) if isinstance(given[0], list) else []:
            ended = self._caller.attempt(lambda one=one: one)
            if ended.error is None:
                return ended
        return Promise(error=Thrown(ErrorValue("Error")))


def error_class(name: str) -> Native:
    """Return a class of errors of the language."""

    def make(given: Sequence[object]) -> object:
        values: dict[str, object] = {"message": given[0] if given else "", "name": name}
        options = members_of(given[1]) if len(given) > 1 else None
        return ErrorValue(
            name, values | ({"cause": options["cause"]} if options and "cause" in options else {})
        )

    return Native(make, {"name": name, "new": Native(make)})


def _first(value: object) -> object:
    return cast("list[object]", value)[0] if isinstance(value, list) and value else UNKNOWN


def _copied(value: object) -> object:
    held = members_of(value)
    if held is not None:
        return {n: _copied(each) for n, each in held.items()}
    if isinstance(value, list):
        return [_copied(each) for each in cast("list[object]", value)]
    return value


def _number(value: object) -> object:
    known = number(value)
    return UNKNOWN if known is None else known


def _text(value: object) -> object:
    known = text(value)
    return UNKNOWN if known is None else known


def _rejected(given: Sequence[object]) -> object:
    return Promise(error=Thrown(given[0] if given else UNDEFINED))


def moment(value: object) -> object:
    """Return a moment in milliseconds since 1970, NaN for a text that is none."""
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str):
        return UNKNOWN if isinstance(value, Unknown | Opaque) else math.nan
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return math.nan
    at = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    return (at - _EPOCH) / timedelta(milliseconds=1)


def _is_array(value: object) -> object:
    return UNKNOWN if isinstance(value, Unknown | Opaque) else isinstance(value, list)


def _over(choose: Callable[..., float], given: Sequence[object]) -> object:
    known = [number(each) for each in given]
    return UNKNOWN if None in known or not known else choose(known)


def _rounded(operation: Callable[[float], float], given: Sequence[object]) -> object:
    known = number(given[0]) if given else math.nan
    if known is None or known != known or abs(known) == math.inf:
        return UNKNOWN if known is None else known
    return operation(known)


def _parsed(value: object) -> object:
    return from_json(value) if isinstance(value, str) else UNKNOWN


def _members(value: object, made: Callable[[str, object], object]) -> object:
    held = members_of(value)
    if held is None:
        return UNKNOWN if isinstance(value, Unknown | Opaque) else []
    return [made(n, each) for n, each in held.items() if not n.startswith("#")]


def _assign(given: Sequence[object]) -> object:
    held = members_of(given[0])
    for each in given[1:]:
        if held is not None:
            held |= members_of(each) or {}
    return given[0]


def _from_entries(given: Sequence[object]) -> object:
    if not isinstance(given[0], list):
        return UNKNOWN
    pairs = cast("list[list[object]]", given[0])
    return {text(pair[0]) or "": pair[1] for pair in pairs}


def _unique(given: Sequence[object]) -> object:
    made: list[object] = []
    source = given[0] if given else UNDEFINED
    if isinstance(source, Unknown | Opaque):
        return UNKNOWN
    for each in cast("Sequence[object]", source) if isinstance(source, list | str) else ():
        if not any(same(each, held) for held in made):
            made.append(each)
    members: dict[str, object] = {"size": len(made), "#items": made}
    members["has"] = Native(lambda wanted: any(same(x, wanted[0]) for x in made))

    def add(wanted: Sequence[object]) -> object:
        made.append(wanted[0])
        members["size"] = len(made)
        return members

    members["add"] = Native(add)
    return members


def _map(given: Sequence[object]) -> object:
    held: dict[object, object] = {}
    pairs = elements_of(given[0]) if given else None
    for pair in cast("list[list[object]]", pairs or []):
        held[pair[0]] = pair[1]
    members: dict[str, object] = {"#items": held.values()}

    def put(values: Sequence[object]) -> object:
        held[values[0]] = values[1]
        return members

    members["get"] = Native(lambda wanted: held.get(wanted[0], UNDEFINED))
    members["has"] = Native(lambda wanted: wanted[0] in held)
    members["set"] = Native(put)
    return members


def _query(given: Sequence[object]) -> object:
    held = members_of(given[0]) if given else None
    if held is None:
        return given[0] if given else ""
    return "&".join(f"{n}={text(each)}" for n, each in held.items() if not missing(each))
