"""Activations of functions: names and what they hold, what was returned, and under what."""

from __future__ import annotations

from dataclasses import dataclass, field

from scoring.symbolic.terms import FALSE, Term
from scoring.symbolic.values import Instance
from scoring.typescript.modules import Class, Module
from scoring.typescript.syntax import SyntaxNode


@dataclass(eq=False)
class Frame:
    """One activation; a block inside a function shares it, a function inside has its own."""

    module: Module
    owner: Class | None
    this: Instance | None = None
    outer: Frame | None = None
    depth: int = 0
    """How many conditions held when it began."""
    names: dict[str, object] = field(default_factory=lambda: {})
    returned: list[tuple[Term, object]] = field(default_factory=lambda: [])
    ended: Term = FALSE
    """Under which condition it has returned."""

    def find(self, name: str) -> object | None:
        """Return what a name holds here or outside; None if it is not bound."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.outer
        return None

    def home(self, name: str) -> Frame | None:
        """Return the activation that binds a name."""
        frame: Frame | None = self
        while frame is not None and name not in frame.names:
            frame = frame.outer
        return frame


@dataclass(eq=False)
class Closure:
    """A function written in place, and what it sees."""

    node: SyntaxNode
    frame: Frame
