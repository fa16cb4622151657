"""Checks of the interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from pipeline.ast.database import Table
from pipeline.ast.interface import (
    AboveSource,
    ArraySchema,
    KeysSource,
    ObjectSchema,
    ParentSource,
    PercentageSource,
    ReferenceSchema,
    RowsSource,
    Source,
    SumSource,
)
from pipeline.ast.walk import walk
from pipeline.consistency.invariant import Invariant, Place, repeated
from pipeline.derive.interface import ROW_KINDS, first_order
from pipeline.derive.nested.lists import WRITERS
from pipeline.derive.ownership import owners_of
from pipeline.derive.reads.lists import has_range
from pipeline.project import Project

DERIVED_ROLES = ("page", "query", "summary", "join", "login", "session", "other")
"""Schemas some of whose properties mirror no column: pages, tokens, credentials."""


def _ids(project: Project) -> Iterator[Place]:
    operations = project.interface.operations
    yield from repeated([o.id for o in operations], "/operations/{}/id")
    yield from repeated([s.name for s in project.interface.schemas], "/schemas/{}/name")


def _routes(project: Project) -> Iterator[Place]:
    routes = [f"{o.http_method} {o.path}" for o in project.interface.operations]
    yield from repeated(routes, "/operations/{}/path")


def _tables(project: Project) -> Iterator[Place]:
    names = {table.name for table in project.database.tables}
    for number, operation in enumerate(project.interface.operations):
        if operation.table not in names:
            yield f"/operations/{number}/table", operation.table


def _actors(project: Project) -> Iterator[Place]:
    accounts = {actor.name for actor in project.analysis.accounts()}
    for number, operation in enumerate(project.interface.operations):
        for place, actor in enumerate(operation.actors):
            if actor not in accounts:
                yield f"/operations/{number}/actors/{place}", actor
        if not operation.actors and not operation.guests:
            yield f"/operations/{number}/actors", "nobody"


def _references(project: Project) -> Iterator[Place]:
    names = {schema.name for schema in project.interface.schemas}
    for number, operation in enumerate(project.interface.operations):
        for field in ("request", "query_schema", "response"):
            name = getattr(operation, field)
            if name is not None and name not in names:
                yield f"/operations/{number}/{field}", name
    for number, schema in enumerate(project.interface.schemas):
        for node in walk(schema):
            if isinstance(node, ReferenceSchema) and node.name not in names:
                yield f"/schemas/{number}", node.name


def _sources(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, schema in enumerate(project.interface.schemas):
        table = tables.get(schema.table or "")
        if table is None or not isinstance(schema.schema_, ObjectSchema):
            continue
        for place, property_ in enumerate(schema.schema_.properties):
            pointer = f"/schemas/{number}/schema/properties/{place}"
            if property_.column is not None and table.column(property_.column) is None:
                yield f"{pointer}/column", property_.column
            if property_.source is not None and not _is_there(property_.source, table, tables):
                yield f"{pointer}/source", property_.name
            is_filled = property_.column is not None or property_.source is not None
            if not is_filled and schema.role not in DERIVED_ROLES:
                yield pointer, property_.name


def _is_there(source: Source, table: Table, tables: Mapping[str, Table]) -> bool:
    """Whether a detail of a table's rows has a relation that leads there."""
    if isinstance(source, ParentSource):
        return any(r.name == source.relation for r in table.relations)
    if isinstance(source, PercentageSource | AboveSource):
        return table.column(source.limit) is not None and _is_there(source.sum, table, tables)
    child = tables.get(source.table)
    links = child.relations if child is not None else ()
    if isinstance(source, KeysSource) and all(r.name != source.other for r in links):
        return False
    if isinstance(source, SumSource) and child is not None and child.column(source.column) is None:
        return False
    return any(r.name == source.relation and r.target == table.name for r in links)


def _lists(project: Project) -> Iterator[Place]:
    bodies = {operation.request: operation.kind for operation in project.interface.operations}
    for number, schema in enumerate(project.interface.schemas):
        found = schema.schema_.properties if isinstance(schema.schema_, ObjectSchema) else ()
        for place, property_ in enumerate(found):
            if schema.name not in bodies or property_.source is None:
                continue
            list_, pointer = property_.schema_, f"/schemas/{number}/schema/properties/{place}"
            is_list = isinstance(list_, ArraySchema) and list_.max_items is not None
            is_nested = isinstance(property_.source, RowsSource | KeysSource)
            if not (is_list and is_nested and bodies[schema.name] in WRITERS):
                yield pointer, property_.name


def _bounds(project: Project) -> Iterator[Place]:
    for number, schema in enumerate(project.interface.schemas):
        for node in walk(schema):
            if not isinstance(node, ArraySchema) or node.max_items is None:
                continue
            if (node.min_items or 0) > node.max_items:
                yield f"/schemas/{number}", f"at least {node.min_items}, at most {node.max_items}"


def _secrets(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, schema in enumerate(project.interface.schemas):
        table = tables.get(schema.table or "")
        if table is None or not isinstance(schema.schema_, ObjectSchema):
            continue
        secrets = {column.name for column in table.physical() if column.origin == "secret"}
        for place, property_ in enumerate(schema.schema_.properties):
            if property_.column in secrets:
                yield f"/schemas/{number}/schema/properties/{place}", property_.name


def _parameters(project: Project) -> Iterator[Place]:
    for number, operation in enumerate(project.interface.operations):
        expected = int(operation.kind in ROW_KINDS)
        held = all(f"{{{p.name}}}" in operation.path for p in operation.parameters)
        if len(operation.parameters) != expected or not held:
            yield f"/operations/{number}/parameters", operation.path


def _batches(project: Project) -> Iterator[Place]:
    for number, operation in enumerate(project.interface.operations):
        if operation.kind == "batch" and (operation.request or operation.response):
            yield f"/operations/{number}/request", operation.request or operation.response or ""
        if operation.erases and operation.kind != "batch":
            yield f"/operations/{number}/erases", operation.kind


def _scopes(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, operation in enumerate(project.interface.operations):
        table = tables.get(operation.table)
        if operation.scope == "own" and table and not owners_of(table, operation.actors):
            yield f"/operations/{number}/scope", "own, where no caller owns a row"


def _queries(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, operation in enumerate(project.interface.operations):
        table, query = tables.get(operation.table), operation.query
        if table is None or query is None:
            continue
        types = {column.name: column.type for column in table.physical()}
        own = [each.column for each in query.filters if each.related is None]
        named = [*query.sorts, *query.search, *own]
        if operation.summary is not None:
            group = operation.summary.group
            named += [*([group] if group else []), *(f.column for f in operation.summary.figures)]
        for name in named:
            if name not in types:
                yield f"/operations/{number}/query", name
        for each in query.filters:
            other = tables.get(each.related.table) if each.related is not None else None
            if other is not None and other.column(each.column) is None:
                yield f"/operations/{number}/query", f"{other.name}.{each.column}"
            is_range = each.match in ("at_least", "at_most")
            if is_range and each.column in types and not has_range(types[each.column]):
                yield f"/operations/{number}/query", f"a range of {each.column}"


def _orders(project: Project) -> Iterator[Place]:
    tables = {table.name: table for table in project.database.tables}
    for number, operation in enumerate(project.interface.operations):
        table = tables.get(operation.table)
        if operation.query is None or table is None:
            continue
        first = operation.query.first
        if (
            first != first_order(project.analysis, table)
            or first.column not in operation.query.sorts
        ):
            yield f"/operations/{number}/query/first", first.word


def _refusals(project: Project) -> Iterator[Place]:
    for number, operation in enumerate(project.interface.operations):
        statuses = operation.statuses()
        if operation.actors and 401 not in statuses:
            yield f"/operations/{number}/errors", "no 401 where somebody must sign in"
        if operation.parameters and 404 not in statuses:
            yield f"/operations/{number}/errors", "no 404 where a key is in the path"
        if (operation.request or operation.query_schema) and 400 not in statuses:
            yield f"/operations/{number}/errors", "no 400 where something is taken"


def _citations(project: Project) -> Iterator[Place]:
    known = {r.id for r in (*project.analysis.requirements, *project.analysis.rules)}
    for number, operation in enumerate(project.interface.operations):
        for cited in (*operation.requirements, *operation.rules):
            if cited not in known:
                yield f"/operations/{number}", cited


def _unused(project: Project) -> Iterator[Place]:
    spoken: set[str | None] = set()
    for operation in project.interface.operations:
        spoken |= {operation.request, operation.query_schema, operation.response}
    nodes: list[BaseModel] = [n for s in project.interface.schemas for n in walk(s)]
    spoken |= {node.name for node in nodes if isinstance(node, ReferenceSchema)}
    for number, schema in enumerate(project.interface.schemas):
        if schema.name not in spoken and schema.role != "entity":
            yield f"/schemas/{number}", schema.name


INVARIANTS = (
    Invariant(
        "interface.ids",
        "interface",
        "ids and schema names that differ",
        "The SDK has one function for an id and one type for a name.",
        "Rename one of them.",
        _ids,
    ),
    Invariant(
        "interface.routes",
        "interface",
        "one operation for a method and path",
        "A request would reach only the first of them.",
        "Give the operation a path of its own.",
        _routes,
    ),
    Invariant(
        "interface.tables",
        "interface",
        "a table of the database",
        "An operation is about rows that nothing keeps.",
        "Name one of the tables.",
        _tables,
    ),
    Invariant(
        "interface.actors",
        "interface",
        "actors with accounts, or guests",
        "Nobody could call the operation.",
        "Name the actors who may call it.",
        _actors,
    ),
    Invariant(
        "interface.references",
        "interface",
        "the name of a schema",
        "A body or an answer has a type that does not exist.",
        "Name one of the schemas.",
        _references,
    ),
    Invariant(
        "interface.sources",
        "interface",
        "a property that mirrors a column, or shows rows behind a relation",
        "Nothing could fill the property.",
        "Mirror a column of the table, follow one of the relations, or leave it out.",
        _sources,
    ),
    Invariant(
        "interface.lists",
        "interface",
        "a list with an end, of rows or keys that come with a new or changed row",
        "A body could have no end, or would say what nothing stores.",
        "Bound the list, or leave it to operations of its own.",
        _lists,
    ),
    Invariant(
        "interface.bounds",
        "interface",
        "a list whose least number of elements is not above the greatest",
        "No list keeps such bounds.",
        "Lower the least number, or raise the greatest.",
        _bounds,
    ),
    Invariant(
        "interface.secrets",
        "interface",
        "no secret among the properties",
        "A password hash is nobody's business.",
        "Leave the property out.",
        _secrets,
    ),
    Invariant(
        "interface.parameters",
        "interface",
        "a key in the path where the operation is about one row",
        "Path and parameters must name the same.",
        "Put the row's key into the path.",
        _parameters,
    ),
    Invariant(
        "interface.batches",
        "interface",
        "a batch without body and answer; nothing else erases what its conditions name",
        "What is done to all rows that qualify is about none of them alone.",
        "Leave body and answer out, or make it an action on one row.",
        _batches,
    ),
    Invariant(
        "interface.scopes",
        "interface",
        "scope any, as nobody owns a row",
        "Own rows need a column that names their owner.",
        "Add the relation to the account, or widen the scope.",
        _scopes,
    ),
    Invariant(
        "interface.queries",
        "interface",
        "columns of the table, in a range those that have an order",
        "The database would have nothing to compare with.",
        "Name a column of the table.",
        _queries,
    ),
    Invariant(
        "interface.orders",
        "interface",
        "an order that the list offers, and that a rule says if one does",
        "The list would begin with other rows than it should.",
        "Begin with what the rule says, or with the newest.",
        _orders,
    ),
    Invariant(
        "interface.refusals",
        "interface",
        "the statuses that every such operation can answer",
        "The SDK would not know an answer that does come.",
        "Promise the status.",
        _refusals,
    ),
    Invariant(
        "interface.citations",
        "interface",
        "ids of requirements and rules",
        "An operation cites something that the analysis does not have.",
        "Cite an id of the analysis.",
        _citations,
    ),
    Invariant(
        "interface.unused",
        "interface",
        "a schema that an operation takes or gives",
        "A type that nothing uses is a type that nobody keeps right.",
        "Leave it out.",
        _unused,
    ),
)
