"""Database, 15 points: entities, relations, constraints, types, indexes, documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoring.brief import Attribute, Default, Entity, Relation, Uniqueness
from scoring.checks.verdict import Check, Verdict, good, lost, partly
from scoring.matching import Subject, find_column, type_fits
from scoring.project.facts import UNENFORCED, Column, Table
from scoring.words import spelled, words

PLACE = "prisma/schema.prisma"
_RULES = {
    "Cascade": "cascade",
    "Restrict": "restrict",
    "NoAction": "restrict",
    "SetNull": "set_null",
}
_MONEY = frozenset({"price", "cost", "amount", "total", "balance", "fee", "salary", "money"})
_MOMENT = re.compile(r"(_at|At|_date|Date|_time)$")
_LIST_WORDS = frozenset({"csv", "list", "array", "json"})
_NUMBERED = re.compile(r"^(.*\D)_?(\d)$")


def entities(subject: Subject) -> tuple[Verdict, ...]:
    """Look for a table per entity and a column of fitting type per attribute."""
    verdicts: list[Verdict] = []
    for entity in subject.brief.entities:
        table = subject.tables.get(entity.name)
        if table is None:
            verdicts.append(lost(f"a table for {entity.name}", "none", PLACE))
        else:
            verdicts.append(good())
        verdicts += [_attribute(entity, table, a) for a in entity.attributes]
    return tuple(verdicts)


def _attribute(entity: Entity, table: Table | None, attribute: Attribute) -> Verdict:
    expected = f"a column for {entity.name}.{attribute.name} ({' or '.join(attribute.types)})"
    if table is None:
        return lost(expected, "no table", PLACE)
    column = find_column(table, attribute)
    if column is None:
        return lost(expected, "none", table.file, table.line)
    if not type_fits(column, attribute):
        kind = column.type + ("[]" if column.is_list else "")
        return partly(0.5, expected, f"{column.name} is {kind}", column.file, column.line)
    return good()


def relations(subject: Subject) -> tuple[Verdict, ...]:
    """Look for each relation: its foreign key, whether it may be null, its delete rule."""
    return tuple(
        _relation(subject, entity, relation)
        for entity in subject.brief.entities
        for relation in entity.relations
    ) or (lost("relations between the tables", "none", PLACE),)


def _relation(subject: Subject, entity: Entity, relation: Relation) -> Verdict:
    expected = (
        f"{entity.name} refers to {'one' if relation.required else 'at most one'} "
        f"{relation.target}; on delete {' or '.join(relation.on_delete)}"
    )
    columns = subject.foreign_key(entity, relation)
    table = subject.tables.get(entity.name)
    if table is None or not columns:
        where = (table.file, table.line) if table is not None else (PLACE, 0)
        return lost(expected, "no foreign key", *where)
    found = next(r for r in table.foreign_keys if r.columns == columns)
    rule = _RULES.get(found.on_delete, found.on_delete)
    if rule not in relation.on_delete and rule != UNENFORCED:
        return partly(0.5, expected, f"on delete {rule}", found.file, found.line)
    if found.nullable == relation.required:
        state = "may be null" if found.nullable else "must be given"
        return partly(0.3, expected, f"it {state}", found.file, found.line)
    if found.unique:
        return partly(
            0.3, expected, "a row has one at most: the key is unique", found.file, found.line
        )
    return good()


def constraints(subject: Subject) -> tuple[Verdict, ...]:
    """Look for what the rules imply: unique keys, not null, enumerations, defaults."""
    verdicts: list[Verdict] = []
    for entity in subject.brief.entities:
        table = subject.tables.get(entity.name)
        for attribute in entity.attributes:
            column = find_column(table, attribute) if table is not None else None
            verdicts += _attribute_constraints(entity, attribute, column)
    for rule in subject.brief.rules:
        if isinstance(rule, Uniqueness):
            verdicts.append(_unique(subject, rule))
        elif isinstance(rule, Default):
            verdicts.append(_default(subject, rule))
    return tuple(verdicts)


def _attribute_constraints(
    entity: Entity, attribute: Attribute, column: Column | None
) -> list[Verdict]:
    name = f"{entity.name}.{attribute.name}"
    if column is None:
        return [lost(f"a constrained column for {name}", "no column", PLACE)]
    found: list[Verdict] = []
    where = (column.file, column.line)
    if attribute.required and column.nullable and column.type != "DateTime":
        found.append(lost(f"{name} is not null", f"{column.name} may be null", *where))
    elif not attribute.required and not column.nullable and column.default is None:
        found.append(lost(f"{name} may be missing", f"{column.name} is not null", *where))
    else:
        found.append(good())
    if attribute.values and column.type in ("enum", "String"):
        if column.type == "enum" and {squashed(v) for v in attribute.values} <= {
            squashed(v) for v in column.values
        }:
            found.append(good())
        else:
            listed = ", ".join(attribute.values)
            shown = ", ".join(column.values) or "any text"
            found.append(lost(f"{name} is one of {listed}", f"{column.name} is {shown}", *where))
    return found


def squashed(text: str) -> str:
    """Bring an enumerated value to one spelling."""
    return "".join(words(text))


def _unique(subject: Subject, rule: Uniqueness) -> Verdict:
    entity = subject.brief.entity(rule.entity)
    table = subject.tables.get(rule.entity)
    if entity is None or table is None:
        return lost(f"a unique key: {rule.text}", "no table", PLACE)
    columns = [subject.column(entity, name) for name in rule.attributes]
    if any(column is None for column in columns):
        return lost(f"a unique key: {rule.text}", "no such column", table.file, table.line)
    wanted = {column.name for column in columns if column is not None}
    if rule.scope == "owner":
        wanted |= set(subject.owner_columns(entity))
    keys = [set(key) for key in (*table.uniques, table.key)]
    if wanted in keys:
        return good()
    shown = f"@@unique([{', '.join(sorted(wanted))}])"
    return lost(f"{shown}: {rule.text}", "no such key", table.file, table.line)


def _default(subject: Subject, rule: Default) -> Verdict:
    """Accept a default of the column, or a type whose absent value means it."""
    entity = subject.brief.entity(rule.entity)
    column = subject.column(entity, rule.attribute) if entity is not None else None
    if column is None:
        return lost(f"a default: {rule.text}", "no such column", PLACE)
    if column.default is not None and squashed(column.default) == squashed(rule.value):
        return good()
    if column.type in ("Boolean", "Int") and column.default is not None:
        return good()
    if column.type == "DateTime" and column.nullable:
        return good()
    shown = f"default {column.default}" if column.default is not None else "no default"
    return lost(f"default {rule.value}: {rule.text}", shown, column.file, column.line)


def types(subject: Subject) -> tuple[Verdict, ...]:
    """Find types that do not fit, lists in text, repeated groups, tables without a key."""
    tables = subject.facts.tables
    if not tables:
        return (lost("tables", "none", PLACE),)
    asked = set(_asked(subject))
    verdicts: list[Verdict] = []
    for table in tables:
        problem = _table_problem(table)
        verdicts.append(lost(*problem, table.file, table.line) if problem is not None else good())
        for column in table.columns:
            fault = None if (table.name, column.name) in asked else _column_problem(column)
            verdicts.append(
                lost(*fault, column.file, column.line) if fault is not None else good(0.25)
            )
    return tuple(verdicts)


def _asked(subject: Subject) -> Iterator[tuple[str, str]]:
    """Yield the columns, each with its table, whose type is the very one that the brief names."""
    for entity in subject.brief.entities:
        table = subject.tables.get(entity.name)
        for attribute in entity.attributes:
            column = find_column(table, attribute) if table is not None else None
            if table is not None and column is not None and type_fits(column, attribute):
                yield table.name, column.name


def _table_problem(table: Table) -> tuple[str, str] | None:
    if not table.key:
        return f"a primary key of {table.name}", "none"
    stems: dict[str, int] = {}
    for column in table.columns:
        numbered = _NUMBERED.match(column.name)
        if numbered:
            stems[numbered[1]] = stems.get(numbered[1], 0) + 1
    repeated = [stem for stem, count in stems.items() if count > 1]
    if repeated:
        return f"a table of its own for {repeated[0]}", f"numbered columns in {table.name}"
    if not any(column.type == "DateTime" for column in table.columns):
        return f"the time of creation in {table.name}", "no time at all"
    return None


def _column_problem(column: Column) -> tuple[str, str] | None:
    parts = words(column.name)
    if _MOMENT.search(column.name) and column.type not in ("DateTime",):
        return f"{column.name} is a DateTime", f"it is {column.type}"
    if parts and parts[-1] in _MONEY and column.type == "Float":
        return f"{column.name} is a Decimal", "Float loses cents"
    if column.is_list or column.type == "Json":
        return f"rows of their own for {column.name}", f"a {column.type} that holds many values"
    holds_list = len(parts) > 1 and (parts[-1] in _LIST_WORDS or spelled(column.name)[-1] == "ids")
    if holds_list and column.type == "String":
        return f"rows of their own for {column.name}", "a list in a text"
    return None


def indexes(subject: Subject) -> tuple[Verdict, ...]:
    """Look for an index that a foreign key leads, and one with each listed filter and sort."""
    if not subject.facts.tables:
        return (lost("tables", "none", PLACE),)
    verdicts: list[Verdict] = []
    for table in subject.facts.tables:
        keys = [key for key in (*table.indexes, *table.uniques, table.key) if key]
        for foreign in table.foreign_keys:
            leads = any(key[: len(foreign.columns)] == foreign.columns for key in keys)
            shown = ", ".join(foreign.columns)
            verdicts.append(
                good()
                if leads
                else lost(
                    f"an index on the foreign key {shown}", "none", foreign.file, foreign.line
                )
            )
    for entity in subject.brief.entities:
        table = subject.tables.get(entity.name)
        held = {c for key in (*table.indexes, *table.uniques) for c in key} if table else set[str]()
        for name in dict.fromkeys((*entity.filters, *entity.sorts)):
            attribute = entity.attribute(name)
            if attribute is not None and "text" in attribute.types and name not in entity.sorts:
                continue
            column = subject.column(entity, name)
            if column is not None and column.name in held:
                verdicts.append(good())
            else:
                where = (table.file, table.line) if table is not None else (PLACE, 0)
                expected = f"an index with {entity.name}.{name}, which lists filter or sort by"
                verdicts.append(lost(expected, "none", *where))
    return tuple(verdicts) or (lost("keys to look rows up by", "none", PLACE),)


def documentation(subject: Subject) -> tuple[Verdict, ...]:
    """Look for a doc comment on each table and column."""
    verdicts: list[Verdict] = []
    for table in subject.facts.tables:
        verdicts.append(
            good(2.0)
            if table.doc
            else lost(f"a comment on {table.name}", "none", table.file, table.line, weight=2.0)
        )
        verdicts += [
            good() if c.doc else lost(f"a comment on {table.name}.{c.name}", "none", c.file, c.line)
            for c in table.columns
        ]
    return tuple(verdicts) or (lost("documented tables", "none", PLACE),)


CHECKS = (
    Check("database.entities", 4, "entities and attributes", entities, needs_brief=True),
    Check("database.relations", 3, "relations and delete rules", relations, needs_brief=True),
    Check("database.constraints", 2, "constraints that rules imply", constraints, needs_brief=True),
    Check("database.types", 1, "types fit, normal form", types, needs_topic=True),
    Check("database.indexes", 1, "indexes for keys, filters and sorts", indexes, needs_topic=True),
    Check(
        "database.documentation",
        1,
        "documented tables and columns",
        documentation,
        needs_topic=True,
    ),
)
