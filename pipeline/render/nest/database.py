"""The data layer: types of rows for Kysely, and the statements that make the tables."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256

from pipeline.ast.database import (
    BooleanType,
    ColumnType,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    EnumType,
    IntegerType,
    PhysicalColumn,
    Relation,
    Table,
    TextType,
    UuidType,
)
from pipeline.project import File, Project
from pipeline.render.layout import concat, layout
from pipeline.render.nest.places import account_tables, has_resets, row_type, schema_names
from pipeline.render.typescript import brackets, jsdoc, quoted, template, union

_LONGEST_NAME = 63
"""PostgreSQL cuts longer names off."""
_DIGEST_LENGTH = 8
_ON_DELETE = {"cascade": "CASCADE", "restrict": "RESTRICT", "set_null": "SET NULL"}


_FAMILIES = "token_families"
_FAMILY_TYPE = """\
/** The tokens that descend from one sign-in. */
export interface TokenFamilyRow {
  /** Primary key. */
  id: string;
  /** Which of its refresh tokens can be used. */
  generation: number;
  /** When its last refresh token ends. */
  expires_at: string;
}
"""
_FAMILY_DDL = (
    f'CREATE TABLE "{_FAMILIES}" (\n    "id" UUID NOT NULL PRIMARY KEY,\n'
    '    "generation" BIGINT NOT NULL,\n    "expires_at" TIMESTAMPTZ(3) NOT NULL\n  )',
    f'CREATE INDEX "{_FAMILIES}_expires_at_idx" ON "{_FAMILIES}" ("expires_at")',
)
"""Where sessions are kept: every backend with accounts has this table, whatever its design."""
_RESETS = "password_resets"
_RESET_TYPE = """\
/** The token by which an account may reset its password. */
export interface PasswordResetRow {
  /** Key of the account. */
  account_id: string;
  /** SHA-256 of the token. */
  token_hash: string;
  /** When the token ends. */
  expires_at: string;
}
"""
_RESET_DDL = (
    f'CREATE TABLE "{_RESETS}" (\n    "account_id" UUID NOT NULL PRIMARY KEY,\n'
    '    "token_hash" TEXT NOT NULL,\n    "expires_at" TIMESTAMPTZ(3) NOT NULL\n  )',
    f'CREATE UNIQUE INDEX "{_RESETS}_token_hash_key" ON "{_RESETS}" ("token_hash")',
    f'CREATE INDEX "{_RESETS}_expires_at_idx" ON "{_RESETS}" ("expires_at")',
)
"""Where tokens of forgotten passwords are kept, one an account: a newer one takes its place."""


def render_database(project: Project) -> tuple[File, ...]:
    """Render `src/database/tables.ts` and `src/database/ddl.ts`."""
    return (_tables(project), _ddl(project))


def column_type(column: PhysicalColumn) -> str:
    """Write the TypeScript type of a column's values, null included."""
    members = ["string"]
    match column.type:
        case BooleanType():
            members = ["boolean"]
        case IntegerType() | DecimalType() | DoubleType():
            members = ["number"]
        case EnumType(values=values):
            members = [quoted(value) for value in values]
        case _:
            pass
    return layout(union([*members, "null"] if column.nullable else members))


def _tables(project: Project) -> File:
    taken = schema_names(project)
    texts: list[str] = []
    entries: list[str] = []
    for table in project.database.tables:
        name = row_type(table, taken)
        fields = "".join(
            f"{jsdoc([column.description], indent=2)}  {column.name}: {column_type(column)};\n"
            for column in table.physical()
        )
        texts.append(f"{jsdoc([table.purpose])}export interface {name} {{\n{fields}}}\n")
        entries.append(f"  {table.plural}: {name};\n")
    if account_tables(project):
        texts.append(_FAMILY_TYPE)
        entries.append(f"  {_FAMILIES}: TokenFamilyRow;\n")
    if has_resets(project):
        texts.append(_RESET_TYPE)
        entries.append(f"  {_RESETS}: PasswordResetRow;\n")
    all_tables = (
        f"/** All tables, by name. */\nexport interface DatabaseTables {{\n{''.join(entries)}}}\n"
    )
    return File("src/database/tables.ts", "\n".join([*texts, all_tables]))


def _ddl(project: Project) -> File:
    tables = _targets_first(project.database.tables)
    made: set[str] = set()
    statements: list[str] = []
    late: list[str] = []
    for table in tables:
        made.add(table.name)
        waiting = {r.column: r for r in table.relations if r.target not in made}
        statements.append(_create_table(project, table, waiting))
        late += [_add_column(project, table, waiting[name]) for name in waiting]
    statements += late
    for table in tables:
        statements += _indexes(table)
    listed = [table.plural for table in project.database.tables]
    if account_tables(project):
        statements += _FAMILY_DDL
        listed.append(_FAMILIES)
    if has_resets(project):
        statements += _RESET_DDL
        listed.append(_RESETS)
    names = layout(
        concat(
            "export const TABLES: readonly string[] = ",
            brackets([quoted(name) for name in listed]),
            ";",
        )
    )
    body = "".join(f"  {template(statement)},\n" for statement in statements)
    text = (
        f"/** The names of all tables. */\n{names}\n\n"
        "/** The statements that make an empty database, in the SQL of SQLite and PostgreSQL. */\n"
        f"export const DDL: readonly string[] = [\n{body}];\n"
    )
    return File("src/database/ddl.ts", text)


def _targets_first(tables: Sequence[Table]) -> list[Table]:
    """Order tables so that they follow what they need; only a circle leaves one before."""
    left, found = list(tables), list[Table]()
    while left:
        names = {table.name for table in left}
        needs = [_needs(table, names, required=False) for table in left]
        if all(needs):
            needs = [_needs(table, names, required=True) for table in left]
        place = next((place for place, need in enumerate(needs) if not need), 0)
        found.append(left.pop(place))
    return found


def _needs(table: Table, names: Collection[str], *, required: bool) -> set[str]:
    """Return those of the tables that the table points at, without itself."""
    return {
        relation.target
        for relation in table.relations
        if relation.target in names and relation.target != table.name
        if not (required and relation.nullable)
    }


def _create_table(project: Project, table: Table, waiting: Collection[str]) -> str:
    lines = [_column(project, table, c) for c in table.physical() if c.name not in waiting]
    content = ",\n    ".join(lines)
    return f'CREATE TABLE "{table.plural}" (\n    {content}\n  )'


def _add_column(project: Project, table: Table, relation: Relation) -> str:
    """Add a relation whose target had to be made after its own table."""
    column = next(c for c in table.physical() if c.name == relation.column)
    return f'ALTER TABLE "{table.plural}" ADD COLUMN {_column(project, table, column)}'


def _column(project: Project, table: Table, column: PhysicalColumn) -> str:
    parts = [f'"{column.name}"', _sql_type(column.type)]
    if not column.nullable:
        parts.append("NOT NULL")
    if column.origin == "key":
        parts.append("PRIMARY KEY")
    relation = table.relation_of(column.name) if column.origin == "relation" else None
    if relation is not None:
        target = project.database.table(relation.target)
        action = _ON_DELETE[relation.on_delete]
        parts.append(f'REFERENCES "{target.plural}" ("id") ON DELETE {action}')
    check = _check(column)
    if check is not None:
        parts.append(f"CHECK ({check})")
    return " ".join(parts)


def _check(column: PhysicalColumn) -> str | None:
    """Write what a column's type says of its values; a null passes."""
    name = f'"{column.name}"'
    match column.type:
        case EnumType(values=values):
            listed = ", ".join(f"'{value}'" for value in values)
            return f"{name} IN ({listed})"
        case IntegerType(minimum=low, maximum=high) | DecimalType(minimum=low, maximum=high):
            return f"{name} BETWEEN {low} AND {high}"
        case TextType(min_length=0, max_length=high):
            return f"length({name}) <= {high}"
        case TextType(min_length=low, max_length=high):
            return f"length({name}) BETWEEN {low} AND {high}"
        case _:
            return None


def _sql_type(kind: ColumnType) -> str:
    """Name PostgreSQL's type; SQLite derives from the word how it keeps the values."""
    match kind:
        case BooleanType():
            return "BOOLEAN"
        case IntegerType():
            return "BIGINT"
        case DecimalType():
            return "NUMERIC(15, 2)"
        case DoubleType():
            return "DOUBLE PRECISION"
        case UuidType():
            return "UUID"
        case DateType():
            return "DATE"
        case DatetimeType():
            return "TIMESTAMPTZ(3)"
        case _:
            return "TEXT"


def _indexes(table: Table) -> list[str]:
    """Index keys first, then what is looked up: relations, listed filters and sorts."""
    # A row that is only marked as deleted does not block its values.
    live = ' WHERE "deleted_at" IS NULL' if table.soft_delete else ""
    unique = table.unique_keys()
    statements = [
        f"CREATE UNIQUE INDEX {_index_name(table, key, 'key')}"
        f' ON "{table.plural}" ({_key_parts(table, key)}){live}'
        for key in unique
    ]
    return statements + [
        f"CREATE INDEX {_index_name(table, index.columns, 'idx')}"
        f' ON "{table.plural}" ({_listed(index.columns)})'
        for index in table.indexes
    ]


def _index_name(table: Table, columns: tuple[str, ...], suffix: str) -> str:
    name = "_".join((table.plural, *columns, suffix))
    if len(name) > _LONGEST_NAME:
        digest = sha256(name.encode()).hexdigest()[:_DIGEST_LENGTH]
        name = f"{name[: _LONGEST_NAME - _DIGEST_LENGTH - 1]}_{digest}"
    return f'"{name}"'


def _key_parts(table: Table, key: tuple[str, ...]) -> str:
    folded = table.folded(key)
    return ", ".join(f'lower("{c}")' if c in folded else f'"{c}"' for c in key)


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
