"""Rules across tables: who belongs, what is written beside, what is not one's own, how long.

Like `enforcement`, each gives None if the handler keeps the rule, else what is lost and why.
"""

from __future__ import annotations

from scoring.brief import Effect, Membership, Rule, Stranger, Window
from scoring.matching import UNREAD, Subject
from scoring.project.facts import Access, Column, Operation, Table
from scoring.typescript.value import Refusal, Value
from scoring.words import contains, squeeze, words

Problem = tuple[float, str] | None
Across = Membership | Effect | Stranger | Window
_NESTED = {
    "insert": {"create", "createMany", "connectOrCreate", "upsert"},
    "update": {"update", "updateMany", "upsert"},
    "delete": {"delete", "deleteMany"},
}
"""Members by which the Prisma client writes rows of a relation together with a row."""
_UNITS = (1, 24, 24 * 60, 24 * 3600, 24 * 3600 * 1000)
"""A day in days, hours, minutes, seconds, milliseconds."""


def enforced_across(subject: Subject, rule: Across, operation: Operation) -> Problem:
    """Judge one rule of these kinds at one operation."""
    match rule:
        case Membership():
            return _membership(subject, rule, operation)
        case Effect():
            return _effect(subject, rule, operation)
        case Stranger():
            return _stranger(subject, rule, operation)
        case Window():
            return _window(subject, rule, operation)


def can_be_read(subject: Subject, rule: Rule, operation: Operation) -> bool:
    """Tell whether a lack of the rule can be known: False if it may be kept out of sight.

    Out of sight are statements of SQL, events, guards that speak of the membership, rows written
    with a relation, counters that no column holds, and times that are configured.
    """
    if not isinstance(rule, Membership | Effect | Stranger | Window):
        return True
    if operation.behaviour.called & UNREAD:
        return False
    match rule:
        case Membership():
            entity = subject.brief.entity(rule.through)
            said = [*(entity.names if entity is not None else ()), *filter(None, [rule.value])]
            guards = [words(role) for role in operation.roles]
            return not any(contains(guard, words(name)) for guard in guards for name in said)
        case Effect():
            if _writes_relations(rule, operation):
                return False
            entity, table = subject.brief.entity(rule.writes), subject.tables.get(rule.writes)
            if rule.attribute is None or entity is None or table is None:
                return True
            return subject.column(entity, rule.attribute) is not None
        case Window():
            return all(_numbers(r.condition) for r in _timed(subject, rule, operation))
        case Stranger():
            return True


def _refusals(operation: Operation, statuses: tuple[int, ...]) -> list[Refusal]:
    return [r for r in operation.behaviour.refusals if r.statuses & set(statuses)]


def owner_scoped(access: Access, owners: tuple[str, ...], table: Table) -> bool:
    """Tell whether a query reaches the caller's own rows only."""
    for where in access.wheres:
        if where.conditional:
            continue
        if where.column in owners and "actor" in where.value.sources:
            return True
        if where.operator == "or" and "actor" in where.value.sources:
            return True
        if any(f"scope:{table.name}.{owner}" in where.value.sources for owner in owners):
            return True
    return False


def speaks_of(condition: Value, table: Table, column: Column) -> bool:
    """Tell whether a condition depends on the column of a row that was read."""
    if f"where:{table.name}.{column.name}" in condition.sources:
        return True
    named = squeeze(column.name) in {squeeze(name) for name in condition.names}
    return named and f"row:{table.name}" in condition.sources


def _membership(subject: Subject, rule: Membership, operation: Operation) -> Problem:
    through, table = subject.brief.entity(rule.through), subject.tables.get(rule.through)
    if through is None or table is None:
        return 1.0, f"there is no table for {rule.through}"
    owners = subject.owner_columns(through)
    asked = [a for a in operation.behaviour.accesses if _asks_for_caller(a, owners, table)]
    if not asked:
        return 1.0, f"nobody looks for the caller's row of {table.name}"
    refusals = _refusals(operation, rule.statuses)
    if operation.method != "GET" and not any(_depends(r, owners, table) for r in refusals):
        return 0.7, f"nothing is refused without a row of {table.name}"
    if rule.attribute is None or rule.value is None:
        return None
    column = subject.column(through, rule.attribute)
    if column is None:
        return 1.0, f"there is no column for {rule.attribute}"
    wanted = squeeze(rule.value)
    for access in asked:
        for where in access.wheres:
            shown = {squeeze(text) for text in where.value.literals}
            if where.column == column.name and (wanted in shown or not shown):
                return None
    if any(speaks_of(r.condition, table, column) for r in refusals):
        return None
    return 0.5, f"any row of {table.name} will do, whatever its {column.name}"


def _asks_for_caller(access: Access, owners: tuple[str, ...], table: Table) -> bool:
    """Tell whether a query, or a condition within one, looks for the caller's row."""
    if access.action not in ("read", "count"):
        return False
    if access.table == table.name:
        return owner_scoped(access, owners, table)
    return any(
        w.column in owners and not w.conditional and "actor" in w.value.sources
        for w in access.wheres
    )


def _depends(refusal: Refusal, owners: tuple[str, ...], table: Table) -> bool:
    sources = refusal.condition.sources
    if f"row:{table.name}" in sources:
        return True
    return any(s.startswith("scope:") and s.rsplit(".", 1)[-1] in owners for s in sources)


def _effect(subject: Subject, rule: Effect, operation: Operation) -> Problem:
    entity, table = subject.brief.entity(rule.writes), subject.tables.get(rule.writes)
    if entity is None or table is None:
        return 1.0, f"there is no table for {rule.writes}"
    written = [
        a
        for a in operation.behaviour.accesses
        if a.table == table.name and _changes(a, rule.change)
    ]
    if not written:
        return 1.0, f"no {rule.change} of {table.name}"
    if rule.attribute is None:
        return None
    column = subject.column(entity, rule.attribute)
    if column is None:
        return 1.0, f"there is no column for {rule.attribute}"
    wanted = squeeze(column.name)
    if any(wanted in {squeeze(name) for name in _names_set(a)} for a in written):
        return None
    return 1.0, f"{rule.change} of {table.name} leaves {column.name} alone"


def _changes(access: Access, change: str) -> bool:
    if access.action == change:
        return True
    marks = change == "delete" and access.action == "update"
    return marks and any("delet" in name.lower() for name in access.sets)


def _names_set(access: Access) -> set[str]:
    """Return the columns that a query sets; of what is not an object, all names in it."""
    rest = access.sets.get("*")
    return set(access.sets) | (set(rest.names) if rest is not None else set[str]())


def _writes_relations(rule: Effect, operation: Operation) -> bool:
    return any(
        _NESTED[rule.change] & {name for name, _ in value.members}
        for access in operation.behaviour.accesses
        for value in access.sets.values()
    )


def _stranger(subject: Subject, rule: Stranger, operation: Operation) -> Problem:
    entity = subject.brief.entity(rule.entity)
    relation = entity.relation(rule.relation) if entity is not None else None
    target = subject.brief.entity(relation.target) if relation is not None else None
    table = subject.tables.get(target.name) if target is not None else None
    if target is None or table is None:
        return 1.0, f"there is no table for {rule.relation}"
    owners = subject.owner_columns(target)
    for refusal in _refusals(operation, rule.statuses):
        condition = refusal.condition
        if any(f"scope:{table.name}.{owner}" in condition.sources for owner in owners):
            return None
        told = {squeeze(n) for n in condition.names} & {squeeze(o) for o in owners}
        if told and {"actor", f"row:{table.name}"} <= condition.sources:
            return None
    return 1.0, f"no refusal compares the owner of {table.name} with the caller"


def _timed(subject: Subject, rule: Window, operation: Operation) -> list[Refusal]:
    """Return the refusals that depend on the time."""
    entity, table = subject.brief.entity(rule.entity), subject.tables.get(rule.entity)
    attribute = entity.attribute(rule.attribute) if entity is not None else None
    names = {squeeze(n) for n in (attribute.names if attribute is not None else [rule.attribute])}
    known = table.columns if table is not None else ()
    columns = [c for c in known if squeeze(c.name) in names]
    found: list[Refusal] = []
    for refusal in _refusals(operation, rule.statuses):
        condition = refusal.condition
        given = "body" in condition.sources and names & {squeeze(n) for n in condition.names}
        if given or (table and any(speaks_of(condition, table, c) for c in columns)):
            found.append(refusal)
    return found


def _numbers(condition: Value) -> set[int]:
    digits = {text.replace("_", "").lstrip("-") for text in condition.literals}
    return {int(text) for text in digits if text.isdecimal() and len(text) < 16}


def _window(subject: Subject, rule: Window, operation: Operation) -> Problem:
    timed = _timed(subject, rule, operation)
    if not timed:
        return 1.0, f"no refusal depends on {rule.attribute}"
    wanted = {rule.days * unit for unit in _UNITS}
    if any(_numbers(refusal.condition) & wanted for refusal in timed):
        return None
    return 0.5, f"no refusal by {rule.attribute} has {rule.days} days"
