"""Schemas as JSON Schema: exactly what `src/common/schemas.ts` checks, and examples of it."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import JsonValue

from pipeline.ast.interface import (
    ArraySchema,
    BooleanSchema,
    ConstantSchema,
    FreeObjectSchema,
    IntegerSchema,
    Interface,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    ReferenceSchema,
    Schema,
    StringSchema,
)
from pipeline.ast.patterns import TIME_REGEX
from pipeline.render.markdown import sentence

JsonObject: TypeAlias = dict[str, JsonValue]

EXAMPLE_ID = "5f0c7a1e-9b1d-4c53-8f7e-2d1a6b3c4e5f"
_EXAMPLE_TEXT = "Water the plants before Friday evening"
_EXAMPLES = {
    "uuid": EXAMPLE_ID,
    "date": "2026-03-14",
    "date-time": "2026-03-14T09:26:53.589Z",
    "time": "18:30",
    "uri": "https://example.com/page",
    "email": "ada@example.com",
    "password": "correct horse battery",
}
_TEXT = r"^[^\u0000\uD800-\uDFFF]*$"
"""Neither NUL, which PostgreSQL does not store, nor half of a surrogate pair."""
_PATTERNS = {
    None: _TEXT,
    "password": _TEXT,
    "email": r"^(?=.{1,64}@)(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+\-]"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$",
    "date": r"^(?!0000)",
    "date-time": r"^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
    "uri": r"^https?:\/\/[A-Za-z0-9._~:\/?#\[\]@!$&'()*+,;=%-]+$",
}
"""What is checked beside a format, as `src/common/schemas.ts` does."""


def example(interface: Interface, schema: Schema) -> JsonValue:
    """Return a value that the schema accepts, the same each time."""
    match schema:
        case ConstantSchema():
            return schema.value
        case BooleanSchema():
            return True
        case IntegerSchema():
            return _number(_within(1, schema.minimum, schema.maximum))
        case NumberSchema():
            return _number(_within(9.5, schema.minimum, schema.maximum))
        case StringSchema():
            return _example_text(schema)
        case ArraySchema():
            most = 1 if schema.max_items is None else min(schema.max_items, 1)
            return [example(interface, schema.items)] * max(schema.min_items or 0, most)
        case ObjectSchema():
            return {p.name: example(interface, p.schema_) for p in schema.properties}
        case FreeObjectSchema():
            return {"note": _EXAMPLE_TEXT}
        case ReferenceSchema():
            return example(interface, interface.named(schema.name).schema_)
        case OneOfSchema():
            return example(interface, schema.options[0])
        case NullSchema():
            return None


def _example_text(schema: StringSchema) -> str:
    if schema.enum:
        return schema.enum[0]
    if schema.text_pattern is not None:
        return schema.text_pattern.example
    text = _EXAMPLES[schema.format] if schema.format else _EXAMPLE_TEXT
    shortest, longest = schema.min_length or 0, schema.max_length
    while len(text) < shortest:
        text += " " + _EXAMPLE_TEXT
    if schema.format is None or schema.format == "password":
        text = text[:longest].rstrip().ljust(shortest, "x") if longest is not None else text
    return text


def _within(wanted: float, lowest: float | None, highest: float | None) -> float:
    if lowest is not None and wanted < lowest:
        return lowest
    if highest is not None and wanted > highest:
        return highest
    return wanted


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def reference(name: str) -> JsonObject:
    """Refer to a named schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_schema(schema: Schema) -> JsonObject:
    """Write a schema as JSON Schema, named ones as references."""
    match schema:
        case ConstantSchema():
            return {"type": "string", "const": schema.value}
        case BooleanSchema():
            return {"type": "boolean"}
        case IntegerSchema():
            return {"type": "integer"} | _given(minimum=schema.minimum, maximum=schema.maximum)
        case NumberSchema():
            bounds = _given(
                minimum=schema.minimum, maximum=schema.maximum, multipleOf=schema.multiple_of
            )
            return {"type": "number"} | bounds
        case StringSchema():
            lengths = _given(minLength=schema.min_length, maxLength=schema.max_length)
            formatted: JsonObject = {"format": schema.format} if schema.format else {}
            if schema.enum:
                return {"type": "string", "enum": list(schema.enum)}
            if schema.text_pattern is not None:
                return {"type": "string", "pattern": schema.text_pattern.regex}
            if schema.format == "time":  # the format of that name has seconds and an offset
                return {"type": "string", "pattern": TIME_REGEX}
            pattern = _PATTERNS.get(schema.format)
            checked: JsonObject = {} if pattern is None else {"pattern": pattern}
            return {"type": "string"} | formatted | lengths | checked
        case ArraySchema():
            items: JsonObject = {"type": "array", "items": json_schema(schema.items)}
            return items | _given(minItems=schema.min_items, maxItems=schema.max_items)
        case ObjectSchema():
            return _object(schema)
        case FreeObjectSchema():
            return {"type": "object", "additionalProperties": True}
        case ReferenceSchema():
            return reference(schema.name)
        case OneOfSchema():
            return {"anyOf": [json_schema(option) for option in schema.options]}
        case NullSchema():
            return {"type": "null"}


def _given(**bounds: float | None) -> JsonObject:
    return {name: _number(bound) for name, bound in bounds.items() if bound is not None}


def _object(schema: ObjectSchema) -> JsonObject:
    properties: JsonObject = {
        found.name: {**json_schema(found.schema_), "description": sentence(found.description)}
        for found in schema.properties
    }
    made: JsonObject = {"type": "object", "properties": properties}
    required: list[JsonValue] = [found.name for found in schema.properties if found.required]
    if required:
        made["required"] = required
    return {**made, "additionalProperties": False}
