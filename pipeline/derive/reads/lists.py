"""Lists: what a list is filtered, searched and sorted by, its query and its pages."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline import names
from pipeline.ast.database import (
    ColumnType,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    PhysicalColumn,
    Table,
    TextType,
)
from pipeline.ast.interface import (
    NEWEST_FIRST,
    ArraySchema,
    Exposure,
    Filter,
    IntegerSchema,
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


def list_query(table: Table, exposure: Exposure, first: SortOrder) -> ListQuery:
    """Return what a list can be filtered, searched and sorted by, `first` if nothing is asked."""
    taken = {*PAGING, *([SEARCH] if exposure.search else [])}
    filters: list[Filter] = []
    for wanted, column, match in _filters(table, exposure):
        property_ = names.unused(wanted, taken)
        taken.add(property_)
        filters.append(Filter(property=property_, column=column, match=match))
    sorts = tuple(dict.fromkeys((*exposure.sorts, first.column, "created_at")))
    return ListQuery(filters=tuple(filters), search=exposure.search, sorts=sorts, first=first)


def _filters(table: Table, exposure: Exposure) -> Iterator[tuple[str, str, Match]]:
    """Yield for each filter the property that it would be, its column, and how both compare."""
    columns = {column.name: column for column in table.physical()}
    for name in exposure.filters:
        is_text = isinstance(columns[name].type, TextType)
        yield names.camel(name), name, "contains" if is_text else "equals"
    for name in exposure.ranges:
        own = names.camel(name)
        if _is_time(columns[name].type):
            ends = f"{own}From", f"{own}To"
        else:
            ends = names.camel(f"min_{name}"), names.camel(f"max_{name}")
        yield ends[0], name, "at_least"
        yield ends[1], name, "at_most"


def query_schema(table: Table, query: ListQuery, name: str, *, paged: bool = True) -> NamedSchema:
    """Return the query parameters of a list, a schema of this name; of filters alone if need be."""
    columns = {column.name: column for column in table.physical()}
    properties = _paging(query) if paged else []
    if query.search:
        properties.append(_search(query))
    properties += [_filter(item, columns[item.column]) for item in query.filters]
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
