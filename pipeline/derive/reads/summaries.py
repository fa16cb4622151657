"""Summaries: what the rows of a list amount to, as a whole or by groups."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pipeline import names
from pipeline.ast.database import (
    BooleanType,
    ColumnType,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    EnumType,
    IntegerType,
    PatternType,
    PhysicalColumn,
    Table,
    TextType,
)
from pipeline.ast.interface import (
    ArraySchema,
    Figure,
    IntegerSchema,
    NamedSchema,
    NullSchema,
    NumberSchema,
    OneOfSchema,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
    SummaryQuery,
)
from pipeline.ast.resource import Summary
from pipeline.derive.dto import column_property, table_object, type_schema

COUNT = "count"
STEM_MAX_LENGTH = names.PHRASE_MAX_LENGTH - len("_figures_row_99_9")
"""Leaves room in the names that tests have for answers."""
EVERYTHING = "everything"
"""What a summary is grouped by that is one for all rows."""
GROUP_TEXT_MAX_LENGTH = 40
"""Longer texts are hardly ever the same."""
PATTERNS = {"day": 10, "month": 7}
"""How many characters of a day name a period."""
WORDS = {"sum": "Sum", "average": "Average", "minimum": "Least", "maximum": "Greatest"}


def is_number(type_: ColumnType) -> bool:
    """Whether the values of a column can be added up."""
    return isinstance(type_, IntegerType | DecimalType | DoubleType)


def is_time(type_: ColumnType) -> bool:
    """Whether the values of a column are days or moments."""
    return isinstance(type_, DateType | DatetimeType)


def group_columns(table: Table) -> list[str]:
    """Return the columns that rows can be grouped by: words, related rows, days and moments."""
    alone = [key[0] for key in table.unique_keys() if len(key) == 1]
    return [
        column.name
        for column in table.physical()
        if column.origin == "relation"
        or column.name == "created_at"
        or (column.origin == "own" and column.name not in alone and _groups(column.type))
    ]


def _groups(type_: ColumnType) -> bool:
    if isinstance(type_, TextType):
        return type_.max_length <= GROUP_TEXT_MAX_LENGTH
    return isinstance(type_, EnumType | BooleanType | PatternType) or is_time(type_)


def summary_query(entry: Summary, table: Table) -> SummaryQuery:
    """Return what a summary reads: its group and its figures, each under a name of its own."""
    column = None if entry.group == EVERYTHING else table.column(entry.group)
    period = entry.period if column is not None and is_time(column.type) else None
    group = column.name if column is not None else None
    property_ = None
    if group is not None:
        property_ = names.camel(group) if period is None else period
    taken = {COUNT, *([property_] if property_ else [])}
    figures: list[Figure] = []
    for figure in entry.figures:
        name = names.unused(names.camel(f"{figure.function}_{figure.column}"), taken)
        taken.add(name)
        figures.append(Figure(function=figure.function, column=figure.column, property=name))
    return SummaryQuery(
        group=group,
        property=property_,
        period=period,
        figures=tuple(figures),
        most_first=entry.most_first,
    )


def summary_schemas(
    entry: Summary, table: Table, query: SummaryQuery, taken: Collection[str]
) -> list[NamedSchema]:
    """Return the answer of a summary, and before it that of one group if it has groups."""
    stem = names.pascal(f"{table.name}_{entry.name}"[:STEM_MAX_LENGTH])
    figures = list(_figures(table, query))
    plural = names.words(table.plural)
    if query.group is None:
        name = names.unused(f"{stem}Figures", taken)
        text = f"What the {plural} amount to."
        return [table_object(name, "summary", table, text, figures)]
    key = _key(table, query)
    row = table_object(
        names.unused(f"{stem}FiguresRow", taken),
        "summary",
        table,
        f"What the {plural} of one group amount to.",
        [key, *figures],
    )
    order = "those of most rows first" if query.most_first else "in the order of what they share"
    data = SchemaProperty(
        name="data",
        schema_=ArraySchema(type="array", items=ReferenceSchema(type="reference", name=row.name)),
        required=True,
        description=f"The groups, {order}.",
    )
    name = names.unused(f"{stem}Figures", taken)
    text = f"What the {plural} amount to, by {names.words(query.group)}."
    return [row, table_object(name, "summary", table, text, [data])]


def _key(table: Table, query: SummaryQuery) -> SchemaProperty:
    """Return the property that says what the rows of a group have in common."""
    column = table.column(query.group or "")
    assert column is not None
    mirrored = column_property(column, required=True)
    if query.period is None:
        return mirrored
    length = PATTERNS[query.period]
    schema: Schema = StringSchema(type="string", min_length=length, max_length=length)
    if column.nullable:
        schema = OneOfSchema(type="one_of", options=(schema, NullSchema(type="null")))
    text = f"The {query.period} of the {names.words(column.name)}, in UTC."
    return SchemaProperty(name=query.period, schema_=schema, required=True, description=text)


def _figures(table: Table, query: SummaryQuery) -> Iterator[SchemaProperty]:
    yield SchemaProperty(
        name=COUNT,
        schema_=IntegerSchema(type="integer", minimum=0),
        required=True,
        description=f"How many {names.words(table.plural)} there are.",
    )
    for figure in query.figures:
        column = table.column(figure.column)
        assert column is not None
        schema = _figure_schema(figure, column)
        if may_lack(query, figure, column):
            schema = OneOfSchema(type="one_of", options=(schema, NullSchema(type="null")))
        text = f"{WORDS[figure.function]} of the {names.words(column.name)}."
        yield SchemaProperty(name=figure.property, schema_=schema, required=True, description=text)


def _figure_schema(figure: Figure, column: PhysicalColumn) -> Schema:
    if is_time(column.type):
        return type_schema(column.type)
    return NumberSchema(type="number")


def may_lack(query: SummaryQuery, figure: Figure, column: PhysicalColumn) -> bool:
    """Whether there may be no such figure, as there may be no value that it is made of."""
    return figure.function != "sum" and (query.group is None or column.nullable)
