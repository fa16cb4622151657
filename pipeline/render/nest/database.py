"""The data layer: types of rows for Kysely, and the statements that make the tables."""

from __future__ import annotations

from pipeline.ast.database import (
    BooleanType,
    ColumnType,
    DecimalType,
    DoubleType,
    EnumType,
    IntegerType,
    PhysicalColumn,
    Table,
)
from pipeline.project import File, Project
from pipeline.render.layout import layout
from pipeline.render.nest.places import row_type, schema_names
from pipeline.render.typescript import jsdoc, quoted, template, union

_ON_DELETE = {"cascade": "CASCADE", "restrict": "RESTRICT", "set_null": "SET NULL"}


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
    all_tables = (
        f"/** All tables, by name. */\nexport interface DatabaseTables {{\n{''.join(entries)}}}\n"
    )
    return File("src/database/tables.ts", "\n".join([*texts, all_tables]))


def _ddl(project: Project) -> File:
    statements: list[str] = []
    for table in project.database.tables:
        statements.append(_create_table(project, table))
        statements += _indexes(project, table)
    body = "".join(f"  {template(statement)},\n" for statement in statements)
    text = (
        "/** The statements that make the database; they change nothing where it exists. */\n"
        f"export const DDL: readonly string[] = [\n{body}];\n"
    )
    return File("src/database/ddl.ts", text)


def _create_table(project: Project, table: Table) -> str:
    lines = [_column(project, table, column) for column in table.physical()]
    content = ",\n    ".join(lines)
    return f'CREATE TABLE IF NOT EXISTS "{table.plural}" (\n    {content}\n  )'


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
    match column.type:
        case EnumType(values=values):
            listed = ", ".join(f"'{value}'" for value in values)
            parts.append(f'CHECK ("{column.name}" IN ({listed}))')
        case BooleanType():
            parts.append(f'CHECK ("{column.name}" IN (0, 1))')
        case _:
            pass
    return " ".join(parts)


def _sql_type(kind: ColumnType) -> str:
    match kind:
        case BooleanType():
            return "BOOLEAN"
        case IntegerType():
            return "INTEGER"
        case DecimalType():
            return "DECIMAL(12, 2)"
        case DoubleType():
            return "REAL"
        case _:
            return "TEXT"


def _indexes(project: Project, table: Table) -> list[str]:
    """Index keys first, then what is looked up: relations, listed filters and sorts."""
    # A row that is only marked as deleted does not block its values.
    live = ' WHERE "deleted_at" IS NULL' if table.soft_delete else ""
    unique = table.unique_keys()
    statements = [
        f"CREATE UNIQUE INDEX IF NOT EXISTS {_index_name(table, key, 'key')}"
        f' ON "{table.plural}" ({_listed(key)}){live}'
        for key in unique
    ]
    plain: list[tuple[str, ...]] = [index.columns for index in table.indexes]
    plain += [(relation.column,) for relation in table.relations]
    for operation in project.interface.operations:
        if operation.table == table.name and operation.query is not None:
            plain += [(f.column,) for f in operation.query.filters if f.match == "equals"]
            plain += [(column,) for column in operation.query.sorts]
    made: list[tuple[str, ...]] = [] if table.soft_delete else list(unique)
    for columns in sorted(dict.fromkeys(plain), key=len, reverse=True):
        if any(other[: len(columns)] == columns for other in made):
            continue
        made.append(columns)
        statements.append(
            f"CREATE INDEX IF NOT EXISTS {_index_name(table, columns, 'idx')}"
            f' ON "{table.plural}" ({_listed(columns)})'
        )
    return statements


def _index_name(table: Table, columns: tuple[str, ...], suffix: str) -> str:
    return f'"{"_".join((table.plural, *columns, suffix))}"'


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
