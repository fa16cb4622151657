"""The OpenAPI 3.1.0 document of the backend."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from pipeline.ast.interface import Interface, ListQuery, Operation, PathParameter, SchemaProperty
from pipeline.english import with_article
from pipeline.names import kebab, words
from pipeline.project import File, Project
from pipeline.render.json_schema import EXAMPLE_ID, JsonObject, example, json_schema, reference
from pipeline.render.markdown import sentence
from pipeline.render.refusals import FAILED, UNREACHABLE, Refusal, carried, promised

_OK: JsonObject = {"status": "ok"}
_SCHEMAS = "#/components/schemas/"
_EXAMPLE_NAME = "water-the-plants-k3x9ap"
_TITLES = {
    400: "The body, the query or a parameter is malformed",
    401: "There is no valid token",
    403: "The caller may not do this",
    404: "There is no such row",
    409: "The request conflicts with what is stored",
    413: "The body is too large",
    415: "The encoding of the body is not supported",
    429: "There were too many requests from this address; try again later",
    500: "Something went wrong in the backend",
    503: "The database does not answer",
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
    415: "Unsupported Media Type",
    418: "I'm a Teapot",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_RETRY_AFTER: JsonObject = {
    "description": "Seconds to wait.",
    "schema": {"type": "integer", "minimum": 1},
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
    paths["/health"] = {"get": _health(interface)}
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
        "components": _components(interface, {**paths}),
    }


def _components(interface: Interface, paths: JsonObject) -> JsonObject:
    """Define what the paths speak of, and nothing else."""
    defined: JsonObject = {
        named.name: {**json_schema(named.schema_), "description": sentence(named.description)}
        for named in interface.schemas
    }
    defined[_error_name(interface)] = _error_schema()
    used: set[str] = set()
    waiting = list(_references(paths))
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += _references(defined[name])
    made: JsonObject = {"schemas": {n: shape for n, shape in defined.items() if n in used}}
    if any(operation.actors for operation in interface.operations):
        made["securitySchemes"] = {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "The access token that join, login and refresh answer with.",
            }
        }
    return made


def _references(value: JsonValue) -> Iterator[str]:
    """Yield the names of the schemas that a part of the document refers to."""
    match value:
        case dict():
            target = value.get("$ref")
            if isinstance(target, str):
                yield target.removeprefix(_SCHEMAS)
            for inner in value.values():
                yield from _references(inner)
        case list():
            for inner in value:
                yield from _references(inner)
        case _:
            return


def _health(interface: Interface) -> JsonObject:
    shape: JsonObject = {
        "type": "object",
        "properties": {"status": {"type": "string", "const": "ok"}},
        "required": ["status"],
    }
    answers: JsonObject = {
        "200": {
            "description": "The backend runs, and its database answers.",
            "content": {"application/json": {"schema": shape, "example": _OK}},
        }
    }
    return {
        "operationId": "health.check",
        "tags": ["health"],
        "summary": "Ask whether the backend can serve requests",
        "description": "For load balancers and containers.",
        "responses": {**answers, **_refused(interface, (FAILED, UNREACHABLE))},
        "security": [],
    }


def path_template(path: str) -> str:
    """Turn a route of Nest (`/todos/:todoId`) into a template of OpenAPI (`/todos/{todoId}`)."""
    return re.sub(r":([A-Za-z]\w*)", r"{\1}", path)


def _tags(project: Project) -> list[JsonValue]:
    tags: list[JsonValue] = []
    for resource in dict.fromkeys(o.resource for o in project.interface.operations):
        tables = [t for t in project.database.tables if t.plural == resource]
        purpose = sentence(tables[0].purpose) if tables else sentence(words(resource))
        tags.append({"name": kebab(resource), "description": purpose})
    return [*tags, {"name": "health", "description": "Whether the backend can serve requests."}]


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
        case "password":
            return f"Change the password of {with_article(one)}"
        case "reset_request":
            return f"Ask for a reset of the password of {with_article(one)}"
        case "reset":
            return f"Reset the password of {with_article(one)}"
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
    schema: JsonObject = {"type": "string", "minLength": 1}
    if is_key:
        schema = {"type": "string", "format": "uuid"}
    return {
        "name": parameter.name,
        "in": "path",
        "required": True,
        "description": f"{what} of the {words(parameter.table)}.",
        "schema": schema,
        "example": EXAMPLE_ID if is_key else _EXAMPLE_NAME,
    }


def _query_parameter(found: SchemaProperty, query: ListQuery | None) -> JsonObject:
    schema = json_schema(found.schema_)
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
    return {"application/json": {"schema": reference(name), "example": shown}}


def _responses(interface: Interface, operation: Operation) -> JsonObject:
    success: JsonObject = {"description": "Done. The response has no body."}
    if operation.response is not None:
        described = sentence(interface.named(operation.response).description)
        success = {
            "description": described,
            "content": _content(interface, operation.response),
        }
        links = _links(interface, operation)
        success |= {"links": links} if links else {}
    refusals = (*promised(operation), *carried(operation))
    return {str(operation.success): success, **_refused(interface, refusals)}


def _links(interface: Interface, operation: Operation) -> JsonObject:
    """Name what can be done with a new row by its key."""
    if operation.kind != "create":
        return {}
    return {
        other.method_name: {
            "operationId": other.id,
            "parameters": {other.parameters[0].name: "$response.body#/id"},
        }
        for other in interface.operations
        if [parameter.table for parameter in other.parameters] == [operation.table]
    }


def _refused(interface: Interface, refusals: Iterable[Refusal]) -> JsonObject:
    """Write an answer for each status, with all reasons for it."""
    whens: dict[int, dict[str, None]] = {}
    for refusal in sorted(refusals, key=lambda refusal: refusal.status):
        whens.setdefault(refusal.status, {})[sentence(refusal.when)] = None
    return {str(status): _error_response(interface, status, w) for status, w in whens.items()}


def _error_response(interface: Interface, status: int, whens: Iterable[str]) -> JsonObject:
    shown: JsonObject = {
        "statusCode": status,
        "error": _REASONS.get(status, "Error"),
        "message": _TITLES.get(status, "The request is refused") + ".",
    }
    if status == 400:
        shown["details"] = ["title: Too small: expected string to have >=1 characters"]
    made: JsonObject = {
        "description": " ".join(whens),
        "content": {
            "application/json": {"schema": reference(_error_name(interface)), "example": shown}
        },
    }
    if status == 429:
        made["headers"] = {"Retry-After": _RETRY_AFTER}
    return made


def _error_name(interface: Interface) -> str:
    taken = {named.name for named in interface.schemas}
    return next(name for name in ("Error", "ErrorBody", "ErrorAnswer") if name not in taken)


def _error_schema() -> JsonObject:
    return {
        "type": "object",
        "description": "Why a request was refused.",
        "properties": {
            "statusCode": {"type": "integer", "description": "The HTTP status."},
            "error": {"type": "string", "description": "The name of the status."},
            "message": {"type": "string", "description": "What is wrong, in one sentence."},
            "details": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Each mistake, where a body, a query or a parameter is malformed.",
            },
        },
        "required": ["statusCode", "error", "message"],
    }
