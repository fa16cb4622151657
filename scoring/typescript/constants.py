"""What the constants of modules hold, each evaluated once."""

from __future__ import annotations

from collections.abc import Callable

from scoring.typescript.frames import Frame
from scoring.typescript.modules import Module, Program
from scoring.typescript.syntax import SyntaxNode, unwrap
from scoring.typescript.value import EMPTY, Value

_HELD = frozenset({"string", "number", "template_string", "unary_expression", "array"})
_MEMBERS_MAX = 60
"""An object with more members is a table of data; nothing depends on one of them."""


class Constants:
    """Looks constants up in a module, or in the one that it imports them from."""

    def __init__(self, program: Program, evaluate: Callable[[SyntaxNode, Frame], Value]) -> None:
        self._program = program
        self._evaluate = evaluate
        self._known: dict[int, Value] = {}

    def value(self, name: str, module: Module) -> Value:
        """Return what a constant holds; nothing is known of one that is no literal."""
        node = module.constants.get(name)
        link = module.imports.get(name)
        if node is None and link is not None and link.path is not None:
            module = self._program.modules[link.path]
            node = module.constants.get(link.name)
        if node is None:
            return EMPTY
        if id(node) not in self._known:
            self._known[id(node)] = EMPTY  # what a constant is within itself
            self._known[id(node)] = self._held(unwrap(node), Frame(module, None))
        return self._known[id(node)]

    def _held(self, node: SyntaxNode, frame: Frame) -> Value:
        is_small = node.type == "object" and len(node.children) <= _MEMBERS_MAX
        return self._evaluate(node, frame) if is_small or node.type in _HELD else EMPTY
