"""What the literals of a schema say: options, names, defaults, the values of an enumeration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scoring.project.shapes import enumerated
from scoring.typescript.declarations import Scope
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap, walk

SCALARS = {
    "string": "String", "varchar": "String", "char": "String", "character varying": "String",
    "text": "String", "mediumtext": "String", "longtext": "String", "tinytext": "String",
    "nvarchar": "String", "citext": "String", "uuid": "String", "inet": "String",
    "objectid": "String", "number": "Int", "int": "Int", "integer": "Int", "int2": "Int",
    "int4": "Int", "smallint": "Int", "mediumint": "Int", "tinyint": "Int", "serial": "Int",
    "bigint": "BigInt", "int8": "BigInt", "bigserial": "BigInt", "decimal": "Decimal",
    "numeric": "Decimal", "money": "Decimal", "decimal128": "Decimal", "float": "Float",
    "double": "Float", "double precision": "Float", "real": "Float", "boolean": "Boolean",
    "bool": "Boolean", "date": "DateTime", "datetime": "DateTime", "time": "DateTime",
    "timestamp": "DateTime", "timestamptz": "DateTime", "timestamp with time zone": "DateTime",
    "timestamp without time zone": "DateTime", "json": "Json", "jsonb": "Json",
    "simple-json": "Json", "object": "Json", "mixed": "Json", "map": "Json", "blob": "Bytes",
    "bytea": "Bytes", "buffer": "Bytes", "simple-array": "String", "array": "String",
}  # fmt: skip
"""Types of SQL, TypeScript and Mongoose → Prisma's scalars."""
DELETE_RULES = {
    "cascade": "Cascade", "set null": "SetNull", "restrict": "Restrict", "no action": "NoAction",
    "set default": "NoAction",
}  # fmt: skip
_FUNCTION = "()"
"""The end of a default that is worked out, as Prisma writes it: `now()`."""


def options_of(nodes: Iterable[SyntaxNode]) -> dict[str, SyntaxNode]:
    """Return the members of all objects among the arguments."""
    found: dict[str, SyntaxNode] = {}
    for node in nodes:
        for pair in unwrap(node).all("pair"):
            key, value = pair.get("key"), pair.get("value")
            if key is not None and value is not None:
                found[string_value(key) or key.text] = unwrap(value)
    return found


def is_true(options: Mapping[str, SyntaxNode], name: str) -> bool:
    """Whether an option is given and not false; `required: [true, "…"]` is one that is true."""
    held = options.get(name)
    if held is None or held.text in ("false", "undefined", "null"):
        return False
    return held.type != "array" or "true" in held.text


def text_of(options: Mapping[str, SyntaxNode], *names: str) -> str | None:
    """Return the first of the options that is a text."""
    return next((t for n in names if (t := string_value(options.get(n))) is not None), None)


def texts_in(node: SyntaxNode | None) -> tuple[str, ...]:
    """Return the texts of `["a", "b"]`, or the members of `(t) => [t.a, t.b]`."""
    if node is None:
        return ()
    node = unwrap(node)
    if node.type == "arrow_function":
        members = [n.get("property") for n in walk(node) if n.type == "member_expression"]
        return tuple(member.text for member in members if member is not None)
    single = string_value(node)
    if single is not None:
        return (single,)
    if node.type != "array":
        return ()
    return tuple(t for child in node.children if (t := string_value(child)) is not None)


def scalar_of(name: str) -> str | None:
    """Return Prisma's scalar for a type's name, `varchar(120)` among them."""
    return SCALARS.get(re.sub(r"\s*\(.*\)|\[\]$", "", name).strip().lower())


def pointed_at(node: SyntaxNode | None) -> str | None:
    """Return the name in `() => User`, `User`, `"User"`, `User.name`."""
    if node is None:
        return None
    node = unwrap(node)
    if node.type == "arrow_function":
        return pointed_at(node.get("body"))
    if node.type == "array" and node.children:
        return pointed_at(node.children[0])
    if node.type == "member_expression" and node.text.endswith(".name"):
        return node.text.removesuffix(".name")
    return string_value(node) or (node.text if node.type == "identifier" else None)


def values_of(node: SyntaxNode | None, scope: Scope, depth: int = 0) -> tuple[str, ...]:
    """Return the values of an enumeration, of an array, or of a constant that holds either."""
    if node is None or depth > 4:
        return ()
    node = unwrap(node)
    if node.type == "arrow_function":
        return values_of(node.get("body"), scope, depth + 1)
    if node.type == "array":
        found = [string_value(c) or _member_value(c, scope) for c in node.children]
        return tuple(text for text in found if text is not None)
    if node.type == "object":
        held = [string_value(pair.get("value")) for pair in node.all("pair")]
        return tuple(text for text in held if text is not None)
    if node.type == "call_expression":  # Object.values(Priority)
        given = node.get("arguments")
        first = given.children[0] if given is not None and given.children else None
        return values_of(first, scope, depth + 1)
    declared = scope.type(node.text)
    if declared is not None and declared.node.type == "enum_declaration":
        return enumerated(declared.node)
    constant = scope.constant(node.text)
    return values_of(constant.node, constant.scope, depth + 1) if constant is not None else ()


def _member_value(node: SyntaxNode, scope: Scope) -> str | None:
    """Return the value of `Priority.NORMAL`."""
    if node.type != "member_expression":
        return None
    target, name = node.get("object"), node.get("property")
    if target is None or name is None:
        return None
    declared = scope.type(target.text)
    body = declared.node.get("body") if declared is not None else None
    for member in body.children if body is not None else ():
        label, value = member.get("name"), member.get("value")
        if member.type == "enum_assignment" and label is not None and label.text == name.text:
            return string_value(value)
    constant = scope.constant(target.text)
    held = options_of([constant.node]) if constant is not None else {}
    return string_value(held.get(name.text)) or (name.text if declared is not None else None)


def default_of(node: SyntaxNode | None, scope: Scope) -> str | None:
    """Return a default as Prisma writes it: `normal`, `false`, `now()`; None if there is none."""
    if node is None:
        return None
    node = unwrap(node)
    text = string_value(node)
    if text is not None:
        return text.strip("'")
    if node.type == "arrow_function":
        body = node.get("body")
        inner = string_value(body)
        return inner.strip("'") if inner is not None else _FUNCTION
    if node.type in ("null", "undefined"):
        return None
    if node.type in ("true", "false", "number"):
        return node.text
    if node.type == "member_expression":
        return _member_value(node, scope) or (
            "now()" if node.text == "Date.now" else f"{node.text}()"
        )
    if node.type == "identifier":
        held = scope.constant(node.text)
        return default_of(held.node, held.scope) if held is not None else _FUNCTION
    return "now()" if "Date" in node.text else _FUNCTION
