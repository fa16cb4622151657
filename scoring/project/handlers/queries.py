"""The queries that a handler makes, whichever library it makes them with."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.project.facts import Access, Table
from scoring.typescript.frames import Frame
from scoring.typescript.sources import Filtered, Given, Row, RowCount, RowList, Scoped, Source
from scoring.typescript.surroundings import Surroundings
from scoring.typescript.syntax import SyntaxNode
from scoring.typescript.value import Value
from scoring.words import squeeze


class Queries:
    """Collects the accesses of one handler; `tables` are keyed by `squeeze` of their names."""

    def __init__(self, tables: Mapping[str, Table], surroundings: Surroundings) -> None:
        self._tables = tables
        self._surroundings = surroundings
        self.accesses: list[Access] = []

    def table(self, name: str) -> Table | None:
        """Return the table of a name in any spelling, if there is one."""
        return self._tables.get(squeeze(name))

    def table_name(self, name: str) -> str:
        """Return a table's own name; of one that the schema lacks, the name as written."""
        found = self.table(name)
        return found.name if found is not None else name

    def add(self, table: str, action: str, frame: Frame, node: SyntaxNode) -> Access:
        """Note a query, made where the evaluation is just now."""
        made = Access(
            table=table,
            action=action,
            file=frame.module.path,
            line=node.line,
            in_loop=bool(self._surroundings.loops),
            in_transaction=self._surroundings.transactions > 0,
            branches=self._surroundings.branches,
        )
        self.accesses.append(made)
        return made


def answer(access: Access) -> Value:
    """Return what a query answers with, and the query itself, which later steps may change."""
    sources: set[Source] = {Row(access.table)}
    if access.action == "count":
        sources.add(RowCount(access.table))
    elif access.action == "read" and not access.single:
        sources.add(RowList(access.table))
    for where in access.wheres:
        if not where.conditional:
            sources.add(Filtered(access.table, where.column))
            if Given.ACTOR in where.value.sources:
                sources.add(Scoped(access.table, where.column))
    return Value(sources=frozenset(sources), handle=access)
