"""Tests: from a sketch to a whole test that makes everything it needs first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline import names
from pipeline.asking.typed import is_nullable
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.interface import Operation, SchemaProperty
from pipeline.ast.walk import walk
from pipeline.derive.e2e.expectation import expectation, expectation_of_rows, expected_order
from pipeline.derive.e2e.rows import (
    ANONYMOUS,
    NOBODY,
    UNKNOWN,
    actor_of,
    answer_labels,
    answering,
    key_target,
    relation_target,
    row_labels,
    row_source,
)
from pipeline.derive.e2e.samples import PASSWORD, is_day, sample
from pipeline.derive.interface import is_invited
from pipeline.design import Design

INVITE_CODE = "invite-for-tests"
"""The invite code that the tests configure the backend with."""
ANSWERS = {
    "list": "{noun}Page",
    "create": "{noun}",
    "read": "found{row}",
    "update": "changed{row}",
    "restore": "restored{row}",
    "join": "{noun}Session",
    "login": "{noun}Session",
    "refresh": "{noun}Session",
}
"""What a test calls the answer of an operation; that of an action is a row after it."""
MAKERS = ("create", "join")
"""Kinds of operations that are given what a later step speaks of, even if they need it not."""
MADE_UP = ("random_text", "random_email", "random_uuid", "now", "shifted", "offset", "arithmetic")
"""Expressions whose value is kept in a variable where a later step speaks of it."""


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


def plain_call(operation: Operation, caller: str, of: str = NOBODY) -> ts.CallStep:
    """Return a call that is about nothing in particular and succeeds."""
    return ts.CallStep(
        kind="call",
        caller=caller,
        operation=operation.id,
        of=of,
        values=(),
        status=operation.success,
        as_=NOBODY,
        times=1,
    )


class TestBuilder:
    """Derives the statements of one test."""

    __test__ = False

    def __init__(self, design: Design) -> None:
        self._design = design
        self._database = design.database
        self._interface = design.interface
        self._statements: list[ts.Statement] = []
        self._connections: dict[str, str] = {}
        self._made: dict[tuple[str, str], ex.Expression] = {}
        self._seen: dict[tuple[str, str], ex.Expression] = {}
        self._answers: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._sent: dict[tuple[str, str], ex.Expression] = {}
        self._spoken: set[tuple[str, str]] = set()
        self._variables = names.labels()
        self._responses = {
            label: response
            for response in dict.fromkeys(o.response for o in design.interface.operations)
            if response is not None
            for label in answer_labels(design.interface, response)
        }

    def build(self, scenario: ts.Scenario, sketch: ts.TestSketch) -> ts.TestFunction:
        """Return the test of a scenario."""
        return self.finish(scenario, sketch.steps)

    def finish(self, scenario: ts.Scenario, steps: Sequence[ts.Step | Refusal]) -> ts.TestFunction:
        """Add the steps and return the test."""
        self._spoken |= {
            (each.answer, each.property)
            for step in steps
            if not isinstance(step, Refusal)
            for each in walk(step)
            if isinstance(each, ex.Sent)
        }
        for step in steps:
            self._step(step)
        return ts.TestFunction(
            name=scenario.name,
            operation=scenario.operation,
            purpose=scenario.purpose,
            requirements=scenario.requirements,
            rules=scenario.rules,
            statements=tuple(self._statements),
        )

    def _refused(self, refusal: Refusal) -> None:
        operation, caller = refusal.operation, refusal.caller
        values: list[ts.BodyValue] = []
        for property_ in self._body(operation):
            value = refusal.given.get(property_.name)
            if property_.required and property_.name not in refusal.given:
                value = self._credential(operation, property_, caller) or sample(property_)
            if value is not None:
                values.append(ts.BodyValue(property=property_.name, value=value))
        of = UNKNOWN if refusal.of is None else refusal.of
        parameters = tuple(self._key(p.table, of) for p in operation.parameters)
        call = ts.Call(
            kind="call",
            variable=None,
            connection=self._connection(caller),
            operation=operation.id,
            parameters=parameters,
            values=tuple(values),
            untyped=refusal.untyped,
        )
        self._statements.append(
            ts.ExpectError(kind="expect_error", status=refusal.status, call=call)
        )

    def _body(self, operation: Operation) -> tuple[SchemaProperty, ...]:
        """Return the properties of what a call takes: its body, or a list's query."""
        name = operation.request or operation.query_schema
        return self._interface.object(name).properties if name else ()

    # --- steps

    def _step(self, step: ts.Step | Refusal) -> None:
        match step:
            case Refusal():
                self._refused(step)
            case ts.CallStep():
                self._call(step)
            case ts.CheckStep():
                self._check(step)
            case ts.CheckRowsStep():
                self._check_rows(step)
            case ts.CheckOrderStep():
                self._check_order(step)
            case ts.WaitStep():
                wait = ts.Wait(kind="wait", amount=step.amount, unit=step.unit)
                self._statements.append(wait)

    def _call(self, step: ts.CallStep) -> None:
        operation = self._interface.operation(step.operation)
        connection = self._connection(step.caller)
        parameters = tuple(self._key(p.table, step.of) for p in operation.parameters)
        values = self._values(operation, step)
        call = ts.Call(
            kind="call",
            variable=None,
            connection=connection,
            operation=operation.id,
            parameters=parameters,
            values=values,
        )
        made: ts.Statement = call
        if step.status == operation.success:
            made = self._answered(operation, step, call)
        else:
            made = ts.ExpectError(kind="expect_error", status=step.status, call=call)
        if step.times > 1:
            made = ts.Repeat(kind="repeat", times=step.times, body=(made,))
        self._statements.append(made)

    def _check(self, step: ts.CheckStep) -> None:
        operation = self._interface.operation(step.operation)
        variable = self._answer(operation)
        path = tuple(int(part) if part.isdecimal() else part for part in step.path.split("."))
        needs_value = step.predicate not in ("is_null", "is_not_null")
        certain = step.predicate in ("greater", "less")
        expected = None
        if needs_value:
            expected = self._known(operation, step.path, step.value, certain=certain)
        self._statements.append(
            ts.Assert(
                kind="assert",
                predicate=step.predicate,
                actual=ex.Property(kind="property", variable=variable, path=path),
                expected=expected,
                message=expectation(operation, step.path, step.predicate, step.value),
            )
        )

    def _check_rows(self, step: ts.CheckRowsStep) -> None:
        operation = self._interface.operation(step.operation)
        items = _property(self._answer(operation), step.path)
        expected = self._known(operation, f"{step.path}.0.{step.property}", step.value)
        message = expectation_of_rows(operation, step.property, step.predicate, step.value)
        amount, _, predicate = step.predicate.partition("_")
        if amount == "every":
            self._statements.append(
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
            self._statements.append(
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
        self._statements.append(
            ts.AssertOrder(
                kind="assert_order",
                order=step.order,
                items=_property(self._answer(operation), step.path),
                property=step.property,
                message=expected_order(operation, step.property, step.order),
            )
        )

    def _answer(self, operation: Operation) -> str:
        """Return the variable of the operation's last answer, after a call if there is none."""
        if operation.id not in self._answers:
            self._call(plain_call(operation, self._first_caller(operation)))
        return self._answers[operation.id]

    def _first_caller(self, operation: Operation) -> str:
        return ANONYMOUS if operation.guests else operation.actors[0]

    # --- what the steps need

    def _answered(self, operation: Operation, step: ts.CallStep, call: ts.Call) -> ts.Call:
        """Remember the answer of a call: a caller's latest row is the one meant."""
        if operation.response is None:
            return call
        noun = names.camel(operation.table)
        wanted = ANSWERS.get(operation.kind, "{noun}After{method}").format(
            noun=noun, row=names.pascal(operation.table), method=_capital(operation.method_name)
        )
        variable = self._variable(wanted)
        self._answers[operation.id] = variable
        if step.as_ != NOBODY:
            self._named[step.as_] = variable
        place = (operation.table, step.caller)
        if operation.kind == "create":
            self._made[place] = _property(variable, "id")
        elif operation.kind == "list":
            self._seen[place] = ex.Property(
                kind="property", variable=variable, path=("data", 0, "id")
            )
        return call.model_copy(update={"variable": variable})

    def _name(self, label: str) -> str:
        """Return the variable of a named answer, after a plain call if nobody has named it."""
        if label not in self._named:
            operation = answering(self._interface, self._responses[label])
            plain = plain_call(operation, self._first_caller(operation))
            self._call(plain.model_copy(update={"as_": label}))
        return self._named[label]

    def _connection(self, caller: str) -> str | None:
        if caller == ANONYMOUS:
            return None
        if caller not in self._connections:
            actor = actor_of(self._design.analysis, caller)
            variable = self._variable(names.camel(caller))
            self._connections[caller] = variable
            self._statements.append(ts.SignIn(kind="sign_in", variable=variable, actor=actor))
        return self._connections[caller]

    def _key(self, table_name: str, label: str, *, made: bool = False) -> ex.Expression:
        """Return the key of the row that the label has or names, making or listing it if need be.

        An account's row is the one that it made last, or else (unless it has to be `made`) the
        first of its last list. A label that has no such rows stands for the first that does: that
        is how a call gets rows that it needs and is not about.
        """
        table = self._database.table(table_name)
        labels = row_labels(self._design, table)
        source = row_source(self._interface, table)
        if label == UNKNOWN:
            return ex.RandomUuid(kind="random_uuid")
        if label not in labels and self._shows(label, table_name):
            return _property(self._name(label), "id")
        if table.stance == "actor":
            owner = self._connection(label if label in labels else table.name) or ""
            return _property(owner, "session", names.camel(table.name), "id")
        if source is None:
            return ex.RandomUuid(kind="random_uuid")
        if label not in labels:
            label = self._first_caller(source)
        place = (table_name, label)
        known = self._made if made and source.kind == "create" else self._seen | self._made
        if place not in known:
            self._call(plain_call(source, label))
        return self._made.get(place) or self._seen[place]

    def _shows(self, label: str, table_name: str) -> bool:
        """Whether the label names an answer that is a row of the table."""
        response = self._responses.get(label)
        if response is None:
            return False
        schema = self._interface.named(response)
        return schema.role == "entity" and schema.table == table_name

    def _variable(self, wanted: str) -> str:
        # The allocator speaks snake case; numbers are glued on again.
        return self._variables.take(wanted).replace("_", "")

    # --- values

    def _values(self, operation: Operation, step: ts.CallStep) -> tuple[ts.BodyValue, ...]:
        chosen = {v.property: self._given(operation, v) for v in step.values}
        found: list[ts.BodyValue] = []
        for property_ in self._body(operation):
            value = chosen.get(property_.name)
            is_spoken = (step.as_, property_.name) in self._spoken
            is_needed = property_.required or (is_spoken and operation.kind in MAKERS)
            if value is None and is_needed:
                value = self._credential(operation, property_, step.caller)
                value = value or self._sample(operation, property_, step.caller)
            if isinstance(value, ex.NullLiteral) and not is_nullable(property_.schema_):
                value = self._sample(operation, property_, step.caller)
            if value is not None and is_spoken:
                value = self._kept(step.as_, property_, value)
            if value is not None:
                found.append(ts.BodyValue(property=property_.name, value=value))
        return tuple(found)

    def _kept(self, label: str, property_: SchemaProperty, value: ex.Expression) -> ex.Expression:
        """Keep what a later step speaks of in a variable, unless it can be written down again."""
        value = _of_day(value) if is_day(property_) else value
        if value.kind in MADE_UP:
            variable = self._variable(names.camel(f"given_{property_.name}"))
            self._statements.append(ex.Let(kind="let", variable=variable, value=value))
            value = ex.Variable(kind="variable", name=variable)
        self._sent[label, property_.name] = value
        return value

    def _credential(
        self, operation: Operation, property_: SchemaProperty, caller: str
    ) -> ex.Expression | None:
        """Return what an account knows of itself: what it joined with, and its session."""
        table = self._database.table(operation.table)
        if operation.kind == "join":
            if property_.name == "password":
                return ex.StringLiteral(kind="string", value=PASSWORD)
            if property_.name == "inviteCode" and is_invited(self._design.analysis, table):
                return ex.StringLiteral(kind="string", value=INVITE_CODE)
            return None
        if operation.kind in ("login", "refresh"):
            is_own = actor_of(self._design.analysis, caller) == table.name
            variable = self._connection(caller if is_own else table.name) or ""
            if operation.kind == "refresh":
                return _property(variable, "session", "refreshToken")
            return _property(variable, property_.name)
        return None

    def _given(self, operation: Operation, given: ts.BodyValue) -> ex.Expression:
        if isinstance(given.value, ex.RowOf):
            target = relation_target(self._design, operation, given.property)
            if target is None:
                raise ValueError(f"{given.property} of {operation.id} is no foreign key")
            return self._key(target, given.value.caller)
        return self._resolved(given.value)

    def _known(
        self, operation: Operation, path: str, value: ex.Expression, *, certain: bool = False
    ) -> ex.Expression:
        """Return the value that an answer's property is compared with."""
        if isinstance(value, ex.RowOf):
            table = key_target(self._design, operation, path)
            if table is None:
                raise ValueError(f"{path} of {operation.id} is no key")
            return self._key(table, value.caller)
        return self._resolved(value, certain=certain)

    def _resolved(self, value: ex.Expression, *, certain: bool = False) -> ex.Expression:
        """Put what a sketch speaks of in the place of its words for it; `certain`: never null."""
        match value:
            case ex.EmailOf(caller=caller):
                return _property(self._connection(caller) or "", "email")
            case ex.Answered(answer=label, path=path):
                parts = tuple(int(p) if p.isdecimal() else p for p in path.split("."))
                return ex.Property(kind="property", variable=self._name(label), path=parts)
            case ex.Sent(answer=label, property=name):
                self._name(label)
                sent = self._sent.get((label, name))
                if sent is None or (certain and isinstance(sent, ex.NullLiteral)):
                    return self._unsent(label, name)
                return sent
            case ex.Offset(moment=moment):
                return value.model_copy(update={"moment": self._resolved(moment, certain=True)})
            case ex.Arithmetic(left=left):
                return value.model_copy(update={"left": self._resolved(left, certain=True)})
            case _:
                return value

    def _unsent(self, label: str, name: str) -> ex.Expression:
        """Return a value of the type of a property that the call behind a label did not give."""
        return next(
            sample(property_)
            for operation in self._interface.operations
            if operation.response == self._responses[label]
            for property_ in self._body(operation)
            if property_.name == name
        )

    def _sample(
        self, operation: Operation, property_: SchemaProperty, caller: str
    ) -> ex.Expression:
        target = relation_target(self._design, operation, property_.name)
        return sample(property_) if target is None else self._key(target, caller, made=True)


def _of_day(value: ex.Expression) -> ex.Expression:
    """Return the day of a moment."""
    today = ex.Today(kind="today")
    match value:
        case ex.Now():
            return today
        case ex.Shifted(amount=amount, unit=unit):
            return ex.Offset(kind="offset", moment=today, amount=amount, unit=unit)
        case _:
            return value


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _property(variable: str, *path: str) -> ex.Property:
    return ex.Property(kind="property", variable=variable, path=path)
