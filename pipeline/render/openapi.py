"""The OpenAPI 3.1.0 document of the backend."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TypeAlias

from pydantic import JsonValue

from pipeline.ast.interface import (
    ArraySchema,
    BooleanSchema,
    ConstantSchema,
    IntegerSchema,
    Interface,
    ListQuery,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    Operation,
    PathParameter,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.english import with_article
from pipeline.names import kebab, words
from pipeline.project import File, Project
from pipeline.render.markdown import sentence

JsonObject: TypeAlias = dict[str, JsonValue]

_EXAMPLE_ID = "5f0c7a1e-9b1d-4c53-8f7e-2d1a6b3c4e5f"
_EXAMPLE_NAME = "water-the-plants-k3x9ap"
_EXAMPLE_TEXT = "Water the plants before Friday evening"
_EXAMPLES = {
    "uuid": _EXAMPLE_ID,
    "date": "2026-03-14",
    "date-time": "2026-03-14T09:26:53.589Z",
    "uri": "https://example.com/page",
    "email": "ada@example.com",
    "password": "correct horse battery",
}
_TITLES = {
    400: "The body, the query or a parameter is malformed",
    401: "There is no valid token",
    403: "The caller may not do this",
    404: "There is no such row",
    409: "The request conflicts with what is stored",
}
_REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    412: "Precondition Failed",
    413: "Payload Too Large",
    418: "I'm a Teapot",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
}


def render(project: Project) -> tuple[File, ...]:
    """Render `openapi.json`."""
    text = json.dumps(document(project), indent=2, ensure_ascii=False)
    return (File("openapi.json", text + "\n"),)


def document(project: Project) -> JsonObject:
    """Return the document as JSON data."""
    interface = project.interface
    paths: dict[str, JsonObject] = {}
    for operation in interface.operations:
        item = paths.setdefault(path_template(operation.path), {})
        item[operation.http_method.lower()] = _operation(interface, operation)
    schemas: JsonObject = {
        named.name: {**_schema(named.schema_), "description": sentence(named.description)}
        for named in interface.schemas
    }
    schemas[_error_name(interface)] = _error_schema()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": project.analysis.title,
            "summary": project.analysis.summary,
            "version": "0.1.0",
        },
        "servers": [{"url": "http://127.0.0.1:3000", "description": "A local server."}],
        "tags": _tags(project),
        "paths": {**paths},
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token that join, login and refresh answer with.",
                }
            },
        },
    }


def path_template(path: str) -> str:
    """Turn a route of Nest (`/todos/:todoId`) into a template of OpenAPI (`/todos/{todoId}`)."""
    return re.sub(r":([A-Za-z]\w*)", r"{\1}", path)


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
            full = schema.max_items is None or schema.max_items > 0
            return [example(interface, schema.items)] if full else []
        case ObjectSchema():
            return {p.name: example(interface, p.schema_) for p in schema.properties}
        case ReferenceSchema():
            return example(interface, interface.named(schema.name).schema_)
        case OneOfSchema():
            return example(interface, schema.options[0])
        case NullSchema():
            return None


def _example_text(schema: StringSchema) -> str:
    if schema.enum:
        return schema.enum[0]
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


def _tags(project: Project) -> list[JsonValue]:
    tags: list[JsonValue] = []
    for resource in dict.fromkeys(o.resource for o in project.interface.operations):
        tables = [t for t in project.database.tables if t.plural == resource]
        purpose = sentence(tables[0].purpose) if tables else sentence(words(resource))
        tags.append({"name": kebab(resource), "description": purpose})
    return tags


def _operation(interface: Interface, operation: Operation) -> JsonObject:
    made: JsonObject = {
        "operationId": operation.id,
        "tags": [kebab(operation.resource)],
        "summary": _summary(operation),
        "description": _description(operation),
    }
    parameters = _parameters(interface, operation)
    if parameters:
        made["parameters"] = parameters
    if operation.request is not None:
        made["requestBody"] = {
            "required": True,
            "content": _content(interface, operation.request),
        }
    made["responses"] = _responses(interface, operation)
    made["security"] = _security(operation)
    made["x-actors"] = list(operation.actors)
    made["x-requirements"] = list(operation.requirements)
    return made


def _security(operation: Operation) -> JsonValue:
    """Require a token, or take one where guests are served, too; an empty object means none."""
    token: JsonValue = {"bearer": []}
    if not operation.actors:
        return []
    return [{}, token] if operation.guests else [token]


def _summary(operation: Operation) -> str:
    verb, one = words(_snake(operation.method_name)), words(operation.table)
    match operation.kind:
        case "join":
            return f"Join as {with_article(one)}"
        case "login":
            return f"Sign in as {with_article(one)}"
        case "refresh":
            return f"Renew the tokens of {with_article(one)}"
        case "list":
            own = "" if operation.method_name == "list" else f": {verb}"
            return f"List {words(operation.resource)}{own}"
        case "summary":
            return f"Sum up {words(operation.resource)}: {verb}"
        case "me":
            return f"Show the caller's own {one}"
        case "update":
            return f"Change {with_article(one)}"
        case _:
            return f"{verb[:1].upper()}{verb[1:]} {with_article(one)}"


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: "_" + found.group().lower(), name)


def _description(operation: Operation) -> str:
    lines = [sentence(operation.description)]
    if operation.scope == "own" and operation.actors:
        lines.append("Only the caller's own rows are reached.")
    if operation.requirements:
        lines.append(f"Requirements: {', '.join(operation.requirements)}.")
    if operation.rules:
        lines.append(f"Rules: {', '.join(operation.rules)}.")
    return "\n\n".join(lines)


def _parameters(interface: Interface, operation: Operation) -> list[JsonValue]:
    parameters: list[JsonValue] = [_path_parameter(each) for each in operation.parameters]
    if operation.query_schema is not None:
        for found in interface.object(operation.query_schema).properties:
            parameters.append(_query_parameter(found, operation.query))
    return parameters


def _path_parameter(parameter: PathParameter) -> JsonObject:
    is_key = parameter.column == "id"
    what = "Key" if is_key else words(parameter.column).capitalize()
    key: JsonObject = {"type": "string", "format": "uuid"}
    name: JsonObject = {"type": "string", "minLength": 1}
    return {
        "name": parameter.name,
        "in": "path",
        "required": True,
        "description": f"{what} of the {words(parameter.table)}.",
        "schema": key if is_key else name,
        "example": _EXAMPLE_ID if is_key else _EXAMPLE_NAME,
    }


def _query_parameter(found: SchemaProperty, query: ListQuery | None) -> JsonObject:
    schema = _schema(found.schema_)
    if found.name == "page":
        schema["default"] = 1
    if found.name == "limit" and query is not None:
        schema["default"] = query.default_limit
    return {
        "name": found.name,
        "in": "query",
        "required": found.required,
        "description": sentence(found.description),
        "schema": schema,
    }


def _content(interface: Interface, name: str) -> JsonObject:
    shown = example(interface, interface.named(name).schema_)
    return {"application/json": {"schema": _reference(name), "example": shown}}


def _responses(interface: Interface, operation: Operation) -> JsonObject:
    success: JsonObject = {"description": "Done. The response has no body."}
    if operation.response is not None:
        described = sentence(interface.named(operation.response).description)
        success = {
            "description": described,
            "content": _content(interface, operation.response),
        }
    responses: JsonObject = {str(operation.success): success}
    for status in operation.statuses():
        whens = dict.fromkeys(sentence(e.when) for e in operation.errors if e.status == status)
        responses[str(status)] = _error_response(interface, status, whens)
    return responses


def _error_response(interface: Interface, status: int, whens: Iterable[str]) -> JsonObject:
    message = _TITLES.get(status, "The request is refused")
    shown: JsonObject = {"statusCode": status, "message": [message] if status == 400 else message}
    if status in _REASONS:
        shown["error"] = _REASONS[status]
    return {
        "description": " ".join(whens),
        "content": {
            "application/json": {"schema": _reference(_error_name(interface)), "example": shown}
        },
    }


def _error_name(interface: Interface) -> str:
    taken = {named.name for named in interface.schemas}
    return next(name for name in ("Error", "ErrorBody", "ErrorAnswer") if name not in taken)


def _error_schema() -> JsonObject:
    return {
        "type": "object",
        "description": "Why a request was refused.",
        "properties": {
            "statusCode": {"type": "integer", "description": "The HTTP status."},
            "message": {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
                "description": "What is wrong; a list where a body or query is malformed.",
            },
            "error": {"type": "string", "description": "The name of the status."},
        },
        "required": ["statusCode", "message"],
    }


def _reference(name: str) -> JsonObject:
    return {"$ref": f"#/components/schemas/{name}"}


def _schema(schema: Schema) -> JsonObject:
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
            listed: JsonObject = {"enum": list(schema.enum)} if schema.enum else {}
            return {"type": "string"} | formatted | lengths | listed
        case ArraySchema():
            items: JsonObject = {"type": "array", "items": _schema(schema.items)}
            return items | _given(maxItems=schema.max_items)
        case ObjectSchema():
            return _object(schema)
        case ReferenceSchema():
            return _reference(schema.name)
        case OneOfSchema():
            return {"anyOf": [_schema(option) for option in schema.options]}
        case NullSchema():
            return {"type": "null"}


def _given(**bounds: float | None) -> JsonObject:
    return {name: _number(bound) for name, bound in bounds.items() if bound is not None}


def _object(schema: ObjectSchema) -> JsonObject:
    properties: JsonObject = {
        found.name: {**_schema(found.schema_), "description": sentence(found.description)}
        for found in schema.properties
    }
    made: JsonObject = {"type": "object", "properties": properties}
    required: list[JsonValue] = [found.name for found in schema.properties if found.required]
    if required:
        made["required"] = required
    return {**made, "additionalProperties": False}
