"""Slices: what a form needs to see of the stages before it, as short plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import cast

from pipeline import names
from pipeline.ast.analysis import Analysis, Entity, Plan, Requirement, Rule
from pipeline.ast.database import (
    ColumnType,
    Database,
    DecimalType,
    EnumType,
    IntegerType,
    JsonType,
    PatternType,
    PhysicalColumn,
    Table,
    TextType,
)
from pipeline.ast.interface import Interface, Operation, SchemaProperty
from pipeline.ast.patterns import text_pattern
from pipeline.derive.ownership import owners_of
from pipeline.design import Design
from pipeline.english import singular
from pipeline.settle.analysis import requirements_of, rules_of
from pipeline.stages.refusals import refusals

SHARED_CHARACTERS = 6000
"""Requirements and rules of no more (about 1,500 tokens) stand at the head of every prompt, where
they are evaluated once. Where there are more, a form sees only those of its entity."""
REQUEST_CHARACTERS = 12_000
"""A request of no more (about 2,700 tokens) stands at the head of every prompt."""
DESCRIBED_TABLES = 24
"""Of more tables only names are shown: their purposes would cost each form hundreds of tokens."""
WORD = re.compile(r"[a-z]+")
MORE = "[…]"
"""Stands for what a prompt has no room for."""
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
SAID_BY_PLACE = frozenset(
    "attribute attributes entity actor action unit bound amount side relation reference other "
    "period values order".split()
)
"""Members of rules whose values say by themselves what they are."""
ASKED = ("own", "relation")
"""Origins of the columns that are a table's own business; keys and stamps every table has."""


def head(request: str) -> str:
    """Return the request as all prompts begin with it; nothing of one that is too long for that."""
    return f"The request:\n{request.strip()}" if is_short(request) else ""


def is_short(request: str) -> bool:
    """Whether a request stands at the head of every prompt."""
    return len(request.strip()) <= REQUEST_CHARACTERS


def plan(service: Plan | Analysis) -> str:
    """Return title, actors and entities with their attributes."""
    lines = [f"Service: {service.title}. {service.summary}", "Actors:"]
    lines += [f"- {a.name} ({a.kind}): {a.description}" for a in service.actors]
    lines.append("Entities:")
    lines += [
        f"- {e.name} ({_owner(e)}): {', '.join(e.attributes) or 'nothing else'}"
        for e in service.entities
    ]
    return "\n".join(lines)


def _owner(entity: Entity) -> str:
    return "account" if entity.is_account else f"owner {entity.owner}"


def service(request: str, analysis: Analysis) -> str:
    """Return what all forms are about: the request, the plan, and all rules if they are few."""
    parts = [head(request), plan(analysis)]
    if _is_shared(analysis):
        parts.append(_all_demands(analysis))
    return "\n\n".join(filter(None, parts))


def demands(request: str, analysis: Analysis, entity: str) -> str:
    """Return the requirements and rules about an entity; only their ids if `service` has them.

    Of a request that is too long for `service`, the sentences that speak of the entity.
    """
    requirements, rules = requirements_of(analysis, entity), rules_of(analysis, entity)
    if _is_shared(analysis):
        ids = [_runs([each.id for each in found]) for found in (requirements, rules)]
        said = f"Of {names.words(entity)} speak the requirements {ids[0]}, the rules {ids[1]}."
    else:
        said = _demands(names.words(entity), requirements, rules)
    if is_short(request):
        return said
    named = next((e for e in analysis.entities if e.name == entity), None)
    about = sentences_about(request, (entity, *(named.attributes if named else ())))
    return f"What the request says of {names.words(entity)}:\n{about}\n{said}"


def _runs(ids: Sequence[str]) -> str:
    """Return ids, of three or more in a row the first and the last: `R-1.1 to R-1.4, R-2.1`."""
    runs: list[list[str]] = []
    for each in ids:
        feature, _, number = each.rpartition(".")
        if runs and runs[-1][-1] == f"{feature}.{int(number) - 1}":
            runs[-1].append(each)
        else:
            runs.append([each])
    said = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs]
    return ", ".join(said) or "none"


def sentences_about(request: str, wanted: Iterable[str]) -> str:
    """Return the sentences of a request in which the last word of one of the names stands.

    Of more than half the bound, the first, and a mark that there are more.
    """
    nouns = {singular(names.words(name).split()[-1]) for name in wanted}
    found: list[str] = []
    left = REQUEST_CHARACTERS // 2
    for sentence in SENTENCE_END.split(" ".join(request.split())):
        if nouns & {singular(word) for word in WORD.findall(sentence.lower())}:
            left -= len(sentence)
            found.append(sentence if left >= 0 else MORE)
        if left < 0:
            break
    return " ".join(found)


def _is_shared(analysis: Analysis) -> bool:
    return len(_all_demands(analysis)) <= SHARED_CHARACTERS


def _all_demands(analysis: Analysis) -> str:
    return _demands("the service", analysis.requirements, analysis.rules)


def _demands(what: str, requirements: Iterable[Requirement], rules: Iterable[Rule]) -> str:
    lines = [f"Requirements of {what}:"]
    lines += [f"- {r.id} [{r.pattern}] {r.condition}: {r.actor} {r.response}" for r in requirements]
    lines.append("Rules:")
    lines += [f"- {rule_words(rule)}" for rule in rules]
    return "\n".join(lines)


def rule_words(rule: Rule) -> str:
    """Return a rule with all that it says: its sentence, and its kind, names and numbers.

    `[window now at_most 14 days after shipment.delivered_at]`: a name is said where its value
    alone would not be understood.
    """
    said = [
        f"{'' if name in SAID_BY_PLACE else f'{name} '}{_value_words(value)}"
        for name, value in rule
        if name not in ("id", "kind", "requirement", "statement", *_idle(rule))
        and value not in (None, ())
    ]
    return f"{rule.id} [{' '.join((rule.kind, *said))}] {rule.statement}"


def _idle(rule: Rule) -> tuple[str, ...]:
    """Return the members of a rule that say nothing beside its others."""
    if rule.kind == "uniqueness":
        return () if rule.ignore_case else ("ignore_case",)
    return ("others_see",) if rule.kind == "visibility" and "all" in rule.shows else ()


def _value_words(value: object) -> str:
    if isinstance(value, tuple):
        return " + ".join(map(str, cast("tuple[object, ...]", value)))
    return str(value).lower() if isinstance(value, bool) else str(value)


def ownership(analysis: Analysis, table: Table) -> str:
    """Return by which column rows of a table are somebody's own."""
    owners = owners_of(table, tuple(actor.name for actor in analysis.accounts()))
    if not owners:
        return "Nobody owns its rows: the scope is any."
    told = ", ".join(f"{actor} by {column}" for actor, column in owners.items())
    return f"Owners of its rows: {told}."


def tables(database: Database | tuple[Table, ...]) -> str:
    """Return every table in a line, of many without their purposes."""
    found = database.tables if isinstance(database, Database) else database
    described = len(found) <= DESCRIBED_TABLES
    lines = [
        f"- {t.name} ({t.stance} of {t.entity})" + (f": {t.purpose}" if described else "")
        for t in found
    ]
    return "\n".join(["Tables:", *lines])


def table(one: Table) -> str:
    """Return a table with its columns, types and keys."""
    lines = [f"Table {one.name} ({one.stance}):"]
    for column in one.physical():
        relation = one.relation_of(column.name)
        target = f" -> {relation.target}" if relation else ""
        null = " or null" if column.nullable else ""
        lines.append(f"- {column.name}: {type_words(column.type)}{null}{target}")
    lines += [f"unique: {', '.join(key)}" for key in one.unique_keys()]
    return "\n".join(lines)


def near(found: Iterable[Table]) -> str:
    """Return tables related to a form's own: a line each, with columns and types."""
    lines = ["Tables near by:"]
    for one in found:
        columns = ", ".join(_column(one, c) for c in one.physical() if c.origin in ASKED)
        lines.append(f"- {one.name}: {columns}")
    return "\n".join(lines)


def _column(one: Table, column: PhysicalColumn) -> str:
    relation = one.relation_of(column.name)
    if relation is not None:
        return f"{column.name} -> {relation.target}{'?' if column.nullable else ''}"
    words = f" {type_words(column.type)}" if isinstance(column.type, EnumType) else ""
    return f"{column.name}{words}{'?' if column.nullable else ''}"


def operation(design: Design, one: Operation) -> str:
    """Return an operation with who may call it, and what it refuses."""
    head = (
        f"{one.id}: {one.http_method} {one.path} by {callers(design, one)}; success {one.success}"
    )
    return f"{head}. {one.description}\n  Refused: {refusals(one)}."


def callers(design: Design, one: Operation) -> str:
    """Return who may call an operation: `member (own rows), moderator`."""
    if one.guests:
        return "everybody, guests too"
    accounts = tuple(actor.name for actor in design.analysis.accounts())
    owners = owners_of(design.database.table(one.table), accounts) if one.scope == "own" else {}
    return ", ".join(f"{each} (own rows)" if each in owners else each for each in one.actors)


def body(interface: Interface, one: Operation) -> str:
    """Return the body (or query) and the answer of an operation."""
    lines: list[str] = []
    for label, name in (("takes", one.request or one.query_schema), ("answers", one.response)):
        if name is not None:
            properties = interface.object(name).properties
            lines.append(f"{label} {name}: {', '.join(_property(p) for p in properties)}")
    return "\n".join(lines)


def type_words(type_: ColumnType) -> str:
    """Return a column type in a few words."""
    if isinstance(type_, EnumType):
        return f"one of {'/'.join(type_.values)}"
    if isinstance(type_, TextType):
        return f"text {type_.min_length}..{type_.max_length}"
    if isinstance(type_, PatternType):
        example = text_pattern(type_.pattern, type_.lengths).example
        least, most = type_.lengths or (0, 0)
        return f"{type_.pattern}{f' {least}..{most}' * (least < most)} like {example}"
    if isinstance(type_, JsonType):
        return f"object of at most {type_.max_length} characters"
    if isinstance(type_, IntegerType | DecimalType):
        return f"{type_.type} {type_.minimum}..{type_.maximum}"
    return type_.type


def _property(one: SchemaProperty) -> str:
    return one.name if one.required else f"{one.name}?"
