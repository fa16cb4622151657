"""Whether a handler enforces a rule: one function per kind of rule.

Each returns None if it does, else the share that is lost and what was found instead.
"""

from __future__ import annotations

from scoring.brief import (
    Default,
    Deletion,
    Effect,
    Entity,
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
from scoring.matching import Subject, find_property
from scoring.project.facts import Access, Column, Operation, Table
from scoring.rules.across import enforced_across, owner_scoped, speaks_of
from scoring.typescript.value import Refusal, Value
from scoring.words import squeeze

Problem = tuple[float, str] | None


def enforced(subject: Subject, rule: Rule, operation: Operation) -> Problem:
    """Judge one rule at one operation."""
    entity = subject.brief.entity(rule.entity)
    table = subject.tables.get(rule.entity)
    if entity is None or table is None:
        return 1.0, f"there is no table for {rule.entity}"
    match rule:
        case Uniqueness():
            return _unique(subject, rule, entity, table, operation)
        case Ownership():
            return _owned(subject, entity, table, operation)
        case Limit():
            return _limited(subject, rule, entity, operation)
        case Quota():
            return _quota(subject, rule, entity, table, operation)
        case Transition():
            return _transition(subject, rule, entity, table, operation)
        case Default():
            return _default(subject, rule, entity, table, operation)
        case Reference():
            return _reference(subject, rule, entity, operation)
        case State():
            return _state(subject, rule, entity, operation)
        case Restrict():
            return _restrict(subject, rule, operation)
        case Visibility():
            return _visible(subject, rule, entity, table, operation)
        case Deletion():
            return _deletion(subject, rule, operation)
        case Membership() | Effect() | Stranger() | Window():
            return enforced_across(subject, rule, operation)


def _refusals(operation: Operation, statuses: tuple[int, ...]) -> list[Refusal]:
    return [r for r in operation.behaviour.refusals if r.statuses & set(statuses)]


def _unique(
    subject: Subject, rule: Uniqueness, entity: Entity, table: Table, operation: Operation
) -> Problem:
    columns = [subject.column(entity, name) for name in rule.attributes]
    names = {c.name for c in columns if c is not None}
    if len(names) < len(rule.attributes):
        return 1.0, "there is no such column"
    wanted = names | (set(subject.owner_columns(entity)) if rule.scope == "owner" else set[str]())
    for refusal in _refusals(operation, rule.statuses):
        sources = refusal.condition.sources
        if f"catch:{table.name}" in sources:
            return None
        if all(any(w in sources for w in _where_names(table, name)) for name in wanted):
            return None
    asked = [a for a in _of(operation, table) if names <= {w.column for w in a.wheres}]
    if asked:
        return 0.5, "a query looks for the value, but nothing is refused by it as promised"
    return 1.0, f"no query for {', '.join(sorted(wanted))} that a refusal depends on"


def _where_names(table: Table, column: str) -> tuple[str, ...]:
    return (f"where:{table.name}.{column}",)


def _of(operation: Operation, table: Table) -> list[Access]:
    return [a for a in operation.behaviour.accesses if a.table == table.name]


def _owned(subject: Subject, entity: Entity, table: Table, operation: Operation) -> Problem:
    owners = subject.owner_columns(entity)
    if not owners:
        return 1.0, "there is no column that says whose row it is"
    accesses = [a for a in _of(operation, table) if a.action != "insert"]
    if not accesses:
        return 1.0, f"{table.name} is not even queried"
    for refusal in operation.behaviour.refusals:
        condition = refusal.condition
        if not refusal.statuses & {403, 404}:
            continue
        if any(f"scope:{table.name}.{owner}" in condition.sources for owner in owners):
            return None
        compares = "actor" in condition.sources
        named_owner = {squeeze(n) for n in condition.names} & {squeeze(o) for o in owners}
        if compares and named_owner and f"row:{table.name}" in condition.sources:
            return None
    chain = subject.owner_chain(entity)
    loose = [a for a in accesses if not owner_scoped(a, chain, table)]
    if not loose:
        return None
    return (
        1.0,
        f"{loose[0].action} of {table.name} at {loose[0].file}:{loose[0].line} is not scoped",
    )


def _limited(subject: Subject, rule: Limit, entity: Entity, operation: Operation) -> Problem:
    attribute = entity.attribute(rule.attribute)
    shape = subject.shape(operation.body)
    if attribute is None or shape is None:
        return 1.0, "the body has no schema"
    member = find_property(shape, attribute.names)
    bounds = [b for b in ("minimum", "maximum") if getattr(rule, b) is not None]
    if member is None:
        return 1.0, f"{shape.name} has no {rule.attribute}"
    wrong: list[str] = []
    for bound in bounds:
        wanted, shown = getattr(rule, bound), getattr(member, bound)
        if shown != wanted and not _refused_by_number(operation, attribute.names, wanted):
            wrong.append(f"{bound} {'none' if shown is None else f'{shown:g}'}")
    if not wrong:
        return None
    return len(wrong) / len(bounds), f"{shape.name}.{member.name}: {', '.join(wrong)}"


def _refused_by_number(operation: Operation, names: tuple[str, ...], number: int) -> bool:
    keys = {squeeze(name) for name in names}
    return any(
        str(number) in r.condition.literals
        and {squeeze(n) for n in r.condition.names} & keys
        and "body" in r.condition.sources
        for r in _refusals(operation, (400, 422))
    )


def _quota(
    subject: Subject, rule: Quota, entity: Entity, table: Table, operation: Operation
) -> Problem:
    owners = subject.owner_columns(entity)
    by_account = len(subject.owner_chain(entity)) == len(owners)
    marks = ("scope",) if by_account else ("scope", "where")
    for refusal in _refusals(operation, rule.statuses):
        condition = refusal.condition
        counted = f"row:{table.name}" in condition.sources
        numbers = condition.literals & {str(rule.maximum), str(rule.maximum - 1)}
        if counted and numbers:
            scoped = not owners or any(
                f"{mark}:{table.name}.{owner}" in condition.sources
                for owner in owners
                for mark in marks
            )
            return None if scoped else (0.5, "rows of all owners are counted")
    return 1.0, f"nothing is refused after {rule.maximum} rows of {table.name}"


def _transition(
    subject: Subject, rule: Transition, entity: Entity, table: Table, operation: Operation
) -> Problem:
    column = subject.column(entity, rule.attribute)
    if column is None:
        return 1.0, f"there is no column for {rule.attribute}"
    moves = any(
        a.action == "update" and _sets(a.sets, column, rule.target) for a in _of(operation, table)
    )
    guarded = any(
        speaks_of(refusal.condition, table, column)
        for refusal in _refusals(operation, rule.statuses)
    )
    if moves and guarded:
        return None
    if guarded:
        return 0.5, f"{column.name} is not set to {rule.target}"
    missing = f"no refusal depends on {column.name}"
    return (0.5, missing) if moves else (1.0, f"{missing}, nor is it set")


def _sets(sets: dict[str, Value], column: Column, target: str) -> bool:
    value = next((v for k, v in sets.items() if squeeze(k) == squeeze(column.name)), None)
    if value is None:
        return False
    if column.type in ("enum", "String"):
        return squeeze(target) in {squeeze(text) for text in value.literals} or (
            "body" in value.sources
        )
    return True


def _default(
    subject: Subject, rule: Default, entity: Entity, table: Table, operation: Operation
) -> Problem:
    column = subject.column(entity, rule.attribute)
    attribute = entity.attribute(rule.attribute)
    if column is None or attribute is None:
        return 1.0, f"there is no column for {rule.attribute}"
    wanted = squeeze(rule.value)
    for access in _of(operation, table):
        if access.action != "insert":
            continue
        value = next(
            (v for k, v in access.sets.items() if squeeze(k) == squeeze(column.name)), None
        )
        if value is None:
            if column.default is not None and "*" not in access.sets:
                return None
            continue
        if wanted in {squeeze(text) for text in value.literals}:
            return None
        if column.type in ("Boolean", "DateTime", "Int") and value.literals:
            return None
    shape = subject.shape(operation.body)
    member = find_property(shape, attribute.names) if shape is not None else None
    if member is not None and member.default is not None and squeeze(member.default) == wanted:
        return None
    return 1.0, f"{column.name} is not {rule.value} where the caller gives none"


def _reference(subject: Subject, rule: Reference, entity: Entity, operation: Operation) -> Problem:
    relation = entity.relation(rule.relation)
    target = subject.brief.entity(relation.target) if relation is not None else None
    table = subject.tables.get(target.name) if target is not None else None
    if target is None or table is None:
        return 1.0, f"there is no table for {rule.relation}"
    owners = subject.owner_columns(target)
    for access in _of(operation, table):
        keyed = any("body" in w.value.sources for w in access.wheres)
        if keyed and owner_scoped(access, owners, table):
            refused = any(
                f"row:{table.name}" in r.condition.sources
                for r in _refusals(operation, rule.statuses)
            )
            return None if refused else (0.5, "nothing is refused if it is not")
        if keyed:
            compares = any(
                f"row:{table.name}" in r.condition.sources and "actor" in r.condition.sources
                for r in _refusals(operation, rule.statuses)
            )
            return None if compares else (0.7, f"the {rule.relation} may be anybody's")
    return 1.0, f"{table.name} is not looked at"


def _state(subject: Subject, rule: State, entity: Entity, operation: Operation) -> Problem:
    relation = entity.relation(rule.relation)
    target = subject.brief.entity(relation.target) if relation is not None else None
    table = subject.tables.get(target.name) if target is not None else None
    column = subject.column(target, rule.attribute) if target is not None else None
    if table is None or column is None:
        return 1.0, f"there is no column for {rule.relation}.{rule.attribute}"
    if any(speaks_of(r.condition, table, column) for r in _refusals(operation, rule.statuses)):
        return None
    return 1.0, f"no refusal depends on {table.name}.{column.name}"


def _restrict(subject: Subject, rule: Restrict, operation: Operation) -> Problem:
    child = subject.tables.get(rule.child)
    if child is None:
        return 1.0, f"there is no table for {rule.child}"
    if any(f"row:{child.name}" in r.condition.sources for r in _refusals(operation, rule.statuses)):
        return None
    return 1.0, f"no refusal depends on rows of {child.name}"


def _visible(
    subject: Subject, rule: Visibility, entity: Entity, table: Table, operation: Operation
) -> Problem:
    column = subject.column(entity, rule.attribute)
    if column is None:
        return 1.0, f"there is no column for {rule.attribute}"
    for access in _of(operation, table):
        for where in access.wheres:
            if where.column == column.name and "query" not in where.value.sources:
                return None
    if any(speaks_of(r.condition, table, column) for r in _refusals(operation, rule.statuses)):
        return None
    return 1.0, f"{column.name} plays no part in what is shown"


def _deletion(subject: Subject, rule: Deletion, operation: Operation) -> Problem:
    parent, child = subject.tables.get(rule.entity), subject.tables.get(rule.child)
    if parent is None or child is None:
        return 1.0, f"there is no table for {rule.child}"
    erases = [a for a in _of(operation, parent) if a.action in ("delete", "update")]
    if not erases:
        return 1.0, f"no row of {parent.name} is deleted"
    wanted = {"keep": ("SetNull",), "erase": ("Cascade",)}[rule.effect]
    by_key = any(r.target == parent.name and r.on_delete in wanted for r in child.foreign_keys)
    wanted_action = {"keep": "update", "erase": "delete"}[rule.effect]
    by_hand = any(a.action in (wanted_action, "update") for a in _of(operation, child))
    if by_key or by_hand:
        return None
    return 1.0, f"neither the foreign key nor the handler will {rule.effect} rows of {child.name}"
