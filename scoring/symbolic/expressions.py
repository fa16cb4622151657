"""What expressions are: each form of syntax by the name that tree-sitter gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from scoring.symbolic import calls, names, patterns, sql
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.statements import truth_of
from scoring.symbolic.terms import (
    NOTHING,
    TRUE,
    Choice,
    Const,
    Op,
    Term,
    Unknown,
    negation,
)
from scoring.symbolic.values import (
    PARTS_MAX,
    Array,
    Instance,
    Native,
    Object,
    field_of,
    term_of,
)
from scoring.typescript.syntax import SyntaxNode, string_value, unwrap

Form = Callable[[Reads, SyntaxNode, Frame], object]

_LOGICAL = frozenset({"&&", "||", "??"})
_LOOSE = {"==": "===", "!=": "!=="}


def _inner(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
    """Read what stands inside something that changes no value."""
    inner = unwrap(node)
    return reader.evaluate(inner, frame) if inner is not node else NOTHING


def _identifier(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
    name = node.text
    held = frame.find(name)
    if held is None:
        return names.global_name(reader, name, frame.module, frame.owner)
    return reader.current(held)


def _string(reader: Reads, node: SyntaxNode, frame: Frame) -> Const:
    return Const(string_value(node) or "")


def _number(reader: Reads, node: SyntaxNode, frame: Frame) -> Term:
    text = node.text.replace("_", "").rstrip("n")
    try:
        return Const(int(text, 0) if re.fullmatch(r"\d+|0[xob]\w+", text) else float(text))
    except ValueError:
        return Unknown(frame.module.path, node.line, text)


def _template(reader: Reads, node: SyntaxNode, frame: Frame) -> Term:
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


def _this(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
    return frame.this or Instance(frame.owner)


def _member(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
    target, name = node.get("object"), node.get("property")
    if target is None or name is None:
        return NOTHING
    return names.member_of(reader, reader.evaluate(target, frame), name.text)


def _subscript(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
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


def _object(reader: Reads, node: SyntaxNode, frame: Frame) -> Object:
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
            if isinstance(spread, Object) and len(made.members) < PARTS_MAX:
                made.members += spread.members[:PARTS_MAX]
            else:
                made.members.append((None, term_of(spread)))
        elif child.type == "method_definition":
            name_node = child.get("name")
            if name_node is not None:
                made.members.append((name_node.text, Closure(child, frame)))
    return made


def _array(reader: Reads, node: SyntaxNode, frame: Frame) -> Array:
    made = Array()
    for child in node.children:
        if child.type == "comment":
            continue
        if child.type == "spread_element" and child.children:
            spread = reader.evaluate(child.children[0], frame)
            if isinstance(spread, Array) and len(made.items) < PARTS_MAX:
                made.items += spread.items[:PARTS_MAX]
            else:
                made.items.append(Op("...", (term_of(spread),)))
        else:
            made.items.append(reader.evaluate(child, frame))
    return made


def _ternary(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
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


def _binary(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
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


def _unary(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
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


def _assignment(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
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


def _update(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
    target, operator = node.get("argument"), node.get("operator")
    if target is None:
        return NOTHING
    before = reader.evaluate(target, frame)
    sign = "+" if operator is None or operator.text == "++" else "-"
    patterns.assign(reader, target, Op(sign, (term_of(before), Const(1))), frame)
    return before


def _closure(reader: Reads, node: SyntaxNode, frame: Frame) -> Closure:
    return Closure(node, frame)


def _sequence(reader: Reads, node: SyntaxNode, frame: Frame) -> object:
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
