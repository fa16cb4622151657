"""The form of a test, narrowed: who calls what with typed values, and what is checked."""

from __future__ import annotations

from engines.schema import EMPTY_ARRAY, Array, Enum, FormSchema, SchemaNode
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.asking.typed import Operands, ValueType, is_nullable, schema_type
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.interface import (
    ObjectSchema,
    Operation,
    ReferenceSchema,
    SchemaProperty,
)
from pipeline.derive.test import (
    NOBODY,
    callers,
    key_target,
    relation_target,
    row_labels,
)
from pipeline.design import Design

VALUES_MAX = 6
"""Properties of a body that one call of a test is about."""


def sketch_schema(design: Design, operations: list[Operation], most: int) -> FormSchema:
    """Narrow a test of `most` steps: who calls what with typed values, what is checked after it."""
    return _Sketch(design, most).schema(operations)


class _Sketch:
    """The form of one test while it is narrowed."""

    def __init__(self, design: Design, most: int) -> None:
        self._design = design
        self._form = Form(ts.TestSketch).at_most(ts.TestSketch, "steps", most)
        self._operands = Operands(self._form, (), (), signed_in=False)
        self._rows = {t.name: row_labels(design, t) for t in design.database.tables}

    def schema(self, operations: list[Operation]) -> FormSchema:
        """Return the whole form."""
        steps: list[SchemaNode] = [self._form.node(ts.WaitStep)]
        answers: dict[str, list[Operation]] = {}
        for operation in operations:
            steps.append(self._call(operation))
            if operation.response is not None:
                answers.setdefault(operation.response, []).append(operation)
        for response, given_by in answers.items():
            ids = one_of([operation.id for operation in given_by])
            for path, property_ in self._paths(self._design.interface.object(response)):
                target = key_target(self._design, given_by[0], path)
                labels = self._rows[target] if target else ()
                steps += self._checks(ids, path, property_, labels)
        return self._form.list_of(ts.TestSketch, "steps", steps).schema()

    def _call(self, operation: Operation) -> SchemaNode:
        given = self._values(operation)
        values = Array(any_of(given), most=VALUES_MAX) if given else EMPTY_ARRAY
        owners = self._rows[operation.table] if operation.parameters else ()
        fields = {
            "caller": one_of(callers(self._design.analysis)),
            "operation": one_of([operation.id]),
            "of": one_of(owners or (NOBODY,)),
            "status": one_of([operation.success, *operation.statuses()]),
            "values": values,
        }
        return self._form.node(ts.CallStep, fields)

    def _values(self, operation: Operation) -> list[SchemaNode]:
        schema = operation.request or operation.query_schema
        found: list[SchemaNode] = []
        for property_ in self._design.interface.object(schema).properties if schema else ():
            values = self._options(operation, property_)
            if values:
                fields = {"property": one_of([property_.name]), "value": any_of(values)}
                found.append(self._form.node(ts.BodyValue, fields))
        return found

    def _options(self, operation: Operation, property_: SchemaProperty) -> list[SchemaNode]:
        """Return what a call can give for a property of its body or query."""
        type_ = schema_type(property_.schema_)
        if type_ is None:
            return []
        form = self._form
        values: list[SchemaNode] = self._literals(type_)
        if property_.name == "email":
            tables = [table for table in self._design.database.tables if table.stance == "actor"]
            accounts = [label for table in tables for label in self._rows[table.name]]
            values = [
                form.node(ex.RandomEmail),
                form.node(ex.EmailOf, {"caller": one_of(accounts)}),
            ]
        if type_.kind == "uuid":
            values: list[SchemaNode] = [form.node(ex.RandomUuid)]
            target = relation_target(self._design, operation, property_.name)
            if target and self._rows[target]:
                values.append(form.node(ex.RowOf, {"caller": one_of(self._rows[target])}))
        if is_nullable(property_.schema_):
            values.append(form.node(ex.NullLiteral))
        return values

    def _paths(self, answer: ObjectSchema) -> list[tuple[str, SchemaProperty]]:
        """Return the paths to the scalars of an answer: its own, and those one level down."""
        found: list[tuple[str, SchemaProperty]] = []
        for property_ in answer.properties:
            schema = property_.schema_
            inner = schema.items if schema.type == "array" else schema
            prefix = f"{property_.name}.0" if schema.type == "array" else property_.name
            if isinstance(inner, ReferenceSchema):
                inner = self._design.interface.object(inner.name)
            if isinstance(inner, ObjectSchema):
                found += [(f"{prefix}.{p.name}", p) for p in inner.properties]
            elif schema.type != "array":
                found.append((property_.name, property_))
        return [(path, p) for path, p in found if schema_type(p.schema_) is not None]

    def _literals(self, type_: ValueType) -> list[SchemaNode]:
        """Return the values of a type that a test can write down."""
        values = self._operands.literals(type_)
        if type_.kind == "text":
            values.append(self._form.node(ex.RepeatedString))
        if type_.kind == "date":
            values.append(self._form.node(ex.Shifted))
        return values

    def _checks(
        self, operations: Enum, path: str, property_: SchemaProperty, labels: tuple[str, ...]
    ) -> list[SchemaNode]:
        """Return the checks of a property; `labels` are whose key it may be."""
        form, type_ = self._form, schema_type(property_.schema_)
        if type_ is None:
            return []
        # A moment is never known beforehand; whether it is there at all can be.
        values = [] if type_.kind in ("datetime", "uuid") else self._literals(type_)
        if labels:
            values.append(form.node(ex.RowOf, {"caller": one_of(labels)}))
        fields: dict[str, SchemaNode] = {"operation": operations, "path": one_of([path])}
        found: list[SchemaNode] = []
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
