"""Stage 5, program: one form for each operation on rows; accounts are derived."""

from __future__ import annotations

from typing import Any

from pipeline.asking import prompts
from pipeline.asking.harness import Ask, Harness
from pipeline.ast import program as pg
from pipeline.ast.interface import Operation
from pipeline.derive.program import EMPTY_SKETCH, derive_function
from pipeline.derive.rows import (
    near_tables,
    rows_at_hand,
)
from pipeline.design import Design
from pipeline.records.calls import Diagnostic
from pipeline.settle.program import settle_sketch
from pipeline.stages import slices
from pipeline.stages.program_form import sketch_schema


def run(harness: Harness, request: str, design: Design) -> pg.Program:
    """Turn every operation into its function."""
    operations = design.interface.operations
    asked = [o for o in operations if is_asked(o)]
    harness.begin("program", len(asked))
    asks = [_ask(request, design, operation) for operation in asked]
    filled = zip(asked, harness.fill_all(asks), strict=True)
    sketches = {operation.id: sketch for operation, sketch in filled if sketch is not None}
    functions = tuple(
        derive_function(design, operation, sketches.get(operation.id, EMPTY_SKETCH))
        for operation in operations
    )
    harness.end()
    return pg.Program(functions=functions)


def is_asked(operation: Operation) -> bool:
    """Whether the model has a say in the operation's program."""
    return operation.kind not in ("join", "login", "refresh", "logout")


def _ask(request: str, design: Design, operation: Operation) -> Ask[pg.ProgramSketch]:
    analysis = design.analysis
    table = design.database.table(operation.table)
    near = near_tables(design, operation)
    others = [other for other in near if other.name != table.name]
    demands = slices.demands(request, analysis, table.entity)
    shared = f"{slices.table(table)}\n{slices.near(others)}\n{demands}"
    rows = rows_at_hand(design, operation)
    own = (
        f"{slices.operation(operation)}\n{slices.body(design.interface, operation)}\n"
        f"{slices.rows_at_hand(rows)}\n"
        f"Rules it must keep: {', '.join(operation.rules) or 'none named'}.\n"
        f"Write the sketch of {operation.id}."
    )

    def read(form: Any) -> tuple[pg.ProgramSketch, tuple[Diagnostic, ...]]:
        settled, notes = settle_sketch(pg.ProgramSketch.model_validate(form))
        return settled, notes.all()

    prompt = prompts.messages("program-sketch", shared, own, slices.service(request, analysis))
    schema = sketch_schema(design, operation)
    return Ask(f"program/{operation.id}", prompt, schema, read)
