"""Lists: what a list is filtered, searched and sorted by, its query and its pages."""

from __future__ import annotations

from collections.abc import Iterator

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
    Table,
    TextType,
)
from pipeline.ast.interface import (
    NEWEST_FIRST,
    ArraySchema,
    Filter,
    IntegerSchema,
    ListQuery,
    Match,
    NamedSchema,
    NumberSchema,
    ObjectSchema,
    ReferenceSchema,
    Related,
    Schema,
    SchemaProperty,
    SortOrder,
    StringSchema,
)
from pipeline.ast.resource import Exposure
from pipeline.derive.dto import table_object, type_schema
from pipeline.derive.reads.details import countable, link
from pipeline.derive.reads.summaries import group_columns
from pipeline.english import with_article

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


def list_query(database: Database, table: Table, exposure: Exposure, first: SortOrder) -> ListQuery:
    """Return what a list can be filtered, searched and sorted by, `first` if nothing is asked."""
    taken = {*PAGING, *([SEARCH] if exposure.search else [])}
    filters: list[Filter] = []
    for each in (*_filters(table, exposure), *_related(database, table, exposure)):
        property_ = names.unused(each.property, taken)
        taken.add(property_)
        filters.append(each.model_copy(update={"property": property_}))
    sorts = tuple(dict.fromkeys((*exposure.sorts, first.column, "created_at")))
    return ListQuery(filters=tuple(filters), search=exposure.search, sorts=sorts, first=first)


def _filters(table: Table, exposure: Exposure) -> Iterator[Filter]:
    """Yield the filters by columns of the table, under the names that they would have."""
    columns = {column.name: column for column in table.physical()}
    for name in exposure.filters:
        match = _match(columns[name])
        yield Filter(property=names.camel(name), column=name, match=match)
    for name in exposure.ranges:
        own = names.camel(name)
        if _is_time(columns[name].type):
            ends = f"{own}From", f"{own}To"
        else:
            ends = names.camel(f"min_{name}"), names.camel(f"max_{name}")
        yield Filter(property=ends[0], column=name, match="at_least")
        yield Filter(property=ends[1], column=name, match="at_most")


def _related(database: Database, table: Table, exposure: Exposure) -> Iterator[Filter]:
    """Yield the filters by rows that point at one of the table."""
    for each in exposure.related_filters:
        child = database.table(each.table)
        columns = {column.name: column for column in child.physical()}
        yield Filter(
            property=names.camel(f"{child.name}_{each.column}"),
            column=each.column,
            match=_match(columns[each.column]),
            related=Related(table=child.name, relation=link(table, child).name),
        )


def _match(column: PhysicalColumn) -> Match:
    return "contains" if isinstance(column.type, TextType) else "equals"


def related_columns(database: Database, table: Table) -> Iterator[tuple[Table, list[str]]]:
    """Yield the tables whose rows point at one of a table, with the columns that can be asked."""
    for name in countable(database, table):
        child = database.table(name)
        reserved = link(table, child).column
        found = [c for c in group_columns(child) if c not in (reserved, "created_at")]
        if found and child != table:
            yield child, found


def query_schema(
    database: Database, table: Table, query: ListQuery, name: str, *, paged: bool = True
) -> NamedSchema:
    """Return the query parameters of a list, a schema of this name; of filters alone if need be."""
    properties = _paging(query) if paged else []
    if query.search:
        properties.append(_search(query))
    properties += [_filter(database, table, item) for item in query.filters]
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


def _filter(database: Database, table: Table, item: Filter) -> SchemaProperty:
    owner = table if item.related is None else database.table(item.related.table)
    column = next(c for c in owner.physical() if c.name == item.column)
    if item.related is not None:
        noun = with_article(names.words(owner.name))
        return SchemaProperty(
            name=item.property,
            schema_=_filter_schema(item, column),
            required=False,
            description=f"Only rows with {noun} whose {names.words(item.column)} "
            f"{VERBS[item.match]} this.",
        )
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
