"""Read Prisma schemas, one file or several.

Format: the Prisma schema language, https://www.prisma.io/docs/orm/reference/prisma-schema-reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scoring.project.facts import Column, ForeignKey, Table

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
    fields = [
        (match, line)
        for line in block.lines
        if not line.text.startswith("@@") and (match := _FIELD.match(line.text)) is not None
    ]
    columns = tuple(
        _column(match, line, block.file, enums) for match, line in fields if match[2] not in models
    )
    uniques = (
        *((column.name,) for column in columns if column.unique),
        *_block_keys(block, "@@unique"),
    )
    unique_sets = {frozenset(key) for key in uniques}
    foreign_keys = [
        _foreign_key(match, line.number, block.file) for match, line in fields if match[2] in models
    ]
    keys = [*((column.name,) for column in columns if column.is_id), *_block_keys(block, "@@id")]
    return Table(
        name=block.name,
        sql_name=_sql_name(block),
        columns=columns,
        foreign_keys=tuple(
            replace(key, unique=frozenset(key.columns) in unique_sets)
            for key in foreign_keys
            if key is not None
        ),
        uniques=uniques,
        indexes=_block_keys(block, "@@index"),
        key=keys[-1] if keys else (),
        doc=block.doc,
        file=block.file,
        line=block.number,
    )


def _block_keys(block: _Block, attribute: str) -> tuple[tuple[str, ...], ...]:
    """Return the columns of each `@@unique([…])`, `@@index([…])` or `@@id([…])` of a model."""
    return tuple(_names(line.text) for line in block.lines if line.text.startswith(attribute))


def _sql_name(block: _Block) -> str:
    """Return the name in `@@map("…")`, by default the model's."""
    for line in block.lines:
        mapped = re.match(r'@@map\b.*?"([^"]*)"', line.text)
        if mapped is not None:
            return mapped[1]
    return block.name


def _column(
    match: re.Match[str], line: _Line, file: str, enums: Mapping[str, tuple[str, ...]]
) -> Column:
    name, kind, many, optional, attributes = match.groups()
    values = enums.get(kind, ())
    return Column(
        name=name,
        type="enum" if values else kind if kind in _SCALARS else "String",
        is_list=bool(many),
        nullable=bool(optional),
        unique=re.search(r"@unique\b", attributes) is not None,
        is_id=re.search(r"@id\b", attributes) is not None,
        default=_default(attributes),
        values=values,
        doc=line.doc,
        file=file,
        line=line.number,
    )


def _foreign_key(match: re.Match[str], number: int, file: str) -> ForeignKey | None:
    """Read the side of a relation that holds the key; None for the other side."""
    name, target, _, optional, attributes = match.groups()
    fields = re.search(r"fields:\s*\[([^\]]*)\]", attributes)
    if fields is None:
        return None
    rule = re.search(r"onDelete:\s*(\w+)", attributes)
    default = "SetNull" if optional else "Restrict"
    return ForeignKey(
        name=name,
        target=target,
        columns=tuple(part.strip() for part in fields[1].split(",") if part.strip()),
        on_delete=rule[1] if rule else default,
        nullable=bool(optional),
        unique=False,
        file=file,
        line=number,
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
