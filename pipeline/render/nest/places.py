"""Where each part of the generated backend lies, and what its classes are called."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.ast.database import Table
from pipeline.ast.interface import NamedSchema, ObjectSchema, Operation, Schema, SortOrder
from pipeline.names import kebab, pascal
from pipeline.project import Project

_PAGINATION = {"current", "limit", "records", "pages"}


@dataclass(frozen=True)
class Resource:
    """The operations of one plural noun: a module, a controller, a service, an SDK file."""

    name: str
    operations: tuple[Operation, ...]

    @property
    def class_stem(self) -> str:
        """What the resource's classes start with, e.g. `Todos`."""
        return pascal(self.name)

    def file(self, kind: str) -> str:
        """Return the path of the resource's `module`, `controller` or `service`."""
        folder = kebab(self.name)
        return f"src/modules/{folder}/{folder}.{kind}.ts"


def resources(project: Project) -> tuple[Resource, ...]:
    """Group the operations by resource, in their order.

    Within one, paths without parameters come first, so that no parameter swallows a fixed word.
    """
    names = dict.fromkeys(operation.resource for operation in project.interface.operations)
    grouped: list[Resource] = []
    for name in names:
        own = [o for o in project.interface.operations if o.resource == name]
        grouped.append(Resource(name, tuple(sorted(own, key=lambda o: bool(o.parameters)))))
    return tuple(grouped)


def row_type(table: Table, taken: Collection[str]) -> str:
    """Name the type of a table's rows, e.g. `TodoRow`; never like one of the DTOs in `taken`."""
    name = f"{pascal(table.name)}Row"
    while name in taken:
        name += "Record"
    return name


def schema_names(project: Project) -> frozenset[str]:
    """Return the names of all DTOs."""
    return frozenset(schema.name for schema in project.interface.schemas)


def structure_file(schema: NamedSchema) -> str:
    """Return the path of the file that defines a named schema.

    Previews have files of their own: those of two tables may speak of each other's rows.
    """
    if schema.role == "preview":
        return f"src/structures/previews/{kebab(schema.table or 'shared')}.ts"
    return f"src/structures/{kebab(schema.table or 'shared')}.ts"


def relative(source: str, target: str) -> str:
    """Write the import path from one file of the project to another."""
    path = posixpath.relpath(target, posixpath.dirname(source))
    prefixed = path if path.startswith(".") else f"./{path}"
    return prefixed.removesuffix(".ts") + ".js"


def is_pagination(schema: Schema) -> bool:
    """Whether an object is the page information that all pages share."""
    return isinstance(schema, ObjectSchema) and {p.name for p in schema.properties} == _PAGINATION


def account_tables(project: Project) -> tuple[Table, ...]:
    """Return the tables of the actors that sign in, in the order of the actors."""
    tables = {table.name: table for table in project.database.tables if table.stance == "actor"}
    return tuple(tables[a.name] for a in project.analysis.accounts() if a.name in tables)


def has_resets(project: Project) -> bool:
    """Whether accounts of some kind may reset a forgotten password, for which mail is sent."""
    return any(operation.kind == "reset" for operation in project.interface.operations)


def sorted_by(order: SortOrder) -> tuple[str, str]:
    """Return the column and direction of an order, as Kysely takes them."""
    return order.column, "desc" if order.falling else "asc"


def sort_columns(table: Table, values: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the column and direction that each value of a list's `sort` stands for.

    A value is a column's name, with `_asc` or `_desc` after it or without (then: ascending).
    """
    found: dict[str, tuple[str, str]] = {}
    for value in values:
        if table.column(value) is not None:
            found[value] = (value, "asc")
            continue
        column, _, direction = value.rpartition("_")
        if direction in ("asc", "desc") and table.column(column) is not None:
            found[value] = (column, direction)
    return found
