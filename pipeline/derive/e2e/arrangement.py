"""Arrangement: the calls of a test, and before each what it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from pipeline import names
from pipeline.asking.typed import is_nullable
from pipeline.ast import expression as ex
from pipeline.ast import random_value as made_up
from pipeline.ast import test as ts
from pipeline.ast.database import Table
from pipeline.ast.interface import (
    ArraySchema,
    Interface,
    KeysSource,
    Operation,
    PathParameter,
    RowsSource,
    SchemaProperty,
)
from pipeline.derive.accounts.operations import is_invited
from pipeline.derive.e2e.apart import Apart
from pipeline.derive.e2e.mail import Mail, holder_of
from pipeline.derive.e2e.ordered import ordered
from pipeline.derive.e2e.rows import (
    ANONYMOUS,
    NOBODY,
    UNKNOWN,
    actor_of,
    answering,
    body_of,
    first_caller,
    key_target,
    labelled_responses,
    relation_target,
    row_labels,
    row_source,
    source_of,
)
from pipeline.derive.e2e.samples import PASSWORD, elements, is_day, sample
from pipeline.design import Design

INVITE_CODE = "invite-for-tests"
"""The invite code that the tests configure the backend with."""
ANSWERS = {
    "list": "{noun}Page",
    "me": "own{row}",
    "create": "{noun}",
    "read": "found{row}",
    "update": "changed{row}",
    "restore": "restored{row}",
    "join": "{noun}Session",
    "login": "{noun}Session",
    "refresh": "{noun}Session",
    "password": "{noun}Session",
}
"""What a test calls the answer of an operation; that of an action is a row after it."""
MAKERS = ("create", "join")
"""Kinds of operations that are given what a later step speaks of, even if they need it not."""
CHOSEN = (("join", "password"), ("password", "newPassword"), ("reset", "newPassword"))
"""Passwords that are chosen, by the kind of operation and the property."""
MADE_UP = (
    *("random_text", "random_email", "random_uuid", "random_code"),
    *("now", "shifted", "offset", "arithmetic", "capitals"),
)
"""Expressions whose value is kept in a variable where a later step speaks of it."""


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


class Arrangement:
    """Collects the statements of one test; knows who is signed in and which rows there are."""

    def __init__(self, design: Design, spoken: Collection[tuple[str, str]]) -> None:
        """Take what later steps speak of: names of answers, and properties that were given."""
        self._design = design
        self._database = design.database
        self._interface = design.interface
        self._spoken = spoken
        self.statements: list[ts.Statement] = []
        self._connections: dict[str, str] = {}
        self._made: dict[tuple[str, str], ex.Expression] = {}
        self._seen: dict[tuple[str, str], ex.Expression] = {}
        self._answers: dict[str, str] = {}
        self._named: dict[str, str] = {}
        self._sent: dict[tuple[str, str], ex.Expression] = {}
        self._apart = Apart(design, self._another)
        self._mail = Mail(design, self.connection, self._variable, self._ask)
        self._variables = names.labels()
        self._responses = labelled_responses(design.interface)

    def call(self, step: ts.CallStep) -> None:
        """Add a call, behind what it needs."""
        operation = self._interface.operation(step.operation)
        call = self._prepared(operation, step)
        made: ts.Statement = call
        if step.status == operation.success:
            made = self._answered(operation, step, call)
        else:
            made = ts.ExpectError(kind="expect_error", status=step.status, call=call)
        body = (made, *self._mail.sent(operation, step))
        if step.times > 1:
            body = (ts.Repeat(kind="repeat", times=step.times, body=body),)
        self.statements += body

    def at_once(self, step: ts.AtOnceStep) -> None:
        """Add calls that are made at once, behind what each of them needs."""
        operation = self._interface.operation(step.operation)
        calls: list[ts.Call] = []
        for caller in step.callers:
            plain = plain_call(operation, caller, step.of)
            one = plain.model_copy(update={"values": step.values})
            calls.append(self._prepared(operation, one))
        self.statements.append(
            ts.AtOnce(
                kind="at_once",
                calls=tuple(calls),
                times=step.times,
                succeed=step.succeed,
                refused=step.refused,
            )
        )

    def _prepared(self, operation: Operation, step: ts.CallStep) -> ts.Call:
        """Return the call of a step, after the statements that it needs."""
        connection = self.connection(step.caller)
        parameters = tuple(_found_by(p, self.key(p.table, step.of)) for p in operation.parameters)
        values = self._values(operation, step)
        return ts.Call(
            kind="call",
            variable=None,
            connection=connection,
            operation=operation.id,
            parameters=parameters,
            values=values,
            untyped=_is_untyped(body_of(self._interface, operation), values),
        )

    def _ask(self, operation: Operation, caller: str) -> None:
        self.call(plain_call(operation, caller))

    def answer(self, operation: Operation) -> str:
        """Return the variable of the operation's last answer, after a call if there is none."""
        if operation.id not in self._answers:
            self.call(plain_call(operation, first_caller(operation)))
        return self._answers[operation.id]

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
            self._made[place] = property_of(variable, "id")
        elif operation.kind == "list":
            self._seen[place] = ex.Property(
                kind="property", variable=variable, path=("data", 0, "id")
            )
        return call.model_copy(update={"variable": variable})

    def _name(self, label: str) -> str:
        """Return the variable of a named answer, after a plain call if nobody has named it."""
        if label not in self._named:
            operation = answering(self._interface, self._responses[label])
            plain = plain_call(operation, first_caller(operation))
            self.call(plain.model_copy(update={"as_": label}))
        return self._named[label]

    def connection(self, caller: str) -> str | None:
        """Return the variable of a caller's account, who joins if need be; None for nobody."""
        if caller == ANONYMOUS:
            return None
        if caller not in self._connections:
            actor = actor_of(self._design.analysis, caller)
            variable = self._variable(names.camel(caller))
            self._connections[caller] = variable
            self.statements.append(ts.SignIn(kind="sign_in", variable=variable, actor=actor))
        return self._connections[caller]

    def key(self, table_name: str, label: str, *, made: bool = False) -> ex.Expression:
        """Return the key of the row that the label has or names, making or listing it if need be.

        An account's row is the one that it made last, or else (unless it has to be `made`) the
        first of its last list. A label that has no such rows stands for the first that does: that
        is how a call gets rows that it needs and is not about.
        """
        table = self._database.table(table_name)
        labels = row_labels(self._design, table)
        source = row_source(self._interface, table)
        if label == UNKNOWN:
            return made_up.RandomUuid(kind="random_uuid")
        if label not in labels and _is_row(self._interface, self._responses.get(label), table_name):
            return property_of(self._name(label), "id")
        if table.stance == "actor":
            owner = self.connection(label if label in labels else table.name) or ""
            return property_of(owner, "session", names.camel(table.name), "id")
        if source is None:
            return made_up.RandomUuid(kind="random_uuid")
        if label not in labels:
            label = first_caller(source)
        place = (table_name, label)
        known = self._made if made and source.kind == "create" else self._seen | self._made
        if place not in known:
            self.call(plain_call(source, label))
        return self._made.get(place) or self._seen[place]

    def _variable(self, wanted: str) -> str:
        # The allocator speaks snake case; numbers are glued on again.
        return self._variables.take(wanted).replace("_", "")

    def _values(self, operation: Operation, step: ts.CallStep) -> tuple[ts.BodyValue, ...]:
        chosen = {v.property: self._given(operation, v) for v in step.values}
        body = body_of(self._interface, operation)
        in_order = ordered(self._design, operation, body, chosen)
        found: list[ts.BodyValue] = []
        for property_ in body:
            value = chosen.get(property_.name)
            if isinstance(value, ex.LeftOut):
                continue
            is_spoken = (step.as_, property_.name) in self._spoken
            is_needed = property_.required or (is_spoken and operation.kind in MAKERS)
            if value is None and is_needed:
                value = self.credential(operation, property_, step.caller)
                value = value or self._mail.token(operation, property_, step.caller)
                value = value or in_order.get(property_.name)
                value = value or self._sample(operation, property_, step.caller)
            if value is not None and is_spoken:
                value = self._kept(step.as_, property_, value)
            if value is not None:
                found.append(ts.BodyValue(property=property_.name, value=value))
        return self._apart.values(operation, step, found)

    def _another(self, table: str, label: str) -> ex.Expression:
        """Return the key of a row that is made now, whatever there is already."""
        self._made = {place: key for place, key in self._made.items() if place[0] != table}
        return self.key(table, label, made=True)

    def _kept(self, label: str, property_: SchemaProperty, value: ex.Expression) -> ex.Expression:
        """Keep what a later step speaks of in a variable, unless it can be written down again."""
        value = _of_day(value) if is_day(property_) else value
        if value.kind in MADE_UP:
            variable = self._variable(names.camel(f"given_{property_.name}"))
            self.statements.append(ex.Let(kind="let", variable=variable, value=value))
            value = ex.Variable(kind="variable", name=variable)
        self._sent[label, property_.name] = value
        return value

    def credential(
        self, operation: Operation, property_: SchemaProperty, caller: str
    ) -> ex.Expression | None:
        """Return what an account knows of itself: what it joined with, and its session."""
        if (operation.kind, property_.name) in CHOSEN or operation.kind == "join":
            return _chosen(self._design, operation, property_)
        if operation.kind in ("login", "refresh", "password", "reset_request"):
            variable = self.connection(holder_of(self._design, operation, caller)) or ""
            is_own_password = property_.name == "currentPassword"
            if operation.kind == "refresh":
                return property_of(variable, "session", "refreshToken")
            return property_of(variable, "password" if is_own_password else property_.name)
        return None

    def _given(self, operation: Operation, given: ts.BodyValue) -> ex.Expression:
        if isinstance(given.value, ex.ListOf):
            source = source_of(self._interface, operation, given.property)
            return _keyed(given.value, source, self._database.table(source.table), self.key)
        if isinstance(given.value, ex.RowOf):
            target = relation_target(self._design, operation, given.property)
            if target is None:
                raise ValueError(f"{given.property} of {operation.id} is no foreign key")
            return self.key(target, given.value.caller)
        return self._resolved(given.value)

    def known(
        self, operation: Operation, path: str, value: ex.Expression, *, certain: bool = False
    ) -> ex.Expression:
        """Return the value that an answer's property is compared with."""
        if isinstance(value, ex.RowOf):
            table = key_target(self._design, operation, path)
            if table is None:
                raise ValueError(f"{path} of {operation.id} is no key")
            return self.key(table, value.caller)
        return self._resolved(value, certain=certain)

    def _resolved(self, value: ex.Expression, *, certain: bool = False) -> ex.Expression:
        """Put what a sketch speaks of in the place of its words for it; `certain`: never null."""
        match value:
            case ex.EmailOf(caller=caller):
                return property_of(self.connection(caller) or "", "email")
            case ex.Answered(answer=label, path=path):
                parts = tuple(int(p) if p.isdecimal() else p for p in path.split("."))
                return ex.Property(kind="property", variable=self._name(label), path=parts)
            case ex.Sent(answer=label, property=name):
                if (label, name) not in self._sent:  # a refused call has sent what it gave, too
                    self._name(label)
                sent = self._sent.get((label, name))
                if sent is None or (certain and isinstance(sent, ex.NullLiteral)):
                    return _unsent(self._interface, self._responses[label], name)
                return sent
            case ex.Offset(moment=moment):
                return value.model_copy(update={"moment": self._resolved(moment, certain=True)})
            case ex.Capitals(operand=operand):
                return value.model_copy(update={"operand": self._resolved(operand, certain=True)})
            case ex.Arithmetic(left=left):
                return value.model_copy(update={"left": self._resolved(left, certain=True)})
            case _:
                return value

    def _sample(self, operation: Operation, given: SchemaProperty, caller: str) -> ex.Expression:
        if isinstance(given.schema_, ArraySchema):
            return self._given(operation, _fewest(self._interface, given, given.schema_))
        target = relation_target(self._design, operation, given.name)
        return sample(given) if target is None else self.key(target, caller, made=True)


def _fewest(interface: Interface, given: SchemaProperty, list_: ArraySchema) -> ts.BodyValue:
    """Return a list of a body with no more elements than it needs."""
    some = ex.RowOf(kind="row_of", caller=NOBODY)
    value = elements(interface, given, list_.min_items or 0, some)
    return ts.BodyValue(property=given.name, value=value)


def _is_row(interface: Interface, response: str | None, table: str) -> bool:
    """Whether a response is a row of the table."""
    schema = interface.named(response) if response is not None else None
    return schema is not None and schema.role == "entity" and schema.table == table


def _chosen(
    design: Design, operation: Operation, property_: SchemaProperty
) -> ex.StringLiteral | None:
    """Return the password that an account chooses, or the code that it was invited with."""
    if (operation.kind, property_.name) in CHOSEN:
        least = getattr(property_.schema_, "min_length", None) or 0
        return ex.StringLiteral(kind="string", value=PASSWORD.ljust(least, "!"))
    table = design.database.table(operation.table)
    if property_.name == "inviteCode" and is_invited(design.analysis, table):
        return ex.StringLiteral(kind="string", value=INVITE_CODE)
    return None


def _keyed(
    list_: ex.ListOf,
    source: RowsSource | KeysSource,
    table: Table,
    key: Callable[[str, str], ex.Expression],
) -> ex.ListOf:
    """Return a list with the keys of the rows that it, or objects in it, speak of."""
    targets = {names.camel(r.column): r.target for r in table.relations}
    other = names.camel(f"{source.other}_id") if isinstance(source, KeysSource) else ""

    def put(name: str, value: ex.Expression) -> ex.Expression:
        return key(targets[name], value.caller) if isinstance(value, ex.RowOf) else value

    def whole(item: ex.Expression) -> ex.Expression:
        if not isinstance(item, ex.ObjectOf):
            return put(other, item)
        members = (m.model_copy(update={"value": put(m.name, m.value)}) for m in item.members)
        return item.model_copy(update={"members": tuple(members)})

    return list_.model_copy(update={"items": tuple(whole(item) for item in list_.items)})


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


def _found_by(parameter: PathParameter, key: ex.Expression) -> ex.Expression:
    """Return what finds a row by the path: its key, or another column beside that."""
    if parameter.column == "id" or not isinstance(key, ex.Property):
        return key
    return key.model_copy(update={"path": (*key.path[:-1], names.camel(parameter.column))})


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def property_of(variable: str, *path: str) -> ex.Property:
    """Return what stands at a path of a variable."""
    return ex.Property(kind="property", variable=variable, path=path)


def _is_untyped(properties: Iterable[SchemaProperty], values: Collection[ts.BodyValue]) -> bool:
    """Whether the types forbid a body, as something is missing or null that may not be."""
    given = {each.property: each.value for each in values}
    return any(
        (property_.required and property_.name not in given)
        or (
            isinstance(given.get(property_.name), ex.NullLiteral)
            and not is_nullable(property_.schema_)
        )
        for property_ in properties
    )


def _unsent(interface: Interface, response: str, name: str) -> ex.Expression:
    """Return a value of the type of a property that the call of an answer did not give."""
    return next(
        sample(property_)
        for operation in interface.operations
        if operation.response == response
        for property_ in body_of(interface, operation)
        if property_.name == name
    )
