"""Look-ups: a row that is read by another unique column than its key, such as a slug."""

from __future__ import annotations

from pipeline import names
from pipeline.ast.database import PatternType, Table, TextType
from pipeline.ast.interface import Interface, Operation, PathParameter
from pipeline.english import with_article


def lookup_columns(table: Table) -> list[str]:
    """Return the texts that every row has and no other row shares."""
    keys = [key[0] for key in table.unique_keys() if len(key) == 1]
    return [
        column.name
        for column in table.columns
        if column.name in keys
        and isinstance(column.type, TextType | PatternType)
        and not column.nullable
    ]


def method_name(column: str) -> str:
    """Return the method that reads a row by a column, in snake case."""
    return f"read_by_{column}"


def lookup(read: Operation, table: Table, column: str) -> Operation:
    """Return the operation that reads a row by a column, for whom `read` reads it by its key."""
    method = names.camel(method_name(column))
    parameter = PathParameter(
        name=names.camel(f"{table.name}_{column}"), table=table.name, column=column
    )
    path = f"/{names.kebab(table.plural)}/by-{names.kebab(column)}/{{{parameter.name}}}"
    noun = with_article(names.words(table.name))
    return read.model_copy(
        update={
            "id": f"{names.camel(table.plural)}.{method}",
            "method_name": method,
            "path": path,
            "parameters": (parameter,),
            "description": f"Read {noun} by its {names.words(column)}.",
        }
    )


def is_lookup(operation: Operation) -> bool:
    """Whether a row is found by another column than its key."""
    return any(parameter.column != "id" for parameter in operation.parameters)


def looked_up(interface: Interface, operation: Operation) -> Operation:
    """Return the operation whose program a look-up shares: that which reads by the key."""
    if not is_lookup(operation):
        return operation
    return next(
        o
        for o in interface.operations
        if (o.table, o.kind) == (operation.table, "read") and not is_lookup(o)
    )
