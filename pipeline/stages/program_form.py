"""The form of a program, narrowed: what the sketch of one operation can say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from engines.schema import EMPTY_ARRAY, Array, FormSchema, Object, SchemaNode
from pipeline import names
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.asking.typed import (
    BODY,
    Operands,
    ValueReference,
    is_nullable,
    key_type,
    row_references,
    schema_type,
)
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.dto import has_default, writable
from pipeline.derive.rows import (
    CREATED,
    ROW,
    RowAtHand,
    near_tables,
    rows_at_hand,
    rows_of_each,
    spoken_tables,
)
from pipeline.design import Design
from pipeline.settle.analysis import rules_of

GUARD_STATUSES = (403, 404, 409, 422)
"""What a guard may answer, if the operation promises it; 400 and 401 are derived."""


def sketch_schema(design: Design, operation: Operation) -> FormSchema:
    """Narrow an operation's sketch: typed conditions and values, promised statuses, its rules."""
    return _Sketch(design, operation).schema()


class _Sketch:
    """The form of one operation while it is narrowed."""

    def __init__(self, design: Design, operation: Operation) -> None:
        self._form = Form(pg.ProgramSketch)
        self._database = design.database
        self._operation = operation
        self._table = design.database.table(operation.table)
        self._rows = rows_at_hand(design, operation)
        self._near = near_tables(design, operation)
        self._spoken = spoken_tables(design, operation)
        self._statuses = [s for s in GUARD_STATUSES if s in operation.statuses()]
        self._rules = [rule.id for rule in rules_of(design.analysis, self._table.entity)]
        request = operation.request
        self._body = design.interface.object(request).properties if request else ()
        self._known = self._operands(self._rows, "")

    def schema(self) -> FormSchema:
        """Return the whole form."""
        form, operation = self._form, self._operation
        refuses = self._statuses and operation.kind != "list"
        writes = operation.kind in ("create", "update", "erase", "restore", "action")
        form.list_of(pg.ProgramSketch, "where", self._reached())
        form.list_of(pg.ProgramSketch, "checks", self._checks() if refuses else [])
        form.list_of(pg.ProgramSketch, "sets", self._sets())
        form.list_of(pg.ProgramSketch, "effects", self._effects() if writes else [])
        return form.schema()

    def _operands(self, rows: Sequence[RowAtHand], label: str) -> Operands:
        operation = self._operation
        references = [r for row in rows for r in row_references(row.variable, row.table)]
        bodies = (_body_reference(property_, self._table) for property_ in self._body)
        references += [reference for reference in bodies if reference]
        return Operands(
            self._form,
            references,
            operation.actors,
            signed_in=not operation.guests,
            label=label,
        )

    # --- which rows it reaches

    def _reached(self) -> list[SchemaNode]:
        """Return what narrows the rows of the operation, also by rows that hang together."""
        if self._operation.kind == "create":
            return []
        operation, database, table = self._operation, self._database, self._table
        plain = Operands(
            self._form, (), operation.actors, signed_in=not operation.guests, label="Plain"
        )

        def of_parent(target: Table) -> list[SchemaNode]:
            return [*plain.rows(target), *plain.children(self._near, target, plain.rows)]

        def of_child(child: Table) -> list[SchemaNode]:
            return [*plain.rows(child), *plain.parents(database, child, plain.rows)]

        found = [
            *plain.rows(table),
            *plain.parents(database, table, of_parent),
            *plain.children(self._near, table, of_child),
        ]
        if not found:
            return []
        one = self._form.define("Reached", [*found, *plain.caller_is()])
        return [*found, self._form.node(ex.WhereAny, {"conditions": Array(one, 2, 3)})]

    # --- what it refuses

    def _checks(self) -> list[SchemaNode]:
        form = self._form
        for check in (pg.Guard, pg.Quota, pg.Exists, pg.Absent):
            form.choose(check, "status", self._statuses).choose(check, "rules", self._rules)
        checks = self._guards(self._known)
        for table in self._near:
            where = self._where(self._known, table, given=True)
            if where:
                fields = {"table": one_of([table.name]), "where": where}
                checks += [form.node(pg.Exists, fields), form.node(pg.Absent, fields)]
            counted = self._where(self._known, table)
            if counted and self._operation.kind in ("create", "action"):
                fields = {"table": one_of([table.name]), "where": replace(counted, least=0)}
                checks.append(form.node(pg.Quota, fields))
        return checks

    def _guards(self, operands: Operands) -> list[SchemaNode]:
        conditions = operands.conditions()
        if not conditions or not self._statuses:
            return []
        return [self._form.node(pg.Guard, {"condition": any_of(conditions)})]

    def _where(self, operands: Operands, table: Table, *, given: bool = False) -> Array | None:
        """Return the conditions on the rows of another table, and on what they point at."""

        def rows(one: Table) -> list[SchemaNode]:
            return operands.rows(one, given=given)

        found = [*rows(table), *operands.parents(self._database, table, rows)]
        if not found:
            return None
        return _some(found)

    # --- what it writes

    def _sets(self) -> list[SchemaNode]:
        """Return an assignment for each column that the program may write by itself.

        Columns that the caller writes are the caller's, keys stay what the checks have seen.
        """
        if self._operation.kind not in ("create", "update", "action"):
            return []
        given = {p.column for p in self._body if p.column}
        return self._assignments(self._known, self._table, given)

    def _assignments(
        self, operands: Operands, table: Table, but: Collection[str] = ()
    ) -> list[SchemaNode]:
        left_out = {column for key in table.unique_keys() for column in key} | set(but)
        found: list[SchemaNode] = []
        for column in writable(table):
            value = operands.assigned(column, table, left_out=False)
            if value and column.name not in left_out:
                fields = {"column": one_of([column.name]), "value": value}
                found.append(self._form.node(pg.Assign, fields))
        return found

    def _effects(self) -> list[SchemaNode]:
        rows = list(self._rows)
        if self._operation.kind == "create":
            rows.append(RowAtHand(CREATED, self._table, None))
        operands = self._operands(rows, "Effect")
        hanging = {row.table.name for row in rows}
        found = [
            *self._insertions(operands, hanging),
            *(change for row in rows for change in self._changes(operands, row)),
        ]
        for table in self._near:
            where = self._where(operands, table)
            if table.stance == "actor" or not where:
                continue
            fields: dict[str, SchemaNode] = {"table": one_of([table.name]), "where": where}
            found.append(self._form.node(pg.RemoveAll, fields))
            sets = self._assignments(operands, table)
            if sets:
                changed = self._form.node(pg.ChangeAll, {**fields, "sets": _some(sets)})
                found.append(changed)
            if self._repeats(rows, table):
                found += self._repetition(rows, table, where)
        return found

    def _repeats(self, rows: Sequence[RowAtHand], table: Table) -> bool:
        """Whether something may be done for each row of a table: a demand speaks of the table.

        Its rows hang on a row at hand, and are none themselves.
        """
        hand = {row.table.name for row in rows}
        hangs = bool(hand & {relation.target for relation in table.relations})
        repeats = hangs and table.name not in hand and table in self._spoken
        return repeats and self._operation.kind in ("create", "action")

    def _repetition(
        self, rows: Sequence[RowAtHand], table: Table, where: SchemaNode
    ) -> list[SchemaNode]:
        own = rows_of_each(self._database, table)
        operands = self._operands([*rows, *own], f"Each{names.pascal(table.name)}")
        hanging = {self._table.name, *(row.table.name for row in own)}
        made = [row for row in rows if row.variable in (ROW, CREATED)]
        effects = [
            *self._insertions(operands, hanging),
            *(change for row in [*made, *own] for change in self._changes(operands, row)),
        ]
        if not effects:
            return []
        guards = self._guards(operands)
        checks = Array(any_of(guards), most=3) if guards else EMPTY_ARRAY
        fields = {
            "table": one_of([table.name]),
            "where": where,
            "checks": checks,
            "effects": _some(effects),
        }
        return [self._form.node(pg.ForEachRow, fields)]

    def _insertions(self, operands: Operands, hanging: Collection[str]) -> list[SchemaNode]:
        """Return a new row of each table that points at one of `hanging`, a value a column."""
        found: list[SchemaNode] = []
        for table in self._near:
            hangs = any(relation.target in hanging for relation in table.relations)
            if not hangs or table.stance == "actor" or table.name == self._table.name:
                continue
            values = {
                column.name: operands.assigned(column, table, left_out=True)
                for column in writable(table)
            }
            needed = {c.name for c in writable(table) if not has_default(table, c)}
            if any(values[column] is None for column in needed):
                continue
            kept = {column: value for column, value in values.items() if value is not None}
            document = Object(kept, tuple(kept))
            fields = {"table": one_of([table.name]), "values": document}
            found.append(self._form.node(pg.InsertRow, fields))
        return found

    def _changes(self, operands: Operands, row: RowAtHand) -> list[SchemaNode]:
        sets = self._assignments(operands, row.table) if row.table.columns else []
        if not sets:
            return []
        return [self._form.node(pg.ChangeRow, {"row": one_of([row.variable]), "sets": _some(sets)})]


def _some(options: Sequence[SchemaNode]) -> Array:
    return Array(any_of(options), 1, 4)


def _body_reference(property_: SchemaProperty, table: Table) -> ValueReference | None:
    """Refer to a property of the body; a key is of the table that it names a row of."""
    type_ = schema_type(property_.schema_)
    if type_ is None:
        return None
    relation = table.relation_of(property_.column) if property_.column else None
    if relation is not None:
        type_ = key_type(relation.target)
    certain = property_.required and not is_nullable(property_.schema_)
    return ValueReference(type_, certain, BODY, property_.name)
