"""Read Prisma schemas, one file or several.

Format: the Prisma schema language, https://www.prisma.io/docs/orm/reference/prisma-schema-reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scoring.project.facts import Column, Relation, Table

_BLOCK = re.compile(r"^\s*(model|enum)\s+(\w+)\s*\{")
_FIELD = re.compile(r"^\s*(\w+)\s+(\w+)(\[\])?(\?)?\s*(.*)$")
_SCALARS = frozenset(
    {"String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes"}
)


@dataclass
class _Line:
    text: str
    doc: str
    number: int


@dataclass
class _Block:
    kind: str
    name: str
    doc: str
    file: str
    number: int
    lines: list[_Line]


def read_tables(texts: Mapping[str, str]) -> tuple[Table, ...]:
    """Read the models of all schema files; `texts` maps path → Prisma source."""
    blocks = [block for path, text in sorted(texts.items()) for block in _blocks(path, text)]
    enums = {
        block.name: tuple(line.text.split()[0] for line in block.lines if _is_value(line.text))
        for block in blocks
        if block.kind == "enum"
    }
    models = {block.name for block in blocks if block.kind == "model"}
    return tuple(_table(block, enums, models) for block in blocks if block.kind == "model")


def _is_value(text: str) -> bool:
    return re.match(r"\w", text) is not None


def _blocks(path: str, text: str) -> list[_Block]:
    found: list[_Block] = []
    current: _Block | None = None
    doc: list[str] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        if stripped.startswith("///"):
            doc.append(stripped[3:].strip())
            continue
        code, trailing = _split_comment(stripped)
        start = _BLOCK.match(code)
        if current is None and start:
            current = _Block(start[1], start[2], "\n".join(doc), path, number, [])
        elif current is not None and code.startswith("}"):
            found.append(current)
            current = None
        elif current is not None and code:
            current.lines.append(_Line(code, "\n".join([*doc, *trailing]), number))
        elif code or not stripped.startswith("//"):
            doc = doc if not code and not stripped else []
            continue
        doc = []
    return found


def _split_comment(text: str) -> tuple[str, list[str]]:
    """Cut a trailing comment off, respecting strings; `///` ones are documentation."""
    inside = False
    for index, char in enumerate(text):
        if char == '"' and text[index - 1 : index] != "\\":
            inside = not inside
        elif not inside and text.startswith("//", index):
            comment = text[index:]
            doc = [comment[3:].strip()] if comment.startswith("///") else []
            return text[:index].strip(), doc
    return text, []


def _table(block: _Block, enums: Mapping[str, tuple[str, ...]], models: set[str]) -> Table:
    columns: list[Column] = []
    relations: list[Relation] = []
    uniques: list[tuple[str, ...]] = []
    indexes: list[tuple[str, ...]] = []
    key: tuple[str, ...] = ()
    sql_name = block.name
    for line in block.lines:
        if line.text.startswith("@@"):
            names = _names(line.text)
            if line.text.startswith("@@unique"):
                uniques.append(names)
            elif line.text.startswith("@@index"):
                indexes.append(names)
            elif line.text.startswith("@@id"):
                key = names
            elif line.text.startswith("@@map"):
                mapped = re.search(r'"([^"]*)"', line.text)
                sql_name = mapped[1] if mapped else sql_name
            continue
        match = _FIELD.match(line.text)
        if not match:
            continue
        name, kind, many, optional, attributes = match.groups()
        if kind in models:
            found = _relation(name, kind, bool(optional), attributes, block.file, line.number)
            if found is not None:
                relations.append(found)
            continue
        values = enums.get(kind, ())
        column = Column(
            name=name,
            type="enum" if values else kind if kind in _SCALARS else "String",
            is_list=bool(many),
            nullable=bool(optional),
            unique=re.search(r"@unique\b", attributes) is not None,
            is_id=re.search(r"@id\b", attributes) is not None,
            default=_default(attributes),
            values=values,
            doc=line.doc,
            file=block.file,
            line=line.number,
        )
        columns.append(column)
        if column.is_id:
            key = (name,)
        if column.unique:
            uniques.append((name,))
    unique_sets = {frozenset(columns) for columns in uniques}
    return Table(
        name=block.name,
        sql_name=sql_name,
        columns=tuple(columns),
        relations=tuple(
            replace(relation, unique=frozenset(relation.columns) in unique_sets)
            for relation in relations
        ),
        uniques=tuple(uniques),
        indexes=tuple(indexes),
        key=key,
        doc=block.doc,
        file=block.file,
        line=block.number,
    )


def _relation(
    name: str, target: str, optional: bool, attributes: str, file: str, line: int
) -> Relation | None:
    fields = re.search(r"fields:\s*\[([^\]]*)\]", attributes)
    if fields is None:
        return None
    rule = re.search(r"onDelete:\s*(\w+)", attributes)
    default = "SetNull" if optional else "Restrict"
    columns = tuple(part.strip() for part in fields[1].split(",") if part.strip())
    return Relation(
        name, target, columns, rule[1] if rule else default, optional, False, file, line
    )


def _names(text: str) -> tuple[str, ...]:
    """Return the columns in `[a, b(sort: Desc)]`."""
    inside = re.search(r"\[(.*)\]", text)
    if inside is None:
        return ()
    bare = re.sub(r"\([^)]*\)", "", inside[1])
    return tuple(part.strip() for part in bare.split(",") if part.strip())


def _default(attributes: str) -> str | None:
    found = re.search(r"@default\(", attributes)
    if found is None:
        return None
    depth, start = 1, found.end()
    for index in range(start, len(attributes)):
        depth += {"(": 1, ")": -1}.get(attributes[index], 0)
        if depth == 0:
            return attributes[start:index].strip().strip('"')
    return None
