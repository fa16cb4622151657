"""What statements do: each form of syntax by the name that tree-sitter gives it."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.typescript.expressions import FUNCTIONS, Form, everything
from scoring.typescript.frames import Closure, Frame
from scoring.typescript.modules import bound_names
from scoring.typescript.surroundings import Evaluates
from scoring.typescript.syntax import SyntaxNode, unwrap
from scoring.typescript.value import EMPTY, Value


def _if(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    condition = node.get("condition")
    value = evaluator.evaluate(condition, frame) if condition is not None else EMPTY
    with evaluator.surroundings.under(value):
        for part in (node.get("consequence"), node.get("alternative")):
            if part is not None:
                evaluator.evaluate(part, frame)
    return EMPTY


def _declaration(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    for declarator in node.all("variable_declarator"):
        name, value = declarator.get("name"), declarator.get("value")
        if name is None:
            continue
        held = EMPTY
        if value is not None and unwrap(value).type in FUNCTIONS:
            held = Value(handle=Closure(unwrap(value), frame))
        elif value is not None:
            held = evaluator.evaluate(value, frame)
        frame.bind(name, held)
    return EMPTY


def _function(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    name = node.get("name")
    if name is not None:
        frame.bindings[name.text] = Value(handle=Closure(node, frame))
    return EMPTY


def _return(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    value = everything(evaluator, node, frame)
    frame.returned |= value
    return EMPTY


def _throw(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    value = everything(evaluator, node, frame)
    evaluator.surroundings.refuse(value.statuses(), EMPTY, frame, node)
    return EMPTY


def _try(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    body, handler = node.get("body"), node.get("handler")
    if body is not None:
        evaluator.evaluate(body, frame)
    if handler is not None:
        caught = evaluator.caught(body, frame)
        parameter, block = handler.get("parameter"), handler.get("body")
        if parameter is not None:
            frame.bind(parameter, caught)
        if block is not None:
            with evaluator.surroundings.under(caught):
                evaluator.evaluate(block, frame)
    finalizer = node.get("finalizer")
    if finalizer is not None:
        evaluator.evaluate(finalizer, frame)
    return EMPTY


def _switch(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    subject, body = node.get("value"), node.get("body")
    value = evaluator.evaluate(subject, frame) if subject is not None else EMPTY
    for case in body.children if body is not None else ():
        label = case.get("value")
        tested = value | (evaluator.evaluate(label, frame) if label is not None else EMPTY)
        with evaluator.surroundings.under(tested):
            for child in case.children:
                if child is not label:
                    evaluator.evaluate(child, frame)
    return EMPTY


def _loop(evaluator: Evaluates, node: SyntaxNode, frame: Frame) -> Value:
    left, right, body = node.get("left"), node.get("right"), node.get("body")
    head = EMPTY
    if right is not None:
        head = evaluator.evaluate(right, frame)
        if left is not None:
            for name in bound_names(left):
                frame.bindings[name] = head.detached()
    for name in ("initializer", "condition", "increment"):
        part = node.get(name)
        if part is not None:
            head |= evaluator.evaluate(part, frame)
    if body is not None:
        with evaluator.surroundings.repeated(head):
            evaluator.evaluate(body, frame)
    return EMPTY


STATEMENTS: Mapping[str, Form] = {
    "if_statement": _if,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "function_declaration": _function,
    "return_statement": _return,
    "throw_statement": _throw,
    "try_statement": _try,
    "switch_statement": _switch,
    "for_statement": _loop,
    "for_in_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
}
