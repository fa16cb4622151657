"""Values of JavaScript that are known: what they mean as truth, number, text and moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from scoring.symbolic.terms import UNDEFINED
from scoring.worlds.facts import Caller, Moment, RowOf

NAN = float("nan")
TIME_MAX = 2.5e14
"""Milliseconds; later moments have years of more than four digits."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NotKnown(Exception):
    """Nobody knows what the operator makes of these values."""


def truthy(value: object) -> bool:
    """Whether JavaScript takes a value for true."""
    if value is None or value is UNDEFINED or value is False:
        return False
    if isinstance(value, int | float):
        return value != 0 and value == value
    return value != "" if isinstance(value, str) else True


def missing(value: object) -> bool:
    """Whether a value is null or undefined."""
    return value is None or value is UNDEFINED


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
    """Return milliseconds since 1970 as JavaScript writes a moment; raises NotKnown."""
    if time != time or abs(time) > TIME_MAX:
        raise NotKnown
    moment = _EPOCH + timedelta(milliseconds=time)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


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


def number(value: object) -> float:
    """Return a value as a number; raises NotKnown."""
    if isinstance(value, bool | int | float):
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


def text(value: object) -> str:
    """Return a value as a text; raises NotKnown."""
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


def items(value: object) -> list[object]:
    """Return the elements of an array; raises NotKnown."""
    if not isinstance(value, list):
        raise NotKnown
    return cast("list[object]", value)


def members(value: object) -> Mapping[str, object]:
    """Return the members of an object; raises NotKnown."""
    if isinstance(value, RowOf):
        return value.values
    if not isinstance(value, Mapping):
        raise NotKnown
    return cast("Mapping[str, object]", value)
