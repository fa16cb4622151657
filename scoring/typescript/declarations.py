"""Named types and constants of all modules, and what a name in one of them means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.project.facts import Property
from scoring.typescript.modules import Import, Module
from scoring.typescript.syntax import SyntaxNode

_FOLLOWED_MAX = 8
"""Re-exports followed from one import; barrels of barrels are three deep at most."""


@dataclass(frozen=True)
class Declared:
    """A named type: an interface, an alias, an enumeration or a class, and where it stands."""

    name: str
    node: SyntaxNode
    module: Module

    @property
    def space(self) -> str:
        """Return the namespace it is in, or that is named like it."""
        return self.name.rpartition(".")[0] or self.name


@dataclass(frozen=True)
class Held:
    """What a constant holds, and where its names are to be looked up."""

    node: SyntaxNode
    scope: Scope


@dataclass(frozen=True)
class Scope:
    """A place where names are looked up: a module, perhaps a namespace in it."""

    declarations: Declarations
    module: Module
    space: str = ""

    def type(self, name: str) -> Declared | None:
        """Return what the name of a type means here."""
        return self.declarations.type(name, self.module, self.space)

    def constant(self, name: str) -> Held | None:
        """Return what a constant holds that is known here by this name."""
        return self.declarations.constant(name, self.module)

    def within(self, declared: Declared) -> Scope:
        """Return the place of a declaration."""
        return Scope(self.declarations, declared.module, declared.space)


class Declarations:
    """Looks names up as a reader would: here, in the namespace, by import, at last anywhere."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._modules = {module.path: module for module in modules}
        self._types: dict[str, Declared] = {}
        self.members: dict[tuple[int, int], tuple[Property, ...]] = {}
        """Members of declared types that were read already, by node and depth."""
        for module in self._modules.values():
            for name, node in module.types.items():
                self._types.setdefault(name, Declared(name, node, module))
            for name, found in module.classes.items():
                if "class" in found.node.type:
                    self._types.setdefault(name, Declared(name, found.node, module))

    def type(self, name: str, module: Module, space: str = "") -> Declared | None:
        """Return what a type's name, perhaps dotted, means inside a namespace of a module."""
        for key in (f"{space}.{name}", name) if space else (name,):
            node = self._own(module, key)
            if node is not None:
                return Declared(key, node, module)
        head, dot, rest = name.partition(".")
        link = module.imports.get(head)
        if link is not None and link.path is not None:
            found = self._imported(link, f"{dot}{rest}")
            if found is not None:
                return found
        return self._types.get(name)

    def constant(self, name: str, module: Module) -> Held | None:
        """Return the expression that a constant of the module, or one it imports, holds."""
        for _ in range(_FOLLOWED_MAX):
            if name in module.constants:
                return Held(module.constants[name], Scope(self, module))
            link = module.imports.get(name) or module.reexports.get(name)
            if link is None or link.path not in self._modules:
                return None
            name, module = link.name, self._modules[link.path]
        return None

    def _own(self, module: Module, name: str) -> SyntaxNode | None:
        node = module.types.get(name)
        found = module.classes.get(name)
        if node is None and found is not None and "class" in found.node.type:
            return found.node
        return node

    def _imported(self, link: Import, rest: str) -> Declared | None:
        for _ in range(_FOLLOWED_MAX):
            if link.path not in self._modules:
                return None
            module = self._modules[link.path]
            key = rest.removeprefix(".") if link.name == "*" else f"{link.name}{rest}"
            node = self._own(module, key)
            if node is not None:
                return Declared(key, node, module)
            further = module.reexports.get(key.partition(".")[0])
            if further is None:
                return None
            link, rest = further, key[len(key.partition(".")[0]) :]
        return None
