"""Syntax made into functions, each node once, so that a test can be played again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from scoring.trials.language import expressions, statements
from scoring.trials.language.protocols import Calls, Run
from scoring.trials.language.scopes import Scope
from scoring.trials.language.statements import Do
from scoring.trials.language.values import UNDEFINED, members_of
from scoring.typescript.syntax import SyntaxNode


class Compiler:
    """Makes functions of syntax; `caller` does their calls."""

    def __init__(self, caller: Calls) -> None:
        self._caller = caller
        self.awaited: set[int] = set()
        """The calls, by the identity of their syntax, whose promise is waited for on the spot."""
        self._expressions: dict[int, Run] = {}
        self._statements: dict[int, Do] = {}
        self._bodies: dict[int, Callable[[Scope], object]] = {}

    @property
    def caller(self) -> Calls:
        """Return what does the calls."""
        return self._caller

    def expression(self, node: SyntaxNode) -> Run:
        """Return what evaluates an expression."""
        found = self._expressions.get(id(node))
        if found is None:
            form = expressions.FORMS.get(node.type, expressions.unknown)
            found = self._expressions[id(node)] = form(self, node)
        return found

    def statement(self, node: SyntaxNode) -> Do:
        """Return what does a statement; declarations of types do nothing."""
        found = self._statements.get(id(node))
        if found is None:
            form = statements.FORMS.get(node.type)
            found = form(self, node) if form is not None else statements.idle
            self._statements[id(node)] = found
        return found

    def function(self, node: SyntaxNode) -> Run:
        """Return what makes a closure of a function's declaration."""
        found = self._expressions.get(id(node))
        if found is None:
            found = self._expressions[id(node)] = expressions.function_of(self, node)
        return found

    def body(self, node: SyntaxNode) -> Callable[[Scope], object]:
        """Return what does a function's body and gives what it returns."""
        found = self._bodies.get(id(node))
        if found is None:
            inside = statements.block(self, expressions.items(node))

            def run(scope: Scope) -> object:
                left = inside(scope)
                return left.value if left is not None else UNDEFINED

            found = self._bodies[id(node)] = run
        return found

    def spread_list(self, nodes: Sequence[SyntaxNode]) -> Callable[[Scope], list[object]]:
        """Return what evaluates a list of expressions, spread ones among them."""
        parts = [
            (
                n.type == "spread_element",
                self.expression(n.children[0] if n.type == "spread_element" else n),
            )
            for n in nodes
        ]

        def run(scope: Scope) -> list[object]:
            made: list[object] = []
            for is_spread, part in parts:
                value = part(scope)
                if not is_spread:
                    made.append(value)
                elif isinstance(value, list):
                    made += cast("list[object]", value)
                elif isinstance(value, str):
                    made += value
                else:
                    held = (members_of(value) or {}).get("#items", ())
                    made += cast("Sequence[object]", held)
            return made

        return run
