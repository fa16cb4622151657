"""What is known of a value without running anything, and of a refusal that depends on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scoring.typescript.sources import ResponseOf, Source, Status

_NO_TEXT: frozenset[str] = frozenset()
_NO_SOURCE: frozenset[Source] = frozenset()


@dataclass(frozen=True)
class Value:
    """What is known of a value: its sources, and the names and literals that it mentions."""

    sources: frozenset[Source] = _NO_SOURCE
    names: frozenset[str] = _NO_TEXT
    literals: frozenset[str] = _NO_TEXT
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
        return frozenset(source.code for source in self.sources if isinstance(source, Status))

    def responses(self) -> frozenset[int]:
        """Return the calls of a test whose answers take part in this value."""
        return frozenset(source.call for source in self.sources if isinstance(source, ResponseOf))

    def mentioning(self, name: str) -> Value:
        """Return the same value under a further name."""
        return Value(self.sources, self.names | {name}, self.literals, self.members, self.handle)

    def flat(self) -> Value:
        """Return the value without what is known of its members."""
        if not self.members:
            return self
        return Value(self.sources, self.names, self.literals, (), self.handle)

    def detached(self) -> Value:
        """Return the value without its handle."""
        if self.handle is None:
            return self
        return Value(self.sources, self.names, self.literals, self.members)

    def member(self, name: str) -> Value:
        """Return the named member; if it is not known, the whole value under that name."""
        for key, value in self.members:
            if key == name:
                return value.mentioning(name)
        return Value(self.sources, self.names | {name}, _NO_TEXT, (), self.handle)


EMPTY = Value()


def value_of(*sources: Source) -> Value:
    """Return a value of which nothing but its sources is known."""
    return Value(frozenset(sources))


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
        made = value if made is EMPTY else made | value
    return made
