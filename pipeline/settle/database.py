"""Checks of the database: names, bounds, keys, and no circle of rows that need each other first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pipeline import names
from pipeline.ast.analysis import Analysis, Cascade, Restriction
from pipeline.ast.database import (
    Column,
    ColumnType,
    DecimalType,
    EnumType,
    IntegerType,
    PatternType,
    Relation,
    Table,
    TableEntry,
    TableForm,
    TextType,
)
from pipeline.ast.patterns import SIZED
from pipeline.english import plural
from pipeline.settle.analysis import requirements_of
from pipeline.settle.notes import Notes

GENERATED_LENGTHS = (6, 12)
"""A code may be as short as this, and what is generated has room for as much."""
_RELATION_NAME_MAX = 24
"""Leaves room in a name for `_id` and a number."""


def settle_tables(entries: Sequence[TableEntry], analysis: Analysis) -> tuple[list[Table], Notes]:
    """Lay out the tables before their columns: accounts first, then the list, then what it forgot.

    An entity that is nobody's account and that no entry is for gets its own table.
    """
    notes = Notes()
    singular, several = names.nouns(), names.nouns()
    tables: list[Table] = []

    def lay(wanted: str, place: str, entry: TableEntry | None, purpose: str, entity: str) -> None:
        name = singular.take(wanted)
        notes.rename(place, wanted, name)
        requirements = tuple(r.id for r in requirements_of(analysis, entity))
        tables.append(
            Table(
                name=name,
                plural=several.take(plural(name)[: names.NAME_MAX_LENGTH].rstrip("_")),
                stance=entry.stance if entry else "actor",
                entity=entity,
                purpose=purpose,
                requirements=requirements,
                soft_delete=False,
                columns=(),
                relations=(),
                uniques=(),
                indexes=(),
            )
        )

    accounts = {actor.name for actor in analysis.accounts()}
    for actor in analysis.accounts():
        # An account's name is a noun already and keeps its word: tokens and guards speak of it.
        lay(actor.name, "", None, actor.description, actor.name)
    for number, entry in enumerate(entries):
        if entry.name in accounts:
            notes.add(f"/tables/{number}/name", "no account", entry.name, "left out: it is derived")
            continue
        lay(entry.name, f"/tables/{number}/name", entry, entry.purpose, entry.entity)
    covered = accounts | {table.entity for table in tables}
    for entity in analysis.entities:
        if entity.name not in covered:
            notes.add("/tables", f"a table for {entity.name}", "none", "added")
            added = TableEntry(
                name=entity.name, stance="primary", entity=entity.name, purpose=entity.description
            )
            lay(entity.name, "/tables", added, entity.description, entity.name)
    return tables, notes


def settle_table(
    table: Table, form: TableForm, done: Iterable[Table], owner: str
) -> tuple[Table, Notes]:
    """Add columns and relations to a table; `done` are the tables that have theirs.

    `owner` is the actor that the plan names as the owner of its rows, or `none`.
    """
    notes = Notes()
    own = names.columns()
    relations = _settle_relations(table, form.relations, done, own, notes)
    columns: list[Column] = []
    for number, column in enumerate(form.columns):
        name = own.take(column.name)
        notes.rename(f"/columns/{number}/name", column.name, name)
        type_ = _settle_type(column.type, f"/columns/{number}/type", notes)
        settled = column.model_copy(update={"name": name, "type": type_})
        if settled.is_generated:
            settled = settled.model_copy(update={"nullable": False})
        columns.append(settled)
    return (
        table.model_copy(
            update={
                # An account that is only marked deleted could still sign in.
                "soft_delete": form.soft_delete and table.stance != "actor",
                "columns": tuple(columns),
                "relations": _settle_owners(relations, owner, notes),
            }
        ),
        notes,
    )


def settle_deletions(
    table: Table, analysis: Analysis, laid: Iterable[Table], notes: Notes
) -> Table:
    """Let the rules say what becomes of a table's rows when the row goes that they belong to."""
    entities = {other.name: other.entity for other in laid}
    relations: list[Relation] = []
    for number, relation in enumerate(table.relations):
        said = said_of(analysis, entities.get(relation.target), table.entity)
        if said is not None and said != relation.on_delete:
            place = f"/relations/{number}/on_delete"
            notes.add(place, f"{said}, as a rule says", relation.on_delete, "set")
            nullable = relation.nullable or said == "set_null"
            relation = relation.model_copy(update={"on_delete": said, "nullable": nullable})
        relations.append(relation)
    return table.model_copy(update={"relations": tuple(relations)})


def said_of(
    analysis: Analysis, entity: str | None, dependent: str
) -> Literal["cascade", "restrict", "set_null"] | None:
    """Return what a rule lets become of an entity's rows when the row goes they belong to."""
    for rule in analysis.rules:
        match rule:
            case Restriction(value=None) if (rule.entity, rule.dependent) == (entity, dependent):
                return "restrict"
            case Cascade() if (rule.entity, rule.dependent) == (entity, dependent):
                return "cascade" if rule.then == "deleted" else "set_null"
            case _:
                pass
    return None


def _settle_relations(
    table: Table,
    relations: Sequence[Relation],
    done: Iterable[Table],
    own: names.Allocator,
    notes: Notes,
) -> list[Relation]:
    settled: list[Relation] = []
    needs = {other.name: _needed(other.relations) for other in done}
    for number, relation in enumerate(relations):
        place = f"/relations/{number}"
        name = own.take(relation.name.removesuffix("_id")[:_RELATION_NAME_MAX].rstrip("_"))
        while own.take(f"{name}_id") != f"{name}_id":
            name = own.take(name)
        notes.rename(f"{place}/name", relation.name, name)
        needs[table.name] = _needed(settled)
        nullable = relation.nullable
        if not nullable and _reaches(relation.target, table.name, needs):
            notes.add(f"{place}/nullable", "true, as it closes a circle", "false", "set")
            nullable = True
        if not nullable and table.stance == "actor":
            notes.add(f"{place}/nullable", "true, as accounts come first", "false", "set")
            nullable = True
        on_delete = relation.on_delete
        if on_delete == "set_null" and not nullable:
            notes.add(f"{place}/on_delete", "cascade or restrict", "set_null", "cascade")
            on_delete = "cascade"
        update = {"name": name, "nullable": nullable, "on_delete": on_delete}
        settled.append(relation.model_copy(update=update))
    return settled


def _settle_owners(relations: Sequence[Relation], owner: str, notes: Notes) -> tuple[Relation, ...]:
    """Leave one owner of a kind of account; the only relation to the owner in the plan is one."""
    settled: list[Relation] = []
    owned: set[str] = set()
    for number, relation in enumerate(relations):
        if relation.owner and relation.target in owned:
            expected = f"one owner among the relations to {relation.target}"
            notes.add(f"/relations/{number}/owner", expected, "another", "left to the first")
            relation = relation.model_copy(update={"owner": False})
        if relation.owner:
            owned.add(relation.target)
        settled.append(relation)
    to_owner = [number for number, relation in enumerate(settled) if relation.target == owner]
    if not owned and len(to_owner) == 1:
        (number,) = to_owner
        expected = f"true, as the plan says that it belongs to {owner}"
        notes.add(f"/relations/{number}/owner", expected, "false", "set")
        settled[number] = settled[number].model_copy(update={"owner": True})
    return tuple(settled)


def _needed(relations: Iterable[Relation]) -> set[str]:
    return {relation.target for relation in relations if not relation.nullable}


def _reaches(start: str, goal: str, needs: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    pending = [start]
    while pending:
        name = pending.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            pending.extend(needs.get(name, ()))
    return False


def _settle_lengths(type_: PatternType, place: str, notes: Notes) -> PatternType:
    """Leave out lengths that a pattern can't have, or that an exact one says already."""
    least, most = type_.min_length, type_.max_length
    if type_.lengths is not None and type_.pattern not in SIZED:
        notes.add(f"{place}/length", f"none for a {type_.pattern}", type_.lengths, "left out")
        return PatternType(type="pattern", pattern=type_.pattern)
    if type_.length is not None and (least, most) != (None, None):
        notes.add(f"{place}/min_length", "none beside a length", (least, most), "left out")
        return type_.model_copy(update={"min_length": None, "max_length": None})
    if type_.lengths is not None and type_.lengths[0] > type_.lengths[1]:
        notes.add(f"{place}/min_length", f"at most {type_.lengths[1]}", least, "exchanged")
        return type_.model_copy(update={"min_length": most, "max_length": least})
    return type_


def _settle_generated(type_: TextType, place: str, notes: Notes) -> TextType:
    """Make room for a code in what is generated, and hold nobody to more than that."""
    shortest = 1 if type_.generated == "slug" else GENERATED_LENGTHS[0]
    least = min(type_.min_length, shortest)
    most = max(type_.max_length, GENERATED_LENGTHS[1])
    if (least, most) != (type_.min_length, type_.max_length):
        found = f"{type_.min_length} to {type_.max_length}"
        notes.add(f"{place}/min_length", "lengths that a code fits", found, f"{least} to {most}")
    return type_.model_copy(update={"min_length": least, "max_length": most})


def _settle_type(type_: ColumnType, place: str, notes: Notes) -> ColumnType:
    if isinstance(type_, IntegerType | DecimalType) and type_.minimum > type_.maximum:
        notes.add(f"{place}/minimum", f"at most {type_.maximum}", type_.minimum, "exchanged")
        type_ = type_.model_copy(update={"minimum": type_.maximum, "maximum": type_.minimum})
    if isinstance(type_, IntegerType) and type_.default is not None:
        default = min(max(type_.default, type_.minimum), type_.maximum)
        if default != type_.default:
            notes.add(f"{place}/default", "a value within bounds", type_.default, f"{default}")
            type_ = type_.model_copy(update={"default": default})
    if isinstance(type_, TextType) and type_.min_length > type_.max_length:
        notes.add(
            f"{place}/min_length", f"at most {type_.max_length}", type_.min_length, "exchanged"
        )
        type_ = type_.model_copy(
            update={"min_length": type_.max_length, "max_length": type_.min_length}
        )
    if isinstance(type_, TextType) and type_.generated is not None:
        type_ = _settle_generated(type_, place, notes)
    if isinstance(type_, PatternType):
        type_ = _settle_lengths(type_, place, notes)
    if isinstance(type_, EnumType):
        labels = names.labels()
        values = tuple(labels.take(value) for value in type_.values)
        if values != type_.values:
            notes.add(
                f"{place}/values", "words without repeats", ", ".join(type_.values), "renamed"
            )
            type_ = type_.model_copy(update={"values": values})
        if type_.default is not None and type_.default not in values:
            notes.add(f"{place}/default", f"one of {', '.join(values)}", type_.default, values[0])
            type_ = type_.model_copy(update={"default": values[0]})
    return type_
