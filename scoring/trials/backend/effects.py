"""What an operation does to other rows: what it writes besides its own, what goes with a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scoring.brief import Default, Deletion, Effect, Entity, Rule
from scoring.trials.backend.amounts import found_rows, resolve, write
from scoring.trials.backend.calls import Call
from scoring.trials.backend.rows import Row, names_of
from scoring.trials.changes import DROPPED, Change
from scoring.trials.language.values import UNKNOWN, Unknown
from scoring.trials.libraries import Libraries

Applies = Callable[[Change], bool]


def apply_effect(
    call: Call,
    rule: Effect,
    row: Row,
    before: Row | None,
    libraries: Libraries,
    applies: Applies,
) -> None:
    """Do what a rule says that an operation does besides; `before` is its row as it was."""
    entity = call.store.brief.entity(rule.writes)
    if entity is None:
        return
    if any(join.entity is entity for join in row.joined.values()):
        return  # its keys were given as a list
    if rule.change == "insert" and entity is not row.entity:
        _insert(call, rule, entity, row, before, libraries, applies)
    elif rule.change == "delete":
        for other in _deleted(call, rule, entity, row):
            _count(call, other, "erase", applies)
            call.store.erase(other)
    elif rule.attribute is not None:
        write(call.store, rule, row, gone=call.action == "erase", caller=call.caller)


def _deleted(call: Call, rule: Effect, entity: Entity, row: Row) -> list[Row]:
    """Return the rows that go: those the rule describes, else those that belong to the row."""
    if rule.where:
        return [other for other, sure in found_rows(call.store, rule, row, call.caller) if sure]
    return [other for other in call.store.of(entity.name) if _belongs(other, row)]


def leave_out(row: Row, entity: Entity | None) -> None:
    """Let a row have none of the rows that were given with it as a list."""
    for name in names_of(entity) if entity is not None else ():
        if isinstance(row.values.get(name), list):
            row.values[name] = []


def _belongs(other: Row, row: Row) -> bool:
    """Whether two rows refer to the same rows, wherever both refer to one of a kind."""
    shared = [name for name in other.links if name in row.links]
    return bool(shared) and all(other.links[name] == row.links[name] for name in shared)


def _insert(
    call: Call,
    rule: Effect,
    entity: Entity,
    row: Row,
    before: Row | None,
    libraries: Libraries,
    applies: Applies,
) -> None:
    at = libraries.tick()
    made = Row(entity, libraries.uuid(), at, changed=at)
    source = before if before is not None else row
    for attribute in entity.attributes:
        known = source.values.get(attribute.name, UNKNOWN)
        if attribute.default is not None:
            made.states[attribute.name] = UNKNOWN
        else:
            made.values[attribute.name] = known
    for relation in entity.relations:
        target = call.store.brief.entity(relation.target)
        if target is not None and target.account:
            found = _person(call, row, target)
        else:
            found = call.store.above(row, relation.target)
        made.links[relation.name] = found.id if found is not None else UNKNOWN
    for name, wording in rule.sets.items():
        value = resolve(call.store, wording, source, call.caller)
        if not isinstance(value, Unknown):
            made.put(name, value)
    call.store.rows[made.id] = made
    _count(call, made, "create", applies)


def _count(call: Call, row: Row, action: str, applies: Applies) -> None:
    """Change what another operation would change with the row, if this one does not say so."""
    brief, own = call.store.brief, _written_by(call)
    for rule in brief.rules:
        if not isinstance(rule, Effect) or rule.entity != row.entity.name:
            continue
        if rule.change != "update" or (rule.writes, rule.attribute) in own:
            continue
        actions = {o.action for id in rule.operations if (o := brief.operation(id)) is not None}
        if action in actions and not applies(Change(rule.id, DROPPED)):
            write(call.store, rule, row, gone=action == "erase", caller=call.caller)


def _written_by(call: Call) -> set[tuple[str, str | None]]:
    """Return the attributes of which the rules of an operation say what they are after it."""
    changed = {(r.writes, r.attribute) for r in call.rules if isinstance(r, Effect)}
    return changed | {(r.entity, r.attribute) for r in call.rules if isinstance(r, Default)}


def _person(call: Call, row: Row, account: Entity) -> Row | None:
    """Return whom a row is made for: who is named, else the owner of what it is about."""
    for relation in row.entity.relations:
        if relation.target == account.name and relation.name != row.entity.owner:
            found = call.store.linked(row, relation.name)
            if found is not None:
                return found
    for relation in row.entity.relations:
        other = call.store.linked(row, relation.name)
        if other is not None and not other.entity.account and other.entity.owner is not None:
            owner = call.store.owner(other)
            if (
                call.makes
                and isinstance(owner, Row)
                and owner.entity is account
                and owner is not call.caller
            ):
                return owner
    owner = call.store.owner(row)
    if isinstance(owner, Row) and owner.entity is account:
        return owner
    return call.caller


def erase(call: Call, row: Row, rules: Sequence[Rule], applies: Applies) -> None:
    """Erase a row; its children as the rules, or their relations, have it."""
    for rule in rules:
        if not isinstance(rule, Deletion):
            continue
        children = list(call.store.children(row, rule.child))
        turned = bool(children) and applies(Change(rule.id, DROPPED))
        for child, relation in children:
            if (rule.effect == "erase") != turned:
                call.store.erase(child)
            else:
                child.links[relation.name] = None
    call.store.erase(row)
