"""What an operation writes to its own row: what was given, by default, and by transition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from scoring.brief import Brief, Default, Effect, Transition
from scoring.trials.backend.calls import Call
from scoring.trials.backend.rows import Row, another, first_state, join_of
from scoring.trials.changes import DROPPED, OTHER, STAYS, Change
from scoring.trials.language.values import (
    UNDEFINED,
    UNKNOWN,
    Unknown,
    members_of,
    missing,
    text,
)
from scoring.trials.libraries import Libraries
from scoring.words import squeeze


class Writer:
    """Makes and changes rows; `applies` says whether a change of the service is made."""

    def __init__(
        self, brief: Brief, libraries: Libraries, applies: Callable[[Change], bool]
    ) -> None:
        self._libraries = libraries
        self._applies = applies
        self._counters = {
            (rule.writes, rule.attribute)
            for rule in brief.rules
            if isinstance(rule, Effect) and rule.change == "update"
        }

    def make(self, call: Call) -> Row | None:
        """Make the row that a call is for."""
        entity = call.entity
        if entity is None:
            return None
        at = self._libraries.tick()
        row = Row(entity, self._libraries.uuid(), at, changed=at)
        for name, value in (members_of(call.raw) or {}).items():
            row.values[squeeze(name)] = value
        for relation in entity.relations:
            linked = call.referred(relation.name)
            if isinstance(linked, Row):
                row.links[relation.name] = linked.id
            elif relation.name in call.body:
                row.links[relation.name] = call.body[relation.name]
            elif relation.required:
                row.links[relation.name] = UNKNOWN
            else:
                row.links[relation.name] = None
        self._start(call, row)
        call.store.rows[row.id] = row
        self._join(call, row)
        return row

    def _join(self, call: Call, row: Row) -> None:
        """Join a row with those whose keys are given in a list, in place of those before."""
        for name, value in (members_of(call.raw) or {}).items():
            if not isinstance(value, list):
                continue
            keys = cast("list[object]", value)
            found = [call.store.at(key) for key in keys]
            known = row.joined.get(squeeze(name))
            if found and found[0] is not None:
                known = join_of(call.store.brief, row, found[0])
            if known is None or None in found:
                continue
            row.joined[squeeze(name)] = known
            for old in call.store.joins(row, known):
                call.store.erase(old)
            rules = (r for r in call.rules if isinstance(r, Effect) and r.change == "insert")
            rule = next((r for r in rules if r.writes == known.entity.name), None)
            if rule is not None and self._applies(Change(rule.id, DROPPED)):
                continue
            for key in keys:
                at = self._libraries.tick()
                made = Row(known.entity, self._libraries.uuid(), at, changed=at)
                made.links.update({known.own: row.id, known.other: key})
                call.store.rows[made.id] = made

    def _start(self, call: Call, row: Row) -> None:
        """Give a new row its attributes: as given, or by default."""
        defaults = {r.attribute: r for r in call.rules if isinstance(r, Default)}
        for attribute in row.entity.attributes:
            value = call.body.get(attribute.name, UNDEFINED)
            if attribute.default is None and not (attribute.values and "enum" in attribute.types):
                if value is not UNDEFINED:
                    row.values[attribute.name] = value
                continue
            if value is not UNDEFINED:
                row.states[attribute.name] = _state_of(value, attribute.values)
                continue
            known = attribute.values or (row.entity.name, attribute.name) in self._counters
            state = first_state(row.entity, attribute.name) if known else UNKNOWN
            rule = defaults.get(attribute.name)
            if rule is not None:
                state = rule.value
                if self._applies(Change(rule.id, OTHER)):
                    others = [v for v in attribute.values if v != rule.value]
                    state = others[0] if others else another(rule.value)
            row.states[attribute.name] = state

    def change(self, call: Call, row: Row) -> None:
        """Change a row as a call says, and as the transitions of its operation do."""
        row.changed = self._libraries.tick()
        for name, value in (members_of(call.raw) or {}).items():
            if value is not UNDEFINED:
                row.values[squeeze(name)] = value
        self._join(call, row)
        for name, value in call.body.items():
            if row.entity.relation(name) is not None:
                row.links[name] = value
            elif name in row.states:
                attribute = row.entity.attribute(name)
                row.states[name] = _state_of(value, attribute.values if attribute else ())
            else:
                row.values[name] = value
        moved = [r for r in call.rules if isinstance(r, Transition)]
        for rule in moved:
            self.move(rule, row if rule.entity == row.entity.name else call.about(rule.entity))
        if call.action == "act":
            effects = [r for r in call.rules if isinstance(r, Effect)]
            said = {r.attribute for r in effects if r.writes == row.entity.name and r.attribute}
            self._blur(call, row, said | {rule.attribute for rule in moved})

    def _blur(self, call: Call, row: Row, known: set[str]) -> None:
        """Let what an action may change besides be what nobody knows."""
        if call.required is None:
            row.states = dict.fromkeys(row.states, UNKNOWN)
        for attribute in row.entity.attributes:
            loose = attribute.name in row.states or not attribute.given
            if loose and attribute.name not in known and attribute.name not in call.body:
                held = row.states if attribute.name in row.states else row.values
                held[attribute.name] = UNKNOWN

    def move(self, rule: Transition, row: Row | None) -> None:
        """Move a row to the state that a transition leads to."""
        if row is not None and not self._applies(Change(rule.id, STAYS)):
            row.states[rule.attribute] = rule.target


def _state_of(value: object, values: Sequence[str]) -> object:
    """Return a state as the brief calls it: words as they are, flags if there is no other way."""
    if isinstance(value, str):
        return next((v for v in values if squeeze(v) == squeeze(value)), value)
    if isinstance(value, bool):
        return UNKNOWN if values else str(value).lower()
    if missing(value) or isinstance(value, Unknown):
        return UNKNOWN
    return text(value)
