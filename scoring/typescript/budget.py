"""How far code is followed: bounds that keep hostile or endless code cheap."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from scoring.typescript.modules import Function
from scoring.typescript.syntax import SyntaxNode

CALL_DEPTH_MAX = 6
CALLS_MAX = 3000
"""Functions followed from one root; a handler of ours needs about 20."""
NESTING_MAX = 200
STEPS_MAX = 50_000
"""Expressions evaluated from one root; the longest of the golden projects needs 600."""


class Budget:
    """What is left of the calls, the nesting and the steps of one root."""

    def __init__(self) -> None:
        self._calls = 0
        self._steps = 0
        self._nesting = 0
        self._stack: list[Function | SyntaxNode] = []

    def may_call(self, function: Function | SyntaxNode) -> bool:
        """Whether a function may be followed: not too deep, not too often, once in itself."""
        return (
            len(self._stack) < CALL_DEPTH_MAX
            and self._calls < CALLS_MAX
            and self._stack.count(function) < 2
        )

    @contextmanager
    def call(self, function: Function | SyntaxNode) -> Generator[None]:
        """Count a call, and hold the function as active until it is left."""
        self._calls += 1
        self._stack.append(function)
        try:
            yield
        finally:
            self._stack.pop()

    def enter(self) -> bool:
        """Count a step into an expression; False if it is too deep or one too many."""
        self._steps += 1
        if self._nesting >= NESTING_MAX or self._steps > STEPS_MAX:
            return False
        self._nesting += 1
        return True

    def leave(self) -> None:
        """Leave the expression that was entered last."""
        self._nesting -= 1
