"""What statements do: each form of syntax by the name that tree-sitter gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from scoring.symbolic import patterns
from scoring.symbolic.reads import Reads
from scoring.symbolic.scopes import Closure, Frame
from scoring.symbolic.terms import (
    FALSE,
    NOTHING,
    TRUE,
    Caught,
    Op,
    Term,
    Unknown,
    both,
    either,
    negation,
)
from scoring.symbolic.trace import VIOLATED
from scoring.symbolic.values import Raised, term_of
from scoring.typescript.syntax import SyntaxNode

Statement = Callable[[Reads, SyntaxNode, Frame], None]


def block(reader: Reads, nodes: Iterable[SyntaxNode], frame: Frame) -> None:
    """Do statements in their order, each only where none before has returned."""
    pushed = 0
    ended = frame.ended
    for node in nodes:
        if frame.ended == TRUE:
            break
        if frame.ended is not ended:
            ended = frame.ended
            reader.conditions.append(negation(ended))
            pushed += 1
        reader.execute(node, frame)
    for _ in range(pushed):
        reader.conditions.pop()


def _block(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    block(reader, node.children, frame)


def _if(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    condition, then = node.get("condition"), node.get("consequence")
    otherwise = node.get("alternative")
    test = truth_of(reader, condition, frame)
    if then is not None and test != FALSE:
        with reader.under(test):
            reader.execute(then, frame)
    if otherwise is not None and test != TRUE:
        with reader.under(negation(test)):
            reader.execute(otherwise, frame)


def truth_of(reader: Reads, node: SyntaxNode | None, frame: Frame) -> Term:
    """Return a condition as a formula."""
    if node is None:
        return TRUE
    value = reader.evaluate(node, frame)
    return value if isinstance(value, Term) else TRUE


def _declaration(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    for declarator in node.all("variable_declarator"):
        name, value = declarator.get("name"), declarator.get("value")
        if name is not None:
            held = reader.evaluate(value, frame) if value is not None else NOTHING
            patterns.bind(reader, name, held, frame)


def _function(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    name = node.get("name")
    if name is not None:
        frame.names[name.text] = Closure(node, frame)


def _return(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    given = [child for child in node.children if child.type != "comment"]
    value = reader.evaluate(given[0], frame) if given else NOTHING
    condition = reader.local_condition(frame)
    frame.returned.append((condition, value))
    frame.ended = either(frame.ended, condition)


def _throw(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    given = [child for child in node.children if child.type != "comment"]
    value = reader.evaluate(given[0], frame) if given else NOTHING
    if isinstance(value, Raised):
        reader.refuse(value, TRUE, node, frame)
    else:
        status = VIOLATED if isinstance(value, Caught) else 0
        reader.refuse(Raised(status), TRUE, node, frame)
    if reader.local_condition(frame) == TRUE:
        frame.ended = TRUE


def _try(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    body, handler, finalizer = node.get("body"), node.get("handler"), node.get("finalizer")
    with reader.trying() as writes:
        if body is not None:
            reader.execute(body, frame)
    if handler is not None and writes:
        error = Caught(tuple(writes))
        parameter, catch = handler.get("parameter"), handler.get("body")
        if parameter is not None:
            frame.names[parameter.text] = error
        ended, frame.ended = frame.ended, FALSE
        if catch is not None:
            with reader.under(Op("failed", (error,))):
                reader.execute(catch, frame)
        frame.ended = ended
    if finalizer is not None:
        for child in finalizer.children:
            reader.execute(child, frame)


def _switch(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    subject, body = node.get("value"), node.get("body")
    value = term_of(reader.evaluate(subject, frame)) if subject is not None else NOTHING
    before: list[Term] = []
    for case in body.children if body is not None else ():
        label = case.get("value")
        test = negation(either(*before))
        if label is not None:
            here = Op("===", (value, term_of(reader.evaluate(label, frame))))
            test = both(test, here)
            before.append(here)
        with reader.under(test):
            block(reader, [child for child in case.children if child is not label], frame)


def _for_in(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    left, right, body = node.get("left"), node.get("right"), node.get("body")
    source = reader.evaluate(right, frame) if right is not None else NOTHING
    rows = term_of(source)
    with reader.each(rows) as item, reader.under(Op("nonempty", (rows,))):
        if left is not None:
            patterns.bind(reader, left, item, frame)
        if body is not None:
            reader.execute(body, frame)


def _loop(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    """Read a loop that counts as done for elements that nobody knows."""
    for name in ("initializer", "condition"):
        part = node.get(name)
        if part is not None:
            reader.execute(part, frame)
    body = node.get("body")
    with reader.each(Unknown(frame.module.path, node.line, node.text[:40])):
        if body is not None:
            reader.execute(body, frame)


def _expression(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    for child in node.children:
        if child.type != "comment":
            reader.evaluate(child, frame)


def _else(reader: Reads, node: SyntaxNode, frame: Frame) -> None:
    for child in node.children:
        reader.execute(child, frame)


FORMS: Mapping[str, Statement] = {
    "statement_block": _block,
    "expression_statement": _expression,
    "if_statement": _if,
    "else_clause": _else,
    "lexical_declaration": _declaration,
    "variable_declaration": _declaration,
    "function_declaration": _function,
    "return_statement": _return,
    "throw_statement": _throw,
    "try_statement": _try,
    "switch_statement": _switch,
    "for_in_statement": _for_in,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
}
