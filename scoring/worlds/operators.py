"""Operators, methods and functions of JavaScript on values that are known."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from scoring.regex import compiled
from scoring.symbolic.terms import UNDEFINED
from scoring.worlds.facts import Moment, RowOf
from scoring.worlds.javascript import (
    NAN,
    NotKnown,
    iso,
    items,
    members,
    milliseconds,
    missing,
    number,
    same,
    text,
    truthy,
)
from scoring.worlds.sql import SQL

TEXT_MAX = 100_000
"""A longer text is the work of code that doubles it."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FAILURES = (TypeError, ValueError, IndexError, KeyError, OverflowError, ZeroDivisionError)
Function = Callable[..., object]


def operate(name: str, given: Sequence[object]) -> object:
    """Return what an operator or function makes of values; raises NotKnown."""
    found = _JAVASCRIPT.get(name) or SQL.get(name)
    if found is None:
        raise NotKnown
    try:
        made = found(*given)
    except _FAILURES as error:
        raise NotKnown from error
    if isinstance(made, str) and len(made) > TEXT_MAX:
        raise NotKnown
    return made


def _differs(left: object, right: object) -> bool:
    return not same(left, right)


def _comparison(test: Callable[[float, float], bool]) -> Function:
    def compare(left: object, right: object) -> bool:
        if missing(left) or missing(right):
            return False
        return test(_ordering(left, right), 0)

    return compare


def _ordering(left: object, right: object) -> float:
    """Return -1, 0 or 1 for the order of two values, NaN if they have none."""
    if isinstance(left, str) and isinstance(right, str) and not _are_day_and_moment(left, right):
        return (left > right) - (left < right)
    if isinstance(left, Moment | str) and isinstance(right, Moment | str):
        first, second = milliseconds(left), milliseconds(right)
    else:
        first, second = number(left), number(right)
    return (first > second) - (first < second) if first == first and second == second else NAN


def _are_day_and_moment(left: str, right: str) -> bool:
    """Whether one text is a day and the other a moment, which are compared as times."""
    return len(left) != len(right) and bool(_DAY.match(left) and _DAY.match(right))


def _plus(left: object, right: object) -> object:
    if isinstance(left, str) or isinstance(right, str):
        return text(left) + text(right)
    return number(left) + number(right)


def _arithmetic(operation: Callable[[float, float], float]) -> Function:
    def calculate(left: object, right: object) -> float:
        return operation(number(left), number(right))

    return calculate


def _divided(left: float, right: float) -> float:
    return left / right


def _bit_and(left: int, right: int) -> int:
    return left & right


def _bit_or(left: int, right: int) -> int:
    return left | right


def _bits(operation: Callable[[int, int], int]) -> Function:
    def calculate(left: object, right: object) -> int:
        return operation(int(number(left)), int(number(right)))

    return calculate


def _minus(value: object) -> float:
    return -number(value)


def _plain_number(value: object) -> float:
    return milliseconds(value) if isinstance(value, Moment) else number(value)


def _type(value: object) -> str:
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else "object"


def _joined(*parts: object) -> str:
    return "".join(text(part) for part in parts)


def _length(value: object) -> int:
    return len(value) if isinstance(value, str) else len(items(value))


def _element(value: object, index: object) -> object:
    if isinstance(value, Mapping | RowOf):
        return members(cast("object", value)).get(str(index), UNDEFINED)
    if missing(value):
        return UNDEFINED
    held = value if isinstance(value, str) else items(value)
    place = int(number(index))
    return held[place] if 0 <= place < len(held) else UNDEFINED


def _at(value: object, index: object) -> object:
    place = int(number(index))
    return _element(value, place if place >= 0 else _length(value) + place)


def _slice(value: object, start: object = 0, end: object = None) -> object:
    first = int(number(start))
    last = None if missing(end) else int(number(end))
    return value[first:last] if isinstance(value, str) else items(value)[first:last]


def _split(value: object, by: object) -> list[object]:
    if isinstance(by, re.Pattern):
        return list(cast("re.Pattern[str]", by).split(text(value)))
    return list(text(value).split(text(by)) if by else text(value))


def _includes(value: object, sought: object) -> bool:
    if isinstance(value, str):
        return text(sought) in value
    return any(same(each, sought) for each in items(value))


def _starts(value: object, sought: object) -> bool:
    return text(value).startswith(text(sought))


def _ends(value: object, sought: object) -> bool:
    return text(value).endswith(text(sought))


def _trimmed(value: object) -> object:
    return value if missing(value) else text(value).strip()


def _lower(value: object) -> object:
    return value if missing(value) else text(value).lower()


def _upper(value: object) -> object:
    return value if missing(value) else text(value).upper()


def _precise(value: object, digits: object) -> str:
    return f"{number(value):.{int(number(digits))}g}"


def _fixed(value: object, digits: object = 0) -> str:
    return f"{number(value):.{int(number(digits))}f}"


def _list_joined(value: object, by: object = ",") -> str:
    return text(by).join(text(each) for each in items(value))


def _concatenated(left: object, right: object) -> object:
    return left + text(right) if isinstance(left, str) else [*items(left), *items(right)]


def _flat(value: object) -> list[object]:
    made: list[object] = []
    for each in items(value):
        made += items(cast("object", each)) if isinstance(each, list) else [each]
    return made


def _regex(written: object) -> re.Pattern[str]:
    made = compiled(str(written))
    if made is None:
        raise NotKnown
    return made


def _test(pattern: object, value: object) -> bool:
    if not isinstance(pattern, re.Pattern):
        raise NotKnown
    return cast("re.Pattern[str]", pattern).search(text(value)) is not None


def _moment(value: object) -> Moment:
    return Moment(milliseconds(value))


def _day_of(year: object, month: object = 0, day: object = 1, *rest: object) -> float:
    return milliseconds(
        f"{int(number(year)):04d}-{int(number(month)) + 1:02d}-{int(number(day)):02d}"
    )


def _iso(value: object) -> str:
    return iso(milliseconds(value))


def _as_json(value: object) -> object:
    return _iso(value) if isinstance(value, Moment) else value


def _itself(value: object) -> object:
    return value


def _truth(value: object, *rest: object) -> bool:
    return truthy(value)


def _whole(value: object, *rest: object) -> int:
    return int(number(value))


def _is_no_number(value: object) -> bool:
    held = number(value)
    return held != held


def _most(*given: object) -> float:
    return max(number(each) for each in given)


def _least(*given: object) -> float:
    return min(number(each) for each in given)


def _rounding(operation: Callable[[float], float]) -> Function:
    def calculate(value: object) -> float:
        return operation(number(value))

    return calculate


def _half_up(value: float) -> float:
    return math.floor(value + 0.5)


def _keys(value: object) -> list[object]:
    return [key for key, held in members(value).items() if held is not UNDEFINED]


def _values(value: object) -> list[object]:
    return [held for held in members(value).values() if held is not UNDEFINED]


def _entries(value: object) -> list[object]:
    return [[key, held] for key, held in members(value).items() if held is not UNDEFINED]


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _copied(value: object, *rest: object) -> list[object]:
    return list(items(value))


def _keyed(key: object, value: object) -> dict[str, object]:
    return {text(key): value}


def _unique(value: object = UNDEFINED) -> list[object]:
    made: list[object] = []
    for each in items(value) if not missing(value) else []:
        if not any(same(each, held) for held in made):
            made.append(each)
    return made


def _without(value: object, *names: object) -> dict[str, object]:
    return {key: held for key, held in members(value).items() if key not in names}


_JAVASCRIPT: Mapping[str, Function] = {
    "===": same,
    "!==": _differs,
    "<": _comparison(operator.lt),
    "<=": _comparison(operator.le),
    ">": _comparison(operator.gt),
    ">=": _comparison(operator.ge),
    "+": _plus,
    "-": _arithmetic(operator.sub),
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divided),
    "%": _arithmetic(math.fmod),
    "**": _arithmetic(math.pow),
    "&": _bits(_bit_and),
    "|": _bits(_bit_or),
    "-.": _minus,
    "+.": _plain_number,
    "typeof.": _type,
    "text": _joined,
    "length": _length,
    "[]": _element,
    "moment": _moment,
    "time": milliseconds,
    "regex": _regex,
    "without": _without,
    ".at": _at,
    ".concat": _concatenated,
    ".endsWith": _ends,
    ".flat": _flat,
    ".getTime": milliseconds,
    ".has": _includes,
    ".includes": _includes,
    ".join": _list_joined,
    ".slice": _slice,
    ".split": _split,
    ".startsWith": _starts,
    ".substring": _slice,
    ".test": _test,
    ".toFixed": _fixed,
    ".toPrecision": _precise,
    ".toISOString": _iso,
    ".toJSON": _as_json,
    ".toLowerCase": _lower,
    ".toNumber": number,
    ".toString": text,
    ".toUpperCase": _upper,
    ".trim": _trimmed,
    ".valueOf": _itself,
    "Array.from": _copied,
    "Array.isArray": _is_list,
    "Boolean": _truth,
    "Date.UTC": _day_of,
    "Date.parse": milliseconds,
    "JSON.parse": _itself,
    "JSON.stringify": _itself,
    "keyed": _keyed,
    "Math.abs": _rounding(abs),
    "Math.ceil": _rounding(math.ceil),
    "Math.floor": _rounding(math.floor),
    "Math.max": _most,
    "Math.min": _least,
    "Math.round": _rounding(_half_up),
    "Math.sign": _rounding(lambda value: (value > 0) - (value < 0)),
    "Math.trunc": _rounding(math.trunc),
    "Number": number,
    "Number.isNaN": _is_no_number,
    "Object.entries": _entries,
    "Object.keys": _keys,
    "Object.values": _values,
    "Set": _unique,
    "String": text,
    "isNaN": _is_no_number,
    "parseFloat": number,
    "parseInt": _whole,
}
