"""Find the client functions: functions that name a method and a path and call them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.project.facts import Client, route_key
from scoring.typescript.modules import Class, Function, Module, Program
from scoring.typescript.syntax import SyntaxNode, string_value, walk

_VERBS = frozenset({"get", "post", "put", "patch", "delete"})
_SDK_PATH = re.compile(r"(^|/)(sdk|client|api)(/|$)|/functional/")
_SERVER_PATH = re.compile(
    r"(^|/)apps/(api|server|backend)/"
    r"|\.(service|module|entity|guard|resolver|repository|schema|strategy|dto|filter|pipe)\.ts$"
)
"""A monorepo's `apps/api` is the server, and so is what Nest calls by these names anywhere."""
_FETCH_METHOD = re.compile(r"^(GET|POST|PUT|PATCH|DELETE)$")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_ERROR_TYPED = re.compile(r"@throws\b|Promise<\s*(?:\w*Result|Either|IPropagation)|\|\s*\w*Error")


def is_sdk_path(path: str) -> bool:
    """Whether a file belongs to the client library."""
    return (
        _SDK_PATH.search(path) is not None
        and "controller" not in path.lower()
        and _SERVER_PATH.search(path) is None
    )


def read_clients(program: Program) -> tuple[Client, ...]:
    """Return every exported function of the client library, with the route it calls."""
    found: list[Client] = []
    for module in program.modules.values():
        if is_sdk_path(module.path):
            for function in _functions(module):
                route = _route(module, function)
                if route is not None:
                    found.append(_client(module, function, route))
    return tuple(sorted(found, key=lambda c: (c.route, c.file, c.line)))


def _functions(module: Module) -> Iterable[Function]:
    yield from (f for f in module.functions.values() if f.exported)
    for owner in module.classes.values():
        yield from (f for f in owner.methods.values() if not f.private)


def _route(module: Module, function: Function) -> str | None:
    """Find method and path in the body, or in nestia's `METADATA` beside the function."""
    found = _route_in(function.body)
    if found is not None or function.owner is not None:
        return found
    beside = module.classes.get(function.name)
    metadata = module.constants.get(f"{function.name}.METADATA")
    if isinstance(beside, Class) and metadata is not None:
        return _route_in(metadata)
    return None


def _route_in(body: SyntaxNode) -> str | None:
    method = path = None
    for node in walk(body):
        if node.type == "pair":
            key, value = node.get("key"), node.get("value")
            if key is None or value is None:
                continue
            text = _path_text(value)
            if key.text == "method" and text is not None and _FETCH_METHOD.match(text):
                method = method or text
            elif key.text in ("path", "url", "template") and text is not None:
                path = path or text
        elif node.type == "call_expression":
            callee, arguments = node.get("function"), node.get("arguments")
            if callee is None or arguments is None or not arguments.children:
                continue
            literals = [string_value(a) for a in arguments.children]
            verb = next((t for t in literals if t and _FETCH_METHOD.match(t)), None)
            texts = [_path_text(a) for a in arguments.children]
            text = next((t for t in texts if t and "/" in t), None) if verb else texts[0]
            method = method or verb
            name = callee.get("property")
            if text is not None and "/" in text:
                path = path or text
                if name is not None and name.text in _VERBS:
                    method = method or name.text.upper()
    if path is None or method is None or "/" not in path:
        return None
    return route_key(method, path[path.index("/") :])


def _path_text(node: SyntaxNode) -> str | None:
    text = string_value(node)
    if text is None and node.type == "template_string":
        text = _PLACEHOLDER.sub("{}", node.text[1:-1])
        text = text.removeprefix("{}")
    return text


def _client(module: Module, function: Function, route: str) -> Client:
    declared = function.returns
    response = re.sub(r"^:\s*", "", declared.text).strip() if declared is not None else ""
    inner = re.match(r"^Promise<(.*)>$", response, re.DOTALL)
    given = [p for p in function.parameters if "onnection" not in " ".join(p.names)]
    error_types = re.search(rf"\b{re.escape(function.name)}\w*Error", module.text, re.IGNORECASE)
    return Client(
        name=function.name,
        module=module.path.rsplit("/", 1)[-1].removesuffix(".ts"),
        route=route,
        parameter_types=tuple(p.type.text.lstrip(": ") if p.type else "" for p in given),
        response=inner[1].strip() if inner else response,
        doc=function.doc,
        errors_typed=bool(_ERROR_TYPED.search(function.doc + response)) or error_types is not None,
        file=function.file,
        line=function.line,
    )
