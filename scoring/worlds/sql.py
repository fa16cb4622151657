"""Operators and functions of SQL on values that are known; null is never equal to anything."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

from scoring.worlds.facts import NOW
from scoring.worlds.javascript import items, missing, number, same, text


def _equal(left: object, right: object) -> bool:
    return not missing(left) and not missing(right) and same(left, right)


def _unequal(left: object, right: object) -> bool:
    return not missing(left) and not missing(right) and not same(left, right)


def _is(left: object, right: object) -> bool:
    return missing(left) if missing(right) else same(left, right)


def _is_not(left: object, right: object) -> bool:
    return not _is(left, right)


def _in(left: object, right: object) -> bool:
    if isinstance(right, Mapping):  # JavaScript's `in`
        return left in right
    return any(_equal(left, each) for each in items(right))


def _not_in(left: object, right: object) -> bool:
    return not missing(left) and not _in(left, right)


def _like(flags: re.RegexFlag) -> Callable[[object, object], bool]:
    def like(value: object, pattern: object) -> bool:
        if missing(value) or missing(pattern):
            return False
        expression = "".join(
            ".*" if mark == "%" else "." if mark == "_" else re.escape(mark)
            for mark in text(pattern)
        )
        return re.fullmatch(expression, text(value), re.DOTALL | flags) is not None

    return like


def _coalesce(*given: object) -> object:
    return next((each for each in given if not missing(each)), None)


def _lower(value: object) -> object:
    return value if missing(value) else text(value).lower()


def _upper(value: object) -> object:
    return value if missing(value) else text(value).upper()


def _trim(value: object) -> object:
    return value if missing(value) else text(value).strip()


def _length(value: object) -> object:
    return value if missing(value) else len(text(value))


def _position(value: object, sought: object) -> int:
    return 0 if missing(value) else text(value).find(text(sought)) + 1


def _round(value: object, digits: object = 0) -> float:
    factor = 10 ** int(number(digits))
    return math.floor(number(value) * factor + 0.5) / factor


def _abs(value: object) -> float:
    return abs(number(value))


def _now() -> str:
    return NOW


def _arm(test: object, value: object) -> list[object]:
    return [test, value]


def _case(subject: object, arms: object) -> object:
    for arm in items(arms):
        test, value = items(arm)
        if _equal(subject, test):
            return value
    return None


def _textual(test: Callable[[str, str], bool]) -> Callable[[object, object], bool]:
    def ask(value: object, sought: object) -> bool:
        return not missing(value) and test(text(value).lower(), text(sought).lower())

    return ask


def _contains(value: str, sought: str) -> bool:
    return sought in value


SQL: Mapping[str, Callable[..., object]] = {
    "=": _equal,
    "<>": _unequal,
    "is": _is,
    "is not": _is_not,
    "is distinct from": _is_not,
    "is not distinct from": _is,
    "in": _in,
    "not in": _not_in,
    "like": _like(re.NOFLAG),
    "ilike": _like(re.IGNORECASE),
    "coalesce": _coalesce,
    "sql abs": _abs,
    "sql case": _case,
    "sql coalesce": _coalesce,
    "sql contains": _textual(_contains),
    "sql endswith": _textual(str.endswith),
    "sql instr": _position,
    "sql length": _length,
    "sql lower": _lower,
    "sql now": _now,
    "sql round": _round,
    "sql startswith": _textual(str.startswith),
    "sql strpos": _position,
    "sql trim": _trim,
    "sql upper": _upper,
    "sql when": _arm,
}
