"""What surrounds the point that is evaluated: conditions, loops, transactions; what is thrown."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from scoring.typescript.frames import Frame
from scoring.typescript.modules import Module
from scoring.typescript.syntax import SyntaxNode
from scoring.typescript.value import Refusal, Value, union


class Surroundings:
    """The conditions and loops around the point that is evaluated, and the errors so far."""

    def __init__(self) -> None:
        self.conditions: list[Value] = []
        self.loops: list[Value] = []
        """What each loop runs over, the outermost first."""
        self.transactions = 0
        """How many transactions are open."""
        self.refusals: list[Refusal] = []

    @property
    def branches(self) -> int:
        """Return under how many conditions the point is reached."""
        return len(self.conditions)

    @contextmanager
    def under(self, condition: Value) -> Generator[None]:
        """Evaluate what follows as depending on the condition."""
        self.conditions.append(condition)
        try:
            yield
        finally:
            self.conditions.pop()

    @contextmanager
    def repeated(self, head: Value) -> Generator[None]:
        """Evaluate what follows as done once for each part of `head`."""
        self.loops.append(head)
        try:
            yield
        finally:
            self.loops.pop()

    def refuse(
        self, statuses: frozenset[int], extra: Value, frame: Frame, node: SyntaxNode
    ) -> None:
        """Record that an error of one of the statuses is thrown under the current conditions."""
        if statuses:
            condition = union([*self.conditions, extra])
            condition = condition.flat().detached()
            self.refusals.append(Refusal(statuses, condition, frame.module.path, node.line))


class Evaluates(Protocol):
    """What a form of syntax needs of the evaluator to say what it means."""

    @property
    def surroundings(self) -> Surroundings:
        """Return what surrounds the point that is evaluated."""
        ...

    def evaluate(self, node: SyntaxNode, frame: Frame) -> Value:
        """Evaluate a part of the form."""
        ...

    def constant(self, name: str, module: Module) -> Value:
        """Return what a constant of the module, or one that it imports, holds."""
        ...

    def caught(self, body: SyntaxNode | None, frame: Frame) -> Value:
        """Return what a `catch` receives from the body of its `try`."""
        ...
