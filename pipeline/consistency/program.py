"""Checks of the programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.ast.interface import KeysSource, Operation, RowsSource, SchemaProperty
from pipeline.ast.walk import walk
from pipeline.consistency.invariant import Invariant, Place, repeated
from pipeline.derive.statements import in_one_unit
from pipeline.project import Project

_ENDS = (pg.ReturnRow, pg.ReturnPage, pg.ReturnSummary, pg.ReturnSession, pg.ReturnNothing)
_CONSTRAINED = 409
"""The database's own answer to a broken key; every operation may give it."""


def _functions(project: Project) -> Iterator[Place]:
    asked = {operation.id for operation in project.interface.operations}
    names = [function.operation for function in project.program.functions]
    yield from repeated(names, "/functions/{}/operation")
    for number, name in enumerate(names):
        if name not in asked:
            yield f"/functions/{number}/operation", name
    for operation in asked - set(names):
        yield "/functions", f"no program of {operation}"


def _pairs(project: Project) -> Iterator[tuple[int, pg.Function, Operation]]:
    operations = {operation.id: operation for operation in project.interface.operations}
    for number, function in enumerate(project.program.functions):
        if function.operation in operations:
            yield number, function, operations[function.operation]


def _tables(project: Project) -> Iterator[Place]:
    names = {table.name for table in project.database.tables}
    for number, function, _ in _pairs(project):
        for node in walk(function):
            table = getattr(node, "table", None)
            if table is not None and table not in names:
                yield f"/functions/{number}", table


def _columns(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, function, _ in _pairs(project):
        for node in walk(function.statements):
            table = tables.get(getattr(node, "table", ""))
            if table is not None:
                for column in _written(node):
                    if table.column(column) is None:
                        yield f"/functions/{number}", f"{table.name}.{column}"
                for column in _asked(getattr(node, "where", None)):
                    if table.column(column) is None:
                        yield f"/functions/{number}", f"{table.name}.{column}"


def _written(node: BaseModel) -> Iterator[str]:
    for field in ("values", "optional"):
        for item in getattr(node, field, ()):
            if isinstance(item, pg.Assign):
                yield item.column


def _asked(where: object) -> Iterator[str]:
    """Yield the columns that a condition asks of its own table, not of related ones."""
    match where:
        case ex.WhereAll(conditions=conditions) | ex.WhereAny(conditions=conditions):
            for condition in conditions:
                yield from _asked(condition)
        case ex.ColumnCompare() | ex.ColumnIsNull() | ex.ColumnIsNotNull() | ex.SameText():
            yield where.column
        case _:
            pass


def _relations(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, function, _ in _pairs(project):
        for node in walk(function.statements):
            table, where = tables.get(getattr(node, "table", "")), getattr(node, "where", None)
            is_inner = isinstance(node, ex.SomeWhere | ex.NoneWhere)
            if table is not None and where is not None and not is_inner:
                for found in _astray((where,), table, tables):
                    yield f"/functions/{number}", found


def _astray(
    conditions: Sequence[ex.Where], table: Table, tables: Mapping[str, Table]
) -> Iterator[str]:
    """Yield the relations of conditions on a table's rows that lead from none of them."""
    for each in conditions:
        match each:
            case ex.WhereAll(conditions=inner) | ex.WhereAny(conditions=inner):
                yield from _astray(inner, table, tables)
            case ex.OldestWhere(relation=name, where=inner):
                if all(r.name != name for r in table.relations):
                    yield f"{table.name}.{name}"
                yield from _astray(inner, table, tables)
            case ex.ParentWhere(relation=name, where=inner):
                above = [tables[r.target] for r in table.relations if r.name == name]
                if above:
                    yield from _astray(inner, above[0], tables)
                else:
                    yield f"{table.name}.{name}"
            case ex.SomeWhere() | ex.NoneWhere() if each.table in tables:
                child = tables[each.table]
                if (each.relation, table.name) not in {(r.name, r.target) for r in child.relations}:
                    yield f"{child.name}.{each.relation}"
                yield from _astray(each.where, child, tables)
            case _:
                pass


def _variables(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, function, _ in _pairs(project):
        for place, found in _unbound(function.statements, {}, tables):
            yield f"/functions/{number}/statements{place}", found


def _unbound(
    statements: Sequence[pg.Statement],
    outer: Mapping[str, Table | None],
    tables: Mapping[str, Table],
) -> Iterator[Place]:
    """Yield what speaks of a variable that nothing has bound, or of a column its row lacks."""
    bound = dict(outer)
    for place, statement in enumerate(statements):
        pointer = f"/{place}"
        inner = {"then": bound, "otherwise": bound, "body": bound}
        if isinstance(statement, pg.ForEach):
            inner["body"] = {**bound, statement.variable: tables.get(statement.table)}
        for field, known in inner.items():
            part = getattr(statement, field, ())
            for where, found in _unbound(part, known, tables):
                yield f"{pointer}/{field}{where}", found
        own = statement.model_copy(
            update={field: () for field in inner if hasattr(statement, field)}
        )
        for node in walk(own):
            row, column = getattr(node, "row", None), getattr(node, "column", None)
            name = node.name if isinstance(node, ex.Variable) else row
            if isinstance(node, pg.ReturnPage):
                name = node.page
            if name is None:
                continue
            table = bound.get(name)
            if name not in bound:
                yield pointer, name
            elif isinstance(node, ex.RowField) and table and table.column(str(column)) is None:
                yield pointer, f"{name}.{column}"
        variable = getattr(statement, "variable", None)
        if variable is not None and not isinstance(statement, pg.ForEach):
            bound[variable] = tables.get(getattr(statement, "table", ""))
        if isinstance(statement, pg.ReadToken):
            bound[statement.version] = None
        if isinstance(statement, pg.Transaction):
            for each in statement.body:
                name = getattr(each, "variable", None)
                if name is not None:
                    bound[name] = tables.get(getattr(each, "table", ""))


def _bodies(project: Project) -> Iterator[Place]:
    schemas = {schema.name for schema in project.interface.schemas}
    for number, function, operation in _pairs(project):
        known: dict[str, SchemaProperty] = {}
        if operation.request is not None and operation.request in schemas:
            known = {p.name: p for p in project.interface.object(operation.request).properties}
        filters = operation.query.filters if operation.query else ()
        asked = {item.property for item in filters}
        loops = [node for node in walk(function) if isinstance(node, pg.ForEachGiven)]
        inside = {id(node) for loop in loops for node in walk(loop.body)}
        for node in walk(function):
            is_given = isinstance(node, ex.BodyProperty | ex.Provided | pg.ForEachGiven)
            if is_given and id(node) not in inside and node.property not in known:
                yield f"/functions/{number}", node.property
            if isinstance(node, ex.QueryProperty) and node.property not in asked:
                yield f"/functions/{number}", node.property


def _lists(project: Project) -> Iterator[Place]:
    schemas = {schema.name for schema in project.interface.schemas}
    for number, function, operation in _pairs(project):
        stored = {n.property for n in walk(function) if isinstance(n, pg.ForEachGiven)}
        if operation.request is not None and operation.request in schemas:
            for each in project.interface.object(operation.request).properties:
                is_list = isinstance(each.source, RowsSource | KeysSource)
                if is_list and each.name not in stored:
                    yield f"/functions/{number}", each.name


def _callers(project: Project) -> Iterator[Place]:
    for number, function, operation in _pairs(project):
        for node in walk(function):
            if isinstance(node, ex.ActorId) and operation.guests:
                yield f"/functions/{number}", "the caller's key, where guests are served"
            if isinstance(node, ex.ActorIs) and node.actor not in operation.actors:
                yield f"/functions/{number}", node.actor


def _ends(project: Project) -> Iterator[Place]:
    for number, function, _ in _pairs(project):
        statements = list(function.statements)
        pointer = f"/functions/{number}/statements"
        while statements and isinstance(statements[-1], pg.Transaction):
            statements = list(statements[-1].body)
        if not statements or not isinstance(statements[-1], _ENDS):
            yield pointer, "no answer at the end"
        for place, statement in enumerate(statements[:-1]):
            if isinstance(statement, _ENDS):
                yield f"{pointer}/{place}", "statements after the answer"


def _units(project: Project) -> Iterator[Place]:
    for number, function, operation in _pairs(project):
        if tuple(in_one_unit(function.statements)) != function.statements:
            yield f"/functions/{number}/statements", f"loose statements in {operation.id}"


def _statuses(project: Project) -> Iterator[Place]:
    for number, function, operation in _pairs(project):
        promised = {*operation.statuses(), _CONSTRAINED}
        for node in walk(function):
            status = getattr(node, "missing", getattr(node, "status", None))
            if isinstance(status, int) and status not in promised:
                yield f"/functions/{number}", f"{status} of {operation.id}"


def _inserts(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, function, _ in _pairs(project):
        for node in walk(function):
            if isinstance(node, pg.Insert) and node.table in tables:
                given = {item.column for item in node.values}
                for column in tables[node.table].columns:
                    if not column.has_default and column.name not in given:
                        yield f"/functions/{number}", f"no {node.table}.{column.name}"


INVARIANTS = (
    Invariant(
        "program.functions",
        "program",
        "one program for each operation",
        "A route without a program does nothing.",
        "Write the program of the operation, once.",
        _functions,
    ),
    Invariant(
        "program.tables",
        "program",
        "a table of the database",
        "A statement speaks of rows that nothing keeps.",
        "Name one of the tables.",
        _tables,
    ),
    Invariant(
        "program.columns",
        "program",
        "a column of the statement's table",
        "A condition or a write names a column that the table does not have.",
        "Name a column of the table.",
        _columns,
    ),
    Invariant(
        "program.relations",
        "program",
        "a relation of the table whose rows a condition is about",
        "A condition speaks of rows that no row of the table hangs together with.",
        "Name a relation of the table, or one that points at it.",
        _relations,
    ),
    Invariant(
        "program.variables",
        "program",
        "a variable that an earlier statement has bound",
        "A statement speaks of a row or value that is not there yet.",
        "Find the row first.",
        _variables,
    ),
    Invariant(
        "program.bodies",
        "program",
        "a property of the body or a filter of the query",
        "No request ever has the property.",
        "Name a property of the request's schema.",
        _bodies,
    ),
    Invariant(
        "program.lists",
        "program",
        "each list of the body stored",
        "What a caller gives would be lost.",
        "Store it, or leave it out of the body.",
        _lists,
    ),
    Invariant(
        "program.callers",
        "program",
        "a caller who may be there",
        "A program speaks of a caller whom its operation does not serve.",
        "Speak of the operation's actors only.",
        _callers,
    ),
    Invariant(
        "program.ends",
        "program",
        "one answer, at the end",
        "A request must be answered, and once.",
        "End with a return.",
        _ends,
    ),
    Invariant(
        "program.units",
        "program",
        "one unit of work for what is checked and what is written",
        "What was checked may have changed before it is written.",
        "Put the checks and the writes into one transaction.",
        _units,
    ),
    Invariant(
        "program.statuses",
        "program",
        "a status that the operation promises",
        "The SDK would not know the answer.",
        "Promise the status, or refuse with one that is promised.",
        _statuses,
    ),
    Invariant(
        "program.inserts",
        "program",
        "a value for each column without a default",
        "The database refuses such a row.",
        "Give the column a value.",
        _inserts,
    ),
)
