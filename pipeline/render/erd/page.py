"""The page of the data model: Mermaid with a data dictionary.

A large model is drawn as an overview and one diagram for each feature.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ast.database import Database, EnumType, PhysicalColumn, Relation, Table
from pipeline.names import words
from pipeline.project import Project
from pipeline.render.markdown import code, codes, escape, sentence
from pipeline.render.markdown import table as grid

_ONE_DIAGRAM_TABLES = 10
"""The most tables that one diagram shows with all their columns."""
_MERMAID_WORDS = frozenset(
    """acctitle accdescr class classdef direction end erdiagram graph many one only optionally style
    subgraph title to u zero""".split()
)
"""Words that Mermaid reads as its own where an entity's name stands."""
_ON_DELETE = {
    "cascade": "Erasing it erases these rows.",
    "restrict": "It cannot be erased while these rows exist.",
    "set_null": "Erasing it empties this column.",
}


def page(project: Project) -> str:
    """Write the whole page."""
    database = project.database
    parts = [
        f"# {escape(project.analysis.title)}: data model",
        "![Entity-relationship diagram](erd.svg)",
    ]
    groups = _groups(project)
    if len(database.tables) <= _ONE_DIAGRAM_TABLES:
        parts += ["## Diagram", _diagram(database, database.tables, detailed=True)]
    else:
        parts += ["## Overview", _diagram(database, database.tables, detailed=False)]
    for heading, tables in groups:
        parts.append(f"## {heading}")
        if len(database.tables) > _ONE_DIAGRAM_TABLES:
            parts.append(_diagram(database, tables, detailed=True))
        parts += [_entry(table) for table in tables]
    return "\n\n".join(parts) + "\n"


def _groups(project: Project) -> list[tuple[str, list[Table]]]:
    """Group tables by feature; the accounts come first, what no feature asks for last."""
    features = {r.id: r.feature for r in project.analysis.requirements}
    headings = {f.name: escape(words(f.name).capitalize()) for f in project.analysis.features}
    groups: dict[str, list[Table]] = {}
    for table in project.database.tables:
        asked = [features[cited] for cited in table.requirements if cited in features]
        name = "" if table.stance == "actor" else asked[0] if asked else "?"
        groups.setdefault(name, []).append(table)
    order = ["", *headings, "?"]
    titles = {"": "Accounts", **headings, "?": "Other tables"}
    return [(titles[name], groups[name]) for name in dict.fromkeys(order) if name in groups]


# --- Mermaid ---


def _diagram(database: Database, tables: Sequence[Table], *, detailed: bool) -> str:
    shown = {table.name for table in tables}
    lines = ["```mermaid", "erDiagram"]
    for table in tables if detailed else ():
        unique = {key[0] for key in table.unique_keys() if len(key) == 1}
        lines.append(f"  {_entity(table)} {{")
        lines += [f"    {_attribute(column, unique)}" for column in table.physical()]
        lines.append("  }")
    for source in database.tables:
        for relation in source.relations:
            if source.name in shown or (relation.target in shown and not detailed):
                lines.append("  " + _line(database, source, relation))
    bare = [t for t in tables if not detailed and not _touched(database, t)]
    lines += [f"  {_entity(table)}" for table in bare]
    return "\n".join([*lines, "```"])


def _touched(database: Database, table: Table) -> bool:
    return bool(table.relations) or any(
        relation.target == table.name for t in database.tables for relation in t.relations
    )


def _entity(table: Table) -> str:
    return f'"{table.plural}"' if table.plural in _MERMAID_WORDS else table.plural


def _attribute(column: PhysicalColumn, unique: set[str]) -> str:
    keys = {"key": ["PK"], "relation": ["FK"]}.get(column.origin, [])
    keys += ["UK"] if column.name in unique else []
    note = '"optional"' if column.nullable else ""
    return " ".join(filter(None, [column.type.type, column.name, ", ".join(keys), note]))


def _line(database: Database, source: Table, relation: Relation) -> str:
    near = "|o" if relation.nullable else "||"
    far = "o|" if relation.cardinality == "one_to_one" else "o{"
    target = database.table(relation.target)
    return f'{_entity(target)} {near}--{far} {_entity(source)} : "{words(relation.name)}"'


# --- data dictionary ---


def _entry(table: Table) -> str:
    facts = [f"stance: {table.stance}", f"entity: {escape(words(table.entity))}"]
    if table.requirements:
        facts.append(f"requirements: {', '.join(table.requirements)}")
    if table.soft_delete:
        facts.append("rows are marked deleted, not erased")
    rows = [_row(table, column) for column in table.physical()]
    parts = [
        f"### {code(table.plural)}",
        escape(sentence(table.purpose)),
        f"<sub>{' · '.join(facts)}</sub>",
        grid(["Column", "Type", "Key", "Meaning"], rows),
    ]
    composite = [f"({', '.join(key)})" for key in table.unique_keys() if len(key) > 1]
    if composite:
        parts.append(f"Unique together: {codes(composite)}.")
    return "\n\n".join(parts)


def _row(table: Table, column: PhysicalColumn) -> tuple[str, str, str, str]:
    kind = column.type.type
    if isinstance(column.type, EnumType):
        kind = f"enum: {codes(column.type.values)}"
    keys = ["PK"] if column.origin == "key" else []
    relation = table.relation_of(column.name)
    meaning = escape(sentence(column.description))
    if relation is not None:
        keys.append(f"FK → {code(relation.target)}")
        meaning += f" {_ON_DELETE[relation.on_delete]}"
    keys += ["unique"] if (column.name,) in table.unique_keys() else []
    optional = ", optional" if column.nullable else ""
    return code(column.name), kind + optional, ", ".join(keys), meaning
