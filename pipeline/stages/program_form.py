"""The form of a program, narrowed: what the sketch of one operation can say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel

from engines.schema import EMPTY_ARRAY, Array, FormSchema, Object, SchemaNode, Union
from pipeline import names
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.asking.typed import (
    BODY,
    QUERY,
    Operands,
    Primitive,
    ValueReference,
    children,
    is_nullable,
    key_type,
    oldest_of,
    parents,
    physical_type,
    row_references,
    schema_type,
)
from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.derive.dto import has_default, writable
from pipeline.derive.reads.summaries import is_number
from pipeline.derive.rows import (
    CREATED,
    ROW,
    RowAtHand,
    after,
    near_tables,
    rows_at_hand,
    rows_of_each,
    speaks_of_queues,
    spoken_tables,
)
from pipeline.design import Design
from pipeline.settle.analysis import rules_of


def sketch_schema(design: Design, operation: Operation) -> FormSchema:
    """Narrow an operation's sketch: typed conditions and values, tables near by, its rules."""
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
        self._reach = _Reach(self._form, design.database, self._near)
        self._spoken = spoken_tables(design, operation)
        self._has_queues = speaks_of_queues(design, operation)
        spoken = dict.fromkeys([self._table, *(row.table for row in self._rows)])
        rules = [rule.id for t in spoken for rule in rules_of(design.analysis, t.entity)]
        self._rules = list(dict.fromkeys(rules))
        request = operation.request
        self._body = design.interface.object(request).properties if request else ()
        self._given = _given_references(self._body, operation, self._table)
        checked = [*self._rows, *after(operation, self._table)]
        self._known = self._operands(checked, "")

    def schema(self) -> FormSchema:
        """Return the whole form."""
        form = self._form
        form.list_of(pg.ProgramSketch, "where", self._reached())
        form.list_of(pg.ProgramSketch, "checks", self._checks())
        form.list_of(pg.ProgramSketch, "sets", self._sets())
        form.list_of(pg.ProgramSketch, "effects", self._offered_effects())
        return form.schema()

    def _operands(self, rows: Sequence[RowAtHand], label: str) -> Operands:
        operation = self._operation
        references = [r for row in rows for r in row_references(row.variable, row.table)]
        return Operands(
            self._form,
            [*references, *self._given],
            operation.actors,
            signed_in=not operation.guests,
            label=label,
        )

    # --- which rows it reaches

    def _reached(self) -> list[SchemaNode]:
        """Return what narrows the rows of the operation, also by rows that hang together."""
        if self._operation.kind == "create":
            return []
        operation = self._operation
        plain = Operands(
            self._form, (), operation.actors, signed_in=not operation.guests, label="Plain"
        )
        found = self._reach.around(plain, self._table)
        if not found:
            return []
        one = self._form.define("Reached", [*found, *plain.caller_is()])
        return [*found, self._form.node(ex.WhereAny, {"conditions": Array(one, 2, 3)})]

    # --- what it refuses

    def _checks(self) -> list[SchemaNode]:
        for check in (pg.Guard, pg.Quota, pg.Total, pg.Exists, pg.Absent):
            self._form.choose(check, "rules", self._rules)
        checks = self._guards(self._known)
        for table in self._near:
            where = self._reach.where(self._known, table, given=True, oldest=self._has_queues)
            if where:
                fields = {"table": one_of([table.name]), "where": where}
                checks += [
                    self._node(pg.Exists, fields, self._known),
                    self._node(pg.Absent, fields, self._known),
                ]
            counted = self._reach.where(self._known, table)
            if counted and self._operation.kind in ("create", "update", "restore", "action"):
                checks.append(self._quota(table, replace(counted, least=0)))
                checks += self._total(table, counted)
        return checks

    def _quota(self, table: Table, where: Array) -> SchemaNode:
        number = self._form.node(pg.Quota).members["maximum"]
        assert isinstance(number, Union)
        most = [number.options[0], *self._known.columns("integer")]
        fields = {
            "table": one_of([table.name]),
            "where": where,
            "within": self._form.node(pg.Period),
            "maximum": any_of(most),
        }
        return self._node(pg.Quota, fields, self._known)

    def _total(self, table: Table, where: Array) -> list[SchemaNode]:
        """Return the limit on a sum of a table's numbers, if it is spoken of and has any."""
        numbers = [c.name for c in table.physical() if c.origin == "own" and is_number(c.type)]
        kinds: tuple[Primitive, ...] = ("integer", "number")
        most = [node for kind in kinds for node in self._known.columns(kind, certain=False)]
        plus = [node for kind in kinds for node in self._known.numbers(kind)]
        if not numbers or not most or table not in self._spoken:
            return []
        fields = {
            "table": one_of([table.name]),
            "column": one_of(numbers),
            "where": where,
            "plus": any_of(plus),
            "maximum": any_of(most),
        }
        return [self._node(pg.Total, fields, self._known)]

    def _guards(self, operands: Operands) -> list[SchemaNode]:
        condition = operands.condition()
        return [self._form.node(pg.Guard, {"condition": condition})] if condition else []

    def _node(
        self, model: type[BaseModel], fields: Mapping[str, SchemaNode], operands: Operands
    ) -> Object:
        """Return the node of a check or effect that is carried out only `when` something holds."""
        condition = operands.condition()
        node = self._form.node(model, {**fields, **({"when": condition} if condition else {})})
        if condition:
            return node
        members = {name: each for name, each in node.members.items() if name != "when"}
        return replace(node, members=members)

    # --- what it writes

    def _sets(self) -> list[SchemaNode]:
        """Return an assignment for each column that the program may write by itself.

        Columns that the caller writes are the caller's, keys stay what the checks have seen.
        """
        kind = self._operation.kind
        if kind not in ("create", "update", "action", "batch") or self._operation.erases:
            return []
        given = {p.column for p in self._body if p.column}
        rows = [row for row in self._rows if row.given is None]
        is_same = len(rows) == len(self._rows) and not after(self._operation, self._table)
        operands = self._known if is_same else self._operands(rows, "Set")
        keeps = self._operation.kind != "create"
        return self._assignments(operands, self._table, given, keeps=keeps)

    def _assignments(
        self,
        operands: Operands,
        table: Table,
        but: Collection[str] = (),
        *,
        keeps: bool = False,
    ) -> list[SchemaNode]:
        left_out = {column for key in table.unique_keys() for column in key} | set(but)
        found: list[SchemaNode] = []
        for column in writable(table):
            value = operands.assigned(column, table, left_out=False, keeps=keeps)
            if value and column.name not in left_out:
                fields = {"column": one_of([column.name]), "value": value}
                found.append(self._form.node(pg.Assign, fields))
        return found

    def _offered_effects(self) -> list[SchemaNode]:
        """Return what it writes elsewhere; who reads leaves traces on the row and behind it."""
        match self._operation.kind:
            case "list" | "summary" | "me":
                return []
            case "read":
                operands = self._operands(self._rows, "Effect")
                changes = [c for row in self._rows[:1] for c in self._changes(operands, row)]
                return [
                    *self._insertions(operands, {row.table.name for row in self._rows}),
                    *changes,
                ]
            case _:
                return self._effects()

    def _effects(self) -> list[SchemaNode]:
        rows = list(self._rows)
        if self._operation.kind == "create":
            rows.append(RowAtHand(CREATED, self._table, None))
        operands = self._operands([*rows, *after(self._operation, self._table)], "Effect")
        hanging = {row.table.name for row in rows}
        found = [
            *self._insertions(operands, hanging),
            *(change for row in rows for change in self._changes(operands, row)),
        ]
        for table in self._near:
            where = self._reach.where(operands, table)
            if table.stance == "actor" or not where:
                continue
            fields: dict[str, SchemaNode] = {"table": one_of([table.name]), "where": where}
            found.append(self._node(pg.RemoveAll, fields, operands))
            sets = self._assignments(operands, table)
            if sets:
                fields["sets"] = _some(sets)
                found.append(self._node(pg.ChangeAll, fields, operands))
            is_repeated = table in self._spoken and _hangs(table, hanging)
            if is_repeated and self._operation.kind in ("create", "action"):
                found += self._repetition(rows, table, where)
        return found

    def _repetition(
        self, rows: Sequence[RowAtHand], table: Table, where: SchemaNode
    ) -> list[SchemaNode]:
        own = rows_of_each(self._database, table)
        known = [*rows, *after(self._operation, self._table), *own]
        operands = self._operands(known, f"Each{names.pascal(table.name)}")
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
            found.append(self._node(pg.InsertRow, fields, operands))
        return found

    def _changes(self, operands: Operands, row: RowAtHand) -> list[SchemaNode]:
        sets = self._assignments(operands, row.table, keeps=True) if row.table.columns else []
        if not sets:
            return []
        fields = {"row": one_of([row.variable]), "sets": _some(sets)}
        return [self._node(pg.ChangeRow, fields, operands)]


@dataclass(frozen=True)
class _Reach:
    """Conditions on rows, and on rows that hang together with them: two relations up, or down."""

    form: Form
    database: Database
    near: Sequence[Table]

    def around(self, plain: Operands, table: Table) -> list[SchemaNode]:
        """Return what narrows the rows of a table: of what is above it, also what hangs there."""

        def above(target: Table) -> list[SchemaNode]:
            found = [*plain.rows(target), *children(self.form, self.near, target, plain.rows)]
            return self._shared(f"Above{names.pascal(target.name)}", found)

        def of_parent(target: Table) -> list[SchemaNode]:
            return [*above(target), *parents(self.form, self.database, target, above)]

        def of_child(child: Table) -> list[SchemaNode]:
            return [*plain.rows(child), *parents(self.form, self.database, child, plain.rows)]

        return [
            *plain.rows(table),
            *parents(self.form, self.database, table, of_parent),
            *children(self.form, self.near, table, of_child),
        ]

    def where(
        self, operands: Operands, table: Table, *, given: bool = False, oldest: bool = False
    ) -> Array | None:
        """Return the conditions on the rows of another table, None if there are none.

        With `given`, they may speak of what the body or query need not have; with `oldest`, also
        of which row was made before others.
        """
        label = f"{'Given' * given}{operands.label}"

        def rows(one: Table) -> list[SchemaNode]:
            return operands.rows(one, given=given)

        def of_parent(one: Table) -> list[SchemaNode]:
            found = [
                *rows(one),
                *parents(self.form, self.database, one, rows),
                *children(self.form, self.near, one, rows),
            ]
            return self._shared(f"Up{names.pascal(one.name)}{label}", found)

        found = [
            *rows(table),
            *parents(self.form, self.database, table, of_parent),
            *children(self.form, self.near, table, rows),
        ]
        found += oldest_of(self.form, table, rows(table)) if oldest else []
        if not found:
            return None
        one = self.form.define(f"Where{names.pascal(table.name)}{label}", found)
        return _some([one, self.form.node(ex.WhereAny, {"conditions": Array(one, 2, 3)})])

    def _shared(self, name: str, options: list[SchemaNode]) -> list[SchemaNode]:
        """Define options that several places take, once."""
        return [self.form.define(name, options)] if options else []


def _hangs(table: Table, hand: Collection[str]) -> bool:
    """Whether rows of a table hang on a row at hand, and are none themselves."""
    targets = {relation.target for relation in table.relations}
    return table.name not in hand and not targets.isdisjoint(hand)


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


def _given_references(
    body: Sequence[SchemaProperty], operation: Operation, table: Table
) -> list[ValueReference]:
    """Refer to the properties of the body, and to the filters of the query."""
    found = [reference for each in body if (reference := _body_reference(each, table))]
    for item in operation.query.filters if operation.query else ():
        column = table.column(item.column)
        if column is not None and item.match == "equals" and item.related is None:
            type_ = physical_type(table, column)
            if type_ is not None:
                found.append(ValueReference(type_, False, QUERY, item.property))
    return found
