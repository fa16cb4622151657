"""Values that a test fills in by itself."""

from __future__ import annotations

from typing import get_args

from pipeline import names
from pipeline.asking.typed import is_nullable, schema_type
from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast.interface import (
    ArraySchema,
    Interface,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.ast.patterns import FEWEST_DIGITS, PatternName

PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that only tests make
LINK = "https://example.com/"
MORNING, EVENING = "08:00", "18:30"
RANDOM_TEXT_MIN_LENGTH = 12
"""A shorter text has no room for enough random characters to be unique."""


def sample(property_: SchemaProperty) -> ex.Expression:
    """Return a value that the property's schema admits; texts are unique where there is room."""
    schema = scalar(property_.schema_)
    type_ = schema_type(schema)
    if schema.type == "string" and schema.format == "password":
        return ex.StringLiteral(kind="string", value=PASSWORD)
    if schema.type == "free_object":
        return made_up.SampleObject(kind="sample_object")
    if type_ is None:
        raise ValueError(f"{property_.name} is no scalar")
    match type_.kind:
        case "enum":
            return ex.EnumLiteral(kind="enum", value=type_.values[0])
        case "boolean":
            return ex.BooleanLiteral(kind="boolean", value=False)
        case "integer" | "number":
            low = getattr(schema, "minimum", None)
            high = getattr(schema, "maximum", None)
            value = max(1 if low is None else low, 0)
            return ex.number_literal(value if high is None else min(value, high))
        case "date":
            return ex.Today(kind="today")
        case "datetime":
            return ex.Now(kind="now")
        case "uuid":
            return made_up.RandomUuid(kind="random_uuid")
        case "email":
            return made_up.RandomEmail(kind="random_email")
        case "pattern":
            (pattern,) = (name for name in get_args(PatternName) if name == type_.values[0])
            return made_up.RandomCode(
                kind="random_code", pattern=pattern, length=type_.sample_length
            )
        case "time":
            return ex.TimeLiteral(kind="time", value=MORNING)
        case "uri":
            return ex.StringLiteral(kind="string", value=LINK)
        case "text":
            return _text(property_, schema)


def elements(
    interface: Interface, list_: SchemaProperty, number: int, key: ex.Expression
) -> ex.ListOf:
    """Return a number of elements of a body's list; `key` stands for the keys of other rows."""
    items = list_.schema_.items if isinstance(list_.schema_, ArraySchema) else None
    if not isinstance(items, ReferenceSchema):
        return ex.ListOf(kind="list", items=(key,) * number)
    members = tuple(
        ex.Member(name=p.name, value=key if _is_key(p) else sample(p))
        for p in interface.object(items.name).properties
        if p.required
    )
    return ex.ListOf(kind="list", items=(ex.ObjectOf(kind="object", members=members),) * number)


def _is_key(property_: SchemaProperty) -> bool:
    schema = property_.schema_
    return isinstance(schema, StringSchema) and schema.format == "uuid"


def is_random(value: ex.Expression) -> bool:
    """Whether no other value of a test is equal to it."""
    if isinstance(value, made_up.RandomCode):
        return value.text_pattern.digits >= FEWEST_DIGITS
    return isinstance(value, made_up.RandomText | made_up.RandomEmail)


def _text(property_: SchemaProperty, schema: Schema) -> ex.Expression:
    low = getattr(schema, "min_length", None) or 0
    high = getattr(schema, "max_length", None) or RANDOM_TEXT_MIN_LENGTH
    label = names.words(names.camel(property_.name)).lower()
    room = len(label) + 1 + RANDOM_TEXT_MIN_LENGTH
    if high < RANDOM_TEXT_MIN_LENGTH or low > RANDOM_TEXT_MIN_LENGTH:
        return ex.RepeatedString(kind="repeated_string", length=max(low, 1))
    return made_up.RandomText(kind="random_text", label=label, max_length=min(high, room))


def scalar(schema: Schema) -> Schema:
    """Return what a value must be that is given: of a nullable schema, the part without null."""
    if is_nullable(schema) and schema.type == "one_of":
        return schema.options[0]
    return schema


def is_day(property_: SchemaProperty) -> bool:
    """Whether its values are days, rather than moments."""
    type_ = schema_type(scalar(property_.schema_))
    return type_ is not None and type_.kind == "date"
