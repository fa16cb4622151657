"""Stage 4, test: one form for each resource's scenarios, one for each test's steps."""

from __future__ import annotations

from typing import Any

from engines.schema import FormSchema
from pipeline import names
from pipeline.asking import prompts
from pipeline.asking.growth import Growth
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form
from pipeline.ast import test as ts
from pipeline.ast.database import Table
from pipeline.ast.interface import (
    Operation,
)
from pipeline.derive.test import (
    TestBuilder,
)
from pipeline.design import Design
from pipeline.records.calls import Diagnostic
from pipeline.settle.analysis import requirements_of, rules_of
from pipeline.settle.test import settle_scenarios, settle_sketch
from pipeline.stages import slices
from pipeline.stages.test_form import sketch_schema


def run(harness: Harness, design: Design, growth: Growth) -> ts.TestSuite:
    """Turn the interface and the rules into tests."""
    tables = [table for table in design.database.tables if _operations(design, table)]
    harness.begin("test", None)
    allocator = names.phrases()
    listed = harness.fill_all(
        [
            _ask_scenarios(
                design,
                table,
                allocator,
                growth.scenarios(len(tables), len(_operations(design, table))),
            )
            for table in tables
        ]
    )
    scenarios = [
        (table, scenario)
        for table, found in zip(tables, listed, strict=True)
        for scenario in found or ()
    ]
    harness.expect(len(tables) + len(scenarios))
    sketches = harness.fill_all([_ask_sketch(design, *each, growth.steps) for each in scenarios])
    functions = tuple(
        TestBuilder(design).build(scenario, sketch)
        for (_, scenario), sketch in zip(scenarios, sketches, strict=True)
        if sketch is not None
    )
    harness.end()
    return ts.TestSuite(functions=functions)


def _operations(design: Design, table: Table) -> list[Operation]:
    return [o for o in design.interface.operations if o.table == table.name]


def _ask_scenarios(
    design: Design, table: Table, allocator: names.Allocator, most: int
) -> Ask[list[ts.Scenario]]:
    everything = ", ".join(operation.id for operation in design.interface.operations)
    listed = "\n".join(f"- {slices.operation(each)}" for each in _operations(design, table))
    own = (
        f"{slices.demands(design.analysis, table.entity)}\nOperations:\n{listed}\n"
        f"Write the scenarios of {names.words(table.plural)}."
    )

    def read(form: Any) -> tuple[list[ts.Scenario], tuple[Diagnostic, ...]]:
        parsed = ts.ScenarioList.model_validate(form)
        settled, notes = settle_scenarios(parsed.scenarios, allocator)
        return settled, notes.all()

    shared = f"All operations: {everything}."
    prompt = prompts.messages("test-scenarios", shared, own, slices.service(design.analysis))
    schema = scenarios_schema(design, table, most)
    return Ask(f"test/scenarios/{table.name}", prompt, schema, read)


def _ask_sketch(
    design: Design, table: Table, scenario: ts.Scenario, most: int
) -> Ask[ts.TestSketch]:
    offered = _operations(design, table)
    used = [design.interface.operation(name) for name in scenario.uses]
    cited = [rule for rule in design.analysis.rules if rule.id in scenario.rules]
    rules = "\n".join(f"{rule.id}: {rule.statement}" for rule in cited)
    own = (
        f"{_described(design, used)}\n{rules}\n"
        f"Write the steps of {scenario.name} ({scenario.operation}): {scenario.purpose}"
    )

    def read(form: Any) -> tuple[ts.TestSketch, tuple[Diagnostic, ...]]:
        settled, notes = settle_sketch(ts.TestSketch.model_validate(form))
        return settled, notes.all()

    prompt = prompts.messages("test-sketch", f"Operations:\n{_described(design, offered)}", own)
    schema = sketch_schema(design, [*offered, *used], most)
    return Ask(f"test/{scenario.name}", prompt, schema, read)


def _described(design: Design, operations: list[Operation]) -> str:
    return "\n".join(
        f"- {slices.operation(operation)}\n  {slices.body(design.interface, operation)}"
        for operation in operations
    )


def scenarios_schema(design: Design, table: Table, most: int) -> FormSchema:
    """Narrow a resource's scenarios, `most` at most, to its operations, rules and the like."""
    analysis, operations = design.analysis, _operations(design, table)
    form = Form(ts.ScenarioList).at_most(ts.ScenarioList, "scenarios", most)
    form.choose(ts.Scenario, "operation", [operation.id for operation in operations])
    others = [o.id for o in design.interface.operations if o not in operations]
    form.choose(ts.Scenario, "uses", others)
    form.choose(
        ts.Scenario, "requirements", [r.id for r in requirements_of(analysis, table.entity)]
    )
    form.choose(ts.Scenario, "rules", [rule.id for rule in rules_of(analysis, table.entity)])
    return form.schema()
