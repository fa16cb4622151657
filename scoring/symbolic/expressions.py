"""What expressions are: each form of syntax by the name that tree-sitter gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from scoring.symbolic import calls, patterns, sql
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.statements import truth_of
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Choice,
    Const,
    Op,
    Record,
    Term,
    Unknown,
    negation,
)
from scoring.symbolic.values import (
    Array,
    Instance,
    Method,
    Native,
    Object,
    Space,
    field_of,
    term_of,
)
from scoring.typescript.modules import Class, Function, Module
from scoring.typescript.status import HTTP_STATUSES
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap

if TYPE_CHECKING:
    from scoring.symbolic.reader import Reader

Form = Callable[["Reader", SyntaxNode, Frame], object]

_NATIVES = frozenset(
    "Math Date JSON Object Array Number String Boolean Promise Set Map RegExp BigInt Error"
    " crypto parseInt parseFloat isNaN structuredClone".split()
)
_LOGICAL = frozenset({"&&", "||", "??"})
_LOOSE = {"==": "===", "!=": "!=="}
_FOLLOWED_MAX = 8


def _inner(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    """Read what stands inside something that changes no value."""
    inner = unwrap(node)
    return reader.evaluate(inner, frame) if inner is not node else NOTHING


def _identifier(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    name = node.text
    held = frame.find(name)
    return held if held is not None else global_name(reader, name, frame.module, frame.owner)


def global_name(
    reader: Reader, name: str, module: Module, owner: Class | None = None, depth: int = 0
) -> object:
    """Return what a name means in a module: a constant, a function, a class, a package's thing."""
    if name == "undefined":
        return NOTHING
    if (module.path, name) in reader.variables:
        return reader.variables[module.path, name]
    if owner is not None and owner.is_namespace and name in owner.methods:
        return Method(owner.methods[name])
    if owner is not None and f"{owner.name}.{name}" in module.constants:
        return reader.constant(module.constants[f"{owner.name}.{name}"], module)
    if name in module.constants:
        return reader.constant(module.constants[name], module)
    enumeration = module.types.get(name)
    if enumeration is not None and enumeration.type == "enum_declaration":
        return _enumeration(reader, enumeration, module)
    found = reader.program.resolve(module, name)
    if isinstance(found, Function):
        return Method(found)
    if isinstance(found, Class | Module):
        return Space(found)
    link = module.imports.get(name)
    if link is not None and depth < _FOLLOWED_MAX:
        if link.path is not None:
            target = reader.program.modules[link.path]
            return exported_name(reader, link.name, target, depth + 1)
        return Native(link.name if link.name not in ("default", "*") else name)
    if name in _NATIVES:
        return Native(name)
    return Unknown(module.path, 0, name)


def exported_name(reader: Reader, name: str, module: Module, depth: int = 0) -> object:
    """Return what a module exports as a name."""
    if name == "*":
        return Space(module)
    further = module.reexports.get(name)
    if further is not None and further.path is not None and depth < _FOLLOWED_MAX:
        target = reader.program.modules[further.path]
        return exported_name(reader, further.name, target, depth + 1)
    for path in module.star_reexports:
        target = reader.program.modules[path]
        if name in target.constants or name in target.types:
            return global_name(reader, name, target, None, depth + 1)
    return global_name(reader, name, module, None, depth + 1)


def _enumeration(reader: Reader, node: SyntaxNode, module: Module) -> Record:
    members: list[tuple[str | None, Term]] = []
    body = node.get("body")
    for index, member in enumerate(body.children if body is not None else ()):
        if member.type == "enum_assignment":
            name, value = member.get("name"), member.get("value")
            if name is not None and value is not None:
                held = term_of(reader.evaluate(value, Frame(module, None)))
                members.append((string_value(name) or name.text, held))
        elif member.type == "property_identifier":
            members.append((member.text, Const(index)))
    return Record(tuple(members))


def _string(reader: Reader, node: SyntaxNode, frame: Frame) -> Const:
    return Const(string_value(node) or "")


def _number(reader: Reader, node: SyntaxNode, frame: Frame) -> Term:
    text = node.text.replace("_", "").rstrip("n")
    try:
        return Const(int(text, 0) if re.fullmatch(r"\d+|0[xob]\w+", text) else float(text))
    except ValueError:
        return Unknown(frame.module.path, node.line, text)


def _template(reader: Reader, node: SyntaxNode, frame: Frame) -> Term:
    parts = [
        term_of(reader.evaluate(child.children[0], frame))
        if child.type == "template_substitution" and child.children
        else Const(child.text)
        for child in node.children
        if child.type in ("template_substitution", "string_fragment", "escape_sequence")
    ]
    if all(isinstance(part, Const) for part in parts):
        return Const("".join(str(p.value) for p in parts if isinstance(p, Const)))
    return Op("text", tuple(parts))


def _this(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    return frame.this or Instance(frame.owner)


def _member(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    target, name = node.get("object"), node.get("property")
    if target is None or name is None:
        return NOTHING
    return member_of(reader, reader.evaluate(target, frame), name.text)


def member_of(reader: Reader, base: object, name: str) -> object:
    """Return a member of a value."""
    if isinstance(base, Instance):
        return _instance_member(reader, base, name)
    if isinstance(base, Space):
        if isinstance(base.of, Module):
            return exported_name(reader, name, base.of)
        method = reader.program.method(base.of, name)
        if method is not None:
            return Method(method)
        key = f"{base.of.name}.{name}"
        held = base.of.module.constants.get(key)
        if held is not None:
            return reader.constant(held, base.of.module)
        return static_field(reader, base.of, name)
    if isinstance(base, Native):
        if name in HTTP_STATUSES and base.name == "HttpStatus":
            return Const(HTTP_STATUSES[name])
        return Native(f"{base.name}.{name}")
    if isinstance(base, Array) and name == "length":
        return Op("length", (term_of(base),))
    if name == "length" and isinstance(base, Term):
        return Op("length", (base,))
    return field_of(base, name)


def _instance_member(reader: Reader, base: Instance, name: str) -> object:
    if name in base.fields:
        return base.fields[name]
    if base.of is None:
        return Unknown("", 0, name)
    method = reader.program.method(base.of, name)
    if method is not None:
        return Method(method, base)
    found = reader.program.class_of(base.of, name)
    if found is not None:
        base.fields[name] = Instance(found)
        return base.fields[name]
    return static_field(reader, base.of, name)


def static_field(reader: Reader, owner: Class, name: str) -> object:
    """Return what a field of a class is set to where it is declared."""
    body = owner.node.get("body")
    for member in body.children if body is not None else ():
        field_name, value = member.get("name"), member.get("value")
        if member.type == "public_field_definition" and field_name is not None:
            if field_name.text == name and value is not None:
                return reader.evaluate(value, Frame(owner.module, owner, Instance(owner)))
    type_name = owner.field_types.get(name)
    return Native(type_name) if type_name else Unknown(owner.module.path, 0, name)


def _subscript(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    target, index = node.get("object"), node.get("index")
    if target is None or index is None:
        return NOTHING
    base, key = reader.evaluate(target, frame), term_of(reader.evaluate(index, frame))
    if isinstance(key, Const) and isinstance(key.value, str):
        return field_of(base, key.value)
    if isinstance(key, Const) and isinstance(key.value, int):
        return patterns.element_of(base, key.value)
    if isinstance(base, Native):
        return Native(f"{base.name}[]")
    return Op("[]", (term_of(base), key))


def _object(reader: Reader, node: SyntaxNode, frame: Frame) -> Object:
    made = Object()
    for child in node.children:
        if child.type == "pair":
            key, held = child.get("key"), child.get("value")
            if key is not None and held is not None:
                name = string_value(key) or key.text
                if key.type == "computed_property_name" and key.children:
                    computed = term_of(reader.evaluate(key.children[0], frame))
                    if not isinstance(computed, Const):
                        value = term_of(reader.evaluate(held, frame))
                        made.members.append((None, Op("keyed", (computed, value))))
                        continue
                    name = str(computed.value)
                made.members.append((name, reader.evaluate(held, frame)))
        elif child.type == "shorthand_property_identifier":
            made.members.append((child.text, _identifier(reader, child, frame)))
        elif child.type == "spread_element" and child.children:
            spread = reader.evaluate(child.children[0], frame)
            if isinstance(spread, Object):
                made.members += spread.members
            else:
                made.members.append((None, term_of(spread)))
        elif child.type == "method_definition":
            name_node = child.get("name")
            if name_node is not None:
                made.members.append((name_node.text, Closure(child, frame)))
    return made


def _array(reader: Reader, node: SyntaxNode, frame: Frame) -> Array:
    made = Array()
    for child in node.children:
        if child.type == "comment":
            continue
        if child.type == "spread_element" and child.children:
            spread = reader.evaluate(child.children[0], frame)
            if isinstance(spread, Array):
                made.items += spread.items
            else:
                made.items.append(Op("...", (term_of(spread),)))
        else:
            made.items.append(reader.evaluate(child, frame))
    return made


def _ternary(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    test = truth_of(reader, node.get("condition"), frame)
    then, otherwise = node.get("consequence"), node.get("alternative")
    if then is None or otherwise is None:
        return NOTHING
    with reader.under(test):
        first = reader.evaluate(then, frame)
    with reader.under(negation(test)):
        second = reader.evaluate(otherwise, frame)
    if isinstance(test, Const):
        return first if test == TRUE else second
    if isinstance(first, Term | Object | Array) and isinstance(second, Term | Object | Array):
        return Choice(test, term_of(first), term_of(second))
    return first if not isinstance(first, Term) else second


def _binary(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    left, right, operator = node.get("left"), node.get("right"), node.get("operator")
    if left is None or right is None or operator is None:
        return NOTHING
    if right.type == "template_string" and left.type == "binary_expression":
        return sql.template(reader, left, right, frame)  # sql<Type>`…`, as it is parsed
    first = reader.evaluate(left, frame)
    name = _LOOSE.get(operator.text, operator.text)
    if name not in _LOGICAL:
        second = reader.evaluate(right, frame)
        if name == "instanceof":
            return Op(name, (term_of(first), Const(right.text)))
        if operator.text in _LOOSE and second == Const(None):
            given = Op("??", (term_of(first), Const(None)))
            return Op(name, (given, Const(None)))
        return Op(name, (term_of(first), term_of(second)))
    if not isinstance(first, Term):
        return reader.evaluate(right, frame) if name == "&&" else first
    reached = first if name == "&&" else negation(first)
    if name == "??":
        reached = Op("===", (Op("??", (first, Const(None))), Const(None)))
    with reader.under(reached):
        second = reader.evaluate(right, frame)
    return Op(name, (first, term_of(second)))


def _unary(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    operand, operator = node.get("argument"), node.get("operator")
    if operand is None or operator is None:
        return NOTHING
    value = reader.evaluate(operand, frame)
    if operator.text == "!":
        return negation(value) if isinstance(value, Term) else Const(False)
    if operator.text == "void":
        return NOTHING
    if operator.text == "-" and isinstance(value, Const) and isinstance(value.value, int | float):
        return Const(-value.value)
    return Op(f"{operator.text}.", (term_of(value),))


def _assignment(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    left, right = node.get("left"), node.get("right")
    if left is None or right is None:
        return NOTHING
    value = reader.evaluate(right, frame)
    operator = node.get("operator")
    if operator is not None and operator.text != "=":
        before = reader.evaluate(left, frame)
        value = Op(operator.text.removesuffix("="), (term_of(before), term_of(value)))
    patterns.assign(reader, left, value, frame)
    return value


def _update(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    target, operator = node.get("argument"), node.get("operator")
    if target is None:
        return NOTHING
    before = reader.evaluate(target, frame)
    sign = "+" if operator is None or operator.text == "++" else "-"
    patterns.assign(reader, target, Op(sign, (term_of(before), Const(1))), frame)
    return before


def _closure(reader: Reader, node: SyntaxNode, frame: Frame) -> Closure:
    return Closure(node, frame)


def _sequence(reader: Reader, node: SyntaxNode, frame: Frame) -> object:
    value: object = NOTHING
    for child in node.children:
        value = reader.evaluate(child, frame)
    return value


FORMS: Mapping[str, Form] = {
    "parenthesized_expression": _inner,
    "await_expression": _inner,
    "as_expression": _inner,
    "satisfies_expression": _inner,
    "non_null_expression": _inner,
    "identifier": _identifier,
    "undefined": lambda reader, node, frame: NOTHING,
    "string": _string,
    "number": _number,
    "true": lambda reader, node, frame: Const(True),
    "false": lambda reader, node, frame: Const(False),
    "null": lambda reader, node, frame: Const(None),
    "regex": lambda reader, node, frame: Op("regex", (Const(node.text),)),
    "template_string": _template,
    "this": _this,
    "super": _this,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "object": _object,
    "array": _array,
    "ternary_expression": _ternary,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "update_expression": _update,
    "arrow_function": _closure,
    "function_expression": _closure,
    "sequence_expression": _sequence,
    "call_expression": calls.call,
    "new_expression": calls.new,
}
