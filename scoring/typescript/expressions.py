"""What expressions are worth: each form of syntax by the name that tree-sitter gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from scoring.typescript.frames import Frame
from scoring.typescript.modules import original_name
from scoring.typescript.sources import Given
from scoring.typescript.status import HTTP_STATUSES
from scoring.typescript.surroundings import Evaluates
from scoring.typescript.syntax import SyntaxNode, string_value
from scoring.typescript.value import EMPTY, Value, union

Form = Callable[[Evaluates, SyntaxNode, Frame], Value]

FUNCTIONS = ("arrow_function", "function_expression")
MEMBERS_MAX = 500
"""Members kept of the elements of an array together; an array of itself twice would double them."""

_ACTOR_MEMBERS = re.compile(r"user|actor|member|account|auth|session|admin|customer", re.IGNORECASE)
_NEGATIVE = re.compile(r"-\s*\d+(\.\d+)?")
_SUBSTITUTION = re.compile(r"\$\{[^}]*\}")
_SHORT_CIRCUITS = frozenset({"&&", "||", "??"})


def everything(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    """Return what all parts of a form are worth together."""
    return union([evaluator.evaluate(child, frame) for child in node.children])


def nothing(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    """Return that nothing is known: types, comments, functions that are not called here."""
    return EMPTY


def identifier(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    """Return what a variable, or a constant of the module, holds."""
    name = node.text
    value = frame.bindings.get(name)
    if value is None:
        value = evaluator.constant(name, frame.module)
    return value.mentioning(name)


def _literal(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    text = string_value(node)
    return Value(literals=frozenset({node.text if text is None else text}))


def _unary(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    if _NEGATIVE.fullmatch(node.text):
        return Value(literals=frozenset({node.text.replace(" ", "")}))
    return everything(evaluator, node, frame)


def _template(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    """Keep the text with `{}` for each substitution, which is how paths are recognised."""
    text = _SUBSTITUTION.sub("{}", node.text[1:-1])
    inner = everything(evaluator, node, frame)
    return replace(inner, literals=inner.literals | {text}, members=(), handle=None)


def _member(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    target, name_node = node.get("object"), node.get("property")
    if target is None or name_node is None:
        return EMPTY
    name = name_node.text
    if name in HTTP_STATUSES and original_name(frame.module, target.text) == "HttpStatus":
        return Value(literals=frozenset({str(HTTP_STATUSES[name])}))
    base = evaluator.evaluate(target, frame)
    found = base.member(name)
    if Given.REQUEST in base.sources and _ACTOR_MEMBERS.search(name):
        found = replace(found, sources=found.sources - {Given.REQUEST} | {Given.ACTOR})
    return found


def _array(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    values = [evaluator.evaluate(child, frame) for child in node.children]
    members = [member for value in values for member in value.members]
    return replace(union(values), members=tuple(members[:MEMBERS_MAX]), handle=None)


def _object(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    members: dict[str, Value] = {}
    rest: list[Value] = []
    for child in node.children:
        if child.type == "pair":
            key, held = child.get("key"), child.get("value")
            if key is not None and held is not None:
                members[string_value(key) or key.text] = evaluator.evaluate(held, frame)
        elif child.type == "shorthand_property_identifier":
            members[child.text] = identifier(evaluator, child, frame)
        elif child.type == "spread_element":
            spread = everything(evaluator, child, frame)
            members |= {k: v for k, v in spread.members if k not in members}
            rest.append(spread.flat())
    whole = union([*rest, *(value.flat() for value in members.values())])
    return replace(whole, members=tuple(members.items()), handle=None)


def _ternary(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    condition = node.get("condition")
    value = evaluator.evaluate(condition, frame) if condition is not None else EMPTY
    parts = (node.get("consequence"), node.get("alternative"))
    with evaluator.surroundings.under(value):
        return union([evaluator.evaluate(part, frame) for part in parts if part is not None])


def _binary(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    left, right = node.get("left"), node.get("right")
    first = evaluator.evaluate(left, frame) if left is not None else EMPTY
    if right is None:
        return first
    operator = node.get("operator")
    if operator is not None and operator.text in _SHORT_CIRCUITS:
        with evaluator.surroundings.under(first):
            second = evaluator.evaluate(right, frame)
        members = second.members if operator.text == "&&" else ()
        return replace((first | second).flat(), members=members)
    return (first | evaluator.evaluate(right, frame)).flat()


def _assignment(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    left, right = node.get("left"), node.get("right")
    value = evaluator.evaluate(right, frame) if right is not None else EMPTY
    if left is not None:
        frame.assign(left, value)
    return value


EXPRESSIONS: Mapping[str, Form] = {
    "identifier": identifier,
    "shorthand_property_identifier": identifier,
    "string": _literal,
    "number": _literal,
    "true": _literal,
    "false": _literal,
    "null": _literal,
    "regex": _literal,
    "template_string": _template,
    "unary_expression": _unary,
    "member_expression": _member,
    "object": _object,
    "array": _array,
    "ternary_expression": _ternary,
    "binary_expression": _binary,
    "assignment_expression": _assignment,
    "augmented_assignment_expression": _assignment,
    "arrow_function": nothing,
    "function_expression": nothing,
    "type_arguments": nothing,
    "type_annotation": nothing,
    "comment": nothing,
}
