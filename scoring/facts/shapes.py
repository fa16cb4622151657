"""Read DTOs: interfaces, type aliases, zod schemas, classes with class-validator decorators.

One `Shape` per named object type. typia's tags (`string & tags.MaxLength<9>`) count as bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from scoring.facts.project import Property, Shape
from scoring.facts.syntax import Node, string_value, unwrap
from scoring.facts.typescript import Class, Module

_ZOD_BASES = {
    "string": "string", "email": "string", "uuid": "string", "url": "string", "datetime": "string",
    "date": "string", "guid": "string", "number": "number", "int": "integer", "int32": "integer",
    "boolean": "boolean", "stringbool": "boolean", "array": "array", "object": "object",
    "strictObject": "object", "looseObject": "object", "record": "object", "any": "any",
    "unknown": "any", "null": "null", "bigint": "integer", "void": "null", "undefined": "null",
    "cuid": "string", "ulid": "string", "iso": "string",
}  # fmt: skip
_ZOD_FORMATS = {
    "email": "email", "uuid": "uuid", "guid": "uuid", "datetime": "date-time", "date": "date",
    "url": "uri",
}  # fmt: skip
_TAG = re.compile(r"(?:tags\.)?(\w+)<\s*\"?([^\">]*)\"?\s*>")
_TAG_BOUNDS = {
    "MinLength": "minimum", "MaxLength": "maximum", "Minimum": "minimum", "Maximum": "maximum",
}  # fmt: skip
_DECORATOR_BOUNDS = {
    "MinLength": "minimum", "MaxLength": "maximum", "Min": "minimum", "Max": "maximum",
}  # fmt: skip
_DECORATOR_TYPES = {"IsInt": "integer", "IsEmail": "string", "IsUUID": "string"}


def read_shapes(modules: Iterable[Module]) -> dict[str, Shape]:
    """Read every named object type; a name that occurs twice keeps the richer shape.

    A zod schema and the type inferred from it share one name and one shape.
    """
    found: dict[str, Shape] = {}
    for module in modules:
        for shape in _module_shapes(module):
            held = found.get(shape.name)
            if held is None or len(shape.properties) > len(held.properties):
                found[shape.name] = shape
    return found


def _module_shapes(module: Module) -> Iterable[Shape]:
    for name, node in module.constants.items():
        if "z." in node.text or "Schema" in name or "." in node.text:
            properties = _zod_object(node, module, 0)
            if properties is not None:
                yield Shape(name, properties, module.docs.get(name, ""), module.path, node.line)
    for name, node in module.types.items():
        properties = _type_members(node, module)
        if properties:
            yield Shape(name, properties, module.docs.get(name, ""), module.path, node.line)
    for name, found in module.classes.items():
        properties = _class_members(found)
        if properties:
            yield Shape(name, properties, found.doc, module.path, found.node.line)


def type_name(node: Node | None) -> str:
    """Return the name of the DTO in an annotation, without `Promise`, arrays and `null`."""
    if node is None:
        return ""
    text = node.text.lstrip(": ").strip()
    while True:
        inner = re.match(r"^(?:Promise|Readonly|Observable|Partial|Array)<(.*)>$", text, re.DOTALL)
        if inner is None:
            break
        text = inner[1].strip()
    parts = [part.strip() for part in text.split("|")]
    kept = [part for part in parts if part not in ("null", "undefined")]
    return kept[0].removesuffix("[]") if len(kept) == 1 else text


def _zod_object(node: Node, module: Module, depth: int) -> tuple[Property, ...] | None:
    """Return the members of a zod object expression, None if it is none."""
    node = unwrap(node)
    if depth > 6:
        return None
    if node.type == "identifier":
        held = module.constants.get(node.text)
        return _zod_object(held, module, depth + 1) if held is not None else None
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
    if name in ("object", "strictObject", "looseObject") and literal is not None:
        return _zod_members(literal, module, depth)
    base = _zod_object(target, module, depth + 1)
    if base is None:
        return None
    if name in ("extend", "merge", "safeExtend"):
        added = _zod_members(literal, module, depth) if literal is not None else None
        if added is None and arguments.children:
            added = _zod_object(arguments.children[0], module, depth + 1)
        names = {p.name for p in added or ()}
        return (*(p for p in base if p.name not in names), *(added or ()))
    if name == "partial":
        return tuple(replace(p, optional=True) for p in base)
    if name in ("omit", "pick") and literal is not None:
        keys = {_key(pair) for pair in literal.all("pair")}
        return tuple(p for p in base if (p.name in keys) == (name == "pick"))
    return base


def _zod_members(literal: Node, module: Module, depth: int) -> tuple[Property, ...]:
    found: list[Property] = []
    for child in literal.children:
        if child.type == "pair":
            value = child.get("value")
            if value is not None:
                found.append(_zod_property(_key(child), value, module, depth))
        elif child.type == "shorthand_property_identifier":
            found.append(_zod_property(child.text, child, module, depth))
        elif child.type == "spread_element" and child.children:
            inner = unwrap(child.children[0])
            if inner.type == "member_expression" and inner.get("object") is not None:
                inner = inner.fields["object"]
            found += _zod_object(inner, module, depth + 1) or ()
    return tuple(found)


def _key(pair: Node) -> str:
    key = pair.get("key")
    return (string_value(key) or key.text) if key is not None else ""


def _zod_property(name: str, node: Node, module: Module, depth: int) -> Property:
    """Read `z.string().min(1).optional()` and its like."""
    line = node.line
    made = Property(name, "unknown", line=line)
    steps: list[tuple[str, list[Node]]] = []
    current = unwrap(node)
    while current.type in ("call_expression", "member_expression"):
        if current.type == "call_expression":
            callee, arguments = current.get("function"), current.get("arguments")
            if callee is None:
                break
            given = arguments.children if arguments is not None else []
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
        held = module.constants.get(current.text)
        if held is not None and depth < 6 and _zod_object(held, module, 0) is None:
            made = replace(_zod_property(name, held, module, depth + 1), line=line)
        else:
            made = replace(made, type="ref", reference=current.text)
    for label, given in reversed(steps):
        made = _zod_step(made, label, given, module, depth)
    return made


def _zod_step(
    made: Property, label: str, given: list[Node], module: Module, depth: int
) -> Property:
    if label in _ZOD_BASES and made.type in ("unknown", "string", "number"):
        kind = _ZOD_BASES[label]
        kind = "integer" if label in ("int", "int32") else kind
        made = replace(made, type=kind, format=_ZOD_FORMATS.get(label, made.format))
        if kind == "array" and given:
            item = _zod_property("", given[0], module, depth + 1)
            made = replace(made, reference=item.reference or item.type)
        return made
    if label == "int":
        return replace(made, type="integer")
    if label in ("enum", "nativeEnum", "literal"):
        values = tuple(_literals(given[0], module)) if given else ()
        return replace(made, type="string", values=values)
    if label in ("union", "discriminatedUnion", "lazy"):
        return replace(made, type="union")
    if label in ("min", "gte", "nonempty", "length"):
        made = replace(made, minimum=_number(given, module, 1.0))
    if label in ("max", "lte", "length"):
        made = replace(made, maximum=_number(given, module, None))
    if label in ("optional", "nullish", "default", "prefault", "catch"):
        made = replace(made, optional=True)
    if label in ("nullable", "nullish"):
        made = replace(made, nullable=True)
    if label in ("default", "prefault", "catch") and given:
        made = replace(made, default=string_value(given[0]) or given[0].text)
    return made


def _literals(node: Node, module: Module) -> Iterable[str]:
    node = unwrap(node)
    if node.type == "identifier" and node.text in module.constants:
        node = unwrap(module.constants[node.text])
    text = string_value(node)
    if text is not None:
        yield text
    for child in node.children if node.type in ("array", "object") else ():
        held = child.get("value") if child.type == "pair" else child
        value = string_value(held)
        if value is not None:
            yield value


def _number(given: list[Node], module: Module, fallback: float | None) -> float | None:
    if not given:
        return fallback
    node = unwrap(given[0])
    if node.type == "identifier" and node.text in module.constants:
        node = unwrap(module.constants[node.text])
    try:
        return float(node.text.replace("_", ""))
    except ValueError:
        return None


def _type_members(node: Node, module: Module) -> tuple[Property, ...]:
    body = node.get("body") or node.get("value")
    if body is None or node.type == "enum_declaration":
        return ()
    found: list[Property] = []
    for part in [body, *body.children] if body.type == "intersection_type" else [body]:
        if part.type in ("interface_body", "object_type"):
            found += object_type(part)
    heritage = node.child("extends_type_clause")
    for base in heritage.children if heritage is not None else ():
        held = module.types.get(base.text)
        if held is not None and held is not node:
            names = {p.name for p in found}
            found += [p for p in _type_members(held, module) if p.name not in names]
    return tuple(found)


def object_type(node: Node) -> list[Property]:
    """Read the members of `{ a: string; b?: number }`."""
    found: list[Property] = []
    for member in node.all("property_signature"):
        name = member.get("name")
        if name is not None:
            optional = re.match(r"(?:readonly\s+)?[\w\"']+\?", member.text) is not None
            label = string_value(name) or name.text
            found.append(typed_property(label, member.get("type"), optional, member.line))
    return found


def typed_property(name: str, annotation: Node | None, optional: bool, line: int) -> Property:
    """Read a member from its TypeScript type as written."""
    text = annotation.text.lstrip(":").strip() if annotation is not None else "any"
    made = Property(name, "unknown", optional=optional, line=line)
    for tag, value in _TAG.findall(text):
        if tag in _TAG_BOUNDS and re.fullmatch(r"-?\d+(\.\d+)?", value):
            made = replace(made, **{_TAG_BOUNDS[tag]: float(value)})
        elif tag == "Format":
            made = replace(made, format=value)
        elif tag == "Type" and "int" in value:
            made = replace(made, type="integer")
    parts = [part.strip() for part in _split_union(text)]
    if "null" in parts:
        made = replace(made, nullable=True)
    if "undefined" in parts:
        made = replace(made, optional=True)
    kept = [part.strip("() ") for part in parts if part not in ("null", "undefined", "")]
    values = tuple(part[1:-1] for part in kept if part[:1] in "\"'")
    if values and len(values) == len(kept):
        return replace(made, type="string", values=values)
    if len(kept) != 1:
        return replace(made, type="union")
    return _scalar(made, kept[0])


def _scalar(made: Property, text: str) -> Property:
    first = re.split(r"\s*&", text)[0].strip("() ")
    array = re.match(r"^(?:Array<(.*)>|(.*)\[\])$", first, re.DOTALL)
    if array:
        return replace(made, type="array", reference=(array[1] or array[2] or "").strip())
    if first in ("string", "Date"):
        return replace(made, type="string", format=made.format or ("date-time" * (first == "Date")))
    if first in ("number", "bigint"):
        return replace(made, type="integer" if made.type == "integer" else "number")
    if first in ("boolean", "true", "false"):
        return replace(made, type="boolean")
    if first in ("any", "unknown"):
        return replace(made, type="any")
    if first.startswith("{"):
        return replace(made, type="object")
    return replace(made, type="ref", reference=first)


def _split_union(text: str) -> list[str]:
    parts, depth, start = list[str](), 0, 0
    for index, char in enumerate(text):
        depth += {"<": 1, "{": 1, "(": 1, "[": 1, ">": -1, "}": -1, ")": -1, "]": -1}.get(char, 0)
        if char == "|" and depth <= 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _class_members(found: Class) -> tuple[Property, ...]:
    body = found.node.get("body")
    if body is None or found.node.type not in ("class_declaration", "abstract_class_declaration"):
        return ()
    members: list[Property] = []
    pending: list[Node] = []
    for member in body.children:
        if member.type == "decorator":
            pending.append(member)
            continue
        name = member.get("name")
        if member.type == "public_field_definition" and name is not None:
            decorators = [*pending, *member.all("decorator")]
            if member.get("value") is None or decorators:
                optional = re.search(rf"\b{re.escape(name.text)}\?", member.text) is not None
                made = typed_property(name.text, member.get("type"), optional, member.line)
                members.append(_decorated(made, decorators))
        pending = []
    return tuple(members)


def _decorated(made: Property, decorators: list[Node]) -> Property:
    for node in decorators:
        match = re.match(r"@(\w+)(?:\((.*)\))?$", node.text, re.DOTALL)
        if match is None:
            continue
        name, given = match[1], (match[2] or "")
        numbers = [float(n) for n in re.findall(r"-?\d+", given)]
        if name in _DECORATOR_BOUNDS and numbers:
            made = replace(made, **{_DECORATOR_BOUNDS[name]: numbers[0]})
        elif name == "Length" and numbers:
            made = replace(made, minimum=numbers[0], maximum=numbers[1] if numbers[1:] else None)
        elif name == "IsOptional":
            made = replace(made, optional=True)
        elif name in ("IsIn", "IsEnum"):
            made = replace(made, values=tuple(re.findall(r"[\"'](\w+)[\"']", given)) or made.values)
        elif name in _DECORATOR_TYPES:
            made = replace(made, type=_DECORATOR_TYPES[name])
            made = replace(made, format="email" if name == "IsEmail" else made.format)
    return made
