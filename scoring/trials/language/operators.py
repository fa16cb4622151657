"""Operators of JavaScript on values that may not be known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from scoring.trials.language.values import (
    UNDEFINED,
    UNKNOWN,
    ClassValue,
    Closure,
    Native,
    Opaque,
    Unknown,
    members_of,
    missing,
    negated,
    number,
    same,
    shown,
    text,
    truth,
)


def unary(sign: str, value: object) -> object:
    """Return what a unary operator makes of a value."""
    match sign:
        case "!":
            return shown(negated(truth(value)))
        case "-" | "+":
            known = number(value)
            if known is None:
                return UNKNOWN
            return -known if sign == "-" else known
        case "typeof":
            return _type_of(value)
        case "void":
            return UNDEFINED
        case _:
            return UNKNOWN


def _type_of(value: object) -> object:
    if isinstance(value, Unknown | Opaque):
        return UNKNOWN
    if isinstance(value, Closure | Native | ClassValue):
        return "function"
    names = {bool: "boolean", str: "string", int: "number", float: "number"}
    if value is UNDEFINED:
        return "undefined"
    return next((name for kind, name in names.items() if type(value) is kind), "object")


def binary(sign: str, left: object, right: object) -> object:
    """Return what an operator makes of two values."""
    if sign in ("===", "=="):
        return shown(same(left, right, sign == "=="))
    if sign in ("!==", "!="):
        return shown(negated(same(left, right, sign == "!=")))
    if sign == "in":
        held = members_of(right)
        return text(left) in held if held is not None else UNKNOWN
    if sign == "+" and (_is_textual(left) or _is_textual(right)):
        one, other = text(left), text(right)
        return UNKNOWN if one is None or other is None else one + other
    if sign in _ORDERS:
        return shown(ordered(sign, left, right))
    one_number, other_number = number(left), number(right)
    operation = _ARITHMETIC.get(sign)
    if one_number is None or other_number is None or operation is None:
        return UNKNOWN
    try:
        return operation(one_number, other_number)
    except (ValueError, OverflowError, ZeroDivisionError):
        return UNKNOWN


def _is_textual(value: object) -> bool:
    return isinstance(value, str | list)


def ordered(sign: str, left: object, right: object) -> bool | None:
    """Return whether two values stand in an order; None if nobody knows."""
    test = _ORDERS[sign]
    if isinstance(left, str) and isinstance(right, str):
        return test((left > right) - (left < right))
    if left is UNDEFINED or right is UNDEFINED:
        return False
    one, other = number(left), number(right)
    if one is None or other is None:
        return None
    if missing(left) and missing(right):
        return test(0)
    return one == one and other == other and test((one > other) - (one < other))


_ORDERS: Mapping[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
_ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: math.fmod(a, b) if isinstance(a, float) else a % b,
    "**": lambda a, b: a**b if abs(b) < 64 else math.inf,
    "&": lambda a, b: int(a) & int(b),
    "|": lambda a, b: int(a) | int(b),
}
