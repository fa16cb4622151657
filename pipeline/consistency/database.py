"""Checks of the database."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast.database import (
    DecimalType,
    EnumType,
    IntegerType,
    PatternType,
    Table,
    TextType,
)
from pipeline.ast.patterns import SIZED
from pipeline.consistency.invariant import Invariant, Place, repeated
from pipeline.project import Project
from pipeline.settle.database import said_of


def _names(project: Project) -> Iterator[Place]:
    tables = project.database.tables
    yield from repeated([t.name for t in tables], "/tables/{}/name")
    yield from repeated([t.plural for t in tables], "/tables/{}/plural")


def _columns(project: Project) -> Iterator[Place]:
    for number, table in enumerate(project.database.tables):
        names = [column.name for column in table.physical()]
        for _, name in repeated(names, "{}"):
            yield f"/tables/{number}", name


def _targets(project: Project) -> Iterator[Place]:
    names = {table.name for table in project.database.tables}
    for number, table in enumerate(project.database.tables):
        for place, relation in enumerate(table.relations):
            if relation.target not in names:
                yield f"/tables/{number}/relations/{place}/target", relation.target


def _set_null(project: Project) -> Iterator[Place]:
    for number, table in enumerate(project.database.tables):
        for place, relation in enumerate(table.relations):
            if relation.on_delete == "set_null" and not relation.nullable:
                yield f"/tables/{number}/relations/{place}/on_delete", "set_null"


def _deletions(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, table in enumerate(project.database.tables):
        for place, relation in enumerate(table.relations):
            target = tables.get(relation.target)
            said = said_of(project.analysis, target.entity, table.entity) if target else None
            if said is not None and said != relation.on_delete:
                yield f"/tables/{number}/relations/{place}/on_delete", relation.on_delete


def _circles(project: Project) -> Iterator[Place]:
    needs = {
        table.name: {r.target for r in table.relations if not r.nullable}
        for table in project.database.tables
    }
    for number, table in enumerate(project.database.tables):
        reached: set[str] = set()
        pending = list(needs[table.name])
        while pending:
            name = pending.pop()
            if name not in reached:
                reached.add(name)
                pending.extend(needs.get(name, ()))
        if table.name in reached:
            yield f"/tables/{number}/relations", table.name


def _keys(project: Project) -> Iterator[Place]:
    for number, table in enumerate(project.database.tables):
        for kind, keys in (("uniques", table.uniques), ("indexes", table.indexes)):
            for place, key in enumerate(keys):
                for column in key.columns:
                    if table.column(column) is None:
                        yield f"/tables/{number}/{kind}/{place}/columns", column


def _folded(project: Project) -> Iterator[Place]:
    for number, table in enumerate(project.database.tables):
        for place, key in enumerate(table.uniques):
            if key.ignore_case and not table.folded(key.columns):
                yield f"/tables/{number}/uniques/{place}/ignore_case", ", ".join(key.columns)


def _defaults(project: Project) -> Iterator[Place]:
    for pointer, _, type_ in _types(project):
        match type_:
            case EnumType(default=str(word)) if word not in type_.values:
                yield f"{pointer}/default", word
            case IntegerType(default=int(whole)) if not type_.minimum <= whole <= type_.maximum:
                yield f"{pointer}/default", str(whole)
            case _:
                pass


def _bounds(project: Project) -> Iterator[Place]:
    for pointer, _, type_ in _types(project):
        match type_:
            case IntegerType() | DecimalType() if type_.minimum > type_.maximum:
                yield f"{pointer}/minimum", str(type_.minimum)
            case PatternType(lengths=(least, most)) if least > most:
                yield f"{pointer}/min_length", str(least)
            case TextType() if type_.min_length > type_.max_length:
                yield f"{pointer}/min_length", str(type_.min_length)
            case _:
                pass


def _lengths(project: Project) -> Iterator[Place]:
    for pointer, _, type_ in _types(project):
        if isinstance(type_, PatternType) and type_.lengths and type_.pattern not in SIZED:
            yield f"{pointer}/length", f"{type_.lengths}, of a {type_.pattern}"


def _types(project: Project) -> Iterator[tuple[str, Table, object]]:
    for number, table in enumerate(project.database.tables):
        for place, column in enumerate(table.columns):
            yield f"/tables/{number}/columns/{place}/type", table, column.type


def _citations(project: Project) -> Iterator[Place]:
    requirements = {r.id for r in project.analysis.requirements}
    rules = {r.id for r in project.analysis.rules}
    for number, table in enumerate(project.database.tables):
        for place, cited in enumerate(table.requirements):
            if cited not in requirements:
                yield f"/tables/{number}/requirements/{place}", cited
        for place, unique in enumerate(table.uniques):
            for cited in unique.rules:
                if cited not in rules:
                    yield f"/tables/{number}/uniques/{place}/rules", cited


def _accounts(project: Project) -> Iterator[Place]:
    tables = {table.name for table in project.database.tables if table.stance == "actor"}
    for actor in project.analysis.accounts():
        if actor.name not in tables:
            yield "/tables", f"no accounts of {actor.name}"


def _entities(project: Project) -> Iterator[Place]:
    covered = {table.entity for table in project.database.tables}
    for entity in project.analysis.entities:
        if entity.name not in covered:
            yield "/tables", f"no table for {entity.name}"


INVARIANTS = (
    Invariant(
        "database.names",
        "database",
        "tables of different names",
        "SQL and the routes distinguish tables by their names.",
        "Give each a name of its own.",
        _names,
    ),
    Invariant(
        "database.columns",
        "database",
        "columns of different names",
        "A table has one column of a name, derived ones included.",
        "Rename the column or the relation.",
        _columns,
    ),
    Invariant(
        "database.targets",
        "database",
        "a table that exists",
        "A foreign key points at nothing.",
        "Name one of the tables.",
        _targets,
    ),
    Invariant(
        "database.set_null",
        "database",
        "a nullable relation, or another action",
        "A column that can't be null can't be set to null.",
        "Make the relation nullable, or cascade.",
        _set_null,
    ),
    Invariant(
        "database.deletions",
        "database",
        "what a rule says becomes of a row when the one goes that it belongs to",
        "Rows would be deleted, or kept, against the rule.",
        "Let the relation do as the rule says.",
        _deletions,
    ),
    Invariant(
        "database.circles",
        "database",
        "relations that lead to an end",
        "A row would need itself to exist first.",
        "Make one relation of the circle nullable.",
        _circles,
    ),
    Invariant(
        "database.keys",
        "database",
        "columns of the table",
        "A key or an index names a column that the table does not have.",
        "Name columns of the table.",
        _keys,
    ),
    Invariant(
        "database.case",
        "database",
        "a key with a text, where case does not matter",
        "Only texts have upper and lower case.",
        "Leave the case out of it, or add the text.",
        _folded,
    ),
    Invariant(
        "database.defaults",
        "database",
        "a default that the column admits",
        "A new row would break the column's own type.",
        "Choose a value within bounds or among the words.",
        _defaults,
    ),
    Invariant(
        "database.bounds",
        "database",
        "a lower bound that is not above the upper",
        "No value keeps such bounds.",
        "Exchange the bounds.",
        _bounds,
    ),
    Invariant(
        "database.lengths",
        "database",
        "a length only of a slug, a code, a handle or digits",
        "No text of the other patterns can be held to a length of its own.",
        "Leave the length out, or choose another pattern.",
        _lengths,
    ),
    Invariant(
        "database.citations",
        "database",
        "ids of requirements and rules",
        "A table or a key cites something that the analysis does not have.",
        "Cite an id of the analysis.",
        _citations,
    ),
    Invariant(
        "database.accounts",
        "database",
        "a table of accounts for each actor who signs in",
        "The actor could not join.",
        "Add the table.",
        _accounts,
    ),
    Invariant(
        "database.entities",
        "database",
        "a table for each entity",
        "What the analysis speaks of is not kept anywhere.",
        "Add a table for the entity.",
        _entities,
    ),
)
