"""Read DTOs: interfaces, type aliases, zod schemas, classes with class-validator decorators.

One `Shape` per named object type. typia's tags (`string & tags.MaxLength<9>`) count as bounds;
`Partial`, `Pick`, `Omit` and what Nest calls mapped types are applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from scoring.project.facts import Property, Shape
from scoring.project.zod import zod_object
from scoring.regex import pattern_lengths
from scoring.typescript.declarations import Declarations, Declared, Scope
from scoring.typescript.modules import Module
from scoring.typescript.syntax import SyntaxNode, string_value, walk

_TAG = re.compile(r"(?:tags\.)?(\w+)<\s*\"?([^\">]*)\"?\s*>")
_TAG_BOUNDS = {
    "MinLength": "minimum", "MaxLength": "maximum", "Minimum": "minimum", "Maximum": "maximum",
}  # fmt: skip
_DECORATOR_BOUNDS = {
    "MinLength": "minimum", "MaxLength": "maximum", "Min": "minimum", "Max": "maximum",
}  # fmt: skip
_DECORATOR_TYPES = {"IsInt": "integer", "IsEmail": "string", "IsUUID": "string"}
_WRAPPERS = re.compile(
    r"^(?:Promise|Readonly|Observable|Partial|Array|TypedResponse|Awaited)<(.*)>$", re.DOTALL
)
_MAPPED = frozenset({"Partial", "Required", "Readonly", "Pick", "Omit"})
_MAPPED_CLASS = frozenset({"PartialType", "PickType", "OmitType", "IntersectionType"})
_HIDDEN = re.compile(r"^@Exclude\(|\bselect: false\b|\bhidden: true\b")
"""Members that a class has and its answers don't show."""
_DEPTH_MAX = 6
"""How far bases and aliases are followed."""
_TYPE_MAX_CHARACTERS = 4_000
"""A member's type that is longer says nothing; hand-written ones stay under 300."""


def read_shapes(
    modules: Iterable[Module], declarations: Declarations | None = None
) -> dict[str, Shape]:
    """Read every named object type; a name that occurs twice keeps the richer shape.

    A zod schema and the type inferred from it share one name and one shape. Names of other modules
    are looked up in `declarations`, by default those of `modules`.
    """
    listed = list(modules)
    known = declarations if declarations is not None else Declarations(listed)
    found: dict[str, Shape] = {}
    for module in listed:
        for shape in _module_shapes(module, known):
            held = found.get(shape.name)
            if held is None or len(shape.properties) > len(held.properties):
                found[shape.name] = shape
    return found


def _module_shapes(module: Module, known: Declarations) -> Iterable[Shape]:
    for name, node in module.constants.items():
        if "z." in node.text or "Schema" in name or "." in node.text:
            properties = zod_object(node, Scope(known, module), 0)
            if properties is not None:
                yield Shape(name, properties, module.docs.get(name, ""), module.path, node.line)
    for name, node in module.types.items():
        properties = type_members(node, Scope(known, module, name.rpartition(".")[0] or name), 0)
        if properties:
            doc = module.docs.get(name, "")
            yield Shape(name, properties, doc, module.path, node.line, _parameters(node))
    for name, found in module.classes.items():
        if "class" in found.node.type:
            properties = type_members(found.node, Scope(known, module), 0)
            if properties:
                line = found.node.line
                yield Shape(name, properties, found.doc, module.path, line, _parameters(found.node))


def type_name(node: SyntaxNode | None) -> str:
    """Return the name of the DTO in an annotation, without `Promise`, arrays and `null`."""
    if node is None:
        return ""
    text = node.text.lstrip(": ").strip()
    while (inner := _WRAPPERS.match(text)) is not None:
        text = inner[1].strip()
    parts = [part.strip() for part in text.split("|")]
    kept = [part for part in parts if part not in ("null", "undefined")]
    return kept[0].removesuffix("[]") if len(kept) == 1 else text


def _parameters(node: SyntaxNode) -> tuple[str, ...]:
    """Return the names of the type parameters in `interface Page<T>`."""
    given = node.get("type_parameters")
    listed = given.all("type_parameter") if given is not None else []
    return tuple(name.text for one in listed if (name := one.get("name")) is not None)


def type_members(node: SyntaxNode, scope: Scope, depth: int) -> tuple[Property, ...]:
    """Return the members of a declared type or of a type expression, bases and aliases followed."""
    if depth > _DEPTH_MAX:
        return ()
    match node.type:
        case "interface_declaration":
            body = node.get("body")
            found = object_type(body, scope) if body is not None else []
            heritage = node.child("extends_type_clause")
            for base in heritage.children if heritage is not None else ():
                found = _with_base(found, type_members(base, scope, depth + 1))
            return tuple(found)
        case "type_alias_declaration":
            value = node.get("value")
            return type_members(value, scope, depth + 1) if value is not None else ()
        case "class_declaration" | "abstract_class_declaration" | "class":
            return _class_members(node, scope, depth)
        case "object_type" | "interface_body":
            return tuple(object_type(node, scope))
        case "intersection_type":
            found = []
            for part in node.children:
                found = _with_base(found, type_members(part, scope, depth + 1))
            return tuple(found)
        case "parenthesized_type":
            return type_members(node.children[0], scope, depth + 1) if node.children else ()
        case "generic_type":
            return _generic_members(node, scope, depth)
        case "type_identifier" | "nested_type_identifier" | "identifier" | "member_expression":
            declared = scope.type(node.text)
            return _declared_members(declared, scope, depth + 1) if declared is not None else ()
        case _:
            return ()


def _declared_members(declared: Declared, scope: Scope, depth: int) -> tuple[Property, ...]:
    """Read a declared type once for each depth: types that double at each step stay cheap."""
    known, key = scope.declarations.members, (id(declared.node), depth)
    if key not in known:
        known[key] = type_members(declared.node, scope.within(declared), depth)
    return known[key]


def _with_base(found: Sequence[Property], base: Sequence[Property]) -> list[Property]:
    names = {p.name for p in found}
    return [*found, *(p for p in base if p.name not in names)]


def _generic_members(node: SyntaxNode, scope: Scope, depth: int) -> tuple[Property, ...]:
    """Read `Partial<T>` and its like, and generic types with arguments."""
    name, given = node.get("name"), node.child("type_arguments")
    if name is None or given is None or not given.children:
        return ()
    first, *rest = given.children
    if name.text not in _MAPPED:
        declared = scope.type(name.text)
        if declared is None:
            return ()
        members = _declared_members(declared, scope, depth + 1)
        parameters = dict(
            zip(_parameters(declared.node), (g.text for g in given.children), strict=False)
        )
        return tuple(filled(member, parameters) for member in members)
    keys = {text for part in rest for n in walk(part) if (text := string_value(n)) is not None}
    return _mapped(name.text, type_members(first, scope, depth + 1), keys)


def _mapped(kind: str, members: Sequence[Property], keys: set[str]) -> tuple[Property, ...]:
    match kind.removesuffix("Type"):
        case "Partial":
            return tuple(replace(p, optional=True) for p in members)
        case "Required":
            return tuple(replace(p, optional=False) for p in members)
        case "Pick":
            return tuple(p for p in members if p.name in keys)
        case "Omit":
            return tuple(p for p in members if p.name not in keys)
        case _:
            return tuple(members)


def filled(member: Property, parameters: dict[str, str]) -> Property:
    """Put type arguments where a member of a generic type names its parameters."""
    given = parameters.get(member.reference)
    return replace(member, reference=given.removesuffix("[]")) if given is not None else member


def object_type(node: SyntaxNode, scope: Scope | None = None) -> list[Property]:
    """Read the members of `{ a: string; b?: number }`."""
    found: list[Property] = []
    for member in node.all("property_signature"):
        name = member.get("name")
        if name is not None:
            optional = re.match(r"(?:readonly\s+)?[\w\"']+\s*\?", member.text) is not None
            label = string_value(name) or name.text
            found.append(typed_property(label, member.get("type"), optional, member.line, scope))
    return found


def typed_property(
    name: str, annotation: SyntaxNode | None, optional: bool, line: int, scope: Scope | None = None
) -> Property:
    """Read a member from its TypeScript type as written; aliases are looked up in `scope`."""
    text = annotation.text.lstrip(":").strip() if annotation is not None else "any"
    if len(text) > _TYPE_MAX_CHARACTERS:
        return Property(name, "union", optional=optional, line=line)
    return _typed(Property(name, "unknown", optional=optional, line=line), text, scope, 0)


def _typed(made: Property, text: str, scope: Scope | None, depth: int) -> Property:
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
    return _scalar(made, kept[0], scope, depth)


def _scalar(made: Property, text: str, scope: Scope | None, depth: int) -> Property:
    first = re.split(r"\s*&", text)[0].strip("() ")
    array = re.match(r"^(?:(?:Readonly)?Array<(.*)>|(.*)\[\])$", first, re.DOTALL)
    if array:
        return replace(made, type="array", reference=(array[1] or array[2] or "").strip("() "))
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
    return _aliased(made, first, scope, depth) or replace(made, type="ref", reference=first)


def _aliased(made: Property, name: str, scope: Scope | None, depth: int) -> Property | None:
    """Read a member whose type is the name of a scalar, a union of texts or an enumeration."""
    if scope is None or depth > _DEPTH_MAX:
        return None
    listed = re.fullmatch(r"\(?typeof\s+(\w+)\)?\[number", name)
    if listed is not None:
        held = scope.constant(listed[1])
        nodes = walk(held.node) if held is not None else ()
        values = tuple(text for n in nodes if (text := string_value(n)) is not None)
        return replace(made, type="string", values=values)
    declared = scope.type(name)
    if declared is None:
        return None
    if declared.node.type == "enum_declaration":
        return replace(made, type="string", values=enumerated(declared.node))
    value = declared.node.get("value")
    if value is None or _has_members(declared.node, scope.within(declared), set()):
        return None
    text = value.text
    if len(text) > _TYPE_MAX_CHARACTERS:
        return replace(made, type="union")
    return _typed(made, text, scope.within(declared), depth + 1)


def _has_members(node: SyntaxNode, scope: Scope, seen: set[int]) -> bool:
    """Whether a type is an object's; each declaration is looked at once."""
    match node.type:
        case "object_type" | "interface_body":
            return node.child("property_signature") is not None
        case "intersection_type" | "parenthesized_type":
            return any(_has_members(part, scope, seen) for part in node.children)
        case "interface_declaration" | "class_declaration" | "abstract_class_declaration" | "class":
            return True
        case "type_alias_declaration":
            value = node.get("value")
            return value is not None and _has_members(value, scope, seen)
        case "generic_type":
            name, given = node.get("name"), node.child("type_arguments")
            if name is None or given is None or not given.children:
                return False
            return _has_members(given.children[0] if name.text in _MAPPED else name, scope, seen)
        case "type_identifier" | "nested_type_identifier":
            declared = scope.type(node.text)
            if declared is None or id(declared.node) in seen:
                return False
            seen.add(id(declared.node))
            return _has_members(declared.node, scope.within(declared), seen)
        case _:
            return False


def enumerated(node: SyntaxNode) -> tuple[str, ...]:
    """Return the values of an enumeration."""
    body = node.get("body")
    values: list[str] = []
    for member in body.children if body is not None else ():
        if member.type == "enum_assignment":
            name, value = member.get("name"), member.get("value")
            values.append(string_value(value) or (name.text if name is not None else ""))
        elif member.type == "property_identifier":
            values.append(member.text)
    return tuple(values)


def _split_union(text: str) -> list[str]:
    parts, depth, start = list[str](), 0, 0
    for index, char in enumerate(text):
        depth += {"<": 1, "{": 1, "(": 1, "[": 1, ">": -1, "}": -1, ")": -1, "]": -1}.get(char, 0)
        if char == "|" and depth <= 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _class_members(node: SyntaxNode, scope: Scope, depth: int) -> tuple[Property, ...]:
    body = node.get("body")
    members: list[Property] = []
    pending: list[SyntaxNode] = []
    for member in body.children if body is not None else ():
        if member.type == "decorator":
            pending.append(member)
            continue
        name = member.get("name")
        if member.type == "public_field_definition" and name is not None:
            decorators = [*pending, *member.all("decorator")]
            if any(_HIDDEN.search(each.text) for each in decorators):
                pending = []
                continue
            if member.get("value") is None or decorators:
                optional = re.search(rf"\b{re.escape(name.text)}\s*\?", member.text) is not None
                annotation = member.get("type")
                made = typed_property(name.text, annotation, optional, member.line, scope)
                members.append(_decorated(made, decorators, scope))
        pending = []
    heritage = node.child("class_heritage")
    clause = heritage.child("extends_clause") if heritage is not None else None
    base = clause.get("value") if clause is not None else None
    return tuple(_with_base(members, _base_members(base, scope, depth)) if base else members)


def _base_members(base: SyntaxNode, scope: Scope, depth: int) -> tuple[Property, ...]:
    """Read what a class inherits: from a class, or from `PartialType(Base)` and its like."""
    if base.type != "call_expression":
        return type_members(base, scope, depth + 1)
    callee, arguments = base.get("function"), base.get("arguments")
    if callee is None or arguments is None or callee.text not in _MAPPED_CLASS:
        return ()
    bases = [g for g in arguments.children if g.type in ("identifier", "call_expression")]
    listed = [g for g in arguments.children if g.type in ("array", "as_expression")]
    keys = {text for part in listed for n in walk(part) if (text := string_value(n)) is not None}
    members: list[Property] = []
    for each in bases:
        members = _with_base(members, _base_members(each, scope, depth + 1))
    return _mapped(callee.text, members, keys)


def _bounds(given: str, scope: Scope) -> list[float]:
    """Return the numbers of a decorator's arguments, constants among them, options left out."""
    found: list[float] = []
    for part in given.split("{")[0].split(","):
        text = part.strip()
        held = scope.constant(text) if re.fullmatch(r"[A-Za-z_$][\w$]*", text) else None
        text = held.node.text if held is not None else text
        number = re.match(r"-?\d+(\.\d+)?", text.replace("_", ""))
        if number is not None:
            found.append(float(number[0]))
    return found


def _decorated(made: Property, decorators: list[SyntaxNode], scope: Scope) -> Property:
    for node in decorators:
        match = re.match(r"@(?:\w+\.)?(\w+)(?:\((.*)\))?$", node.text, re.DOTALL)
        if match is None:
            continue
        name, given = match[1], (match[2] or "")
        numbers = _bounds(given, scope)
        if name in _DECORATOR_BOUNDS and numbers:
            made = replace(made, **{_DECORATOR_BOUNDS[name]: numbers[0]})
        elif name == "Length" and numbers:
            made = replace(made, minimum=numbers[0], maximum=numbers[1] if numbers[1:] else None)
        elif name == "Matches" and (written := re.match(r"\s*/(.+)/[a-z]*\s*(?:,|$)", given)):
            least, most = pattern_lengths(written[1]) or (None, None)
            made = replace(
                made,
                minimum=least if made.minimum is None else made.minimum,
                maximum=most if made.maximum is None else made.maximum,
            )
        elif name in ("IsOptional", "ApiPropertyOptional"):
            made = replace(made, optional=True)
        elif name == "IsNotEmpty" and made.minimum is None and made.type == "string":
            made = replace(made, minimum=1.0)
        elif name in ("IsIn", "IsEnum"):
            listed = tuple(re.findall(r"[\"'](\w+)[\"']", given))
            declared = scope.type(given.split(",")[0].strip())
            if not listed and declared is not None:
                listed = enumerated(declared.node)
            made = replace(made, values=listed or made.values)
        elif name in _DECORATOR_TYPES:
            made = replace(made, type=_DECORATOR_TYPES[name])
            made = replace(made, format="email" if name == "IsEmail" else made.format)
    return made
