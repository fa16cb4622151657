"""The controllers and modules: routes, checks of what comes in, and who may call."""

from __future__ import annotations

import re

from pipeline.ast.interface import Operation
from pipeline.names import kebab
from pipeline.project import File, Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.nest.places import Resource, relative, schema_names, structure_file
from pipeline.render.nest.reading import uses
from pipeline.render.refusals import ENTRANCES, promised
from pipeline.render.typescript import Imports, braces, call, jsdoc, quoted

_NEST = "@nestjs/common"
_INDENT = 2
_RATE_LIMIT = "src/common/rate-limit.guard.ts"
_VERBS = {"GET": "Get", "POST": "Post", "PUT": "Put", "DELETE": "Delete"}
_USUAL_SUCCESS = {"GET": 200, "POST": 201, "PUT": 200, "DELETE": 200}
_STATUS_NAMES = {200: "OK", 201: "CREATED", 202: "ACCEPTED", 204: "NO_CONTENT"}


def render_controller(project: Project, resource: Resource) -> File:
    """Render the controller of a resource."""
    path = resource.file("controller")
    imports = Imports(schema_names(project))
    controller = imports.value(_NEST, "Controller")
    prefix = _common_prefix(resource)
    service = f"{resource.class_stem}Service"
    imports.value(relative(path, resource.file("service")), service)
    inject = imports.value(_NEST, "Inject")
    constructor = (
        f"  public constructor(@{inject}({service}) private readonly service: {service}) {{}}\n"
    )
    if len(constructor) > 100:
        constructor = (
            "  public constructor(\n"
            f"    @{inject}({service}) private readonly service: {service},\n  ) {{}}\n"
        )
    handlers = [_handler(project, o, prefix, path, imports) for o in resource.operations]
    purpose = project.database.table(resource.operations[0].table).purpose
    argument = quoted(prefix) if prefix else ""
    body = "\n".join([constructor, *handlers])
    text = (
        f"{jsdoc([purpose])}@{controller}({argument})\n"
        f"export class {resource.class_stem}Controller {{\n{body}}}\n"
    )
    return File(path, imports.render() + text)


def render_module(project: Project, resource: Resource) -> File:
    """Render the module of a resource."""
    path = resource.file("module")
    imports = Imports(schema_names(project))
    stem = resource.class_stem
    module = imports.value(_NEST, "Module")
    for kind, suffix in (("controller", "Controller"), ("service", "Service")):
        imports.value(relative(path, resource.file(kind)), f"{stem}{suffix}")
    options = braces([f"controllers: [{stem}Controller]", f"providers: [{stem}Service]"])
    decorator = layout(call(f"@{module}", options))
    purpose = project.database.table(resource.operations[0].table).purpose
    text = f"{jsdoc([purpose])}{decorator}\nexport class {stem}Module {{}}\n"
    return File(path, imports.render() + text)


def route(path: str) -> str:
    """Write a path the way Nest does: `/todos/{todoId}` becomes `todos/:todoId`."""
    return re.sub(r"\{(\w+)\}", r":\1", path).strip("/")


def _common_prefix(resource: Resource) -> str:
    prefix = kebab(resource.name)
    routes = [route(operation.path) for operation in resource.operations]
    return prefix if all(r == prefix or r.startswith(f"{prefix}/") for r in routes) else ""


def _handler(
    project: Project, operation: Operation, prefix: str, path: str, imports: Imports
) -> str:
    needed = uses(project, operation)
    decorators = _decorators(project, operation, prefix, path, imports)
    parameters: list[Doc] = []
    arguments: list[str] = []
    if needed.actor:
        module = relative(path, "src/common/current-actor.ts")
        if operation.guests:
            current = imports.type(module, "CurrentActor")
            parameters.append(f"@{imports.value(module, 'Visitor')}() actor: {current} | undefined")
        else:
            current = imports.value(module, "CurrentActor")
            parameters.append(f"@{current}() actor: {current}")
        arguments.append("actor")
    for each in operation.parameters:
        schema = "RowKey" if each.column == "id" else "RowName"
        key = imports.value(relative(path, "src/common/schemas.ts"), schema)
        decorator = call(
            f"@{imports.value(_NEST, 'Param')}", quoted(each.name), f"{{ schema: {key} }}"
        )
        name = each.name if each.name in needed.parameters else f"_{each.name}"
        parameters.append(concat(decorator, f" {name}: string"))
        arguments += [each.name] * (each.name in needed.parameters)
    for schema, kind, is_used in (
        (operation.request, "Body", needed.body),
        (operation.query_schema, "Query", needed.query),
    ):
        if schema is not None:
            dto = _dto(project, schema, path, imports, is_type=False)
            name = kind.lower() if is_used else f"_{kind.lower()}"
            parameters.append(f"@{imports.value(_NEST, kind)}({{ schema: {dto} }}) {name}: {dto}")
            arguments += [name] * is_used
    answer = (
        "void"
        if operation.response is None
        else _dto(project, operation.response, path, imports, is_type=True)
    )
    signature = call(f"public {operation.method_name}", *parameters)
    head = layout(concat(signature, f": Promise<{answer}> {{"), _INDENT)
    delegation = call(f"return this.service.{operation.method_name}", *arguments)
    body = layout(concat(delegation, ";"), 2 * _INDENT)
    tags = [f"@throws {error.status}: {error.when}" for error in promised(operation)]
    comment = jsdoc([operation.description], tags, _INDENT)
    listed = "".join(f"  {decorator}\n" for decorator in decorators)
    return f"{comment}{listed}{head}\n{body}\n  }}\n"


def _decorators(
    project: Project, operation: Operation, prefix: str, path: str, imports: Imports
) -> list[str]:
    verb = imports.value(_NEST, _VERBS[operation.http_method])
    own = route(operation.path).removeprefix(prefix).strip("/")
    found = [f"@{verb}({quoted(own) if own else ''})"]
    if operation.success != _USUAL_SUCCESS[operation.http_method]:
        code = imports.value(_NEST, "HttpCode")
        name = _STATUS_NAMES.get(operation.success)
        status = str(operation.success)
        if name is not None:
            status = f"{imports.value(_NEST, 'HttpStatus')}.{name}"
        found.append(f"@{code}({status})")
    if operation.kind in ENTRANCES:
        found.append(f"@{imports.value(relative(path, _RATE_LIMIT), 'RateLimited')}()")
    if operation.guests:
        if uses(project, operation).actor:
            visitors = imports.value(relative(path, "src/common/auth.guard.ts"), "Visitors")
            found.append(f"@{visitors}()")
    else:
        actors = imports.value(relative(path, "src/common/auth.guard.ts"), "Actors")
        found.append(f"@{actors}({', '.join(quoted(actor) for actor in operation.actors)})")
    return found


def _dto(project: Project, name: str, path: str, imports: Imports, *, is_type: bool) -> str:
    schema = project.interface.named(name)
    return imports.own(relative(path, structure_file(schema)), name, is_type=is_type)
