"""Stage 5, program: one form for each operation on rows; accounts are derived."""

from __future__ import annotations

from typing import Any

from pipeline import names, prompts, slices
from pipeline.ast import program as pg
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, PhysicalColumn, Table
from pipeline.ast.expression import ActorId
from pipeline.ast.interface import Interface, Operation
from pipeline.check.analysis import rules_of
from pipeline.check.program import settle_sketch
from pipeline.derive.program import EMPTY_SKETCH, ROW, FunctionBuilder
from pipeline.harness import Ask, Harness
from pipeline.narrow import Form, Schema, any_of, one_of
from pipeline.records import Diagnostic
from pipeline.typed import (
    Operands,
    Reference,
    body_reference,
    column_type,
    is_nullable,
    row_reference,
    schema_type,
)

GUARD_STATUSES = (403, 404, 409, 422)
"""What a guard may answer, if the operation promises it; 400 and 401 are derived."""


def run(
    harness: Harness, analysis: Analysis, database: Database, interface: Interface
) -> pg.Program:
    """Turn every operation into its function."""
    asked = [o for o in interface.operations if is_asked(o)]
    harness.begin("program", len(asked))
    asks = [_ask(analysis, database, interface, operation) for operation in asked]
    filled = zip(asked, harness.fill_all(asks), strict=True)
    sketches = {operation.id: sketch for operation, sketch in filled if sketch is not None}
    functions: list[pg.Function] = []
    for operation in interface.operations:
        builder = FunctionBuilder(analysis, database, interface, operation)
        functions.append(builder.build(sketches.get(operation.id, EMPTY_SKETCH)))
    harness.end()
    return pg.Program(functions=tuple(functions))


def is_asked(operation: Operation) -> bool:
    """Whether the model has a say in the operation's program."""
    return operation.kind not in ("join", "login", "refresh")


def _ask(
    analysis: Analysis, database: Database, interface: Interface, operation: Operation
) -> Ask[pg.ProgramSketch]:
    table = database.table(operation.table)
    shared = f"{slices.table(table)}\n{slices.demands(analysis, table.entity)}"
    own = (
        f"{slices.operation(operation)}\n{slices.body(interface, operation)}\n"
        f"Rules it must keep: {', '.join(operation.rules) or 'none named'}.\n"
        f"Write the sketch of {operation.id}."
    )

    def read(form: Any) -> tuple[pg.ProgramSketch, tuple[Diagnostic, ...]]:
        settled, notes = settle_sketch(pg.ProgramSketch.model_validate(form))
        return settled, notes.all()

    prompt = prompts.messages("program-sketch", shared, own)
    schema = sketch_schema(analysis, database, interface, operation)
    return Ask(f"program/{operation.id}", prompt, schema, read)


def sketch_schema(
    analysis: Analysis, database: Database, interface: Interface, operation: Operation
) -> Schema:
    """Narrow an operation's sketch: typed conditions and values, promised statuses, its rules."""
    table = database.table(operation.table)
    form = Form(pg.ProgramSketch)
    callers = operation.actors
    signed_in = not operation.guests
    references = _references(form, database, table, interface, operation)
    operands = Operands(form, references, callers, signed_in=signed_in)
    plain = Operands(form, (), callers, signed_in=signed_in)
    columns = [c for c in table.physical() if c.origin in ("own", "relation", "stamp", "email")]
    where = plain.where((c.name, c.type, c.nullable) for c in columns)
    has_rows = operation.kind != "create"
    form.list_of(pg.ProgramSketch, "where", where if has_rows else [])
    statuses = [s for s in GUARD_STATUSES if s in operation.statuses()]
    rules = [rule.id for rule in rules_of(analysis, table.entity)]
    checks: list[Schema] = []
    if statuses and operation.kind != "list":
        for check in (pg.Guard, pg.Quota):
            form.choose(check, "status", statuses).choose(check, "rules", rules)
        conditions = operands.conditions()
        if conditions:
            checks.append(form.node(pg.Guard, {"condition": any_of(conditions)}))
        if operation.kind == "create":
            form.list_of(pg.Quota, "where", where)
            checks.append(form.node(pg.Quota))
    form.list_of(pg.ProgramSketch, "checks", checks)
    sets = _sets(form, operands, table, interface, operation)
    form.list_of(pg.ProgramSketch, "sets", sets)
    return form.schema()


def _references(
    form: Form, database: Database, table: Table, interface: Interface, operation: Operation
) -> list[Reference]:
    """Return what conditions can speak of: the row, the body, and the rows that the body names."""
    found: list[Reference] = []
    if operation.kind in ("read", "update", "erase", "action"):
        for column in table.physical():
            if column.origin in ("own", "relation", "stamp") and column.name != "deleted_at":
                found.append(row_reference(form, ROW, column.name, column.type, column.nullable))
    if operation.request is not None:
        for property_ in interface.object(operation.request).properties:
            type_ = schema_type(property_.schema_)
            if type_ is None:
                continue
            certain = property_.required and not is_nullable(property_.schema_)
            found.append(body_reference(form, property_.name, type_, certain))
            relation = table.relation_of(property_.column) if property_.column else None
            if relation is not None and certain:
                for column in database.table(relation.target).columns:
                    found.append(
                        row_reference(
                            form,
                            names.camel(relation.name),
                            column.name,
                            column.type,
                            column.nullable,
                        )
                    )
    return found


def _sets(
    form: Form, operands: Operands, table: Table, interface: Interface, operation: Operation
) -> list[Schema]:
    """Return an assignment for each column that the program may write by itself.

    Columns that the caller writes are the caller's, keys stay what the checks have seen.
    """
    if operation.kind not in ("create", "update", "action"):
        return []
    taken = {column for key in table.unique_keys() for column in key}
    if operation.request is not None:
        taken |= {p.column for p in interface.object(operation.request).properties if p.column}
    found: list[Schema] = []
    for column in table.physical():
        if column.name in taken or column.origin not in ("own", "relation"):
            continue
        values = _values(form, operands, table, column, operation)
        if values:
            fields = {"column": one_of([column.name]), "value": any_of(values)}
            found.append(form.node(pg.Assign, fields))
    return found


def _values(
    form: Form, operands: Operands, table: Table, column: PhysicalColumn, operation: Operation
) -> list[Schema]:
    relation = table.relation_of(column.name)
    if relation is None:
        return operands.values(column_type(column.type), nullable=column.nullable)
    # A foreign key set to any UUID would dangle: only the caller's own account is sure to exist.
    if operation.actors == (relation.target,) and not operation.guests:
        return [form.node(ActorId)]
    return []
