"""Stage 4, test: one form for each resource's scenarios, one for the steps of a few tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engines.schema import FormSchema
from pipeline import names
from pipeline.asking import prompts
from pipeline.asking.growth import growth_of
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form
from pipeline.ast import test as ts
from pipeline.ast.database import Table
from pipeline.ast.interface import Operation
from pipeline.derive.e2e.builder import build_test
from pipeline.derive.e2e.standard import standard_tests
from pipeline.design import Design
from pipeline.records.calls import Diagnostic
from pipeline.settle.analysis import requirements_of, rules_of
from pipeline.settle.test import settle_scenarios, settle_sketches
from pipeline.stages import slices, test_slice
from pipeline.stages.test_form import sketch_schema

TESTS_PER_FORM = 3
"""Tests whose steps are asked for at once: their form fits into a context of 8,192 tokens."""

Group = tuple[ts.Scenario, ...]


def run(harness: Harness, request: str, design: Design) -> ts.TestSuite:
    """Turn the interface and the rules into tests."""
    tables = [table for table in design.database.tables if _operations(design, table)]
    harness.begin("test", None)
    allocator = names.phrases()
    derived = {table.name: standard_tests(design, table, allocator) for table in tables}
    listed = harness.fill_all(
        [_ask_scenarios(request, design, table, derived[table.name], allocator) for table in tables]
    )
    asked = [
        (table, tuple(scenarios or ())) for table, scenarios in zip(tables, listed, strict=True)
    ]
    groups = [
        (scenarios[start : start + TESTS_PER_FORM], ask)
        for table, scenarios in asked
        for start, ask in _asks(request, design, table, scenarios)
    ]
    harness.expect(len(tables) + len(groups))
    sketches = harness.fill_all([ask for _, ask in groups])
    written = {table.name: list[ts.TestFunction]() for table in tables}
    for (scenarios, ask), found in zip(groups, sketches, strict=True):
        for scenario, sketch in zip(scenarios, found or (), strict=False):
            function = build_test(design, scenario, sketch.steps)
            table_name = design.interface.operation(scenario.operation).table
            written[table_name].append(function.model_copy(update={"form": ask.key}))
    harness.end()
    functions = [f for name in derived for f in (*derived[name], *written[name])]
    return ts.TestSuite(functions=tuple(functions))


def _operations(design: Design, table: Table) -> list[Operation]:
    return [o for o in design.interface.operations if o.table == table.name]


def _ask_scenarios(
    request: str,
    design: Design,
    table: Table,
    derived: Sequence[ts.TestFunction],
    allocator: names.Allocator,
) -> Ask[list[ts.Scenario]]:
    own = (
        f"{slices.demands(request, design.analysis, table.entity)}\n"
        f"{test_slice.operations(design, _operations(design, table))}\n"
        f"{test_slice.freely_called(design, table.name)}\n"
        f"{test_slice.existing(derived)}\n"
        f"Write the other scenarios of {names.words(table.plural)}."
    )

    def read(form: Any) -> tuple[list[ts.Scenario], tuple[Diagnostic, ...]]:
        parsed = ts.ScenarioList.model_validate(form)
        settled, notes = settle_scenarios(parsed.scenarios, allocator, table.name)
        return settled, notes.all()

    shared = f"{test_slice.all_operations(design)}\n{test_slice.general(design)}"
    prompt = prompts.messages(
        "test-scenarios", shared, own, slices.service(request, design.analysis)
    )
    growth = growth_of(request)
    most = growth.scenarios(len(design.database.tables), len(_operations(design, table)))
    schema = scenarios_schema(design, table, most)
    return Ask(f"test/scenarios/{table.name}", prompt, schema, read)


def _asks(
    request: str, design: Design, table: Table, scenarios: Group
) -> list[tuple[int, Ask[tuple[ts.TestSketch, ...]]]]:
    """Return the forms of a resource's tests, each with the place of its first scenario."""
    used = [design.interface.operation(u) for each in scenarios for u in each.uses]
    offered = list({o.id: o for o in (*test_slice.near(design, table.name), *used)}.values())
    general = f"{test_slice.general(design)}\n{test_slice.nameable()}"
    described = f"{general}\n{test_slice.operations(design, offered)}"
    service = slices.service(request, design.analysis)
    most = growth_of(request).steps
    found: list[tuple[int, Ask[tuple[ts.TestSketch, ...]]]] = []
    for start in range(0, len(scenarios), TESTS_PER_FORM):
        group = scenarios[start : start + TESTS_PER_FORM]
        key = f"test/{table.name}/{start // TESTS_PER_FORM + 1}"
        schema = sketch_schema(design, offered, [each.name for each in group], most)
        ask = _ask_sketches(design, key, group, schema, (described, service))
        found.append((start, ask))
    return found


def _ask_sketches(
    design: Design,
    key: str,
    group: Group,
    schema: FormSchema,
    known: tuple[str, str],
) -> Ask[tuple[ts.TestSketch, ...]]:
    """Ask for the steps of some tests; `known` are the operations, and the service."""
    cited = {rule for each in group for rule in each.rules}
    rules = "\n".join(slices.rule_words(r) for r in design.analysis.rules if r.id in cited)
    own = f"Rules:\n{rules or 'none'}\nTests:\n{test_slice.asked(group)}\nWrite their steps."

    def read(form: Any) -> tuple[tuple[ts.TestSketch, ...], tuple[Diagnostic, ...]]:
        settled, notes = settle_sketches(ts.TestSketches.model_validate(form))
        return settled, notes.all()

    prompt = prompts.messages("test-sketch", known[0], own, known[1])
    return Ask(key, prompt, schema, read)


def scenarios_schema(design: Design, table: Table, most: int) -> FormSchema:
    """Narrow a resource's scenarios, `most` at most, to its operations, rules and the like."""
    analysis, operations = design.analysis, _operations(design, table)
    form = Form(ts.ScenarioList).at_most(ts.ScenarioList, "scenarios", most)
    form.choose(ts.Scenario, "operation", [operation.id for operation in operations])
    near = {operation.id for operation in test_slice.near(design, table.name)}
    far = [o.id for o in design.interface.operations if o.id not in near]
    form.choose(ts.Scenario, "uses", far)
    form.choose(
        ts.Scenario, "requirements", [r.id for r in requirements_of(analysis, table.entity)]
    )
    form.choose(ts.Scenario, "rules", [rule.id for rule in rules_of(analysis, table.entity)])
    return form.schema()
