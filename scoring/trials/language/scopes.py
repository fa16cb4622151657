"""The names that code sees: of blocks, functions, and modules, which are looked at when asked."""

from __future__ import annotations

from collections.abc import Callable

MISSING = object()
Lookup = Callable[[str], object]


class Unbound(Exception):
    """There is no such name."""


class Scope:
    """Names that are bound in a block, the block around it, and what is asked for the rest."""

    __slots__ = ("around", "names", "other", "this")

    def __init__(
        self, around: Scope | None, this: object = None, other: Lookup | None = None
    ) -> None:
        self.names: dict[str, object] = {}
        self.around = around
        self.this = this
        self.other = other

    def inner(self) -> Scope:
        """Return a block within."""
        return Scope(self, self.this)

    def get(self, name: str) -> object:
        """Return what a name is; raises Unbound if there is none."""
        scope: Scope | None = self
        while scope is not None:
            found = scope.names.get(name, MISSING)
            if found is not MISSING:
                return found
            if scope.other is not None:
                found = scope.other(name)
                if found is not MISSING:
                    return found
            scope = scope.around
        raise Unbound(name)

    def set(self, name: str, value: object) -> None:
        """Give a name that is bound somewhere around another value."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                scope.names[name] = value
                return
            if scope.other is not None and scope.other(name) is not MISSING:
                scope.names[name] = value
                return
            scope = scope.around
        self.names[name] = value


class Lazy(dict[str, object]):
    """An object whose members are looked at when they are asked for, such as a module."""

    def __init__(self, look: Callable[[str], object]) -> None:
        super().__init__()
        self._look = look

    def get(self, key: str, default: object = None) -> object:  # type: ignore[override]
        """Return a member; no such object can be waited for."""
        if key.startswith("#") or key == "then":
            return default
        found = self._look(key)
        return default if found is MISSING else found
