"""Stage 5, program: one form a table says what needs more than derivation, one form each says what.

Accounts are derived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engines.schema import FormSchema
from pipeline import names
from pipeline.asking import prompts
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form
from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.ast.interface import Operation
from pipeline.derive.accounts.operations import ACCOUNT_KINDS
from pipeline.derive.context import Context
from pipeline.derive.program import EMPTY_SKETCH, derive_function
from pipeline.derive.reads.lookups import is_lookup, looked_up
from pipeline.derive.rows import near_tables
from pipeline.derive.rules.kept import open_rules
from pipeline.design import Design
from pipeline.records.calls import Diagnostic
from pipeline.settle.program import settle_sketch
from pipeline.stages import slices
from pipeline.stages.program_form import sketch_schema
from pipeline.stages.skeleton import skeleton


def run(harness: Harness, request: str, design: Design) -> pg.Program:
    """Turn every operation into its function."""
    harness.begin("program", None)
    offered = [(t, o) for t in design.database.tables if (o := _offered(design, t))]
    answers = harness.fill_all([_ask_needs(request, design, *each) for each in offered])
    needing = {
        name
        for (_, operations), answer in zip(offered, answers, strict=True)
        for name in (presumed_needs(design, operations) if answer is None else answer.operations)
    }
    asked = [o for o in design.interface.operations if o.id in needing]
    harness.expect(len(offered) + len(asked))
    filled = zip(
        asked, harness.fill_all([_ask_sketch(request, design, o) for o in asked]), strict=True
    )
    sketches = {operation.id: sketch for operation, sketch in filled if sketch is not None}
    functions = tuple(
        derive_function(
            design,
            operation,
            sketches.get(looked_up(design.interface, operation).id, EMPTY_SKETCH),
        )
        for operation in design.interface.operations
    )
    harness.end()
    return pg.Program(functions=functions)


def is_asked(operation: Operation) -> bool:
    """Whether the model has a say in the operation's program; a look-up has that of the read."""
    is_account = operation.kind in ACCOUNT_KINDS
    return not (is_account or is_lookup(operation))


def presumed_needs(design: Design, operations: Sequence[Operation]) -> tuple[str, ...]:
    """Return the operations that need a sketch where nobody said which do."""
    return tuple(o.id for o in operations if open_rules(Context(design, o)))


def needs_schema(operations: Sequence[Operation]) -> FormSchema:
    """Narrow the form of what needs more to the operations of its table."""
    return (
        Form(pg.ProgramNeeds).choose(pg.ProgramNeeds, "operations", map(_id, operations)).schema()
    )


def _id(operation: Operation) -> str:
    return operation.id


def _offered(design: Design, table: Table) -> list[Operation]:
    return [o for o in design.interface.operations if o.table == table.name and is_asked(o)]


def _ask_needs(
    request: str, design: Design, table: Table, operations: Sequence[Operation]
) -> Ask[pg.ProgramNeeds]:
    analysis = design.analysis
    shown = "\n".join(_sketched(design, operation) for operation in operations)
    own = (
        f"{slices.demands(request, analysis, table.entity)}\n{shown}\n"
        f"Write which operations of {names.words(table.plural)} need more."
    )

    def read(form: Any) -> tuple[pg.ProgramNeeds, tuple[Diagnostic, ...]]:
        return pg.ProgramNeeds.model_validate(form), ()

    prompt = prompts.messages("program-needs", "", own, slices.service(request, analysis))
    return Ask(f"program/needs/{table.name}", prompt, needs_schema(operations), read)


def _sketched(design: Design, operation: Operation) -> str:
    """Return an operation with its skeleton and what that does not keep."""
    rules = open_rules(Context(design, operation))
    kept = f" To keep: {', '.join(rules)}." if rules else ""
    lines = [f"{operation.id}: {operation.description}{kept}"]
    lines += [f"  {line}" for line in skeleton(design, operation).splitlines()]
    return "\n".join(lines)


def _ask_sketch(request: str, design: Design, operation: Operation) -> Ask[pg.ProgramSketch]:
    analysis = design.analysis
    table = design.database.table(operation.table)
    others = [other for other in near_tables(design, operation) if other.name != table.name]
    schema = sketch_schema(design, operation)
    demands = slices.demands(request, analysis, table.entity)
    shared = f"{slices.table(table)}\n{demands}"
    own = (
        f"{slices.near(others)}\n{slices.operation(design, operation)}\n"
        f"{slices.body(design.interface, operation)}\n"
        f"Skeleton:\n{skeleton(design, operation, schema)}\n"
        f"Write the sketch of {operation.id}."
    )

    def read(form: Any) -> tuple[pg.ProgramSketch, tuple[Diagnostic, ...]]:
        settled, notes = settle_sketch(pg.ProgramSketch.model_validate(form))
        return settled, notes.all()

    prompt = prompts.messages("program-sketch", shared, own, slices.service(request, analysis))
    return Ask(f"program/{operation.id}", prompt, schema, read)
