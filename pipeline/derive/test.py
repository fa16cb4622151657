"""Tests: from a sketch to a whole test that makes everything it needs first."""

from __future__ import annotations

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.analysis import Analysis
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import Interface, Operation, Schema, SchemaProperty
from pipeline.derive.interface import is_invited
from pipeline.typed import is_nullable, schema_type

ANONYMOUS = "anonymous"
OTHER = "other_"
INVITE_CODE = "invite-for-tests"
"""The invite code that the tests configure the backend with."""
PASSWORD = "correct horse battery"  # noqa: S105 - of accounts that only tests make
RANDOM_TEXT_MIN_LENGTH = 12
"""A shorter text has no room for enough random characters to be unique."""


def callers(analysis: Analysis) -> tuple[str, ...]:
    """Return who can act in a test: each account, another one of its kind, and nobody."""
    accounts = [actor.name for actor in analysis.accounts()]
    return (*accounts, *(f"{OTHER}{name}" for name in accounts), ANONYMOUS)


class TestBuilder:
    """Derives the statements of one test."""

    __test__ = False

    def __init__(self, analysis: Analysis, database: Database, interface: Interface) -> None:
        self._analysis = analysis
        self._database = database
        self._interface = interface
        self._accounts = {actor.name for actor in analysis.accounts()}
        self._statements: list[ts.Statement] = []
        self._connections: dict[str, str] = {}
        self._rows: dict[tuple[str, str], ex.Expression] = {}
        self._answers: dict[str, str] = {}
        self._variables = names.labels()

    def build(self, scenario: ts.Scenario, sketch: ts.TestSketch) -> ts.TestFunction:
        """Return the test of a scenario."""
        for step in sketch.steps:
            if isinstance(step, ts.CallStep):
                self._call(step)
            else:
                self._check(step)
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
        parameters = tuple(self._key(p.table) for p in operation.parameters)
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
        if operation.id not in self._answers:
            caller = ANONYMOUS if operation.guests else operation.actors[0]
            self._call(
                ts.CallStep(
                    kind="call",
                    caller=caller,
                    operation=operation.id,
                    values=(),
                    status=operation.success,
                    times=1,
                )
            )
        variable = self._answers[operation.id]
        path = tuple(int(part) if part.isdecimal() else part for part in step.path.split("."))
        needs_value = step.predicate in ("equal", "not_equal")
        self._statements.append(
            ts.Assert(
                kind="assert",
                predicate=step.predicate,
                actual=ex.Property(kind="property", variable=variable, path=path),
                expected=step.value if needs_value else None,
                message=f"{step.path} of {operation.id}",
            )
        )

    # --- what the steps need

    def _answered(self, operation: Operation, caller: str, call: ts.Call) -> None:
        """Make the call and remember its answer: a caller's latest row is the one meant."""
        variable = None
        if operation.response is not None:
            noun = names.camel(operation.table)
            wanted = {
                "list": f"{noun}Page",
                "create": noun,
                "join": f"{noun}Session",
                "login": f"{noun}Session",
                "refresh": f"{noun}Session",
            }.get(
                operation.kind,
                f"{noun}{operation.method_name[:1].upper()}{operation.method_name[1:]}",
            )
            variable = self._variable(wanted)
            self._answers[operation.id] = variable
            if operation.kind == "create":
                self._rows[operation.table, caller] = _property(variable, "id")
        self._statements.append(call.model_copy(update={"variable": variable}))

    def _connection(self, caller: str) -> str | None:
        if caller == ANONYMOUS:
            return None
        if caller not in self._connections:
            actor = caller.removeprefix(OTHER)
            actor = actor if actor in self._accounts else caller
            variable = self._variable(names.camel(caller))
            self._connections[caller] = variable
            self._statements.append(ts.SignIn(kind="sign_in", variable=variable, actor=actor))
        return self._connections[caller]

    def _key(self, table_name: str, wanted: str | None = None) -> ex.Expression:
        """Return the key of a row of the table, making one if the test has none yet.

        It is the row of the caller that is `wanted`, if that caller can have one; otherwise the
        first account's, whoever asks: that is how a test meets somebody else's row.
        """
        table = self._database.table(table_name)
        if table.stance == "actor":
            owner = wanted if wanted and wanted.removeprefix(OTHER) == table.name else table.name
            variable = self._connection(owner) or ""
            return _property(variable, "session", names.camel(table.name), "id")
        creator = self._creator(table)
        default = creator.actors[0] if creator and not creator.guests else ANONYMOUS
        can = (
            creator is not None
            and wanted is not None
            and (wanted.removeprefix(OTHER) in creator.actors or creator.guests)
        )
        caller = wanted if can and wanted is not None else default
        if (table_name, caller) not in self._rows:
            if creator is None:
                return ex.RandomUuid(kind="random_uuid")
            made = ts.CallStep(
                kind="call",
                caller=caller,
                operation=creator.id,
                values=(),
                status=creator.success,
                times=1,
            )
            self._call(made)
        return self._rows[table_name, caller]

    def _creator(self, table: Table) -> Operation | None:
        return next(
            (
                operation
                for operation in self._interface.operations
                if operation.table == table.name and operation.kind == "create"
            ),
            None,
        )

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
            if property_.name == "inviteCode" and is_invited(self._analysis, table):
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
            return _property(self._connection(given.value.caller) or "", "email")
        if not isinstance(given.value, ex.RowOf):
            return given.value
        target = relation_target(self._database, self._interface, operation, given.property)
        if target is None:
            raise ValueError(f"{given.property} of {operation.id} is no foreign key")
        return self._key(target, given.value.caller)

    def _sample(
        self, operation: Operation, property_: SchemaProperty, caller: str
    ) -> ex.Expression:
        target = relation_target(self._database, self._interface, operation, property_.name)
        return sample(property_) if target is None else self._key(target, caller)


def relation_target(
    database: Database, interface: Interface, operation: Operation, property_name: str
) -> str | None:
    """Return the table that a property of the operation's body or query points at, if any."""
    table = database.table(operation.table)
    schema = operation.request or operation.query_schema
    for property_ in interface.object(schema).properties if schema else ():
        if property_.name == property_name and property_.column:
            relation = table.relation_of(property_.column)
            return relation.target if relation else None
    return None


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


def _property(variable: str, *path: str) -> ex.Property:
    return ex.Property(kind="property", variable=variable, path=path)
