"""Lists: what a list is filtered, searched and sorted by, its query and its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline import names
from pipeline.ast.database import (
    ColumnType,
    Database,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    PhysicalColumn,
    Relation,
    Table,
    TextType,
)
from pipeline.ast.interface import (
    NEWEST_FIRST,
    ArraySchema,
    Exposure,
    Filter,
    IntegerSchema,
    KeysSource,
    ListQuery,
    Match,
    NamedSchema,
    NumberSchema,
    ObjectSchema,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    SortOrder,
    StringSchema,
)
from pipeline.derive.dto import table_object, type_schema

FILTER_MAX_LENGTH = 100
SEARCH = "search"
PAGING = ("page", "limit", "sort")
"""What every list takes."""
VERBS = {
    "equals": "is",
    "contains": "contains",
    "at_least": "is not below",
    "at_most": "is not above",
}
"""What a filter demands of its column, in words."""


def has_range(type_: ColumnType) -> bool:
    """Whether a list can be filtered by the values of a column from one to another."""
    return _is_time(type_) or isinstance(type_, IntegerType | DecimalType | DoubleType)


def _is_time(type_: ColumnType) -> bool:
    return isinstance(type_, DateType | DatetimeType)


@dataclass(frozen=True)
class Join:
    """Another table whose rows a table is joined with, by the rows of a `junction`."""

    junction: Table
    link: Relation
    other: Relation


def joins(database: Database, table: Table) -> dict[str, Join]:
    """Return what a table is joined with, by the column that names the other row.

    A column that the table has itself, or that two junctions have, would not be told apart.
    """
    found: dict[str, list[Join]] = {}
    for junction in database.tables if table.stance != "actor" else ():
        links = [relation for relation in junction.relations if relation.target == table.name]
        if junction.stance == "junction" and len(links) == 1:
            for other in junction.relations:
                if other != links[0] and table.column(other.column) is None:
                    found.setdefault(other.column, []).append(Join(junction, links[0], other))
    return {column: each[0] for column, each in found.items() if len(each) == 1}


def list_query(database: Database, table: Table, exposure: Exposure, first: SortOrder) -> ListQuery:
    """Return what a list can be filtered, searched and sorted by, `first` if nothing is asked."""
    taken = {*PAGING, *([SEARCH] if exposure.search else [])}
    joined = joins(database, table)
    filters: list[Filter] = []
    for wanted, column, match in _filters(table, exposure):
        property_ = names.unused(wanted, taken)
        taken.add(property_)
        join = joined.get(column)
        through = {"through": join.junction.name, "link": join.link.name} if join else {}
        filters.append(Filter(property=property_, column=column, match=match, **through))
    sorts = tuple(dict.fromkeys((*exposure.sorts, first.column, "created_at")))
    return ListQuery(filters=tuple(filters), search=exposure.search, sorts=sorts, first=first)


def _filters(table: Table, exposure: Exposure) -> Iterator[tuple[str, str, Match]]:
    """Yield for each filter the property that it would be, its column, and how both compare."""
    columns = {column.name: column for column in table.physical()}
    for name in exposure.filters:
        is_text = name in columns and isinstance(columns[name].type, TextType)
        yield names.camel(name), name, "contains" if is_text else "equals"
    for name in exposure.ranges:
        own = names.camel(name)
        if _is_time(columns[name].type):
            ends = f"{own}From", f"{own}To"
        else:
            ends = names.camel(f"min_{name}"), names.camel(f"max_{name}")
        yield ends[0], name, "at_least"
        yield ends[1], name, "at_most"


def query_schema(
    database: Database, table: Table, query: ListQuery, name: str, *, paged: bool = True
) -> NamedSchema:
    """Return the query parameters of a list, a schema of this name; of filters alone if need be."""
    joined = joins(database, table)
    columns = {column.name: column for column in table.physical()}
    properties = _paging(query) if paged else []
    if query.search:
        properties.append(_search(query))
    properties += [
        _filter(item, columns[item.column]) if item.through is None else _joined(item, joined)
        for item in query.filters
    ]
    plural = names.words(table.plural)
    text = f"Page, order and filters of the list of {plural}."
    if not paged:
        text = f"Which {plural} are summed up."
    return table_object(name, "query", table, text, properties)


def _paging(query: ListQuery) -> list[SchemaProperty]:
    """Return the parameters for page and order."""
    orders = tuple(f"{column}_{order}" for column in query.sorts for order in ("asc", "desc"))
    return [
        SchemaProperty(
            name="page",
            schema_=IntegerSchema(type="integer", minimum=1, maximum=1_000_000),
            required=False,
            description="Page to show, from 1.",
        ),
        SchemaProperty(
            name="limit",
            schema_=IntegerSchema(type="integer", minimum=1, maximum=query.max_limit),
            required=False,
            description=f"Rows a page, {query.default_limit} if not given.",
        ),
        SchemaProperty(
            name="sort",
            schema_=StringSchema(type="string", enum=orders),
            required=False,
            description=f"Order of the rows, {_first_words(query.first)} if not given.",
        ),
    ]


def _first_words(first: SortOrder) -> str:
    if first == NEWEST_FIRST:
        return "newest first"
    return f"{'greatest' if first.falling else 'least'} {names.words(first.column)} first"


def _search(query: ListQuery) -> SchemaProperty:
    columns = [names.words(name) for name in query.search]
    where = " or ".join(filter(None, (", ".join(columns[:-1]), columns[-1])))
    return SchemaProperty(
        name=SEARCH,
        schema_=StringSchema(type="string", min_length=1, max_length=FILTER_MAX_LENGTH),
        required=False,
        description=f"Only rows in whose {where} each of these words is found."[:160],
    )


def _filter(item: Filter, column: PhysicalColumn) -> SchemaProperty:
    return SchemaProperty(
        name=item.property,
        schema_=_filter_schema(item, column),
        required=False,
        description=f"Only rows whose {names.words(item.column)} {VERBS[item.match]} this.",
        column=item.column,
    )


def _joined(item: Filter, joined: Mapping[str, Join]) -> SchemaProperty:
    join = joined[item.column]
    return SchemaProperty(
        name=item.property,
        schema_=StringSchema(type="string", format="uuid"),
        required=False,
        description=f"Only rows that have this {names.words(join.other.name)}.",
        source=KeysSource(
            kind="keys", table=join.junction.name, relation=join.link.name, other=join.other.name
        ),
    )


def _filter_schema(item: Filter, column: PhysicalColumn) -> Schema:
    """Return the schema of a filter's values; an end of a range may lie beyond the bounds."""
    schema = type_schema(column.type)
    if item.match == "contains":
        return StringSchema(type="string", min_length=1, max_length=FILTER_MAX_LENGTH)
    if item.match == "equals":
        return schema
    if isinstance(schema, IntegerSchema | NumberSchema):
        return type(schema).model_validate({"type": schema.type})
    return schema


def page_schema(table: Table) -> NamedSchema:
    """Return one page of a list."""
    count = IntegerSchema(type="integer", minimum=0)
    pagination = ObjectSchema(
        type="object",
        properties=tuple(
            SchemaProperty(name=name, schema_=count, required=True, description=text)
            for name, text in (
                ("current", "This page, from 1."),
                ("limit", "Rows a page."),
                ("records", "Rows in all pages."),
                ("pages", "Number of pages."),
            )
        ),
    )
    entity = ReferenceSchema(type="reference", name=names.pascal(table.name))
    plural = names.words(table.plural)
    properties = [
        SchemaProperty(
            name="pagination", schema_=pagination, required=True, description="Where this page is."
        ),
        SchemaProperty(
            name="data",
            schema_=ArraySchema(type="array", items=entity),
            required=True,
            description=f"The {plural} of this page.",
        ),
    ]
    name = f"{names.pascal(table.name)}Page"
    return table_object(name, "page", table, f"One page of {plural}.", properties)
