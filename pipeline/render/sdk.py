"""The SDK: a typed function for each operation, and the types of what goes in and out."""

from __future__ import annotations

import re
from collections.abc import Collection

from pipeline.ast.interface import NamedSchema, ObjectSchema, Operation
from pipeline.names import camel, kebab, pascal, words
from pipeline.project import File, Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.nest.application import scaffold
from pipeline.render.nest.places import Resource, is_pagination, resources, schema_names
from pipeline.render.refusals import promised
from pipeline.render.typescript import Imports, braces, call, jsdoc, quoted, ts_type, union

_HTTP = "../http.js"
_STRUCTURES = "../structures.js"
_PAGINATION = "Pagination"


def render(project: Project) -> tuple[File, ...]:
    """Render `sdk/`: index, transport, structures, and a file of functions for each resource."""
    found = [_index(project), scaffold("sdk/http.ts"), _structures(project)]
    found += [_functions(project, resource) for resource in resources(project)]
    return tuple(found)


def _index(project: Project) -> File:
    lines = [
        f'export * as {camel(resource.name)} from "./functional/{kebab(resource.name)}.js";'
        for resource in resources(project)
    ]
    text = "\n".join(
        [
            *sorted(lines),
            'export { type Connection, type ErrorBody, HttpError } from "./http.js";',
            'export type * from "./structures.js";',
        ]
    )
    return File("sdk/index.ts", text + "\n")


def _structures(project: Project) -> File:
    texts: list[str] = []
    if _needs_pagination(project):
        texts.append(
            "/** Where a page lies in the whole list. */\n"
            f"export interface {_PAGINATION} {{\n"
            "  /** Number of this page, from 1. */\n  current: number;\n"
            "  /** Rows a page holds at most. */\n  limit: number;\n"
            "  /** Rows in the whole list. */\n  records: number;\n"
            "  /** Pages in the whole list. */\n  pages: number;\n}\n"
        )
    texts += [_structure(schema) for schema in project.interface.schemas]
    return File("sdk/structures.ts", "\n".join(texts) or "export {};\n")


def _needs_pagination(project: Project) -> bool:
    return _PAGINATION not in schema_names(project) and any(
        is_pagination(property_.schema_)
        for schema in project.interface.schemas
        if isinstance(schema.schema_, ObjectSchema)
        for property_ in schema.schema_.properties
    )


def _structure(schema: NamedSchema) -> str:
    comment = jsdoc([schema.description])
    shape = schema.schema_
    if not isinstance(shape, ObjectSchema) or not shape.properties:
        return f"{comment}{layout(concat(f'export type {schema.name} = ', ts_type(shape), ';'))}\n"
    members = ""
    for each in shape.properties:
        mark = "" if each.required and schema.role != "query" else "?"
        kind = _PAGINATION if is_pagination(each.schema_) else ts_type(each.schema_)
        line = layout(concat(f"{each.name}{mark}: ", kind, ";"), 2)
        members += f"{jsdoc([each.description], indent=2)}{line}\n"
    return f"{comment}export interface {schema.name} {{\n{members}}}\n"


def _functions(project: Project, resource: Resource) -> File:
    taken = schema_names(project)
    imports = Imports(taken)
    texts = [_function(operation, imports, taken) for operation in resource.operations]
    path = f"sdk/functional/{kebab(resource.name)}.ts"
    return File(path, imports.render() + "\n".join(texts))


def _function(operation: Operation, imports: Imports, taken: Collection[str]) -> str:
    request = imports.value(_HTTP, "request")
    connection = imports.type(_HTTP, "Connection")
    parameters: list[Doc] = [f"connection: {connection}"]
    parameters += [f"{each.name}: string" for each in operation.parameters]
    options: list[Doc] = [f"method: {quoted(operation.http_method)}", f"path: {_path(operation)}"]
    if operation.request is not None:
        parameters.append(f"body: {imports.own(_STRUCTURES, operation.request)}")
        options.append("body")
    if operation.query_schema is not None:
        parameters.append(f"query: {imports.own(_STRUCTURES, operation.query_schema)} = {{}}")
        options.append("query")
    answer = "void"
    if operation.response is not None:
        answer = imports.own(_STRUCTURES, operation.response)
    error, error_type = _error_type(operation, imports, taken)
    who = [words(actor) for actor in operation.actors]
    callers = " or ".join([*who, *(["anyone"] if operation.guests else [])])
    lines = [operation.description, f"Callers: {callers}."]
    tags = [f"@path {operation.http_method} {operation.path}"]
    tags += [f"@throws {{HttpError}} {each.status}: {each.when}" for each in promised(operation)]
    signature = call(f"export function {operation.method_name}", *parameters)
    head = layout(concat(signature, f": Promise<{answer}> {{"))
    sending = layout(concat(call(f"return {request}", "connection", braces(options)), ";"), 2)
    comment = jsdoc(lines, tags)
    error_text = f"/** What {{@link {operation.method_name}}} throws. */\n{error_type}\n\n"
    return f"{error_text if error else ''}{comment}{head}\n{sending}\n}}\n"


def _path(operation: Operation) -> str:
    if not operation.parameters:
        return quoted(operation.path)
    encoded = re.sub(r"\{(\w+)\}", r"${encodeURIComponent(\1)}", operation.path)
    return f"`{encoded}`"


def _error_type(operation: Operation, imports: Imports, taken: Collection[str]) -> tuple[str, str]:
    """Name and write the type of the errors an operation promises; empty if it promises none."""
    errors = promised(operation)
    if not errors:
        return "", ""
    name = f"{pascal(operation.method_name)}Error"
    while name in taken:
        name += "s"
    error = imports.type(_HTTP, "HttpError")
    statuses = union([str(status) for status in sorted({each.status for each in errors})])
    return name, layout(concat(f"export type {name} = {error}<", statuses, ">;"))
