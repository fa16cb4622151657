"""Stage 4, test: one form for each resource's scenarios, one for each test's steps."""

from __future__ import annotations

from typing import Any

from pipeline import names
from pipeline.asking import prompts
from pipeline.asking.harness import Ask, Harness
from pipeline.asking.narrow import Form, Schema, any_of, one_of
from pipeline.asking.typed import Operands, ValueType, is_nullable, schema_type
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
from pipeline.derive.test import (
    NOBODY,
    TestBuilder,
    callers,
    key_target,
    relation_target,
    row_labels,
)
from pipeline.records.records import Diagnostic
from pipeline.settle.analysis import requirements_of, rules_of
from pipeline.settle.test import settle_scenarios, settle_sketch
from pipeline.stages import slices

VALUES_MAX = 6
"""Properties of a body that one call of a test is about."""


def run(
    harness: Harness, analysis: Analysis, database: Database, interface: Interface
) -> ts.TestSuite:
    """Turn the interface and the rules into tests."""
    groups = [(t, _operations(interface, t)) for t in database.tables]
    groups = [(table, operations) for table, operations in groups if operations]
    harness.begin("test", None)
    allocator = names.phrases()
    listed = harness.fill_all(
        [_ask_scenarios(analysis, *each, interface, allocator) for each in groups]
    )
    scenarios = [
        (table, scenario)
        for (table, _), found in zip(groups, listed, strict=True)
        for scenario in found or ()
    ]
    harness.expect(len(groups) + len(scenarios))
    sketches = harness.fill_all(
        [_ask_sketch(analysis, database, interface, *each) for each in scenarios]
    )
    functions: list[ts.TestFunction] = []
    for (_, scenario), sketch in zip(scenarios, sketches, strict=True):
        if sketch is not None:
            builder = TestBuilder(analysis, database, interface)
            functions.append(builder.build(scenario, sketch))
    harness.end()
    return ts.TestSuite(functions=tuple(functions))


def _operations(interface: Interface, table: Table) -> list[Operation]:
    return [o for o in interface.operations if o.table == table.name]


def _ask_scenarios(
    analysis: Analysis,
    table: Table,
    operations: list[Operation],
    interface: Interface,
    allocator: names.Allocator,
) -> Ask[list[ts.Scenario]]:
    everything = ", ".join(operation.id for operation in interface.operations)
    listed = "\n".join(f"- {slices.operation(operation)}" for operation in operations)
    own = (
        f"{slices.demands(analysis, table.entity)}\nOperations:\n{listed}\n"
        f"Write the scenarios of {names.words(table.plural)}."
    )

    def read(form: Any) -> tuple[list[ts.Scenario], tuple[Diagnostic, ...]]:
        parsed = ts.ScenarioList.model_validate(form)
        settled, notes = settle_scenarios(parsed.scenarios, allocator)
        return settled, notes.all()

    shared = f"All operations: {everything}."
    prompt = prompts.messages("test-scenarios", shared, own, slices.service(analysis))
    schema = scenarios_schema(analysis, table, operations, interface)
    return Ask(f"test/scenarios/{table.name}", prompt, schema, read)


def _ask_sketch(
    analysis: Analysis,
    database: Database,
    interface: Interface,
    table: Table,
    scenario: ts.Scenario,
) -> Ask[ts.TestSketch]:
    offered = _operations(interface, table)
    used = [interface.operation(name) for name in scenario.uses]
    cited = [rule for rule in analysis.rules if rule.id in scenario.rules]
    rules = "\n".join(f"{rule.id}: {rule.statement}" for rule in cited)
    own = (
        f"{_told(interface, used)}\n{rules}\n"
        f"Write the steps of {scenario.name} ({scenario.operation}): {scenario.purpose}"
    )

    def read(form: Any) -> tuple[ts.TestSketch, tuple[Diagnostic, ...]]:
        settled, notes = settle_sketch(ts.TestSketch.model_validate(form))
        return settled, notes.all()

    prompt = prompts.messages("test-sketch", f"Operations:\n{_told(interface, offered)}", own)
    schema = sketch_schema(analysis, database, interface, [*offered, *used])
    return Ask(f"test/{scenario.name}", prompt, schema, read)


def _told(interface: Interface, operations: list[Operation]) -> str:
    return "\n".join(
        f"- {slices.operation(operation)}\n  {slices.body(interface, operation)}"
        for operation in operations
    )


def scenarios_schema(
    analysis: Analysis, table: Table, operations: list[Operation], interface: Interface
) -> Schema:
    """Narrow a resource's scenarios to its operations, all others, requirements and rules."""
    form = Form(ts.ScenarioList)
    form.choose(ts.Scenario, "operation", [operation.id for operation in operations])
    others = [o.id for o in interface.operations if o not in operations]
    form.choose(ts.Scenario, "uses", others)
    form.choose(
        ts.Scenario, "requirements", [r.id for r in requirements_of(analysis, table.entity)]
    )
    form.choose(ts.Scenario, "rules", [rule.id for rule in rules_of(analysis, table.entity)])
    return form.schema()


def sketch_schema(
    analysis: Analysis, database: Database, interface: Interface, operations: list[Operation]
) -> Schema:
    """Narrow a test: who calls what with typed values, and what is checked of the answer."""
    form = Form(ts.TestSketch)
    operands = Operands(form, (), (), signed_in=False)
    rows = {t.name: row_labels(analysis, interface, t) for t in database.tables}
    steps: list[Schema] = [form.node(ts.WaitStep)]
    answers: dict[str, list[Operation]] = {}
    for operation in operations:
        given = _values(form, operands, database, interface, operation, rows)
        values = {"type": "array", "items": any_of(given), "maxItems": VALUES_MAX}
        if not given:
            values = {"type": "array", "items": {"type": "null"}, "maxItems": 0}
        owners = rows[operation.table] if operation.parameters else ()
        fields = {
            "caller": one_of(callers(analysis)),
            "operation": one_of([operation.id]),
            "of": one_of(owners or (NOBODY,)),
            "status": one_of([operation.success, *operation.statuses()]),
            "values": values,
        }
        steps.append(form.node(ts.CallStep, fields))
        if operation.response is not None:
            answers.setdefault(operation.response, []).append(operation)
    for response, given_by in answers.items():
        ids = one_of([operation.id for operation in given_by])
        for path, property_ in _paths(interface, interface.object(response)):
            target = key_target(database, interface, given_by[0], path)
            labels = rows[target] if target else ()
            steps += _checks(form, operands, ids, path, property_, labels)
    return form.list_of(ts.TestSketch, "steps", steps).schema()


def _values(
    form: Form,
    operands: Operands,
    database: Database,
    interface: Interface,
    operation: Operation,
    rows: dict[str, tuple[str, ...]],
) -> list[Schema]:
    schema = operation.request or operation.query_schema
    found: list[Schema] = []
    for property_ in interface.object(schema).properties if schema else ():
        type_ = schema_type(property_.schema_)
        if type_ is None:
            continue
        values = _literals(form, operands, type_)
        if property_.name == "email":
            accounts = [
                label
                for table in database.tables
                if table.stance == "actor"
                for label in rows[table.name]
            ]
            values = [
                form.node(ex.RandomEmail),
                form.node(ex.EmailOf, {"caller": one_of(accounts)}),
            ]
        if type_.kind == "uuid":
            values = [form.node(ex.RandomUuid)]
            target = relation_target(database, interface, operation, property_.name)
            if target and rows[target]:
                values.append(form.node(ex.RowOf, {"caller": one_of(rows[target])}))
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


def _literals(form: Form, operands: Operands, type_: ValueType) -> list[Schema]:
    """Return the values of a type that a test can write down."""
    values = operands.literals(type_)
    if type_.kind == "text":
        values.append(form.node(ex.RepeatedString))
    if type_.kind == "date":
        values.append(form.node(ex.Shifted))
    return values


def _checks(
    form: Form,
    operands: Operands,
    operations: Schema,
    path: str,
    property_: SchemaProperty,
    labels: tuple[str, ...],
) -> list[Schema]:
    """Return the checks of a property; `labels` can be told apart by it, if it is a key."""
    type_ = schema_type(property_.schema_)
    if type_ is None:
        return []
    # A moment is never known beforehand; whether it is there at all can be.
    values = [] if type_.kind in ("datetime", "uuid") else _literals(form, operands, type_)
    if labels:
        values.append(form.node(ex.RowOf, {"caller": one_of(labels)}))
    fields: dict[str, Schema] = {"operation": operations, "path": one_of([path])}
    found: list[Schema] = []
    if values:
        compared = {"predicate": one_of(["equal", "not_equal"]), "value": any_of(values)}
        found.append(form.node(ts.CheckStep, {**fields, **compared}))
        if path.startswith("data.0."):
            every = {"path": one_of(["data"]), "property": one_of([property_.name])}
            every["operation"] = operations
            found.append(form.node(ts.CheckAllStep, {**every, **compared}))
    if is_nullable(property_.schema_) or not values:
        predicate = one_of(["is_null", "is_not_null"])
        null = {"predicate": predicate, "value": form.node(ex.NullLiteral)}
        found.append(form.node(ts.CheckStep, {**fields, **null}))
    return found
