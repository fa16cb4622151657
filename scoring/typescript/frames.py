"""Activations of functions: the names that are bound in one, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scoring.typescript.modules import Class, Module, Parameter, bound_names
from scoring.typescript.sources import Without
from scoring.typescript.syntax import SyntaxNode, unwrap
from scoring.typescript.value import EMPTY, Value


@dataclass(frozen=True)
class Closure:
    """A function that is written inside another one, and the names it sees."""

    node: SyntaxNode
    frame: Frame


@dataclass(frozen=True)
class Instance:
    """What `new Client(…)` makes: an object of one of the project's classes."""

    of: Class


@dataclass
class Frame:
    """One activation of a function."""

    module: Module
    owner: Class | None
    bindings: dict[str, Value] = field(default_factory=lambda: {})
    returned: Value = EMPTY

    def inner(self) -> Frame:
        """Return a frame that sees the same names, and may bind them to something else."""
        return Frame(self.module, self.owner, dict(self.bindings))

    def bind(self, pattern: SyntaxNode, value: Value) -> None:
        """Bind the names of a pattern, each to its part of the value."""
        if pattern.type == "object_pattern":
            self._bind_members(pattern, value)
            return
        if pattern.type == "array_pattern":
            value = value.detached()
        for name in bound_names(pattern):
            self.bindings[name] = value

    def _bind_members(self, pattern: SyntaxNode, value: Value) -> None:
        taken: list[str] = []
        for child in pattern.children:
            if child.type == "rest_pattern":
                value = replace(value, sources=value.sources | {Without(name) for name in taken})
            else:
                taken.append(child.text.split(":")[0].strip())
            if child.type == "shorthand_property_identifier_pattern":
                self.bindings[child.text] = value.member(child.text)
            elif child.type == "pair_pattern":
                key, target = child.get("key"), child.get("value")
                if key is not None and target is not None:
                    self.bind(target, value.member(key.text))
            else:
                for name in bound_names(child):
                    self.bindings[name] = value

    def bind_parameters(self, parameters: Sequence[Parameter], arguments: Sequence[Value]) -> None:
        """Bind parameters to arguments; of those that are not given nothing is known."""
        for index, parameter in enumerate(parameters):
            value = arguments[index] if index < len(arguments) else EMPTY
            self.bind(parameter.pattern, value)

    def assign(self, left: SyntaxNode, value: Value) -> None:
        """Add a value to what a variable holds, or the object that a member is part of."""
        target = unwrap(left)
        if target.type != "member_expression":
            for name in bound_names(target):
                self.bindings[name] = value | self.bindings.get(name, EMPTY)
            return
        root = target
        while root.type == "member_expression" and root.get("object") is not None:
            root = root.fields["object"]
        if root.text in self.bindings:
            self.bindings[root.text] |= value

    def closure(self, callee: SyntaxNode) -> Closure | None:
        """Return the function inside the current one that is called; None if it is another."""
        if callee.type != "identifier":
            return None
        handle = self.bindings.get(callee.text, EMPTY).handle
        return handle if isinstance(handle, Closure) else None
