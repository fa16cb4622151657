"""The Prisma schema: models, relations, enums, keys and indexes.

The names of fields are those of the columns, so that the schema, the SQL and the typed queries
speak of one thing in one word; models carry the name of the class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ast.database import (
    BooleanType,
    Database,
    DecimalType,
    EnumType,
    IntegerType,
    PhysicalColumn,
    Relation,
    Table,
    TextType,
)
from pipeline.names import pascal
from pipeline.project import File, Project
from pipeline.render.nest.places import account_tables, has_resets

_SCALARS = {
    "boolean": "Boolean",
    "integer": "Int",
    "decimal": "Decimal",
    "double": "Float",
    "text": "String",
    "uuid": "String",
    "date": "DateTime",
    "datetime": "DateTime",
    "uri": "String",
    "email": "String",
    "pattern": "String",
    "time": "String",
    "json": "Json",
}
_INT_MAX = 2**31 - 1
_ON_DELETE = {"cascade": "Cascade", "restrict": "Restrict", "set_null": "SetNull"}
_TAKEN_MODELS = frozenset(
    """BigInt Boolean Bytes DateTime Decimal Float Int Json Prisma PrismaClient String
    Unsupported""".split()
)
"""Types of Prisma itself, which no model or enum may be called."""
_TAKEN_VALUES = frozenset(["true", "false", "null"])
"""Words that Prisma reads as a constant where a default names an enum value."""

_HEADER = """\
// The data model. Tables are named in the plural, fields are the columns of SQL.
// The backend runs on SQLite and on PostgreSQL, whose provider here is "postgresql";
// prisma.config.ts says where the database is.

generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "sqlite"
}
"""


_FAMILIES = """\
/// The tokens that descend from one sign-in; every backend with accounts keeps them.
model TokenFamily {
  /// Primary key.
  id         String   @id @default(uuid())
  /// Which of its refresh tokens can be used.
  generation Int
  /// When its last refresh token ends.
  expires_at DateTime

  @@index([expires_at])
  @@map("token_families")
}
"""


_RESETS = """\
/// The token by which an account may reset its password, for who has forgotten it.
model PasswordReset {
  /// Key of the account.
  account_id String   @id
  /// SHA-256 of the token.
  token_hash String   @unique
  /// When the token ends.
  expires_at DateTime

  @@index([expires_at])
  @@map("password_resets")
}
"""


@dataclass(frozen=True)
class _Field:
    """One line of a model: documentation, name, type, attributes."""

    doc: str
    name: str
    type: str
    attributes: str


def render(project: Project) -> tuple[File, ...]:
    """Render `prisma/schema.prisma`."""
    database = project.database
    models, enums = _class_names(database)
    parts = [_HEADER]
    for table in database.tables:
        parts.append(_model(project, table, models, enums))
        for column in table.columns:
            if isinstance(column.type, EnumType):
                parts.append(_enum(table, column.name, column.type, enums[table.name, column.name]))
    if account_tables(project):
        parts.append(_FAMILIES)
    if has_resets(project):
        parts.append(_RESETS)
    return (File("prisma/schema.prisma", "\n".join(parts)),)


def _class_names(database: Database) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Name models by table, and enums by table and column, all different."""
    taken: set[str] = set(_TAKEN_MODELS)

    def take(wanted: str, suffix: str) -> str:
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}{suffix}{number if number > 2 else ''}"
        taken.add(name)
        return name

    models = {table.name: take(pascal(table.name), "Model") for table in database.tables}
    enums = {
        (table.name, column.name): take(pascal(table.name) + pascal(column.name), "Enum")
        for table in database.tables
        for column in table.columns
        if isinstance(column.type, EnumType)
    }
    return models, enums


def _model(
    project: Project,
    table: Table,
    models: dict[str, str],
    enums: dict[tuple[str, str], str],
) -> str:
    unique = {key[0] for key in table.unique_keys() if len(key) == 1}
    fields = [
        _Field(
            _with_bounds(column),
            column.name,
            enums.get((table.name, column.name), _scalar(column))
            + ("?" if column.nullable else ""),
            _attributes(column, column.name in unique),
        )
        for column in table.physical()
    ]
    forward, backward = _relations(project.database, table, models)
    blocks = ["\n".join(_doc(table)), f"model {models[table.name]} {{"]
    for group in (fields, forward, backward):
        if group:
            blocks += [*_aligned(group), ""]
    for key in table.unique_keys():
        if len(key) > 1:
            blocks.append(f"  @@unique([{', '.join(key)}])")
    for index in table.indexes:
        blocks.append(f"  @@index([{', '.join(index.columns)}])")
    blocks += [f'  @@map("{table.plural}")', "}", ""]
    return "\n".join(blocks)


def _with_bounds(column: PhysicalColumn) -> str:
    """Return what a column is, with the bounds that Prisma's language has no words for."""
    match column.type:
        case IntegerType(minimum=low, maximum=high) | DecimalType(minimum=low, maximum=high):
            return f"{column.description} From {low} to {high}."
        case TextType(min_length=low, max_length=high):
            least = f"{low} to" if low else "At most"
            return f"{column.description} {least} {high} characters."
        case _:
            return column.description


def _doc(table: Table) -> list[str]:
    lines = [f"/// {table.purpose}"]
    if table.soft_delete and table.unique_keys():
        lines.append("/// Rows that are marked deleted do not count for what is unique.")
    for key in table.unique_keys():
        if table.folded(key):
            listed = ", ".join(sorted(table.folded(key)))
            lines.append(f"/// No two rows differ in the case of {listed} alone.")
    if table.requirements:
        lines += ["///", f"/// Requirements: {', '.join(table.requirements)}"]
    return lines


def _aligned(fields: Sequence[_Field]) -> list[str]:
    width = max(len(field.name) for field in fields)
    type_width = max(len(field.type) for field in fields)
    lines: list[str] = []
    for field in fields:
        if field.doc:
            lines.append(f"  /// {field.doc}")
        line = f"  {field.name:<{width}} {field.type:<{type_width}} {field.attributes}"
        lines.append(line.rstrip())
    return lines


def _scalar(column: PhysicalColumn) -> str:
    if isinstance(column.type, IntegerType) and not _fits(column.type):
        return "BigInt"
    return _SCALARS.get(column.type.type, "String")


def _fits(kind: IntegerType) -> bool:
    """Whether Prisma's `Int`, which has 32 bits, holds all values."""
    return kind.minimum >= -_INT_MAX and kind.maximum <= _INT_MAX


def _attributes(column: PhysicalColumn, unique: bool) -> str:
    if column.origin == "key":
        return "@id @default(uuid())"
    if column.name == "created_at":
        return "@default(now())"
    if column.name == "updated_at":
        return "@updatedAt"
    default = _default(column)
    parts = [f"@default({default})"] if default is not None else []
    return " ".join((["@unique"] if unique else []) + parts)


def _default(column: PhysicalColumn) -> str | None:
    kind = column.type
    if isinstance(kind, EnumType):
        return _value(kind.default) if kind.default is not None else None
    if isinstance(kind, BooleanType) and kind.default is not None:
        return "true" if kind.default else "false"
    if isinstance(kind, IntegerType) and kind.default is not None:
        return str(kind.default)
    return None


def _value(word: str) -> str:
    return f"{word}_value" if word in _TAKEN_VALUES else word


def _enum(table: Table, column: str, kind: EnumType, name: str) -> str:
    lines = [f"/// Values of `{table.plural}.{column}`.", f"enum {name} {{"]
    width = max(len(_value(word)) for word in kind.values)
    for word in kind.values:
        value = _value(word)
        lines.append(f"  {value}" if value == word else f'  {value:<{width}} @map("{word}")')
    return "\n".join([*lines, "}", ""])


def _relations(
    database: Database, table: Table, models: dict[str, str]
) -> tuple[list[_Field], list[_Field]]:
    """Make the relation fields of a model: its own, and the far sides of those that point here."""
    taken = {column.name for column in table.physical()}
    pairs = Counter(
        frozenset((source.name, relation.target))
        for source in database.tables
        for relation in source.relations
    )

    def take(*wanted: str) -> str:
        name = next((word for word in wanted if word not in taken), wanted[-1])
        while name in taken:
            name += "_row"
        taken.add(name)
        return name

    def label(source: Table, relation: Relation) -> str:
        pair = frozenset((source.name, relation.target))
        needed = pairs[pair] > 1 or source.name == relation.target
        return f'"{models[source.name]}.{relation.name}"' if needed else ""

    forward: list[_Field] = []
    for relation in table.relations:
        arguments = [label(table, relation)] if label(table, relation) else []
        arguments += [f"fields: [{relation.column}]", "references: [id]"]
        arguments.append(f"onDelete: {_ON_DELETE[relation.on_delete]}")
        kind = models[relation.target] + ("?" if relation.nullable else "")
        forward.append(_Field("", take(relation.name), kind, f"@relation({', '.join(arguments)})"))
    backward: list[_Field] = []
    for source in database.tables:
        for relation in source.relations:
            if relation.target != table.name:
                continue
            single = relation.cardinality == "one_to_one"
            name = source.name if single else source.plural
            longer = f"{name}_as_{relation.name}"
            field = take(longer) if label(source, relation) else take(name, longer)
            kind = models[source.name] + ("?" if single else "[]")
            named = label(source, relation)
            backward.append(_Field("", field, kind, f"@relation({named})" if named else ""))
    return forward, backward
