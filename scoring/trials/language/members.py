"""Members of values: the methods of texts, lists, promises and moments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from typing import cast

from scoring.trials.language.protocols import Calls
from scoring.trials.language.values import (
    OPAQUE,
    UNDEFINED,
    UNKNOWN,
    ClassValue,
    Closure,
    DateValue,
    ErrorValue,
    Instance,
    Native,
    Opaque,
    Promise,
    Undefined,
    Unknown,
    both,
    either,
    failure,
    members_of,
    number,
    same,
    shown,
    text,
    truth,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def member(caller: Calls, value: object, name: str) -> object:
    """Return a member; raises Thrown if nothing has none."""
    if value is None or isinstance(value, Undefined):
        raise failure("TypeError", f"cannot read {name} of {text(value)}")
    if isinstance(value, Opaque):
        return OPAQUE
    if isinstance(value, Unknown):
        return UNKNOWN
    held = members_of(value)
    if held is not None:
        return _of_object(caller, value, held, name)
    if isinstance(value, list):
        return _of_list(caller, cast("list[object]", value), name)
    if isinstance(value, str):
        return _of_text(caller, value, name)
    if isinstance(value, Promise):
        return _of_promise(caller, value, name)
    if isinstance(value, DateValue):
        return _of_moment(value, name)
    if isinstance(value, Native):
        return value.members.get(name, UNDEFINED)
    if isinstance(value, ClassValue):
        return value.statics.get(name, value.name if name == "name" else UNDEFINED)
    if isinstance(value, Closure):
        return value.name if name == "name" else _bound(caller, value, name)
    if isinstance(value, re.Pattern):
        return _of_pattern(cast("re.Pattern[str]", value), name)
    if name in ("toString", "toFixed"):
        return Native(lambda given: _written(value, name, given))
    return UNDEFINED


def _written(value: object, name: str, given: Sequence[object]) -> object:
    if name == "toFixed" and isinstance(value, int | float):
        digits = given[0] if given and isinstance(given[0], int) else 0
        return f"{value:.{digits}f}"
    written = text(value)
    return UNKNOWN if written is None else written


def _bound(caller: Calls, function: Closure, name: str) -> object:
    if name == "bind":
        return Native(lambda given: function)
    if name == "call":
        return Native(lambda given: caller.run(function, given[1:], given[0] if given else None))
    if name == "apply":
        return Native(lambda given: caller.run(function, cast("list[object]", given[1]), given[0]))
    return UNDEFINED


def _of_object(caller: Calls, value: object, held: dict[str, object], name: str) -> object:
    found = held.get(name)
    if found is not None or name in held:
        return found
    if isinstance(value, Instance):
        method = value.of.method(name)
        if method is not None:
            return Native(lambda given: caller.run(method, given, value))
    if isinstance(value, ErrorValue):
        made = value.values.get("#class")
        method = made.method(name) if isinstance(made, ClassValue) else None
        if method is not None:
            return Native(lambda given: caller.run(method, given, value))
        if name == "stack":
            return text(value)
    if name == "hasOwnProperty":
        return Native(lambda given: text(given[0]) in held)
    if name == "toString":
        return Native(lambda given: text(value))
    return UNDEFINED


def _of_promise(caller: Calls, promise: Promise, name: str) -> object:
    def then(given: Sequence[object]) -> object:
        done = given[0] if given else UNDEFINED
        failed = given[1] if len(given) > 1 else UNDEFINED
        if promise.error is not None:
            return caught([failed])
        if isinstance(done, Closure | Native):
            return caller.attempt(lambda: caller.apply(done, promise.value))
        return promise

    def caught(given: Sequence[object]) -> object:
        error, rescue = promise.error, given[0] if given else UNDEFINED
        if error is None or not isinstance(rescue, Closure | Native):
            return promise
        return caller.attempt(lambda: caller.apply(rescue, error.value))

    def last(given: Sequence[object]) -> object:
        ended = caller.attempt(lambda: caller.apply(given[0]))
        return ended if ended.error is not None else promise

    known = {"then": then, "catch": caught, "finally": last}
    return Native(known[name]) if name in known else UNDEFINED


def _of_moment(value: DateValue, name: str) -> object:
    if name in ("toISOString", "toJSON"):
        return Native(lambda given: iso(value.time))
    if name in ("getTime", "valueOf"):
        return Native(lambda given: value.time)
    at = _EPOCH + timedelta(milliseconds=value.time)
    parts = {"FullYear": at.year, "Month": at.month - 1, "Date": at.day, "Hours": at.hour,
             "Minutes": at.minute, "Seconds": at.second, "Day": (at.weekday() + 1) % 7}  # fmt: skip
    part = re.sub(r"^(get|set)(UTC)?", "", name)
    if part not in parts:
        return UNDEFINED
    if name.startswith("get"):
        return Native(lambda given: parts[part])

    def change(given: Sequence[object]) -> object:
        steps = {"Date": 86_400_000, "Hours": 3_600_000, "Minutes": 60_000, "Seconds": 1000,
                 "FullYear": 365 * 86_400_000, "Month": 30 * 86_400_000}  # fmt: skip
        wanted = number(given[0]) if given else None
        if wanted is not None and part in steps:
            value.time += (wanted - parts[part]) * steps[part]
        return value.time

    return Native(change)


def iso(time: float) -> str:
    """Return milliseconds since 1970 as JavaScript writes a moment."""
    try:
        moment = _EPOCH + timedelta(milliseconds=time)
    except (OverflowError, ValueError):
        raise failure("RangeError", "Invalid time value") from None
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _of_pattern(value: re.Pattern[str], name: str) -> object:
    if name == "test":
        return Native(lambda given: _matches(value, given[0] if given else UNDEFINED))
    return UNDEFINED


def _matches(value: re.Pattern[str], given: object) -> object:
    written = text(given)
    return UNKNOWN if written is None else value.search(written) is not None


def _of_text(caller: Calls, value: str, name: str) -> object:
    if name == "length":
        return len(value)
    method = _TEXTS.get(name)
    if method is None:
        return UNDEFINED

    def run(given: Sequence[object]) -> object:
        if any(isinstance(each, Unknown | Opaque) for each in given):
            return UNKNOWN
        return method(caller, value, given)

    return Native(run)


def _place(given: Sequence[object], at: int, default: int | None) -> int | None:
    known = number(given[at]) if at < len(given) and given[at] is not UNDEFINED else None
    return default if known is None or known != known else int(max(-(1 << 31), min(known, 1 << 31)))


def _slice(caller: Calls, value: Sequence[object], given: Sequence[object]) -> object:
    return value[_place(given, 0, None) : _place(given, 1, None)]


def _includes(caller: Calls, value: Sequence[object], given: Sequence[object]) -> object:
    if isinstance(value, str):
        return (text(given[0]) or "") in value
    return shown(either(same(each, given[0]) for each in value))


def _pad(caller: Calls, value: str, given: Sequence[object], at_end: bool) -> object:
    size = min(_place(given, 0, 0) or 0, 1 << 20)
    filler = str(given[1]) if len(given) > 1 else " "
    padding = (filler * size)[: max(0, size - len(value))] if filler else ""
    return value + padding if at_end else padding + value


def _replace(caller: Calls, value: str, given: Sequence[object], count: int) -> object:
    old, new = given[0], given[1]
    if not isinstance(new, str):
        return UNKNOWN
    if isinstance(old, re.Pattern):
        return cast("re.Pattern[str]", old).sub(lambda match: new, value)
    return value.replace(str(old), new, count)


def _split(caller: Calls, value: str, given: Sequence[object]) -> object:
    by = given[0] if given else UNDEFINED
    if isinstance(by, re.Pattern):
        return list(cast("re.Pattern[str]", by).split(value))
    return list(value) if by == "" else [value] if by is UNDEFINED else list(value.split(str(by)))


def _repeat(caller: Calls, value: str, given: Sequence[object]) -> object:
    return value * min(max(0, _place(given, 0, 0) or 0), 1 << 20)


def _compare(caller: Calls, value: str, given: Sequence[object]) -> object:
    other = str(given[0])
    return (value > other) - (value < other)


def _match(caller: Calls, value: str, given: Sequence[object]) -> object:
    pattern = given[0]
    if not isinstance(pattern, re.Pattern):
        return UNKNOWN
    found = cast("re.Pattern[str]", pattern).search(value)
    return [found[0], *found.groups()] if found else None


_TEXTS: Mapping[str, Callable[[Calls, str, Sequence[object]], object]] = {
    "slice": _slice,
    "substring": _slice,
    "includes": _includes,
    "padEnd": lambda caller, value, given: _pad(caller, value, given, True),
    "padStart": lambda caller, value, given: _pad(caller, value, given, False),
    "replace": lambda caller, value, given: _replace(caller, value, given, 1),
    "replaceAll": lambda caller, value, given: _replace(caller, value, given, -1),
    "split": _split,
    "repeat": _repeat,
    "match": _match,
    "localeCompare": _compare,
    "trim": lambda caller, value, given: value.strip(),
    "trimStart": lambda caller, value, given: value.lstrip(),
    "trimEnd": lambda caller, value, given: value.rstrip(),
    "toLowerCase": lambda caller, value, given: value.lower(),
    "toUpperCase": lambda caller, value, given: value.upper(),
    "toString": lambda caller, value, given: value,
    "startsWith": lambda caller, value, given: value.startswith(str(given[0])),
    "endsWith": lambda caller, value, given: value.endswith(str(given[0])),
    "indexOf": lambda caller, value, given: value.find(str(given[0])),
    "charAt": lambda caller, value, given: value[int(cast("int", given[0]))],
    "concat": lambda caller, value, given: value + "".join(text(g) or "" for g in given),
    "at": lambda caller, value, given: _at(caller, value, given),
}


def _of_list(caller: Calls, value: list[object], name: str) -> object:
    if name == "length":
        return len(value)
    method = _LISTS.get(name)
    return Native(lambda given: method(caller, value, given)) if method is not None else UNDEFINED


def _each(caller: Calls, value: list[object], given: Sequence[object]) -> list[object]:
    return [caller.apply(given[0], each, place, value) for place, each in enumerate(list(value))]


def _filter(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    found = _each(caller, value, given)
    if any(truth(each) is None for each in found):
        return UNKNOWN
    return [each for each, kept in zip(value, found, strict=True) if truth(kept)]


def _find(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    place = _find_index(caller, value, given)
    if isinstance(place, Unknown):
        return UNKNOWN
    return value[place] if isinstance(place, int) and place >= 0 else UNDEFINED


def _find_index(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    for place, each in enumerate(value):
        known = truth(caller.apply(given[0], each, place, value))
        if known is None:
            return UNKNOWN
        if known:
            return place
    return -1


def _index_of(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    for place, each in enumerate(value):
        known = same(each, given[0])
        if known is None:
            return UNKNOWN
        if known:
            return place
    return -1


def _sorted(caller: Calls, value: list[object], given: Sequence[object]) -> list[object]:
    def compare(one: object, other: object) -> int:
        if given and isinstance(given[0], Closure | Native):
            known = number(caller.apply(given[0], one, other))
            return 0 if known is None or known != known else (known > 0) - (known < 0)
        first, second = text(one) or "", text(other) or ""
        return (first > second) - (first < second)

    return sorted(value, key=cmp_to_key(compare))


def _sort(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    value[:] = _sorted(caller, value, given)
    return value


def _reverse(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    value.reverse()
    return value


def _push(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    value += given
    return len(value)


def _flat(caller: Calls, value: list[object], given: Sequence[object]) -> list[object]:
    made: list[object] = []
    for each in value:
        made += cast("list[object]", each) if isinstance(each, list) else [each]
    return made


def _reduce(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    rest = list(value)
    held = given[1] if len(given) > 1 else rest.pop(0) if rest else UNDEFINED
    for place, each in enumerate(rest):
        held = caller.apply(given[0], held, each, place)
    return held


def _join(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    parts = [text(each) for each in value]
    by = str(given[0]) if given else ","
    return UNKNOWN if None in parts else by.join(cast("list[str]", parts))


def _at(caller: Calls, value: Sequence[object], given: Sequence[object]) -> object:
    place = _place(given, 0, 0) or 0
    return value[place] if -len(value) <= place < len(value) else UNDEFINED


def _fill(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    value[:] = [given[0]] * len(value)
    return value


def _concat(caller: Calls, value: list[object], given: Sequence[object]) -> list[object]:
    return [*value, *_flat(caller, list(given), ())]


def _for_each(caller: Calls, value: list[object], given: Sequence[object]) -> object:
    _each(caller, value, given)
    return UNDEFINED


_LISTS: Mapping[str, Callable[[Calls, list[object], Sequence[object]], object]] = {
    "map": _each,
    "forEach": _for_each,
    "filter": _filter,
    "find": _find,
    "findIndex": _find_index,
    "indexOf": _index_of,
    "some": lambda c, v, given: shown(either(truth(x) for x in _each(c, v, given))),
    "every": lambda c, v, given: shown(both(truth(x) for x in _each(c, v, given))),
    "includes": _includes,
    "slice": _slice,
    "sort": _sort,
    "toSorted": _sorted,
    "reverse": _reverse,
    "toReversed": lambda caller, value, given: value[::-1],
    "push": _push,
    "pop": lambda caller, value, given: value.pop() if value else UNDEFINED,
    "shift": lambda caller, value, given: value.pop(0) if value else UNDEFINED,
    "flat": _flat,
    "flatMap": lambda c, v, given: _flat(c, _each(c, v, given), ()),
    "reduce": _reduce,
    "join": _join,
    "at": _at,
    "fill": _fill,
    "concat": _concat,
    "keys": lambda caller, value, given: list(range(len(value))),
    "values": lambda caller, value, given: list(value),
    "entries": lambda caller, value, given: [[n, each] for n, each in enumerate(value)],
    "has": _includes,
}
