"""Tests: from a sketch to a whole test that makes everything it needs first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast import test as ts
from pipeline.ast.interface import ArraySchema, Operation, SchemaProperty
from pipeline.ast.walk import walk
from pipeline.derive.e2e.arrangement import Arrangement, property_of
from pipeline.derive.e2e.expectation import (
    expectation,
    expectation_of_rows,
    expected_order,
    shortened,
)
from pipeline.derive.e2e.rows import UNKNOWN, body_of
from pipeline.derive.e2e.samples import elements, sample
from pipeline.design import Design


@dataclass(frozen=True)
class Refusal:
    """A call that is refused before any row but that of the path is looked at.

    Rows that its body names are keys of nothing, and so is that of the path without `of`. A
    property `given` as None is left out; `untyped` if the types forbid the body.
    """

    operation: Operation
    caller: str
    status: int
    of: str | None
    given: Mapping[str, ex.Expression | None]
    untyped: bool


def build_test(
    design: Design, scenario: ts.Scenario, steps: Sequence[ts.Step | Refusal]
) -> ts.TestFunction:
    """Return the test of a scenario with such steps."""
    spoken = {
        (each.answer, each.property)
        for step in steps
        if not isinstance(step, Refusal)
        for each in walk(step)
        if isinstance(each, ex.Sent)
    }
    builder = _Builder(design, Arrangement(design, spoken))
    for step in steps:
        builder.add(step)
    return ts.TestFunction(
        name=scenario.name,
        operation=scenario.operation,
        purpose=scenario.purpose,
        requirements=scenario.requirements,
        rules=scenario.rules,
        statements=tuple(builder.statements),
    )


class _Builder:
    """Turns the steps of one test into statements."""

    def __init__(self, design: Design, arranged: Arrangement) -> None:
        self._interface = design.interface
        self._arranged = arranged
        self.statements = arranged.statements

    def add(self, step: ts.Step | Refusal) -> None:
        """Add what a step does."""
        match step:
            case Refusal():
                self._refused(step)
            case ts.CallStep():
                self._arranged.call(step)
            case ts.AtOnceStep():
                self._arranged.at_once(step)
            case ts.CheckStep():
                self._check(step)
            case ts.CheckRowsStep():
                self._check_rows(step)
            case ts.CheckOrderStep():
                self._check_order(step)
            case ts.WaitStep():
                wait = ts.Wait(kind="wait", amount=step.amount, unit=step.unit)
                self.statements.append(wait)

    def _refused(self, refusal: Refusal) -> None:
        operation, caller = refusal.operation, refusal.caller
        values: list[ts.BodyValue] = []
        for property_ in body_of(self._interface, operation):
            value = refusal.given.get(property_.name)
            if property_.required and property_.name not in refusal.given:
                value = self._arranged.credential(operation, property_, caller)
                value = value or self._sample(property_)
            if value is not None:
                values.append(ts.BodyValue(property=property_.name, value=value))
        of = UNKNOWN if refusal.of is None else refusal.of
        parameters = tuple(self._arranged.key(p.table, of) for p in operation.parameters)
        call = ts.Call(
            kind="call",
            variable=None,
            connection=self._arranged.connection(caller),
            operation=operation.id,
            parameters=parameters,
            values=tuple(values),
            untyped=refusal.untyped,
        )
        self.statements.append(
            ts.ExpectError(kind="expect_error", status=refusal.status, call=call)
        )

    def _sample(self, property_: SchemaProperty) -> ex.Expression:
        """Return a value that its schema admits, made up of nothing that there is."""
        schema = property_.schema_
        if not isinstance(schema, ArraySchema):
            return sample(property_)
        unknown = made_up.RandomUuid(kind="random_uuid")
        return elements(self._interface, property_, schema.min_items or 0, unknown)

    def _check(self, step: ts.CheckStep) -> None:
        operation = self._interface.operation(step.operation)
        variable = self._arranged.answer(operation)
        path = tuple(int(part) if part.isdecimal() else part for part in step.path.split("."))
        needs_value = step.predicate not in ("is_null", "is_not_null")
        certain = step.predicate in ("greater", "less")
        expected = None
        if needs_value:
            expected = self._arranged.known(operation, step.path, step.value, certain=certain)
        self.statements.append(
            ts.Assert(
                kind="assert",
                predicate=step.predicate,
                actual=ex.Property(kind="property", variable=variable, path=path),
                expected=expected,
                message=shortened(expectation(operation, step.path, step.predicate, step.value)),
            )
        )

    def _check_rows(self, step: ts.CheckRowsStep) -> None:
        operation = self._interface.operation(step.operation)
        items = property_of(self._arranged.answer(operation), step.path)
        expected = self._arranged.known(operation, f"{step.path}.0.{step.property}", step.value)
        message = shortened(
            expectation_of_rows(operation, step.property, step.predicate, step.value)
        )
        amount, _, predicate = step.predicate.partition("_")
        if amount == "every":
            self.statements.append(
                ts.AssertEvery(
                    kind="assert_every",
                    predicate="equal" if predicate == "equal" else "not_equal",
                    items=items,
                    property=step.property,
                    expected=expected,
                    message=message,
                )
            )
        else:
            self.statements.append(
                ts.AssertSome(
                    kind="assert_some",
                    predicate="some" if amount == "some" else "none",
                    items=items,
                    property=step.property,
                    expected=expected,
                    message=message,
                )
            )

    def _check_order(self, step: ts.CheckOrderStep) -> None:
        operation = self._interface.operation(step.operation)
        self.statements.append(
            ts.AssertOrder(
                kind="assert_order",
                order=step.order,
                items=property_of(self._arranged.answer(operation), step.path),
                property=step.property,
                message=shortened(expected_order(operation, step.property, step.order)),
            )
        )
