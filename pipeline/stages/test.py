"""Stage 4, test: one form for each resource's scenarios, one for each test's steps."""

from __future__ import annotations

from typing import Any

from pipeline import names, prompts, slices
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import (
    Interface,
    ObjectSchema,
    Operation,
    ReferenceSchema,
    SchemaProperty,
)
from pipeline.check.analysis import requirements_of, rules_of
from pipeline.check.test import settle_scenarios, settle_sketch
from pipeline.derive.test import ANONYMOUS, TestBuilder, callers, relation_target
from pipeline.harness import Harness
from pipeline.narrow import Form, Schema, any_of, one_of
from pipeline.records import Diagnostic
from pipeline.typed import Operands, is_nullable, schema_type


def run(
    harness: Harness, analysis: Analysis, database: Database, interface: Interface
) -> ts.TestSuite:
    """Turn the interface and the rules into tests."""
    groups = [(t, _operations(interface, t)) for t in database.tables]
    groups = [(table, operations) for table, operations in groups if operations]
    harness.begin("test", None)
    allocator = names.phrases()
    scenarios: list[tuple[Table, ts.Scenario]] = []
    for table, operations in groups:
        for scenario in _scenarios(harness, analysis, table, operations, allocator):
            scenarios.append((table, scenario))
    harness.expect(len(groups) + len(scenarios))
    functions: list[ts.TestFunction] = []
    for table, scenario in scenarios:
        sketch = _sketch(harness, analysis, database, interface, table, scenario)
        if sketch is not None:
            builder = TestBuilder(analysis, database, interface)
            functions.append(builder.build(scenario, sketch))
    harness.end()
    return ts.TestSuite(functions=tuple(functions))


def _operations(interface: Interface, table: Table) -> list[Operation]:
    return [o for o in interface.operations if o.table == table.name]


def _reachable(database: Database, interface: Interface, table: Table) -> list[Operation]:
    """Return the operations of the table, then of the tables whose rows point at its rows."""
    found = _operations(interface, table)
    if table.stance != "actor":
        for other in database.tables:
            if other.name != table.name and any(r.target == table.name for r in other.relations):
                found += _operations(interface, other)
    return found


def _scenarios(
    harness: Harness,
    analysis: Analysis,
    table: Table,
    operations: list[Operation],
    allocator: names.Allocator,
) -> list[ts.Scenario]:
    listed = "\n".join(f"- {slices.operation(operation)}" for operation in operations)
    own = f"Operations:\n{listed}\nWrite the scenarios of {names.words(table.plural)}."

    def read(form: Any) -> tuple[list[ts.Scenario], tuple[Diagnostic, ...]]:
        parsed = ts.ScenarioList.model_validate(form)
        settled, notes = settle_scenarios(parsed.scenarios, allocator)
        return settled, notes.all()

    prompt = prompts.messages("test-scenarios", slices.demands(analysis, table.entity), own)
    schema = scenarios_schema(analysis, table, operations)
    return harness.fill(f"test/scenarios/{table.name}", prompt, schema, read) or []


def _sketch(
    harness: Harness,
    analysis: Analysis,
    database: Database,
    interface: Interface,
    table: Table,
    scenario: ts.Scenario,
) -> ts.TestSketch | None:
    operations = _reachable(database, interface, table)
    listed = "\n".join(
        f"- {slices.operation(operation)}\n  {slices.body(interface, operation)}"
        for operation in operations
    )
    cited = [rule for rule in analysis.rules if rule.id in scenario.rules]
    rules = "\n".join(f"{rule.id}: {rule.statement}" for rule in cited)
    own = f"{rules}\nWrite the steps of {scenario.name} ({scenario.operation}): {scenario.purpose}"

    def read(form: Any) -> tuple[ts.TestSketch, tuple[Diagnostic, ...]]:
        settled, notes = settle_sketch(ts.TestSketch.model_validate(form))
        return settled, notes.all()

    prompt = prompts.messages("test-sketch", f"Operations:\n{listed}", own)
    schema = sketch_schema(analysis, database, interface, table)
    return harness.fill(f"test/{scenario.name}", prompt, schema, read)


def scenarios_schema(analysis: Analysis, table: Table, operations: list[Operation]) -> Schema:
    """Narrow a resource's scenarios to its operations, requirements and rules."""
    form = Form(ts.ScenarioList)
    form.choose(ts.Scenario, "operation", [operation.id for operation in operations])
    form.choose(
        ts.Scenario, "requirements", [r.id for r in requirements_of(analysis, table.entity)]
    )
    form.choose(ts.Scenario, "rules", [rule.id for rule in rules_of(analysis, table.entity)])
    return form.schema()


def sketch_schema(
    analysis: Analysis, database: Database, interface: Interface, table: Table
) -> Schema:
    """Narrow a test: who calls what with typed values, and what is checked of the answer."""
    form = Form(ts.TestSketch)
    operands = Operands(form, (), (), signed_in=False)
    labels = callers(analysis)
    steps: list[Schema] = []
    answers: dict[str, list[str]] = {}
    for operation in _reachable(database, interface, table):
        form_values = _values(form, operands, database, interface, operation, labels)
        values = {"type": "array", "items": any_of(form_values), "maxItems": 4}
        if not form_values:
            values = {"type": "array", "items": {"type": "null"}, "maxItems": 0}
        steps.append(
            form.node(
                ts.CallStep,
                {
                    "caller": one_of(labels),
                    "operation": one_of([operation.id]),
                    "status": one_of([operation.success, *operation.statuses()]),
                    "values": values,
                },
            )
        )
        if operation.response is not None:
            answers.setdefault(operation.response, []).append(operation.id)
    for response, operations in answers.items():
        for path, property_ in _paths(interface, interface.object(response)):
            steps += _checks(form, operands, operations, path, property_)
    return form.list_of(ts.TestSketch, "steps", steps).schema()


def _values(
    form: Form,
    operands: Operands,
    database: Database,
    interface: Interface,
    operation: Operation,
    labels: tuple[str, ...],
) -> list[Schema]:
    schema = operation.request or operation.query_schema
    found: list[Schema] = []
    for property_ in interface.object(schema).properties if schema else ():
        type_ = schema_type(property_.schema_)
        if type_ is None:
            continue
        values = operands.values(type_)
        if type_.kind == "text":
            values.append(form.node(ex.RepeatedString))
        if property_.name == "email":
            accounts = [label for label in labels if label != ANONYMOUS]
            known = form.node(ex.EmailOf, {"caller": one_of(accounts)})
            values = [form.node(ex.RandomEmail), known]
        if type_.kind == "uuid":
            values = [form.node(ex.RandomUuid)]
            if relation_target(database, interface, operation, property_.name):
                values.append(form.node(ex.RowOf, {"caller": one_of(labels)}))
        if is_nullable(property_.schema_):
            values.append(form.node(ex.NullLiteral))
        if values:
            fields = {"property": one_of([property_.name]), "value": any_of(values)}
            found.append(form.node(ts.BodyValue, fields))
    return found


def _paths(interface: Interface, answer: ObjectSchema) -> list[tuple[str, SchemaProperty]]:
    """Return the paths to the scalars of an answer: its own, and those one level down."""
    found: list[tuple[str, SchemaProperty]] = []
    for property_ in answer.properties:
        schema = property_.schema_
        inner = schema.items if schema.type == "array" else schema
        prefix = f"{property_.name}.0" if schema.type == "array" else property_.name
        if isinstance(inner, ReferenceSchema):
            inner = interface.object(inner.name)
        if isinstance(inner, ObjectSchema):
            found += [(f"{prefix}.{p.name}", p) for p in inner.properties]
        elif schema.type != "array":
            found.append((property_.name, property_))
    return [(path, p) for path, p in found if schema_type(p.schema_) is not None]


def _checks(
    form: Form, operands: Operands, operations: list[str], path: str, property_: SchemaProperty
) -> list[Schema]:
    type_ = schema_type(property_.schema_)
    if type_ is None:
        return []
    fields: dict[str, Schema] = {"operation": one_of(operations), "path": one_of([path])}
    null = form.node(ex.NullLiteral)
    found: list[Schema] = []
    # A moment is never known beforehand; whether it is there at all can be.
    values = [] if type_.kind in ("datetime", "uuid") else operands.literals(type_)
    if type_.kind == "text":
        values.append(form.node(ex.RepeatedString))
    if values:
        predicate = one_of(["equal", "not_equal"])
        found.append(
            form.node(ts.CheckStep, {**fields, "predicate": predicate, "value": any_of(values)})
        )
    if is_nullable(property_.schema_) or not values:
        predicate = one_of(["is_null", "is_not_null"])
        found.append(form.node(ts.CheckStep, {**fields, "predicate": predicate, "value": null}))
    return found
