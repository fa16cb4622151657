"""Tests: from a sketch to a whole test that makes everything it needs first."""

from __future__ import annotations

from pipeline import names
from pipeline.asking.typed import is_nullable, schema_type
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Table
from pipeline.ast.interface import Interface, Operation, Schema, SchemaProperty
from pipeline.derive.expectation import expectation, expectation_of_all
from pipeline.derive.interface import is_invited
from pipeline.design import Design

ANONYMOUS = "anonymous"
OTHER = "other_"
NOBODY = "none"
"""Whose row a path without a key names."""
INVITE_CODE = "invite-for-tests"
"""The invite code that the tests configure the backend with."""
PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that only tests make
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
RANDOM_TEXT_MIN_LENGTH = 12
"""A shorter text has no room for enough random characters to be unique."""


def callers(analysis: Analysis) -> tuple[str, ...]:
    """Return who can act in a test: each account, another one of its kind, and nobody."""
    accounts = [actor.name for actor in analysis.accounts()]
    return (*accounts, *(f"{OTHER}{name}" for name in accounts), ANONYMOUS)


def row_source(interface: Interface, table: Table) -> Operation | None:
    """Return what shows a test rows of the table: the call that makes one, or else their list."""
    found = {o.kind: o for o in interface.operations if o.table == table.name}
    return found.get("create") or found.get("list")


def row_labels(design: Design, table: Table) -> tuple[str, ...]:
    """Return who can be said to have a row of the table; an account is its own row."""
    if table.stance == "actor":
        return (table.name, f"{OTHER}{table.name}")
    source = row_source(design.interface, table)
    if source is None:
        return ()
    return tuple(
        label
        for label in callers(design.analysis)
        if (
            source.guests if label == ANONYMOUS else _actor(design.analysis, label) in source.actors
        )
    )


def _actor(analysis: Analysis, label: str) -> str:
    accounts = {actor.name for actor in analysis.accounts()}
    return label if label in accounts else label.removeprefix(OTHER)


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
        self._variables = names.labels()

    def build(self, scenario: ts.Scenario, sketch: ts.TestSketch) -> ts.TestFunction:
        """Return the test of a scenario."""
        for step in sketch.steps:
            match step:
                case ts.CallStep():
                    self._call(step)
                case ts.CheckStep():
                    self._check(step)
                case ts.CheckAllStep():
                    self._check_all(step)
                case ts.WaitStep():
                    wait = ts.Wait(kind="wait", amount=step.amount, unit=step.unit)
                    self._statements.append(wait)
        return ts.TestFunction(
            name=scenario.name,
            operation=scenario.operation,
            purpose=scenario.purpose,
            requirements=scenario.requirements,
            rules=scenario.rules,
            statements=tuple(self._statements),
        )

    # --- steps

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
        if step.times > 1:
            body: ts.Statement = call
            if step.status != operation.success:
                body = ts.ExpectError(kind="expect_error", status=step.status, call=call)
            self._statements.append(ts.Repeat(kind="repeat", times=step.times, body=(body,)))
        elif step.status != operation.success:
            self._statements.append(
                ts.ExpectError(kind="expect_error", status=step.status, call=call)
            )
        else:
            self._answered(operation, step.caller, call)

    def _check(self, step: ts.CheckStep) -> None:
        operation = self._interface.operation(step.operation)
        variable = self._answer(operation)
        path = tuple(int(part) if part.isdecimal() else part for part in step.path.split("."))
        needs_value = step.predicate in ("equal", "not_equal")
        expected = self._known(operation, step.path, step.value) if needs_value else None
        self._statements.append(
            ts.Assert(
                kind="assert",
                predicate=step.predicate,
                actual=ex.Property(kind="property", variable=variable, path=path),
                expected=expected,
                message=expectation(operation, step.path, step.predicate, step.value),
            )
        )

    def _check_all(self, step: ts.CheckAllStep) -> None:
        operation = self._interface.operation(step.operation)
        variable = self._answer(operation)
        path = f"{step.path}.0.{step.property}"
        self._statements.append(
            ts.AssertEvery(
                kind="assert_every",
                predicate=step.predicate,
                items=_property(variable, step.path),
                property=step.property,
                expected=self._known(operation, path, step.value),
                message=expectation_of_all(operation, step.property, step.predicate, step.value),
            )
        )

    def _answer(self, operation: Operation) -> str:
        """Return the variable of the operation's last answer, after a call if there is none."""
        if operation.id not in self._answers:
            caller = ANONYMOUS if operation.guests else operation.actors[0]
            self._call(self._plain(operation, caller))
        return self._answers[operation.id]

    def _plain(self, operation: Operation, caller: str) -> ts.CallStep:
        """Return a call that is about nothing in particular and succeeds."""
        return ts.CallStep(
            kind="call",
            caller=caller,
            operation=operation.id,
            of=NOBODY,
            values=(),
            status=operation.success,
            times=1,
        )

    def _known(self, operation: Operation, path: str, value: ex.Expression) -> ex.Expression:
        """Return the value that an answer's property is compared with."""
        if isinstance(value, ex.RowOf):
            table = key_target(self._design, operation, path)
            if table is None:
                raise ValueError(f"{path} of {operation.id} is no key")
            return self._key(table, value.caller)
        return self._email(value) if isinstance(value, ex.EmailOf) else value

    def _email(self, value: ex.EmailOf) -> ex.Expression:
        return _property(self._connection(value.caller) or "", "email")

    # --- what the steps need

    def _answered(self, operation: Operation, caller: str, call: ts.Call) -> None:
        """Make the call and remember its answer: a caller's latest row is the one meant."""
        variable = None
        if operation.response is not None:
            noun = names.camel(operation.table)
            wanted = ANSWERS.get(operation.kind, "{noun}After{method}").format(
                noun=noun, row=names.pascal(operation.table), method=_capital(operation.method_name)
            )
            variable = self._variable(wanted)
            self._answers[operation.id] = variable
            if operation.kind == "create":
                self._made[operation.table, caller] = _property(variable, "id")
            elif operation.kind == "list":
                first = ex.Property(kind="property", variable=variable, path=("data", 0, "id"))
                self._seen[operation.table, caller] = first
        self._statements.append(call.model_copy(update={"variable": variable}))

    def _connection(self, caller: str) -> str | None:
        if caller == ANONYMOUS:
            return None
        if caller not in self._connections:
            actor = _actor(self._design.analysis, caller)
            variable = self._variable(names.camel(caller))
            self._connections[caller] = variable
            self._statements.append(ts.SignIn(kind="sign_in", variable=variable, actor=actor))
        return self._connections[caller]

    def _key(self, table_name: str, label: str, *, made: bool = False) -> ex.Expression:
        """Return the key of the row that the label has, making or listing one if need be.

        It is the row that it made last, or else (unless it has to be `made`) the first of its
        last list. A label that has no such rows stands for the first that does: that is how a
        call gets rows that it needs and is not about.
        """
        table = self._database.table(table_name)
        labels = row_labels(self._design, table)
        source = row_source(self._interface, table)
        if table.stance == "actor":
            owner = self._connection(label if label in labels else table.name) or ""
            return _property(owner, "session", names.camel(table.name), "id")
        if source is None:
            return ex.RandomUuid(kind="random_uuid")
        if label not in labels:
            label = ANONYMOUS if source.guests else source.actors[0]
        place = (table_name, label)
        known = self._made if made and source.kind == "create" else self._seen | self._made
        if place not in known:
            self._call(self._plain(source, label))
        return self._made.get(place) or self._seen[place]

    def _variable(self, wanted: str) -> str:
        # The allocator speaks snake case; numbers are glued on again.
        return self._variables.take(wanted).replace("_", "")

    # --- values

    def _values(self, operation: Operation, step: ts.CallStep) -> tuple[ts.BodyValue, ...]:
        chosen = {value.property: self._resolve(operation, value) for value in step.values}
        if operation.kind == "list":
            return tuple(ts.BodyValue(property=p, value=v) for p, v in chosen.items())
        if operation.request is None:
            return ()
        found: list[ts.BodyValue] = []
        for property_ in self._interface.object(operation.request).properties:
            value = chosen.get(property_.name)
            if value is None and property_.required:
                value = self._credential(operation, property_, step.caller)
                value = value or self._sample(operation, property_, step.caller)
            if value is not None:
                found.append(ts.BodyValue(property=property_.name, value=value))
        return tuple(found)

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
            account = caller if caller.removeprefix(OTHER) == table.name else table.name
            variable = self._connection(account) or ""
            if operation.kind == "refresh":
                return _property(variable, "session", "refreshToken")
            return _property(variable, property_.name)
        return None

    def _resolve(self, operation: Operation, given: ts.BodyValue) -> ex.Expression:
        if isinstance(given.value, ex.EmailOf):
            return self._email(given.value)
        if not isinstance(given.value, ex.RowOf):
            return given.value
        target = relation_target(self._design, operation, given.property)
        if target is None:
            raise ValueError(f"{given.property} of {operation.id} is no foreign key")
        return self._key(target, given.value.caller)

    def _sample(
        self, operation: Operation, property_: SchemaProperty, caller: str
    ) -> ex.Expression:
        target = relation_target(self._design, operation, property_.name)
        return sample(property_) if target is None else self._key(target, caller, made=True)


def relation_target(design: Design, operation: Operation, property_name: str) -> str | None:
    """Return the table that a property of the operation's body or query points at, if any."""
    table = design.database.table(operation.table)
    schema = operation.request or operation.query_schema
    for property_ in design.interface.object(schema).properties if schema else ():
        if property_.name == property_name and property_.column:
            relation = table.relation_of(property_.column)
            return relation.target if relation else None
    return None


def key_target(design: Design, operation: Operation, path: str) -> str | None:
    """Return the table whose key stands at a path of the operation's answer, if one does."""
    name: str | None = operation.response
    *outer, last = [part for part in path.split(".") if not part.isdecimal()]
    for part in outer:
        found = next(p for p in design.interface.object(name or "").properties if p.name == part)
        schema = found.schema_
        inner = schema.items if schema.type == "array" else schema
        if inner.type != "reference":
            return None
        name = inner.name
    shown = design.interface.named(name or "")
    property_ = next(p for p in design.interface.object(shown.name).properties if p.name == last)
    if shown.table is None or property_.column is None:
        return None
    if property_.column == "id":
        return shown.table
    relation = design.database.table(shown.table).relation_of(property_.column)
    return relation.target if relation else None


def sample(property_: SchemaProperty) -> ex.Expression:
    """Return a value that the property's schema admits; texts are unique where there is room."""
    schema: Schema = property_.schema_
    if is_nullable(schema) and schema.type == "one_of":
        schema = schema.options[0]
    type_ = schema_type(schema)
    if schema.type == "string" and schema.format == "email":
        return ex.RandomEmail(kind="random_email")
    if type_ is None:
        raise ValueError(f"{property_.name} is no scalar")
    match type_.kind:
        case "enum":
            return ex.EnumLiteral(kind="enum", value=type_.values[0])
        case "boolean":
            return ex.BooleanLiteral(kind="boolean", value=False)
        case "integer" | "number":
            low = getattr(schema, "minimum", None)
            high = getattr(schema, "maximum", None)
            value = max(1 if low is None else int(low), 0)
            return ex.IntegerLiteral(
                kind="integer", value=value if high is None else min(value, int(high))
            )
        case "date":
            return ex.Today(kind="today")
        case "datetime":
            return ex.Now(kind="now")
        case "uuid":
            return ex.RandomUuid(kind="random_uuid")
        case "uri":
            return ex.StringLiteral(kind="string", value="https://example.com/")
        case "text":
            low = getattr(schema, "min_length", None) or 0
            high = getattr(schema, "max_length", None) or RANDOM_TEXT_MIN_LENGTH
            label = names.words(names.camel(property_.name)).lower()
            room = len(label) + 1 + RANDOM_TEXT_MIN_LENGTH
            if high < RANDOM_TEXT_MIN_LENGTH or low > RANDOM_TEXT_MIN_LENGTH:
                return ex.RepeatedString(kind="repeated_string", length=max(low, 1))
            return ex.RandomText(kind="random_text", label=label, max_length=min(high, room))


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _property(variable: str, *path: str) -> ex.Property:
    return ex.Property(kind="property", variable=variable, path=path)
