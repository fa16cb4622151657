"""The form of tests, narrowed: who calls what with typed values, and what is checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

from engines.schema import EMPTY_ARRAY, Array, Enum, FormSchema, SchemaNode
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.asking.typed import ORDERED, ValueType, is_nullable, schema_type
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.base import TimeUnit
from pipeline.ast.interface import (
    KeysSource,
    ObjectSchema,
    Operation,
    ReferenceSchema,
    RowsSource,
    SchemaProperty,
)
from pipeline.derive.e2e.rows import (
    NOBODY,
    UNKNOWN,
    answer_labels,
    callers,
    key_target,
    labels_of,
    relation_target,
    row_labels,
)
from pipeline.design import Design
from pipeline.names import pascal
from pipeline.stages.test_values import Choices

VALUES_MAX = 8
"""Properties of a body that one call of a test is about."""
LENGTH = "data.length"
"""Where the number of rows that a list shows stands."""
EQUALITY = ("equal", "not_equal")
ROWS = ("every_equal", "every_not_equal", "some_equal", "none_equal")

FILLED_IN = ("create", "join", "update", "action")
"""Kinds of operations of whose bodies a test may leave something out."""
UNCHANGING = ("list", "read", "login", "refresh")
"""Kinds of operations that may be called at once without any effect on each other."""


def sketch_schema(
    design: Design, operations: Sequence[Operation], named: Sequence[str], most: int
) -> FormSchema:
    """Narrow the form of the tests of these names: at most `most` steps each, typed values."""
    return _Sketch(design, operations, most).schema(named)


class _Sketch:
    """The form of tests while it is narrowed."""

    def __init__(self, design: Design, operations: Sequence[Operation], most: int) -> None:
        self._design = design
        self._operations = operations
        self._form = Form(ts.TestSketches).at_most(ts.TestSketch, "steps", most)
        self._form.choose(ts.AtOnceStep, "callers", callers(design.analysis))
        self._rows = {t.name: self._labels(t.name) for t in design.database.tables}
        self._choices = Choices(self._form, design, self._rows)
        self._earlier: dict[ValueType, list[SchemaNode]] = {}
        for type_, spoken in _by_type(self._spoken()).items():
            self._earlier[type_] = [self._form.define(self._named(type_, "Earlier"), spoken)]

    def schema(self, named: Sequence[str]) -> FormSchema:
        """Return the whole form; each test says first which one it is, in the order given."""
        calls = [call for operation in self._operations for call in self._calls(operation)]
        steps: list[SchemaNode] = [self._form.node(ts.WaitStep), *calls]
        answers: dict[str, list[Operation]] = {}
        for operation in self._operations:
            if operation.response is not None:
                answers.setdefault(operation.response, []).append(operation)
        for response, given_by in answers.items():
            ids = one_of([operation.id for operation in given_by])
            for path, property_ in self._paths(response):
                steps += self._checks(ids, given_by[0], path, property_)
            summary = given_by[0].summary
            if given_by[0].kind == "list" or (summary is not None and summary.group is not None):
                steps.append(self._count(ids))
        self._form.list_of(ts.TestSketch, "steps", steps)
        self._form.begin(ts.TestSketch, "steps", calls)
        tests = [self._form.node(ts.TestSketch, {"name": one_of([name])}) for name in named]
        whole = Array(any_of(tests), len(tests), len(tests), tuple(tests))
        return self._form.set(ts.TestSketches, "tests", whole).schema()

    def _labels(self, table: str) -> tuple[str, ...]:
        """Return the words for rows of a table: whose they are, or what an answer is called."""
        found = row_labels(self._design, self._design.database.table(table))
        return (*found, *labels_of(self._design.interface, self._operations, table))

    # --- calls

    def _calls(self, operation: Operation) -> list[SchemaNode]:
        """Return a call of the operation and, if it writes and may refuse, calls at once."""
        given = self._values(operation)
        values = Array(any_of(given), most=VALUES_MAX) if given else EMPTY_ARRAY
        owners = (*self._rows[operation.table], UNKNOWN) if operation.parameters else (NOBODY,)
        response = operation.response
        named = answer_labels(self._design.interface, response) if response else ()
        fields: dict[str, SchemaNode] = {
            "operation": one_of([operation.id]),
            "of": one_of(owners),
            "values": values,
        }
        one: dict[str, SchemaNode] = {
            "caller": one_of(callers(self._design.analysis)),
            "status": one_of([operation.success, *operation.statuses()]),
            "as": one_of([NOBODY, *named]),
        }
        found: list[SchemaNode] = [self._form.node(ts.CallStep, fields | one)]
        if operation.kind not in UNCHANGING and operation.statuses():
            refused: dict[str, SchemaNode] = {"refused": one_of(operation.statuses())}
            found.append(self._form.node(ts.AtOnceStep, fields | refused))
        return found

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
        source, type_ = property_.source, schema_type(property_.schema_)
        if isinstance(source, RowsSource | KeysSource):
            return self._choices.lists(property_, source)
        if type_ is None:
            return []
        target = relation_target(self._design, operation, property_.name)
        values = self._choices.of(type_, target)
        if type_.kind != "uuid":
            values += self._earlier_values(type_)
        return [*values, *self._missing(operation, property_)]

    def _missing(self, operation: Operation, property_: SchemaProperty) -> list[SchemaNode]:
        """Return the ways to give no value: a body can lack what it must have, or have a null."""
        null = self._form.node(ex.NullLiteral)
        if operation.request is None or operation.kind not in FILLED_IN:
            return [null] if is_nullable(property_.schema_) else []
        if not property_.required:
            return [null]
        return [self._form.define("Missing", [self._form.node(ex.LeftOut), null])]

    # --- values

    def _earlier_values(self, type_: ValueType) -> list[SchemaNode]:
        """Return what earlier calls gave and got, as it is and moved by a number or a time."""
        earlier = self._earlier.get(type_, [])
        if not earlier:
            return []
        node, kind = self._form.node, type_.kind
        if kind in ("integer", "number"):
            sum_ = {
                "left": earlier[0],
                "operator": one_of(["add", "subtract"]),
                "right": node(ex.IntegerLiteral),
            }
            return [*earlier, node(ex.Arithmetic, sum_)]
        if kind in ("date", "datetime"):
            moved = {
                "moment": earlier[0],
                "amount": node(ex.Shifted).members["amount"],
                "unit": one_of(get_args(TimeUnit)),
            }
            return [*earlier, node(ex.Offset, moved)]
        return earlier

    def _spoken(self) -> Iterable[tuple[ValueType, SchemaNode]]:
        """Yield what can be spoken of by its type: the answers with a name, and their calls."""
        interface, node = self._design.interface, self._form.node
        responses = dict.fromkeys(o.response for o in self._operations if o.response is not None)
        for response in responses:
            labels = one_of(answer_labels(interface, response))
            answered = _grouped((path, property_) for path, property_ in self._paths(response))
            for key, paths in answered.items():
                yield key, node(ex.Answered, {"answer": labels, "path": one_of(paths)})
            bodies = [
                interface.object(o.request).properties
                for o in self._operations
                if o.response == response and o.request is not None
            ]
            sent = _grouped((each.name, each) for body in bodies for each in body)
            for key, given in sent.items():
                yield key, node(ex.Sent, {"answer": labels, "property": one_of(given)})

    def _named(self, type_: ValueType, prefix: str) -> str:
        words = "".join(pascal(word) for word in type_.values)[:40]
        return f"{prefix}{type_.kind.capitalize()}{words}{len(self._earlier)}"

    # --- checks

    def _paths(self, response: str) -> list[tuple[str, SchemaProperty]]:
        """Return the paths to the scalars of an answer: its own, and those one level down."""
        found: list[tuple[str, SchemaProperty]] = []
        for property_ in self._design.interface.object(response).properties:
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

    def _checks(
        self, ids: Enum, operation: Operation, path: str, property_: SchemaProperty
    ) -> list[SchemaNode]:
        """Return the checks of a property of an answer that the operations `ids` give."""
        type_ = schema_type(property_.schema_)
        if type_ is None:
            return []
        form = self._form
        target = key_target(self._design, operation, path)
        # A moment is never known beforehand; that it is past another one can be.
        equal = [] if type_.kind in ("datetime", "uuid") else self._choices.literals(type_)
        equal += self._choices.addresses() if type_.kind == "email" else []
        equal += [] if type_.kind == "uuid" else self._earlier_values(type_)
        if target and self._rows[target]:
            equal.append(form.node(ex.RowOf, {"caller": one_of(self._rows[target])}))
        fields: dict[str, SchemaNode] = {"operation": ids, "path": one_of([path])}
        found: list[SchemaNode] = []
        if equal:
            compared = {"predicate": one_of(EQUALITY), "value": any_of(equal)}
            found.append(form.node(ts.CheckStep, {**fields, **compared}))
        if type_.kind in ORDERED:
            bounds = [*self._choices.literals(type_), *self._earlier_values(type_)]
            compared = {"predicate": one_of(["greater", "less"]), "value": any_of(bounds)}
            found.append(form.node(ts.CheckStep, {**fields, **compared}))
        if is_nullable(property_.schema_) or not equal:
            predicate = one_of(["is_null", "is_not_null"])
            null = {"predicate": predicate, "value": form.node(ex.NullLiteral)}
            found.append(form.node(ts.CheckStep, {**fields, **null}))
        if path.startswith("data.0."):
            found += self._row_checks(ids, property_, type_, equal)
        return found

    def _row_checks(
        self, ids: Enum, property_: SchemaProperty, type_: ValueType, equal: list[SchemaNode]
    ) -> list[SchemaNode]:
        form = self._form
        fields: dict[str, SchemaNode] = {
            "operation": ids,
            "path": one_of(["data"]),
            "property": one_of([property_.name]),
        }
        found: list[SchemaNode] = []
        if equal:
            compared = {"predicate": one_of(ROWS), "value": any_of(equal)}
            found.append(form.node(ts.CheckRowsStep, {**fields, **compared}))
        if type_.kind != "uuid":
            found.append(form.node(ts.CheckOrderStep, fields))
        return found

    def _count(self, ids: Enum) -> SchemaNode:
        number = self._choices.literals(ValueType("integer"))
        values = [*number, *self._earlier_values(ValueType("integer"))]
        fields = {
            "operation": ids,
            "path": one_of([LENGTH]),
            "predicate": one_of([*EQUALITY, "greater", "less"]),
            "value": any_of(values),
        }
        return self._form.node(ts.CheckStep, fields)


def _grouped(found: Iterable[tuple[str, SchemaProperty]]) -> dict[ValueType, list[str]]:
    """Group words by the type of what they name; keys are left out, as rows name them."""
    groups: dict[ValueType, list[str]] = {}
    for word, property_ in found:
        type_ = schema_type(property_.schema_)
        if type_ is not None and type_.kind != "uuid":
            groups.setdefault(type_, []).append(word)
    return groups


def _by_type(spoken: Iterable[tuple[ValueType, SchemaNode]]) -> dict[ValueType, list[SchemaNode]]:
    groups: dict[ValueType, list[SchemaNode]] = {}
    for key, node in spoken:
        groups.setdefault(key, []).append(node)
    return groups
