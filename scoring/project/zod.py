"""Read zod schemas: objects, their members, what `extend`, `pick`, `partial` and spreads make."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from scoring.project.facts import Property
from scoring.regex import pattern_lengths
from scoring.typescript.declarations import Scope
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap

_DEPTH_MAX = 6
"""How far constants, bases and spreads are followed."""
_ZOD_BASES = {
    "string": "string", "email": "string", "uuid": "string", "url": "string", "datetime": "string",
    "date": "string", "guid": "string", "number": "number", "int": "integer", "int32": "integer",
    "boolean": "boolean", "stringbool": "boolean", "array": "array", "object": "object",
    "strictObject": "object", "looseObject": "object", "record": "object", "any": "any",
    "unknown": "any", "null": "null", "bigint": "integer", "void": "null", "undefined": "null",
    "cuid": "string", "ulid": "string", "iso": "string",
}  # fmt: skip
_REGEX = re.compile(r"/(.+)/[a-z]*$", re.DOTALL)
_OBJECTS = frozenset({"object", "strictObject", "looseObject"})
_ZOD_FORMATS = {
    "email": "email", "uuid": "uuid", "guid": "uuid", "datetime": "date-time", "date": "date",
    "url": "uri",
}  # fmt: skip


def zod_object(node: SyntaxNode, scope: Scope, depth: int) -> tuple[Property, ...] | None:
    """Return the members of a zod object expression, None if it is none; `depth` bounds the way."""
    node = unwrap(node)
    if depth > _DEPTH_MAX:
        return None
    if node.type == "identifier":
        held = scope.constant(node.text)
        return zod_object(held.node, held.scope, depth + 1) if held is not None else None
    if node.type != "call_expression":
        return None
    callee, arguments = node.get("function"), node.get("arguments")
    if callee is None or callee.type != "member_expression" or arguments is None:
        return None
    target, name_node = callee.get("object"), callee.get("property")
    if target is None or name_node is None:
        return None
    name = name_node.text
    literal = next((c for c in arguments.children if c.type == "object"), None)
    if name in _OBJECTS and literal is not None:
        return _zod_members(literal, scope, depth)
    base = zod_object(target, scope, depth + 1)
    if base is None:
        return None
    if name in ("extend", "merge", "safeExtend"):
        added = _zod_members(literal, scope, depth) if literal is not None else None
        if added is None and arguments.children:
            added = zod_object(arguments.children[0], scope, depth + 1)
        names = {p.name for p in added or ()}
        return (*(p for p in base if p.name not in names), *(added or ()))
    if name == "partial":
        return tuple(replace(p, optional=True) for p in base)
    if name in ("omit", "pick") and literal is not None:
        keys = {_key(pair) for pair in literal.all("pair")}
        return tuple(p for p in base if (p.name in keys) == (name == "pick"))
    return base


def _is_object(node: SyntaxNode, scope: Scope, depth: int = 0) -> bool:
    """Whether a zod expression is an object, without reading its members."""
    node = unwrap(node)
    if depth > _DEPTH_MAX:
        return False
    if node.type == "identifier":
        held = scope.constant(node.text)
        return held is not None and _is_object(held.node, held.scope, depth + 1)
    callee, arguments = node.get("function"), node.get("arguments")
    if callee is None or callee.type != "member_expression" or arguments is None:
        return False
    target, name = callee.get("object"), callee.get("property")
    if target is None or name is None:
        return False
    makes_object = name.text in _OBJECTS and any(c.type == "object" for c in arguments.children)
    return makes_object or _is_object(target, scope, depth + 1)


def _zod_members(literal: SyntaxNode, scope: Scope, depth: int) -> tuple[Property, ...]:
    found: list[Property] = []
    for child in literal.children:
        if child.type == "pair":
            value = child.get("value")
            if value is not None:
                found.append(zod_property(_key(child), value, scope, depth))
        elif child.type == "shorthand_property_identifier":
            found.append(zod_property(child.text, child, scope, depth))
        elif child.type == "spread_element" and child.children:
            inner = unwrap(child.children[0])
            if inner.type == "member_expression" and inner.get("object") is not None:
                inner = inner.fields["object"]
            held = scope.constant(inner.text)
            if held is not None and held.node.type == "object" and depth < _DEPTH_MAX:
                found += _zod_members(held.node, held.scope, depth + 1)
            else:
                found += zod_object(inner, scope, depth + 1) or ()
    return tuple(found)


def _key(pair: SyntaxNode) -> str:
    key = pair.get("key")
    return (string_value(key) or key.text) if key is not None else ""


def zod_property(name: str, node: SyntaxNode, scope: Scope, depth: int) -> Property:
    """Read `z.string().min(1).optional()` and its like; constants are looked up."""
    line = node.line
    made = Property(name, "unknown", line=line)
    steps: list[tuple[str, Sequence[SyntaxNode]]] = []
    current = unwrap(node)
    while current.type in ("call_expression", "member_expression"):
        if current.type == "call_expression":
            callee, arguments = current.get("function"), current.get("arguments")
            if callee is None:
                break
            given = arguments.children if arguments is not None else ()
            if callee.type == "member_expression":
                label = callee.get("property")
                steps.append((label.text if label is not None else "", given))
                target = callee.get("object")
                current = unwrap(target) if target is not None else callee
            else:
                break
        else:
            label, target = current.get("property"), current.get("object")
            steps.append((label.text if label is not None else "", []))
            if target is None:
                break
            current = unwrap(target)
    if current.type in ("identifier", "shorthand_property_identifier") and current.text != "z":
        held = scope.constant(current.text)
        if held is not None and depth < _DEPTH_MAX and not _is_object(held.node, held.scope):
            made = replace(zod_property(name, held.node, held.scope, depth + 1), line=line)
        else:
            made = replace(made, type="ref", reference=current.text)
    for label, given in reversed(steps):
        made = _zod_step(made, label, given, scope, depth)
    return made


def _zod_step(
    made: Property, label: str, given: Sequence[SyntaxNode], scope: Scope, depth: int
) -> Property:
    if label in _ZOD_BASES and made.type in ("unknown", "string", "number"):
        kind = _ZOD_BASES[label]
        kind = "integer" if label in ("int", "int32") else kind
        made = replace(made, type=kind, format=_ZOD_FORMATS.get(label, made.format))
        if kind == "array" and given:
            item = zod_property("", given[0], scope, depth + 1)
            made = replace(made, reference=item.reference or item.type)
        return made
    if label == "int":
        return replace(made, type="integer")
    if label in ("enum", "nativeEnum", "literal"):
        values = tuple(_literals(given[0], scope)) if given else ()
        return replace(made, type="string", values=values)
    if label in ("union", "discriminatedUnion", "lazy"):
        return replace(made, type="union")
    if label in ("min", "gte", "nonempty", "length"):
        made = replace(made, minimum=_number(given, scope, 1.0))
    if label in ("max", "lte", "length"):
        made = replace(made, maximum=_number(given, scope, None))
    if label == "regex" and given and made.minimum is None and made.maximum is None:
        least, most = pattern_lengths(_expression(given[0], scope)) or (None, None)
        made = replace(made, minimum=least, maximum=most)
    if label in ("optional", "nullish", "default", "prefault", "catch"):
        made = replace(made, optional=True)
    if label in ("nullable", "nullish"):
        made = replace(made, nullable=True)
    if label in ("default", "prefault", "catch") and given:
        made = replace(made, default=string_value(given[0]) or given[0].text)
    return made


def _literals(node: SyntaxNode, scope: Scope) -> Iterable[str]:
    node = unwrap(node)
    held = scope.constant(node.text) if node.type == "identifier" else None
    if held is not None:
        node = unwrap(held.node)
    text = string_value(node)
    if text is not None:
        yield text
    for child in node.children if node.type in ("array", "object") else ():
        held = child.get("value") if child.type == "pair" else child
        value = string_value(held)
        if value is not None:
            yield value


def _expression(node: SyntaxNode, scope: Scope) -> str:
    """Return the source of a regular expression, empty if it is none that is written down."""
    node = unwrap(node)
    held = scope.constant(node.text) if node.type == "identifier" else None
    text = unwrap(held.node).text if held is not None else node.text
    found = _REGEX.match(text)
    return found[1] if found is not None else ""


def _number(given: Sequence[SyntaxNode], scope: Scope, fallback: float | None) -> float | None:
    if not given:
        return fallback
    node = unwrap(given[0])
    held = scope.constant(node.text) if node.type == "identifier" else None
    if held is not None:
        node = unwrap(held.node)
    try:
        return float(node.text.replace("_", ""))
    except ValueError:
        return None
