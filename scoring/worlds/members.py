"""Members of values in a world: of rows, callers, objects, and of what the request brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from scoring.project.facts import Table
from scoring.symbolic.terms import UNDEFINED, Given
from scoring.words import squeeze
from scoring.worlds.facts import Caller, Open, RowOf, World, typical
from scoring.worlds.javascript import same

_KEYS = frozenset({"id", "sub", "userid", "uid", "accountid", "actorid"})
_AFFECTED = frozenset(
    {"numDeletedRows", "numUpdatedRows", "numChangedRows", "numInsertedOrUpdatedRows", "count"}
)
_ACCOUNTS = ("user", "actor", "member", "account", "auth", "session")
"""Members of a request that stand for who calls."""


class Members:
    """Looks members up; `tables` are keyed by `squeeze` of their names."""

    def __init__(self, world: World, tables: Mapping[str, Table]) -> None:
        self._world = world
        self._tables = tables

    def member(self, base: object, name: str) -> object:
        """Return a member of a value; of an open one, an open one."""
        if isinstance(base, Open):
            inner = base.typical
            held = UNDEFINED if isinstance(inner, Open) else typical(self.member(inner, name))
            return Open(("field", base.key, name), held, base.opaque)
        if isinstance(base, RowOf):
            return self.of_row(base, name)
        if isinstance(base, Caller):
            return base.key if squeeze(name) in _KEYS else base.kind
        if isinstance(base, Mapping):
            return cast("Mapping[str, object]", base).get(name, UNDEFINED)
        if name in _AFFECTED:
            return base if isinstance(base, int) else UNDEFINED
        return UNDEFINED

    def of_row(self, row: RowOf, name: str) -> object:
        """Return a column of a row in any spelling, or the row that a relation leads to."""
        if name in row.values:
            return row.values[name]
        wanted = squeeze(name)
        for key, held in row.values.items():
            if squeeze(key) == wanted:
                return held
        table = self._tables.get(squeeze(row.table))
        for link in table.foreign_keys if table is not None else ():
            if link.name == name:
                return self._related(row, link.target, link.columns)
        return UNDEFINED

    def _related(self, row: RowOf, target: str, columns: tuple[str, ...]) -> object:
        other = self._tables.get(squeeze(target))
        keys = other.key if other is not None else ("id",)
        for candidate in self._world.tables.get(target, ()):
            pairs = zip(keys, columns, strict=False)
            if all(same(candidate.values.get(k), row.values.get(c)) for k, c in pairs):
                return candidate
        return None

    def given(self, term: Given) -> object:
        """Return what the request brings."""
        match term.kind:
            case "actor":
                caller = self._world.caller
                return self.member(caller, term.name) if term.name else caller
            case "path" | "body" | "query":
                held: dict[str, object] = getattr(self._world, term.kind)
                if not term.name:
                    return held
                return held.get(term.name, UNDEFINED)
            case "request":
                whole = {"params": self._world.path, "body": self._world.body}
                caller = self._world.caller
                return {**whole, "query": self._world.query} | dict.fromkeys(_ACCOUNTS, caller)
            case _:
                return Open(("given", term.kind, term.name), UNDEFINED)
