"""What derivation knows of the operation that it writes a function for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive import statements as st
from pipeline.derive.ownership import owner_column, owners_of
from pipeline.derive.rows import RowAtHand, rows_at_hand
from pipeline.design import Design


@dataclass(frozen=True)
class Context:
    """One operation of a design, with its table, its body and who owns its rows."""

    design: Design
    operation: Operation
    given: tuple[SchemaProperty, ...] | None = None
    """What the operation takes, if that is not its body but an element of a list in it."""

    @property
    def database(self) -> Database:
        """The tables of the design."""
        return self.design.database

    @cached_property
    def table(self) -> Table:
        """The table of the operation."""
        return self.database.table(self.operation.table)

    @property
    def noun(self) -> str:
        """What a row of the operation is called in prose."""
        return names.words(self.table.name)

    @cached_property
    def body(self) -> dict[str, SchemaProperty]:
        """The properties of the body by the column that they write."""
        return {p.column: p for p in self._properties if p.column is not None}

    @cached_property
    def lists(self) -> tuple[SchemaProperty, ...]:
        """The properties of the body that are lists of other rows, or of their keys."""
        return tuple(p for p in self._properties if p.source is not None)

    @cached_property
    def optional(self) -> frozenset[str]:
        """The properties that a body need not have a value of."""
        return frozenset(p.name for p in self._properties if not st.is_certain(p))

    @cached_property
    def owners(self) -> dict[str, str]:
        """The owner column of each actor, if the operation is held to its caller's own rows."""
        operation = self.operation
        return owners_of(self.table, operation.actors) if operation.scope == "own" else {}

    @cached_property
    def rows(self) -> list[RowAtHand]:
        """The rows that exist whenever the operation runs."""
        return rows_at_hand(self.design, self.operation)

    @property
    def response(self) -> str:
        """The schema of the answer. Raises ValueError if the operation answers without a body."""
        if self.operation.response is None:
            raise ValueError(f"{self.operation.id} answers without a body")
        return self.operation.response

    def owned(self) -> list[ex.Where]:
        """Return the ownership condition where it can be part of the query."""
        if len(self.owners) != 1 or len(self.operation.actors) != 1:
            return []
        (column,) = self.owners.values()
        return [st.equals(column, ex.ActorId(kind="actor"))]

    def listed(self) -> list[ex.Where]:
        """Return the condition on the rows of a list: owners see theirs, other callers all."""
        if not self.owners or len(self.operation.actors) == 1:
            return self.owned()
        several = len(self.owners) > 1
        ways: list[ex.Where] = []
        for actor, column in self.owners.items():
            own = st.equals(column, ex.ActorId(kind="actor"))
            as_actor = ex.CallerIs(kind="caller_is", actors=(actor,))
            ways.append(st.all_of([as_actor, own]) if several else own)
        others = tuple(a for a in self.operation.actors if a not in self.owners)
        if others:
            ways.append(ex.CallerIs(kind="caller_is", actors=others))
        return [ex.WhereAny(kind="any", conditions=tuple(ways))]

    def owner_in(self, table: Table) -> str | None:
        """Return the column by which rows of `table` are the caller's, if only those are meant."""
        actors = self.operation.actors
        if self.operation.scope != "own" or len(actors) != 1:
            return None
        return owner_column(table, actors[0])

    def alive_in(self, table: str, where: Sequence[ex.Where]) -> ex.Where:
        """Return the conditions on rows of a table, without rows that are marked deleted."""
        return st.all_of([*st.alive(self.database.table(table)), *st.living(self.database, where)])

    def where_given(self, node: object, statements: Sequence[pg.Statement]) -> list[pg.Statement]:
        """Carry out statements only if the body or query names the rows that a node speaks of."""
        spoken = st.spoken_rows(node)
        rows = [row for row in self.rows if row.given is not None and row.variable in spoken]
        finds = [self._find_given(row) for row in rows]
        given = dict.fromkeys(row.given for row in rows if row.given is not None)
        return st.if_given(given, [*finds, *statements])

    def _find_given(self, row: RowAtHand) -> pg.Statement:
        assert row.key is not None
        return pg.Find(
            kind="find",
            variable=row.variable,
            table=row.table.name,
            where=st.all_of([st.equals("id", row.key), *st.alive(row.table)]),
            missing=404,
            message=f"{names.words(row.table.name).capitalize()} not found",
        )

    def return_row(self, row: str) -> pg.Statement:
        """Answer with a row."""
        return pg.ReturnRow(kind="return_row", row=row, response=self.response)

    @property
    def _properties(self) -> tuple[SchemaProperty, ...]:
        if self.given is not None:
            return self.given
        request = self.operation.request
        return self.design.interface.object(request).properties if request else ()
