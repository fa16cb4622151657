"""What is known of a value without running anything, and of a refusal that depends on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Value:
    """What is known of a value without running anything."""

    sources: frozenset[str] = _NOTHING
    names: frozenset[str] = _NOTHING
    literals: frozenset[str] = _NOTHING
    members: tuple[tuple[str, Value], ...] = ()
    handle: object = field(default=None, compare=False)
    """What a subclass attaches, e.g. a query under construction."""

    def __or__(self, other: Value) -> Value:
        return Value(
            self.sources | other.sources,
            self.names | other.names,
            self.literals | other.literals,
            self.members or other.members,
            self.handle or other.handle,
        )

    def statuses(self) -> frozenset[int]:
        """Return the HTTP statuses of the exceptions that this value may be."""
        return frozenset(int(s[7:]) for s in self.sources if s.startswith("status:"))

    def member(self, name: str) -> Value:
        """Return the named member; if it is not known, the whole value under that name."""
        for key, value in self.members:
            if key == name:
                return replace(value, names=value.names | {name})
        return Value(self.sources, self.names | {name}, _NOTHING, (), self.handle)


EMPTY = Value()


@dataclass(frozen=True)
class Refusal:
    """A thrown HTTP error and the condition it depends on."""

    statuses: frozenset[int]
    condition: Value
    file: str
    line: int


def union(values: Sequence[Value]) -> Value:
    """Join values; members are kept of the first that has any."""
    made = EMPTY
    for value in values:
        made |= value
    return made
