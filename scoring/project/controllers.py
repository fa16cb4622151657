"""Find operations in NestJS controllers: `@Get` and its like, and nestia's `@TypedRoute`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scoring.project.facts import Operation, Table, is_probe
from scoring.project.handlers.handler import read_behaviour
from scoring.project.handlers.traced import with_traced
from scoring.project.shapes import type_name
from scoring.symbolic import terms
from scoring.symbolic.reader import Reader
from scoring.symbolic.terms import Term
from scoring.typescript.callees import Callees
from scoring.typescript.frames import Frame
from scoring.typescript.modules import (
    Class,
    Decorator,
    Function,
    Module,
    Parameter,
    Program,
    original_name,
)
from scoring.typescript.sources import Given
from scoring.typescript.status import HTTP_STATUSES
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap, walk
from scoring.typescript.value import Value, value_of
from scoring.words import squeeze

_ROUTE = re.compile(r"^(?:(?:\w+\.)?(?:TypedRoute|EncryptedRoute)\.)?(Get|Post|Put|Patch|Delete)$")
_PARAMETER_SOURCES = {
    "Body": Given.BODY, "TypedBody": Given.BODY, "EncryptedBody": Given.BODY,
    "PlainBody": Given.BODY, "UploadedFile": Given.BODY, "UploadedFiles": Given.BODY,
    "Query": Given.QUERY, "TypedQuery": Given.QUERY,
    "Param": Given.PARAMETER, "TypedParam": Given.PARAMETER,
    "Req": Given.REQUEST, "Request": Given.REQUEST,
    "Headers": Given.HEADER, "TypedHeaders": Given.HEADER, "Ip": Given.HEADER,
    "HostParam": Given.HEADER,
    "Res": Given.RESPONSE, "Response": Given.RESPONSE, "Next": Given.RESPONSE,
    "Session": Given.ACTOR,
}  # fmt: skip
"""What a decorator gives to a handler; one that is not known gives the actor."""
_FORMULAS: Mapping[Given, Literal["actor", "path", "body", "query", "request"]] = {
    Given.ACTOR: "actor",
    Given.PARAMETER: "path",
    Given.BODY: "body",
    Given.QUERY: "query",
    Given.REQUEST: "request",
}
_CONTROLLERS = ("Controller", "EncryptedController")
_OPEN_MARKS = frozenset({"Public", "IsPublic", "SkipAuth", "AllowAnonymous", "NoAuth"})
_UNRELATED = frozenset(
    {"HttpCode", "Header", "UseInterceptors", "UsePipes", "UseFilters", "Redirect", "Controller"}
)
_OPTIONAL_GUARD = re.compile(r"optional|maybe|anonymous|visitor", re.IGNORECASE)
_RATE_LIMIT = re.compile(r"throttl|rate_?limit", re.IGNORECASE)
"""Guards and marks that count callers and ask nobody who they are."""
_NO_TOKEN = re.compile(
    r"(authorization|token|header\w*)\b[^&|]*(===?\s*(undefined|null)|\.length === 0)"
    r"|!\s*[\w.?]*(authorization|token|header)",
    re.IGNORECASE,
)
_STATUS_DECORATORS = {
    "ApiOkResponse": 200, "ApiCreatedResponse": 201, "ApiNoContentResponse": 204,
    "ApiBadRequestResponse": 400, "ApiUnauthorizedResponse": 401, "ApiForbiddenResponse": 403,
    "ApiNotFoundResponse": 404, "ApiConflictResponse": 409, "ApiUnprocessableEntityResponse": 422,
}  # fmt: skip
_JSDOC_STATUS = re.compile(r"@(?:throws|returns?|response)\b[^@]*?\b([2-5]\d\d)\b")


def read_operations(program: Program, tables: tuple[Table, ...]) -> tuple[Operation, ...]:
    """Return every route of every controller, in the order of path and method."""
    keyed = table_keys(tables)
    controllers = [
        found
        for module in program.modules.values()
        for found in module.classes.values()
        if any(d.name in _CONTROLLERS for d in _originals(module, found.decorators))
    ]
    guards_everywhere = any(_guards_all(module.text) for module in program.modules.values())
    marks_guards = any("UseGuards(" in m.text for m in program.modules.values())
    prefix = _global_prefix(program)
    found: list[Operation] = []
    for controller in controllers:
        for base in _base_paths(controller):
            for method in controller.methods.values():
                for decorator in _originals(controller.module, method.decorators):
                    route = _ROUTE.match(decorator.name)
                    if route is not None:
                        verb = route[1].upper()
                        for path in _paths(decorator):
                            full = "/" + "/".join(
                                p.strip("/") for p in (prefix, base, path) if p.strip("/")
                            )
                            if is_probe(verb, full):
                                continue
                            found.append(
                                _operation(
                                    program, keyed, controller, method, verb, full,
                                    guards_everywhere, marks_guards,
                                )
                            )  # fmt: skip
    unique = {(o.key, o.file, o.line): o for o in found}
    return tuple(sorted(unique.values(), key=lambda o: (o.path, o.method, o.file)))


def _guards_all(text: str) -> bool:
    """Whether a module binds a guard to all routes that asks who calls."""
    if "useGlobalGuards" in text:
        return True
    bound = re.findall(r"APP_GUARD\b\s*,\s*use(?:Class|Existing)\s*:\s*(\w+)", text)
    if not bound:
        return "provide: APP_GUARD" in text
    return not all(_RATE_LIMIT.search(name) for name in bound)


def table_keys(tables: tuple[Table, ...]) -> dict[str, Table]:
    """Key the tables by every name that a query may use, in any spelling."""
    keyed: dict[str, Table] = {}
    for table in tables:
        keyed.setdefault(squeeze(table.sql_name), table)
    for table in tables:
        keyed.setdefault(squeeze(table.name), table)
    return keyed


def _originals(module: Module, decorators: tuple[Decorator, ...]) -> tuple[Decorator, ...]:
    """Undo `import { Post as HttpPost }`."""
    return tuple(replace(d, name=original_name(module, d.name)) for d in decorators)


def _global_prefix(program: Program) -> str:
    for module in program.modules.values():
        found = re.search(r"setGlobalPrefix\(\s*[\"'`]([^\"'`]+)", module.text)
        if found:
            return found[1]
    return ""


def _base_paths(controller: Class) -> list[str]:
    for decorator in _originals(controller.module, controller.decorators):
        if decorator.name in _CONTROLLERS:
            return _paths(decorator)
    return [""]


def _paths(decorator: Decorator) -> list[str]:
    """Return the path or paths of `@Get("a")`, `@Get(["a", "b"])`, `@Controller({ path })`."""
    if not decorator.arguments:
        return [""]
    node = unwrap(decorator.arguments[0])
    if node.type == "array":
        return [text for child in node.children if (text := string_value(child)) is not None]
    if node.type == "object":
        for pair in node.all("pair"):
            key, value = pair.get("key"), pair.get("value")
            if key is not None and key.text == "path":
                return [string_value(value) or ""]
        return [""]
    return [string_value(node) or ""]


@dataclass
class _Brought:
    """What a handler's parameters take from the request."""

    arguments: list[Value] = field(default_factory=lambda: [])
    formulas: list[object] = field(default_factory=lambda: [])
    roles: list[str] = field(default_factory=lambda: [])
    """The words of decorators that give the actor."""
    body: str = ""
    query: str = ""
    acts: bool = False
    checked: bool = False


def _brought(controller: Class, handler: Function) -> _Brought:
    made = _Brought()
    for parameter in handler.parameters:
        source, member = Given.UNKNOWN, ""
        for decorator in _originals(controller.module, parameter.decorators):
            bare = decorator.name.rsplit(".", 1)[-1]
            source = _PARAMETER_SOURCES.get(bare, Given.ACTOR)
            member = _member_asked(decorator)
            if source is Given.ACTOR:
                made.acts = True
                made.roles += [bare, *_words(decorator)]
            if source is Given.BODY and not _is_single(decorator):
                made.body = _schema_name(decorator) or type_name(parameter.type)
            elif source is Given.QUERY and not _is_single(decorator):
                made.query = _schema_name(decorator) or type_name(parameter.type)
            elif source is Given.PARAMETER:
                made.checked = made.checked or len(decorator.arguments) > 1 or _is_uuid(parameter)
        made.arguments.append(value_of(source))
        made.formulas.append(_formula(source, member))
    return made


def _operation(
    program: Program,
    tables: Mapping[str, Table],
    controller: Class,
    handler: Function,
    verb: str,
    path: str,
    guards_everywhere: bool,
    marks_guards: bool,
) -> Operation:
    brought = _brought(controller, handler)
    decorators = _originals(controller.module, (*controller.decorators, *handler.decorators))
    marks = tuple(mark for mark in decorators if not _RATE_LIMIT.search(mark.name))
    demands = _demands(program, controller, marks)
    guards = [d for d in marks if _sets_guard(program, controller, d, demands)]
    is_open = any(d.name in _OPEN_MARKS for d in marks)
    roles = list(brought.roles)
    for mark in marks:
        if mark.name not in _UNRELATED and not _ROUTE.match(mark.name) and not _is_api(mark):
            roles += [mark.name, *_words(mark)]
    asks = brought.acts and not marks_guards
    guarded = not is_open and (bool(guards) or guards_everywhere or asks)
    returned = handler.returns.text.lstrip(": ") if handler.returns is not None else ""
    return Operation(
        method=verb,
        path=path,
        handler=f"{controller.name}.{handler.name}",
        file=handler.file,
        line=handler.line,
        guarded=guarded,
        roles=tuple(roles),
        body=brought.body,
        query=brought.query,
        response=_response(program, controller, handler, marks),
        returns_nothing=re.fullmatch(r"(Promise<)?\s*(void|undefined|null)\s*>?", returned)
        is not None,
        doc=handler.doc,
        documented=_documented(handler, marks),
        success=_success(marks, verb),
        path_parameters_checked=brought.checked,
        behaviour=with_traced(
            read_behaviour(program, tables, handler, brought.arguments),
            Reader(program, tables).trace(handler, controller, brought.formulas),
        ),
    )


def _member_asked(decorator: Decorator) -> str:
    """Return the member of `@Param("id")`, `@CurrentUser("id")`; empty for the whole."""
    return (string_value(decorator.arguments[0]) or "") if decorator.arguments else ""


def _formula(source: Given, member: str) -> Term:
    kind = _FORMULAS.get(source)
    return terms.Given(kind, member) if kind is not None else terms.Unknown("", 0, source.value)


def _response(
    program: Program, controller: Class, handler: Function, marks: tuple[Decorator, ...]
) -> str:
    """Return the type of the answer: as declared, as documented, or as what is called declares."""
    if handler.returns is not None:
        return type_name(handler.returns)
    for mark in marks:
        if mark.name in ("ApiOkResponse", "ApiCreatedResponse", "ApiResponse"):
            for argument in mark.arguments:
                for pair in unwrap(argument).all("pair"):
                    key, value = pair.get("key"), pair.get("value")
                    if key is not None and value is not None and key.text == "type":
                        return value.text.strip("[] ").removeprefix("() => ")
    returned = [n for n in handler.body.children if n.type == "return_statement"]
    call = unwrap(returned[-1].children[0]) if returned and returned[-1].children else None
    callee = call.get("function") if call is not None else None
    if callee is None:
        return ""
    found = Callees(program).function(callee, Frame(controller.module, controller))
    return type_name(found.returns) if found is not None else ""


def _sets_guard(program: Program, controller: Class, mark: Decorator, demands: bool) -> bool:
    """Whether a decorator is `@UseGuards`, or one of the project's own that contains it.

    A guard that lets callers without a token in keeps nobody out, unless the handler's metadata
    (`demands`) say whom it is for.
    """
    if mark.name == "UseGuards":
        names = [a.text for a in mark.arguments if not _RATE_LIMIT.search(a.text)]
        return demands or not all(_lets_in(program, controller.module, name) for name in names)
    found = program.resolve(controller.module, mark.name)
    if not isinstance(found, Function) or "UseGuards(" not in found.body.text:
        return False
    if "SetMetadata(" in found.body.text or demands:
        return True
    names = re.findall(r"UseGuards\(([^)]*)\)", found.body.text)
    listed = [name.strip() for text in names for name in text.split(",")]
    return not all(_lets_in(program, found.module, name) for name in listed)


def _demands(program: Program, controller: Class, marks: Iterable[Decorator]) -> bool:
    """Whether a decorator of the project's own writes metadata for guards."""
    for mark in marks:
        found = program.resolve(controller.module, mark.name)
        text = found.body.text if isinstance(found, Function) else ""
        holder = controller.module.constants.get(mark.name)
        text += holder.text if holder is not None else ""
        if mark.name == "SetMetadata" or "SetMetadata(" in text:
            return True
    return False


def _lets_in(program: Program, module: Module, name: str) -> bool:
    """Whether a guard accepts requests that bring no token."""
    if _OPTIONAL_GUARD.search(name):
        return True
    found = program.resolve(module, name)
    method = program.method(found, "canActivate") if isinstance(found, Class) else None
    for node in walk(method.body) if method is not None else ():
        condition = node.get("condition") if node.type == "if_statement" else None
        consequence = node.get("consequence")
        if condition is None or consequence is None:
            continue
        accepts = re.search(r"\breturn\s+true\b", consequence.text)
        if accepts and _NO_TOKEN.search(condition.text):
            return True
    return False


def _words(decorator: Decorator) -> list[str]:
    found: list[str] = []
    for argument in decorator.arguments:
        node = unwrap(argument)
        nodes = node.children if node.type in ("array", "object") else [node]
        found += [string_value(n) or n.text for n in nodes]
    return found


def _is_single(decorator: Decorator) -> bool:
    """Whether `@Query("page")` takes one member only."""
    return bool(decorator.arguments) and string_value(decorator.arguments[0]) is not None


def _schema_name(decorator: Decorator) -> str:
    """Return the schema of `@Body({ schema: TodoCreate })` or of a pipe's argument."""
    for argument in decorator.arguments:
        node = unwrap(argument)
        for pair in node.all("pair"):
            key, value = pair.get("key"), pair.get("value")
            if key is not None and key.text == "schema" and value is not None:
                return value.text if value.type == "identifier" else ""
        if node.type == "new_expression":
            given = node.get("arguments")
            if given is not None and given.children and given.children[0].type == "identifier":
                return given.children[0].text
    return ""


def _is_uuid(parameter: Parameter) -> bool:
    return parameter.type is not None and "uuid" in parameter.type.text.lower()


def _is_api(mark: Decorator) -> bool:
    return mark.name.startswith("Api")


def _documented(handler: Function, marks: tuple[Decorator, ...]) -> frozenset[int]:
    found = {int(status) for status in _JSDOC_STATUS.findall(handler.doc)}
    for mark in marks:
        if mark.name in _STATUS_DECORATORS:
            found.add(_STATUS_DECORATORS[mark.name])
        for argument in mark.arguments:
            for pair in unwrap(argument).all("pair"):
                key, value = pair.get("key"), pair.get("value")
                if key is not None and value is not None and key.text == "status":
                    found |= {int(n) for n in re.findall(r"\b[2-5]\d\d\b", value.text)}
                    member = re.search(r"HttpStatus\.(\w+)", value.text)
                    if member and member[1] in HTTP_STATUSES:
                        found.add(HTTP_STATUSES[member[1]])
            if mark.name == "TypedException" and re.fullmatch(r"[45]\d\d", argument.text):
                found.add(int(argument.text))
    return frozenset(found)


def _success(marks: tuple[Decorator, ...], verb: str) -> int:
    for mark in marks:
        if mark.name == "HttpCode" and mark.arguments:
            return _status(mark.arguments[0])
    return 201 if verb == "POST" else 200


def _status(node: SyntaxNode) -> int:
    text = node.text
    member = re.search(r"HttpStatus\.(\w+)", text)
    if member:
        return HTTP_STATUSES.get(member[1], 200)
    return int(text) if text.isdigit() else 200
