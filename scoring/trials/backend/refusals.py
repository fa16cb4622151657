"""Why the service refuses a call: each rule that the call breaks, as far as that is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.brief import (
    Limit,
    Membership,
    Ownership,
    Quota,
    Reference,
    Restrict,
    Rule,
    State,
    Stranger,
    Transition,
    Uniqueness,
    Visibility,
    Window,
)
from scoring.project.facts import Property, Shape
from scoring.trials.backend.calls import Call, is_nothing
from scoring.trials.backend.rows import Row, first_state
from scoring.trials.changes import (
    ANYONE,
    DROPPED,
    FLOOR_HIGHER,
    FLOOR_LOWER,
    HIGHER,
    LOWER,
    OPEN,
    Change,
)
from scoring.trials.language.values import (
    UNDEFINED,
    UNKNOWN,
    Unknown,
    is_number,
    members_of,
    missing,
    same,
)
from scoring.trials.libraries import moment
from scoring.trials.modelled import is_modelled
from scoring.words import named, squeeze

_DAY = 86_400_000
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)
_FORMATS: Mapping[str, re.Pattern[str]] = {
    "uuid": _UUID,
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+$"),
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "date-time": re.compile(r"\d{4}-\d{2}-\d{2}T"),
}
Broken = bool | None
"""Whether a call breaks a rule; None if nobody knows."""


@dataclass(frozen=True)
class Cause:
    """A reason to refuse: the change without which there is none, and fitting statuses.

    `sure` is False if nobody knows whether the rule is broken.
    """

    change: Change | None
    statuses: tuple[int, ...]
    sure: bool = True


class Refusals:
    """Lists the reasons to refuse a call; `applies` says whether a change is made."""

    def __init__(self, applies: Callable[[Change], bool], now: Callable[[], float]) -> None:
        self._applies = applies
        self.now = now
        self.moved = False
        """Whether the clock was put forward."""
        self._modelled: dict[str, bool] = {}

    def of(self, call: Call) -> list[Cause]:
        """Return all reasons to refuse a call."""
        closed = list(self._access(call))
        if any(cause.sure for cause in closed):
            return closed
        found = [*closed, *self._schema(call), *self._target(call)]
        for rule in call.rules:
            found += self._rule(call, rule)
        return found

    def _access(self, call: Call) -> Iterator[Cause]:
        required, key = call.required, call.route.key
        if required is None:
            if call.caller is None and call.route.operation.guarded:
                yield Cause(Change(key, OPEN), (401, 403), sure=False)
            return
        guests = {a.name for a in call.store.brief.actors if a.kind == "guest"}
        if not required.actors or guests & set(required.actors):
            return
        if call.caller is None:
            change = Change(key, OPEN)
            if not self._applies(change):
                yield Cause(change, (401, 403), sure=not call.hidden)
            return
        names = call.caller.entity.names
        if not any(named(actor, names) for actor in required.actors):
            change = Change(key, ANYONE)
            if not self._applies(change):
                yield Cause(change, (403, 401, 404))

    def _schema(self, call: Call) -> Iterator[Cause]:
        wrong = False
        if call.route.body is not None:
            wrong = _misfits(call.route.body, call.raw, call.makes)
        if call.route.query is not None and not wrong:
            wrong = _misfits(call.route.query, call.query, False)
        page, size = (call.query.get(n, 1) for n in ("page", "limit"))
        if wrong or (is_number(page) and page < 1) or (is_number(size) and not 1 <= size <= 100):  # type: ignore[operator]
            yield Cause(None, (400, 422))

    def _target(self, call: Call) -> Iterator[Cause]:
        needs = call.action not in ("create", "list", "other")
        known = not any(isinstance(key, Unknown) for key in call.keys.values())
        if needs and call.keys and call.target is None and known:
            yield Cause(None, (404, 403))
        for relation in call.entity.relations if call.entity is not None else ():
            value = call.body.get(relation.name, UNDEFINED)
            if not is_nothing(value) and call.store.at(value) is None:
                yield Cause(None, (404,))

    def _rule(self, call: Call, rule: Rule) -> Iterator[Cause]:
        broken: Broken
        is_kept = self._modelled.get(rule.id)
        if is_kept is None:
            is_kept = self._modelled[rule.id] = is_modelled(rule)
        if not is_kept:
            broken = None if rule.statuses else False
        elif isinstance(rule, Limit):
            broken = self._limit(call, rule)
        elif isinstance(rule, Quota):
            broken = self._quota(call, rule)
        else:
            judge = _JUDGES.get(type(rule))
            broken = judge(self, call, rule) if judge is not None else False
            if broken is not False and self._applies(Change(rule.id, DROPPED)):
                broken = False
        if broken is not False:
            change = Change(rule.id, DROPPED)
            if isinstance(rule, Limit | Quota):
                change = Change(rule.id, HIGHER)
            yield Cause(change, rule.statuses, sure=broken is True)

    def _limit(self, call: Call, rule: Limit) -> Broken:
        value = call.body.get(rule.attribute, UNDEFINED)
        if isinstance(value, Unknown):
            return None
        size = len(value) if isinstance(value, str) else value if is_number(value) else None
        if not isinstance(size, int | float):
            return False
        least, most = rule.minimum, rule.maximum
        if least is not None:
            step = 1 if float(least).is_integer() else 0.01
            if size in (least, least - step):
                higher, lower = Change(rule.id, FLOOR_HIGHER), Change(rule.id, FLOOR_LOWER)
                if size == least - step and self._applies(lower):
                    least -= step
                elif size == least and self._applies(higher):
                    least += step
            if size < least:
                return True
        if most is not None:
            step = 1 if float(most).is_integer() else 0.01
            if size == most + step and self._applies(Change(rule.id, HIGHER)):
                most += step
            elif size == most and self._applies(Change(rule.id, LOWER)):
                most -= step
            if size > most:
                return True
        return False

    def _quota(self, call: Call, rule: Quota) -> Broken:
        if not call.makes or self.moved:
            return None if self.moved else False
        scope = _scope(call)
        rows = [r for r in call.store.of(rule.entity) if scope is None or scope(r)]
        if rule.attribute is not None:
            rows = [r for r in rows if r.get(rule.attribute) in (rule.value, UNKNOWN)]
            sure = sum(r.get(rule.attribute) == rule.value for r in rows)
        else:
            sure = sum(_is_as_made(row) for row in rows)
        count = len(rows)
        if sure < rule.maximum <= count:
            return None  # those that have left their first state may no longer count
        if count == rule.maximum and self._applies(Change(rule.id, HIGHER)):
            return False
        if count == rule.maximum - 1 and self._applies(Change(rule.id, LOWER)):
            return True
        return count >= rule.maximum


def _scope(call: Call) -> Callable[[Row], bool] | None:
    """Return which rows a quota counts: those of the caller, or of what the new row belongs to."""
    entity = call.entity
    if entity is None:
        return None
    name = entity.owner or next((r.name for r in entity.relations if r.required), None)
    if name is None:
        return None
    owner = call.referred(name)
    return (lambda row: row.links.get(name) == owner.id) if isinstance(owner, Row) else None


def _is_as_made(row: Row) -> bool:
    """Whether a row is in the states that it was made in."""
    return all(
        isinstance(held, Unknown) or held == first_state(row.entity, name)
        for name, held in row.states.items()
    )


def _ownership(refusals: Refusals, call: Call, rule: Ownership) -> Broken:
    if call.action == "list" or call.target is None:
        return False
    if call.store.owner(call.target) is None:
        return False
    if call.target is call.caller:
        return False
    if call.store.owner(call.target) is call.caller:
        return False
    return _is_foreign(call, call.target)


def _uniqueness(refusals: Refusals, call: Call, rule: Uniqueness) -> Broken:
    entity = call.store.brief.entity(rule.entity)
    if (
        entity is None
        or call.entity is not entity
        or call.action not in ("create", "join", "update")
    ):
        return False
    wanted: dict[str, object] = {}
    for name in rule.attributes:
        value = call.body.get(name, UNDEFINED)
        if value is UNDEFINED:
            relation = entity.relation(name)
            linked = call.referred(name) if relation is not None else None
            value = linked.id if isinstance(linked, Row) else UNDEFINED
        if value is UNDEFINED and call.target is not None:
            value = call.target.values.get(name, UNDEFINED)
        wanted[name] = value
    if any(missing(value) for value in wanted.values()):
        return False
    if not call.makes and not any(name in call.body for name in rule.attributes):
        return False
    owner = call.referred(entity.owner) if entity.owner and rule.scope == "owner" else None
    for row in call.store.of(rule.entity):
        if row is call.target:
            continue
        if isinstance(owner, Row) and row.links.get(entity.owner or "") != owner.id:
            continue
        if all(
            same(row.links.get(n) if n in row.links else row.values.get(n, UNDEFINED), value)
            for n, value in wanted.items()
        ):
            return True
    return False


def _transition(refusals: Refusals, call: Call, rule: Transition) -> Broken:
    row = call.about(rule.entity)
    if row is None:
        return False
    held = row.states.get(rule.attribute)
    if held is None or isinstance(held, Unknown):
        return None
    return held != rule.source


def _state(refusals: Refusals, call: Call, rule: State) -> Broken:
    row = call.about(rule.entity) if rule.relation is None else call.referred(rule.relation)
    if not isinstance(row, Row):
        return None if isinstance(row, Unknown) else False
    held = row.states.get(rule.attribute)
    if held is None or isinstance(held, Unknown):
        return None
    return held != rule.value


def _reference(refusals: Refusals, call: Call, rule: Reference) -> Broken:
    value = call.body.get(rule.relation, UNDEFINED)
    row = call.referred(rule.relation)
    if value is UNDEFINED and call.action == "update":
        return False
    if not isinstance(row, Row) or call.caller is None:
        return False
    return _is_foreign(call, row)


def _is_foreign(call: Call, row: Row) -> Broken:
    """Return whether a row is another account's of the caller's kind."""
    owner = call.store.owner(row)
    if call.caller is None or owner is call.caller or call.caller.id in row.links.values():
        return False
    of_a_kind = isinstance(owner, Row) and owner.entity is call.caller.entity
    return True if of_a_kind and not _is_tied(call, row, call.caller) else None


def _is_tied(call: Call, row: Row, caller: Row) -> bool:
    """Whether the caller belongs to something that the row belongs to, as by a membership."""
    above = {id for id in row.links.values() if (r := call.store.at(id)) and not r.entity.account}
    return any(
        caller.id in other.links.values()
        and above & {v for v in other.links.values() if isinstance(v, str)}
        for other in call.store.rows.values()
        if other is not row and not other.erased
    )


def _restrict(refusals: Refusals, call: Call, rule: Restrict) -> Broken:
    if call.target is None:
        return False
    children = [child for child, _ in call.store.children(call.target, rule.child)]
    if rule.attribute is not None:
        held = [child.get(rule.attribute) for child in children]
        return rule.value in held or (None if UNKNOWN in held else False)
    if children:
        return True
    made_by = [
        o for o in call.store.brief.operations if o.entity == rule.child and o.action == "create"
    ]
    used = any(call.target.id in row.links.values() for row in call.store.rows.values())
    return None if used and not made_by else False


def _visibility(refusals: Refusals, call: Call, rule: Visibility) -> Broken:
    if call.action == "list" or call.target is None:
        return False
    held = call.target.states.get(rule.attribute)
    if held != rule.hidden:
        return None if held is None or isinstance(held, Unknown) else False
    return hidden_from(call, rule, call.target)


def hidden_from(call: Call, rule: Visibility, row: Row) -> Broken:
    """Return whether a row in the hidden state is hidden from the caller."""
    if call.caller is None or not any(named(a, call.caller.entity.names) for a in rule.actors):
        return True if call.store.owner(row) is not call.caller or call.caller is None else None
    return False if call.store.owner(row) is call.caller else None


def membership_of(call: Call, rule: Membership, row: Row | None) -> Broken:
    """Return whether the caller has no row of the membership that the rule asks for."""
    through = call.store.brief.entity(rule.through)
    if through is None or call.caller is None:
        return False
    shared: Row | Unknown | None = None
    for relation in through.relations:
        target = call.store.brief.entity(relation.target)
        if target is None or target.account:
            continue
        found = (
            call.store.above(row, relation.target)
            if row is not None
            else call.about(relation.target)
        )
        if found is not None:
            shared = found
            break
    if not isinstance(shared, Row):
        return None
    unsure = False
    for held in call.store.of(rule.through):
        if call.caller.id not in held.links.values() or shared.id not in held.links.values():
            continue
        if rule.attribute is None or rule.value is None:
            return False
        value = held.states.get(rule.attribute)
        if value == rule.value:
            return False
        unsure = unsure or value is None or isinstance(value, Unknown)
    return None if unsure else True


def _membership(refusals: Refusals, call: Call, rule: Membership) -> Broken:
    if call.action == "list":  # may show nothing instead
        return None if call.query and membership_of(call, rule, None) is not False else False
    return membership_of(call, rule, None)


def _stranger(refusals: Refusals, call: Call, rule: Stranger) -> Broken:
    row = call.referred(rule.relation)
    if not isinstance(row, Row) or call.caller is None:
        return False
    owner = call.store.owner(row)
    return None if isinstance(owner, Unknown) else owner is call.caller


def _window(refusals: Refusals, call: Call, rule: Window) -> Broken:
    now = refusals.now()
    for name, wanted in rule.caller.items():
        held = call.caller.get(name) if call.caller is not None else UNKNOWN
        if held != wanted:
            return None if held is UNKNOWN else False
    value = call.body.get(rule.attribute, UNDEFINED)
    if missing(value) and rule.beyond and call.target is not None:
        value = call.target.get(rule.attribute)
    if not missing(value):
        at = moment(value)
        if not isinstance(at, int | float) or at != at:
            return None
        return (at < now + rule.days * _DAY) if rule.beyond else (at > now + rule.days * _DAY)
    if call.target is None:
        return False
    if squeeze(rule.attribute) == squeeze("created_at"):
        made = moment(call.target.made)
        return isinstance(made, int | float) and now - made > rule.days * _DAY
    return None


_JUDGES: Mapping[type, Callable[[Refusals, Call, Any], Broken]] = {
    Ownership: _ownership,
    Uniqueness: _uniqueness,
    Transition: _transition,
    State: _state,
    Reference: _reference,
    Restrict: _restrict,
    Visibility: _visibility,
    Membership: _membership,
    Stranger: _stranger,
    Window: _window,
}


def _misfits(shape: Shape, raw: object, whole: bool) -> bool:
    """Whether a body or a query is none of its shape, apart from bounds that a rule may have."""
    held = members_of(raw)
    if held is None and not missing(raw):
        return False
    if held is None:
        held = dict[str, object]()
    for each in shape.properties:
        value = held.get(each.name, UNDEFINED)
        if value is UNDEFINED:
            if whole and not each.optional and each.default is None:
                return True
        elif value is None:
            if not each.nullable and not each.optional:
                return True
        elif _is_wrong(each, value):
            return True
    return False


def _is_wrong(member: Property, value: object) -> bool:
    if isinstance(value, Unknown):
        return False
    if member.values and isinstance(value, str) and value not in member.values:
        return True
    pattern = _FORMATS.get(member.format)
    if pattern is not None and isinstance(value, str) and pattern.match(value) is None:
        return member.format != "uuid" or " " in value
    return (
        member.type in ("integer", "number")
        and isinstance(value, str)
        and not value.lstrip("-").replace(".", "").isdigit()
    )
