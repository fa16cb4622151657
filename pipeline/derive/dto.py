"""DTOs: the schemas that a table, its exposure and its operations imply."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from pipeline import names
from pipeline.ast.analysis import Analysis
from pipeline.ast.base import CENT
from pipeline.ast.database import (
    BooleanType,
    ColumnType,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    EmailType,
    EnumType,
    IntegerType,
    JsonType,
    PatternType,
    PhysicalColumn,
    Table,
    TextType,
    TimeType,
    UriType,
    UuidType,
)
from pipeline.ast.interface import (
    BooleanSchema,
    FreeObjectSchema,
    IntegerSchema,
    NamedSchema,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.ast.resource import Exposure
from pipeline.english import with_article

_ADDRESS = StringSchema(type="string", format="email", max_length=254)
SHOWN_ALWAYS = ("id", "created_at", "updated_at")


def type_schema(type_: ColumnType) -> Schema:
    """Return the schema of a column's values, null aside."""
    match type_:
        case BooleanType():
            return BooleanSchema(type="boolean")
        case IntegerType():
            return IntegerSchema(type="integer", minimum=type_.minimum, maximum=type_.maximum)
        case DecimalType():
            return NumberSchema(
                type="number", minimum=type_.minimum, maximum=type_.maximum, multiple_of=CENT
            )
        case DoubleType():
            return NumberSchema(type="number")
        case TextType():
            return StringSchema(
                type="string", min_length=type_.min_length, max_length=type_.max_length
            )
        case UuidType():
            return StringSchema(type="string", format="uuid")
        case DateType():
            return StringSchema(type="string", format="date")
        case DatetimeType():
            return StringSchema(type="string", format="date-time")
        case UriType():
            return StringSchema(type="string", format="uri")
        case EmailType():
            return _ADDRESS
        case PatternType():
            least, most = type_.lengths or (None, None)
            return StringSchema(
                type="string", pattern=type_.pattern, min_length=least, max_length=most
            )
        case TimeType():
            return StringSchema(type="string", format="time")
        case JsonType():
            return FreeObjectSchema(type="free_object", max_length=type_.max_length)
        case EnumType():
            return StringSchema(type="string", enum=type_.values)


def column_schema(column: PhysicalColumn) -> Schema:
    """Return the schema of a column's values, null included where the column is nullable."""
    if column.origin == "email":
        schema: Schema = _ADDRESS
    else:
        schema = type_schema(column.type)
    if column.nullable:
        return OneOfSchema(type="one_of", options=(schema, NullSchema(type="null")))
    return schema


def has_default(table: Table, column: PhysicalColumn) -> bool:
    """Whether a new row needs no value of the column from the caller."""
    if column.nullable:
        return True
    return any(own.name == column.name and own.has_default for own in table.columns)


def start(column: PhysicalColumn) -> float | None:
    """Return what an amount starts with where the caller does not say it: what is nearest to 0.

    None for columns that are no amounts, and for those that may be missing.
    """
    if isinstance(column.type, DecimalType) and not column.nullable:
        return min(max(0, column.type.minimum), column.type.maximum)
    return None


def computed_times(analysis: Analysis, table: Table) -> frozenset[str]:
    """Return the days and moments that rules say are computed: no caller has to give them."""
    attributes = {rule.attribute for rule in analysis.rules if rule.kind == "derivation"}
    return frozenset(
        column.name
        for column in table.columns
        if isinstance(column.type, DateType | DatetimeType)
        if f"{table.entity}.{column.name}" in attributes
    )


def is_taken(
    table: Table, exposure: Exposure, column: PhysicalColumn, computed: Collection[str] = ()
) -> bool:
    """Whether the body that makes a row has the column: its caller writes it, or has to."""
    is_kept = has_default(table, column) or start(column) is not None or column.name in computed
    return column.name in exposure.writable_on_create or not is_kept


def writable(table: Table) -> tuple[PhysicalColumn, ...]:
    """Return the columns that a caller may ever write."""
    return tuple(c for c in table.physical() if c.origin in ("own", "relation"))


def shown_columns(table: Table, exposure: Exposure) -> list[PhysicalColumn]:
    """Return the columns that callers see of a row."""
    shown = {*exposure.shown, *SHOWN_ALWAYS}
    return [c for c in table.physical() if c.name in shown and c.origin != "secret"]


def entity_schema(
    table: Table, exposure: Exposure, details: Iterable[SchemaProperty]
) -> NamedSchema:
    """Return what callers see of a row: columns, and details beside them."""
    columns = [column_property(c, required=True) for c in shown_columns(table, exposure)]
    return table_object(
        names.pascal(table.name), "entity", table, table.purpose, (*columns, *details)
    )


def created_properties(
    table: Table, exposure: Exposure, known: str | None, computed: Collection[str] = ()
) -> list[SchemaProperty]:
    """Return what it takes to make a row whose column `known` has its value already.

    The times that are `computed` are the program's.
    """
    return [
        column_property(column, required=not has_default(table, column))
        for column in writable(table)
        if column.name != known and is_taken(table, exposure, column, computed)
    ]


def create_schema(
    table: Table,
    exposure: Exposure,
    owner: str | None,
    lists: Iterable[SchemaProperty] = (),
    computed: Collection[str] = (),
) -> NamedSchema:
    """Return the body that makes a row, with lists; the owner is the caller and not in it."""
    properties = [*created_properties(table, exposure, owner, computed), *lists]
    noun = names.words(table.name)
    text = f"What it takes to create {with_article(noun)}."
    return table_object(f"{names.pascal(table.name)}Create", "create", table, text, properties)


def update_schema(
    table: Table, exposure: Exposure, lists: Iterable[SchemaProperty] = ()
) -> NamedSchema:
    """Return the body that changes a row: only what is given changes, a list as a whole."""
    properties = [
        column_property(column, required=False)
        for column in writable(table)
        if column.name in exposure.writable_on_update
    ]
    properties += lists
    text = f"What may change in {with_article(names.words(table.name))}; only given members do."
    return table_object(f"{names.pascal(table.name)}Update", "update", table, text, properties)


def action_schema(
    table: Table, method: str, columns: Collection[str], required: Collection[str]
) -> NamedSchema:
    """Return the body of an action: columns that the caller writes by it.

    What is `required` has a value, although the column may have none.
    """
    properties = [
        column_property(
            replace(column, nullable=column.nullable and column.name not in required),
            required=not column.nullable or column.name in required,
        )
        for column in writable(table)
        if column.name in columns
    ]
    name = f"{names.pascal(table.name)}{method[:1].upper()}{method[1:]}Input"
    noun = with_article(names.words(table.name))
    text = f"What the action {method} on {noun} takes."
    return table_object(name, "action", table, text, properties)


def column_property(column: PhysicalColumn, *, required: bool) -> SchemaProperty:
    """Return the property that mirrors a column."""
    return SchemaProperty(
        name=names.camel(column.name),
        schema_=column_schema(column),
        required=required,
        description=column.description,
        column=column.name,
    )


def table_object(
    name: str, role: str, table: Table, description: str, properties: Iterable[SchemaProperty]
) -> NamedSchema:
    """Return a named schema of a table: an object with these properties."""
    return NamedSchema.model_validate(
        {
            "name": name,
            "role": role,
            "table": table.name,
            "description": description,
            "schema_": ObjectSchema(type="object", properties=tuple(properties)),
        }
    )
