"""Make of statements what does them in a scope; a `return`, `break` or `continue` is handed up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from scoring.trials.language.expressions import constant, items
from scoring.trials.language.patterns import binder
from scoring.trials.language.protocols import Compiles, Left, Run
from scoring.trials.language.scopes import Scope
from scoring.trials.language.values import (
    UNDEFINED,
    Lost,
    Thrown,
    members_of,
    same,
    truth,
)
from scoring.typescript.syntax import SyntaxNode, walk

LOOPS_MAX = 500
"""Rounds of a loop; tests of quotas need about a hundred."""


Do = Callable[[Scope], Left | None]
_BREAK, _CONTINUE = Left("break"), Left("continue")


def block(compiler: Compiles, nodes: Sequence[SyntaxNode]) -> Do:
    """Return what does statements in their order, in the scope it is given."""
    hoisted = [n for n in nodes if n.type == "function_declaration"]
    functions = [(n.fields["name"].text, compiler.function(n)) for n in hoisted if n.get("name")]
    parts = [compiler.statement(n) for n in nodes if n.type != "function_declaration"]

    def run(scope: Scope) -> Left | None:
        for name, make in functions:
            scope.names[name] = make(scope)
        for part in parts:
            left = part(scope)
            if left is not None:
                return left
        return None

    return run


def _block(compiler: Compiles, node: SyntaxNode) -> Do:
    inside = block(compiler, items(node))
    return lambda scope: inside(scope.inner())


def _expression(compiler: Compiles, node: SyntaxNode) -> Do:
    parts = [compiler.expression(child) for child in items(node)]

    def run(scope: Scope) -> Left | None:
        for part in parts:
            part(scope)
        return None

    return run


def _declaration(compiler: Compiles, node: SyntaxNode) -> Do:
    parts = [declarator(compiler, each) for each in node.all("variable_declarator")]

    def run(scope: Scope) -> Left | None:
        for part in parts:
            part(scope)
        return None

    return run


def declarator(compiler: Compiles, node: SyntaxNode) -> Callable[[Scope], None]:
    """Return what declares one variable, or those of one pattern."""
    name, value = node.get("name"), node.get("value")
    if name is None:
        return lambda scope: None
    bind = binder(compiler, name, declares=True)
    held = compiler.expression(value) if value is not None else constant(UNDEFINED)
    return lambda scope: bind(scope, held(scope))


def _if(compiler: Compiles, node: SyntaxNode) -> Do:
    condition, then = node.get("condition"), node.get("consequence")
    otherwise = node.get("alternative")
    test = compiler.expression(condition) if condition is not None else constant(True)
    first = compiler.statement(then) if then is not None else idle
    second = compiler.statement(otherwise) if otherwise is not None else idle
    throws = then is not None and any(n.type == "throw_statement" for n in walk(then))

    def run(scope: Scope) -> Left | None:
        known = truth(test(scope))
        if known is None:
            known = not throws  # what nobody knows is taken to be as the test wants it
        return first(scope) if known else second(scope)

    return run


def idle(scope: Scope) -> Left | None:
    """Do nothing."""
    return None


def _children(compiler: Compiles, node: SyntaxNode) -> Do:
    return block(compiler, items(node))


def _return(compiler: Compiles, node: SyntaxNode) -> Do:
    inside = items(node)
    value = compiler.expression(inside[0]) if inside else constant(UNDEFINED)
    return lambda scope: Left("return", value(scope))


def _throw(compiler: Compiles, node: SyntaxNode) -> Do:
    inside = items(node)
    value = compiler.expression(inside[0]) if inside else constant(UNDEFINED)

    def run(scope: Scope) -> Left | None:
        raise Thrown(value(scope))

    return run


def _try(compiler: Compiles, node: SyntaxNode) -> Do:
    body, handler, finalizer = node.get("body"), node.get("handler"), node.get("finalizer")
    attempt = compiler.statement(body) if body is not None else idle
    catch = handler.get("body") if handler is not None else None
    rescue = block(compiler, items(catch)) if catch is not None else None
    parameter = handler.get("parameter") if handler is not None else None
    bind = binder(compiler, parameter, declares=True) if parameter is not None else None
    last = _children(compiler, finalizer) if finalizer is not None else None
    caller = compiler.caller

    def guarded(scope: Scope) -> Left | None:
        try:
            return attempt(scope)
        except Thrown as error:
            if rescue is None:
                raise
            inner = scope.inner()
            if bind is not None:
                bind(inner, error.value)
            return rescue(inner)

    def run(scope: Scope) -> Left | None:
        caller.guards += 1
        try:
            left = guarded(scope)
        except Thrown:
            ended = last(scope.inner()) if last is not None else None
            if ended is not None:
                return ended
            raise
        finally:
            caller.guards -= 1
        if last is None:
            return left
        return last(scope.inner()) or left

    return run


def _switch(compiler: Compiles, node: SyntaxNode) -> Do:
    subject, body = node.get("value"), node.get("body")
    value = compiler.expression(subject) if subject is not None else constant(UNDEFINED)
    cases: list[tuple[Run | None, Do]] = []
    for case in items(body):
        label = case.get("value")
        inside = [child for child in items(case) if child is not label]
        test = compiler.expression(label) if label is not None else None
        cases.append((test, block(compiler, inside)))

    def run(scope: Scope) -> Left | None:
        held, inner = value(scope), scope.inner()
        places = [
            n for n, (test, _) in enumerate(cases) if test is not None and same(held, test(inner))
        ] or [n for n, (test, _) in enumerate(cases) if test is None]
        for _, do in cases[places[0] :] if places else ():
            left = do(inner)
            if left is not None:
                return None if left.word == "break" else left
        return None

    return run


def _for(compiler: Compiles, node: SyntaxNode) -> Do:
    start, condition, step, body = (
        node.get(name) for name in ("initializer", "condition", "increment", "body")
    )
    begin = compiler.statement(start) if start is not None else idle
    if condition is not None and condition.type == "expression_statement":
        condition = (items(condition) or [None])[0]
    empty = condition is None or condition.type == "empty_statement"
    test = constant(True) if empty or condition is None else compiler.expression(condition)
    after = compiler.expression(step) if step is not None else constant(None)
    do = compiler.statement(body) if body is not None else idle

    def run(scope: Scope) -> Left | None:
        inner = scope.inner()
        begin(inner)
        for _ in range(LOOPS_MAX):
            if not truth(test(inner)):
                return None
            left = do(inner)
            if left is not None and left.word != "continue":
                return None if left.word == "break" else left
            after(inner)
        raise Lost

    return run


def _for_in(compiler: Compiles, node: SyntaxNode) -> Do:
    left_node, right, body = node.get("left"), node.get("right"), node.get("body")
    operator = node.get("operator")
    is_of = operator is not None and operator.text == "of"
    source = compiler.expression(right) if right is not None else constant(UNDEFINED)
    bind = binder(compiler, left_node, declares=True) if left_node is not None else None
    do = compiler.statement(body) if body is not None else idle

    def run(scope: Scope) -> Left | None:
        for each in _elements(source(scope), is_of):
            inner = scope.inner()
            if bind is not None:
                bind(inner, each)
            left = do(inner)
            if left is not None and left.word != "continue":
                return None if left.word == "break" else left
        return None

    return run


def _elements(value: object, is_of: bool) -> list[object]:
    if isinstance(value, list):
        elements = cast("list[object]", value)
        return list(elements) if is_of else [str(n) for n in range(len(elements))]
    if isinstance(value, str):
        return list(value)
    held = members_of(value)
    if held is None or is_of:
        return []
    return list(held)


def _while(compiler: Compiles, node: SyntaxNode) -> Do:
    condition, body = node.get("condition"), node.get("body")
    test = compiler.expression(condition) if condition is not None else constant(True)
    do = compiler.statement(body) if body is not None else idle
    is_first = node.type == "do_statement"

    def run(scope: Scope) -> Left | None:
        for round_number in range(LOOPS_MAX):
            if not (is_first and round_number == 0) and not truth(test(scope)):
                return None
            left = do(scope)
            if left is not None and left.word != "continue":
                return None if left.word == "break" else left
        raise Lost

    return run


def _class(compiler: Compiles, node: SyntaxNode) -> Do:
    name = node.get("name")

    def run(scope: Scope) -> Left | None:
        if name is not None:
            scope.names[name.text] = compiler.caller.make_class(node, scope)
        return None

    return run


FORMS: Mapping[str, Callable[[Compiles, SyntaxNode], Do]] = {
    "statement_block": _block,
    "expression_statement": _expression,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "if_statement": _if,
    "else_clause": _children,
    "return_statement": _return,
    "throw_statement": _throw,
    "try_statement": _try,
    "switch_statement": _switch,
    "for_statement": _for,
    "for_in_statement": _for_in,
    "while_statement": _while,
    "do_statement": _while,
    "break_statement": lambda compiler, node: lambda scope: _BREAK,
    "continue_statement": lambda compiler, node: lambda scope: _CONTINUE,
    "class_declaration": _class,
    "labeled_statement": _children,
}
