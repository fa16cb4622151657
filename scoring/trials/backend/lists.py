"""Lists: which rows somebody is shown, by which filters, in which order, how many at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cmp_to_key

from scoring.brief import Entity, Membership, Ownership, Visibility
from scoring.trials.backend.answers import Answers
from scoring.trials.backend.calls import Call
from scoring.trials.backend.refusals import hidden_from, membership_of
from scoring.trials.backend.rows import Row, member_names
from scoring.trials.changes import ALL, DROPPED, SIZE, Change, ignoring
from scoring.trials.language.operators import ordered
from scoring.trials.language.values import (
    UNKNOWN,
    Unknown,
    members_of,
    missing,
    number,
    same,
    text,
    truth,
)
from scoring.words import named, spelled, squeeze

_PAGE = frozenset({"page", "pagenumber", "offset", "skip"})
_SIZE = frozenset({"limit", "size", "pagesize", "perpage", "take"})
_SORT = frozenset({"sort", "sortby", "order", "orderby", "direction", "sortorder"})
_WHOLE = 20
Applies = Callable[[Change], bool]


def page(call: Call, answers: Answers, applies: Applies) -> object:
    """Return what a list answers."""
    entity = call.entity
    if entity is None:
        return UNKNOWN
    asked = {squeeze(n): v for n, v in {**call.query, **(members_of(call.raw) or {})}.items()}
    asked = {n: v for n, v in asked.items() if not missing(v)}
    rows = _visible(call, entity, applies)
    filtered = _filtered(call, entity, rows, asked, applies)
    if filtered is None:
        return UNKNOWN
    key = call.route.key
    sorting = [(n, v) for n, v in asked.items() if n in _SORT]
    sort = " ".join(str(v) for n, v in sorting if n not in ("order", "direction", "sortorder"))
    way = " ".join(str(v) for n, v in sorting if n in ("order", "direction", "sortorder"))
    shown = _sorted(entity, filtered, f"{sort or way} {way}".strip(), key, applies)
    total = len(shown)
    size = next((number(v) for n, v in asked.items() if n in _SIZE), None)
    place = next((number(v) for n, v in asked.items() if n in _PAGE), None)
    count = int(size) if size else _WHOLE
    start = (int(place) - 1) * count if place and "page" in asked else int(place or 0)
    if (size and count < total) or start > 0:
        if not applies(Change(key, SIZE)):
            shown = shown[max(0, start) : max(0, start) + count]
    elif size is None and total > count:
        return UNKNOWN
    return answers.page(
        call.route.operation.response, shown, (start // count + 1, count, total), call.store
    )


def _visible(call: Call, entity: Entity, applies: Applies) -> list[Row]:
    """Return the rows that the caller may see."""
    rules = call.rules
    rows = call.store.of(entity.name)
    owned = next((r for r in rules if isinstance(r, Ownership)), None)
    if call.caller is not None and (owned is not None or _is_own(call, entity)):
        change = (
            Change(owned.id, f"{DROPPED} {ALL}")
            if owned is not None
            else Change(call.route.key, ALL)
        )
        mine = [
            r
            for r in rows
            if call.store.owner(r) in (call.caller,) or isinstance(call.store.owner(r), Unknown)
        ]
        rows = mine if len(mine) == len(rows) or not applies(change) else rows
    for rule in rules:
        if isinstance(rule, Visibility):
            kept = [r for r in rows if not _is_hidden(call, rule, r)]
        elif isinstance(rule, Membership):
            kept = [r for r in rows if membership_of(call, rule, r) is not True]
        else:
            continue
        if len(kept) != len(rows) and not applies(Change(rule.id, DROPPED)):
            rows = kept
    return rows


def _is_own(call: Call, entity: Entity) -> bool:
    """Whether the permissions let an account list its own rows only."""
    return call.caller is not None and any(
        row.entity == entity.name
        and row.list == "own"
        and named(row.actor, call.caller.entity.names)
        for row in call.store.brief.permissions
    )


def _is_hidden(call: Call, rule: Visibility, row: Row) -> bool:
    return row.states.get(rule.attribute) == rule.hidden and hidden_from(call, rule, row) is True


def _filtered(
    call: Call, entity: Entity, rows: list[Row], asked: dict[str, object], applies: Applies
) -> list[Row] | None:
    names = member_names(entity)
    for name, wanted in asked.items():
        if name in _PAGE | _SIZE | _SORT:
            continue
        key = names.get(name)
        if key is None:
            if name in ("search", "q", "query", "keyword", "text", "term"):
                key = next((f for f in entity.filters if _is_prose(entity, f)), None)
            if key is None:
                return None
        kept: list[Row] = []
        for row in rows:
            fits = _fits(entity, row, key, wanted)
            if fits is None:
                return None
            if fits:
                kept.append(row)
        if len(kept) == len(rows) or not applies(Change(call.route.key, ignoring("filter", key))):
            rows = kept
    return rows


def _is_prose(entity: Entity, name: str) -> bool:
    attribute = entity.attribute(name)
    return attribute is not None and not attribute.values


def _fits(entity: Entity, row: Row, key: str, wanted: object) -> bool | None:
    if entity.relation(key) is not None:
        return same(row.links.get(key), wanted)
    attribute = entity.attribute(key)
    if key in row.states:
        held = row.states[key]
        if isinstance(held, Unknown):
            return None
        return (
            squeeze(str(held)) == squeeze(text(wanted) or "") if isinstance(wanted, str) else None
        )
    held = row.values.get(key)
    if isinstance(held, Unknown):
        return None
    if attribute is not None and "text" in attribute.types and isinstance(held, str):
        return (text(wanted) or "").lower() in held.lower()
    return truth(same(held, wanted) or False)


def _sorted(entity: Entity, rows: list[Row], sort: str, key: str, applies: Applies) -> list[Row]:
    if not sort:
        return rows[::-1]
    falls = sort.startswith("-") or re.search(r"desc", sort, re.IGNORECASE) is not None
    wanted = [w for w in spelled(sort) if w not in ("asc", "desc", "ascending", "descending")]
    name = member_names(entity).get(squeeze(" ".join(wanted)))
    values = [_sort_value(entity, row, name, " ".join(wanted)) for row in rows]
    if any(isinstance(value, Unknown) for value in values):
        return rows[::-1]

    def compare(one: tuple[object, Row], other: tuple[object, Row]) -> int:
        left, right = one[0], other[0]
        if missing(left) or missing(right):
            return missing(left) - missing(right)
        order = (ordered(">", left, right) is True) - (ordered("<", left, right) is True)
        return -order if falls else order

    made = [r for _, r in sorted(zip(values, rows, strict=True), key=cmp_to_key(compare))]
    change = Change(key, ignoring("sort", name or "created_at"))
    if len({repr(value) for value in values}) > 1 and applies(change):
        return rows if _alike(made, rows[::-1]) else rows[::-1]
    return made


def _alike(one: Sequence[Row], other: Sequence[Row]) -> bool:
    return all(a is b for a, b in zip(one, other, strict=True))


def _sort_value(entity: Entity, row: Row, name: str | None, words: str) -> object:
    if name is None:
        return row.made if "creat" in words else row.changed if "updat" in words else UNKNOWN
    if name in row.states:
        attribute = entity.attribute(name)
        values = attribute.values if attribute is not None else ()
        held = row.states[name]
        return values.index(held) if isinstance(held, str) and held in values else held
    return row.values.get(name, row.links.get(name))
