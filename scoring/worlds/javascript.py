"""Operators, methods and functions of JavaScript and of SQL on values that are known."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from scoring.symbolic.terms import UNDEFINED
from scoring.worlds.facts import NOW, Caller, Moment, RowOf

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAN = float("nan")


class NotKnown(Exception):
    """Nobody knows what the operator makes of these values."""


def truthy(value: object) -> bool:
    """Whether JavaScript takes a value for true."""
    if value is None or value is UNDEFINED or value is False:
        return False
    if isinstance(value, int | float):
        return value != 0 and value == value
    return value != "" if isinstance(value, str) else True


def milliseconds(value: object) -> float:
    """Return a moment or its text as milliseconds since 1970; NaN for anything else."""
    if isinstance(value, Moment):
        return value.time
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        try:
            read = datetime.fromisoformat(value)
        except ValueError:
            return NAN
        moment = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
        return (moment - _EPOCH) / timedelta(milliseconds=1)
    return NAN


def iso(time: float) -> str:
    """Return milliseconds since 1970 as JavaScript writes a moment."""
    if time != time or abs(time) > 2.5e14:
        raise NotKnown
    try:
        moment = _EPOCH + timedelta(milliseconds=time)
    except OverflowError as error:
        raise NotKnown from error
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def operate(name: str, given: Sequence[object]) -> object:
    """Return what an operator or function makes of values; raises NotKnown."""
    found = _OPERATORS.get(name)
    if found is None:
        raise NotKnown
    try:
        return found(*given)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError, ZeroDivisionError) as error:
        raise NotKnown from error


def same(left: object, right: object) -> bool:
    """Whether two values are the same (`===`), a caller standing for the key."""
    left, right = _key(left), _key(right)
    if isinstance(left, Moment) or isinstance(right, Moment):
        return milliseconds(left) == milliseconds(right)
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    if isinstance(left, RowOf) or isinstance(right, RowOf):
        return left is right
    return left == right and (left is None) == (right is None)


def _key(value: object) -> object:
    return value.key if isinstance(value, Caller) else value


def missing(value: object) -> bool:
    """Whether a value is null or undefined."""
    return value is None or value is UNDEFINED


def _compared(test: Callable[[float], bool]) -> Callable[[object, object], bool]:
    def compare(left: object, right: object) -> bool:
        if missing(left) or missing(right):
            return False
        if isinstance(left, Moment) or isinstance(right, Moment):
            return test(milliseconds(left) - milliseconds(right))
        if isinstance(left, str) and isinstance(right, str):
            if len(left) != len(right) and _DAY.match(left) and _DAY.match(right):
                return test(_ordering(milliseconds(left), milliseconds(right)))
            return test((left > right) - (left < right))
        return test(_ordering(_number(left), _number(right)))

    return compare


def _ordering(left: float, right: float) -> float:
    return (left > right) - (left < right) if left == left and right == right else NAN


def _number(value: object) -> float:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, Moment):
        return value.time
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return NAN
    if value is None:
        return 0
    raise NotKnown


def _plus(left: object, right: object) -> object:
    if isinstance(left, str) or isinstance(right, str):
        return _text(left) + _text(right)
    return _number(left) + _number(right)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Moment):
        return iso(value.time)
    if value is None:
        return "null"
    if value is UNDEFINED:
        return "undefined"
    if isinstance(value, str | int | float):
        return str(value)
    raise NotKnown


def _arithmetic(operation: Callable[[float, float], float]) -> Callable[[object, object], object]:
    return lambda left, right: operation(_number(left), _number(right))


def _remainder(left: float, right: float) -> float:
    return math.fmod(left, right)


def _divided(left: float, right: float) -> float:
    if right == 0:
        raise NotKnown
    return left / right


def _length(value: object) -> object:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return len(cast("list[object]", value))
    raise NotKnown


def _element(value: object, index: object) -> object:
    if isinstance(value, Mapping):
        return cast("Mapping[object, object]", value).get(index, UNDEFINED)
    if isinstance(value, str | list) and isinstance(index, int | float):
        items = cast("Sequence[object]", value)
        place = int(index)
        return items[place] if 0 <= place < len(items) else UNDEFINED
    if missing(value):
        return UNDEFINED
    raise NotKnown


def _slice(value: object, start: object = 0, end: object = None) -> object:
    if not isinstance(value, str | list):
        raise NotKnown
    first = int(_number(start))
    last = None if missing(end) else int(_number(end))
    return value[first:last]


def _split(value: object, by: object) -> object:
    if not isinstance(value, str):
        raise NotKnown
    if isinstance(by, re.Pattern):
        return cast("re.Pattern[str]", by).split(value)
    return value.split(str(by)) if by else list(value)


def _includes(value: object, sought: object) -> bool:
    if isinstance(value, str):
        return _text(sought) in value
    if isinstance(value, list):
        return any(same(each, sought) for each in cast("list[object]", value))
    raise NotKnown


def _regex(text: object) -> object:
    pattern = str(text)
    body, _, flags = pattern[1:].rpartition("/")
    return re.compile(body, re.IGNORECASE if "i" in flags else 0)


def _test(pattern: object, text: object) -> bool:
    if not isinstance(pattern, re.Pattern):
        raise NotKnown
    return cast("re.Pattern[str]", pattern).search(_text(text)) is not None


def _rounded(value: object) -> float:
    return math.floor(_number(value) + 0.5)


def _sql_like(insensitive: bool) -> Callable[[object, object], bool]:
    def like(value: object, pattern: object) -> bool:
        if missing(value) or missing(pattern):
            return False
        expression = "".join(
            ".*" if mark == "%" else "." if mark == "_" else re.escape(mark)
            for mark in _text(pattern)
        )
        flags = re.DOTALL | (re.IGNORECASE if insensitive else 0)
        return re.fullmatch(expression, _text(value), flags) is not None

    return like


def _is(left: object, right: object) -> bool:
    return missing(left) if missing(right) else same(left, right)


def _sql_same(left: object, right: object) -> bool:
    return not missing(left) and not missing(right) and same(left, right)


def _in(left: object, right: object) -> bool:
    if isinstance(right, Mapping):
        return left in right
    return isinstance(right, list) and any(
        _sql_same(left, each) for each in cast("list[object]", right)
    )


def _coalesce(*given: object) -> object:
    return next((each for each in given if not missing(each)), None)


def _case(subject: object, arms: object) -> object:
    for arm in cast("list[list[object]]", arms):
        if _sql_same(subject, arm[0]):
            return arm[1]
    return None


def _lower(value: object) -> object:
    return value if missing(value) else _text(value).lower()


def _strpos(text: object, sought: object) -> int:
    return _text(text).find(_text(sought)) + 1 if not missing(text) else 0


def _round_to(value: object, digits: object = 0) -> float:
    factor = 10 ** int(_number(digits))
    return math.floor(_number(value) * factor + 0.5) / factor


def _without(value: object, *names: object) -> object:
    value = value.values if isinstance(value, RowOf) else value
    if not isinstance(value, Mapping):
        raise NotKnown
    held = cast("Mapping[object, object]", value)
    return {key: each for key, each in held.items() if key not in names}


def _keys(value: object) -> list[object]:
    if not isinstance(value, Mapping):
        raise NotKnown
    return [
        key for key, held in cast("Mapping[object, object]", value).items() if held is not UNDEFINED
    ]


def _values(value: object) -> list[object]:
    if not isinstance(value, Mapping):
        raise NotKnown
    return list(cast("Mapping[object, object]", value).values())


def _entries(value: object) -> list[object]:
    return [[key, held] for key, held in zip(_keys(value), _values(value), strict=True)]


def _json(value: object) -> str:
    return json.dumps(value)


def _unique(value: object = UNDEFINED) -> list[object]:
    made: list[object] = []
    for each in cast("list[object]", value) if isinstance(value, list) else []:
        if not any(same(each, held) for held in made):
            made.append(each)
    return made


_OPERATORS: Mapping[str, Callable[..., object]] = {
    "===": same,
    "!==": lambda left, right: not same(left, right),
    "<": _compared(lambda difference: difference < 0),
    "<=": _compared(lambda difference: difference <= 0),
    ">": _compared(lambda difference: difference > 0),
    ">=": _compared(lambda difference: difference >= 0),
    "+": _plus,
    "-": _arithmetic(lambda left, right: left - right),
    "*": _arithmetic(lambda left, right: left * right),
    "/": _arithmetic(_divided),
    "%": _arithmetic(_remainder),
    "&": lambda left, right: int(_number(left)) & int(_number(right)),
    "|": lambda left, right: int(_number(left)) | int(_number(right)),
    "**": _arithmetic(lambda left, right: left**right),
    "-.": lambda value: -_number(value),
    "+.": lambda value: value if isinstance(value, int | float) else milliseconds(value),
    "text": lambda *parts: "".join(_text(part) for part in parts),
    "length": _length,
    "[]": _element,
    "moment": lambda value: Moment(milliseconds(value)),
    "time": lambda value: milliseconds(value),
    "Date.parse": milliseconds,
    "Date.UTC": lambda year, month=0, day=1, *rest: milliseconds(
        f"{int(year):04d}-{int(month) + 1:02d}-{int(day):02d}"
    ),
    ".getTime": milliseconds,
    ".valueOf": lambda value: value,
    ".toISOString": lambda value: iso(milliseconds(value)),
    ".toJSON": lambda value: iso(milliseconds(value)) if isinstance(value, Moment) else value,
    ".slice": _slice,
    ".substring": _slice,
    ".split": _split,
    ".includes": _includes,
    ".has": _includes,
    ".startsWith": lambda value, sought: _text(value).startswith(_text(sought)),
    ".endsWith": lambda value, sought: _text(value).endswith(_text(sought)),
    ".trim": lambda value: value if missing(value) else _text(value).strip(),
    ".toLowerCase": _lower,
    ".toUpperCase": lambda value: value if missing(value) else _text(value).upper(),
    ".toString": _text,
    ".toNumber": _number,
    ".toFixed": lambda value, digits=0: f"{_number(value):.{int(digits)}f}",
    ".join": lambda value, by=",": str(by).join(_text(each) for each in value),
    ".concat": lambda left, right: left + right,
    ".at": lambda value, index: _element(value, index if index >= 0 else len(value) + index),
    ".test": _test,
    ".flat": lambda value: [x for each in value for x in (each if isinstance(each, list) else [each])],
    "regex": _regex,
    "Set": _unique,
    "Number": _number,
    "String": _text,
    "Boolean": lambda value, *rest: truthy(value),
    "parseInt": lambda value, *rest: int(_number(value)),
    "parseFloat": _number,
    "isNaN": lambda value: _number(value) != _number(value),
    "Number.isNaN": lambda value: isinstance(value, float) and value != value,
    "Math.max": lambda *given: max(_number(each) for each in given),
    "Math.min": lambda *given: min(_number(each) for each in given),
    "Math.ceil": lambda value: math.ceil(_number(value)),
    "Math.floor": lambda value: math.floor(_number(value)),
    "Math.trunc": lambda value: math.trunc(_number(value)),
    "Math.round": _rounded,
    "Math.abs": lambda value: abs(_number(value)),
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": _entries,
    "Array.isArray": lambda value: isinstance(value, list),
    "Array.from": lambda value: list(value),
    "JSON.stringify": _json,
    "without": _without,
    "keyed": lambda key, value: {key: value},
    "typeof.": lambda value: "undefined" if value is UNDEFINED else (
        "string" if isinstance(value, str) else "boolean" if isinstance(value, bool)
        else "number" if isinstance(value, int | float) else "object"
    ),
    "=": _sql_same,
    "<>": lambda left, right: not missing(left) and not missing(right) and not same(left, right),
    "is": _is,
    "is not": lambda left, right: not _is(left, right),
    "in": _in,
    "not in": lambda left, right: not missing(left) and not _in(left, right),
    "like": _sql_like(False),
    "ilike": _sql_like(True),
    "coalesce": _coalesce,
    "sql coalesce": _coalesce,
    "sql lower": _lower,
    "sql upper": lambda value: value if missing(value) else _text(value).upper(),
    "sql trim": lambda value: value if missing(value) else _text(value).strip(),
    "sql length": lambda value: value if missing(value) else len(_text(value)),
    "sql strpos": _strpos,
    "sql instr": _strpos,
    "sql round": _round_to,
    "sql abs": lambda value: abs(_number(value)),
    "sql when": lambda test, value: [test, value],
    "sql case": _case,
    "is distinct from": lambda left, right: not _is(left, right),
    "is not distinct from": _is,
    "sql now": lambda: NOW,
    "sql contains": lambda value, sought: not missing(value) and _text(sought).lower() in _text(value).lower(),
    "sql startswith": lambda value, sought: not missing(value) and _text(value).lower().startswith(_text(sought).lower()),
    "sql endswith": lambda value, sought: not missing(value) and _text(value).lower().endswith(_text(sought).lower()),
    "affected": lambda value: value,
}  # fmt: skip
