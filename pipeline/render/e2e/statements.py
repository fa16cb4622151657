"""Statements of one end-to-end test as TypeScript over the SDK."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, count

from pipeline.ast.expression import (
    Expression,
    Let,
    ListOf,
    Now,
    NullLiteral,
    ObjectOf,
    Shifted,
)
from pipeline.ast.interface import (
    Interface,
    NullSchema,
    ObjectSchema,
    Operation,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.ast.test import (
    Assert,
    AssertEvery,
    AssertOrder,
    AssertSome,
    AtOnce,
    BodyValue,
    Call,
    ExpectError,
    ReadMail,
    Repeat,
    SignIn,
    Statement,
    Wait,
)
from pipeline.names import pascal
from pipeline.render.e2e.expressions import (
    UNARY,
    ExpressionPrinter,
    accepts_null,
    is_date,
    variables_of,
    words_of,
)
from pipeline.render.layout import (
    HARD_LINE,
    LINE,
    SOFT_LINE,
    Doc,
    DocGroup,
    IfBroken,
    Indent,
    concat,
    join,
    layout,
)
from pipeline.render.typescript import braces, brackets, call, quoted


class TestPrinter:
    """Prints the body of one test; `values` knows what it must import."""

    __test__ = False

    def __init__(self, interface: Interface) -> None:
        self.values = ExpressionPrinter(interface)
        joins = {_join_name(o.table) for o in interface.operations if o.kind == "join"}
        self.values.taken |= joins

    def body(self, statements: Sequence[Statement]) -> str:
        """Print the statements, indented by one step, with a final newline."""
        lines = self._block(statements, frozenset())
        return "".join(layout(line, indent=2) + "\n" for line in lines)

    def _block(self, statements: Sequence[Statement], after: frozenset[str]) -> list[Doc]:
        """Print statements; `after` are the variables that are read behind them."""
        lines: list[Doc] = []
        for place, statement in enumerate(statements):
            later = after | _read(statements[place + 1 :])
            lines += self._statement(statement, later)
        return lines

    def _statement(self, statement: Statement, later: frozenset[str]) -> list[Doc]:
        match statement:
            case SignIn():
                return [self._sign_in(statement, later)]
            case ReadMail():
                return [self._read_mail(statement, later)]
            case Call():
                operation = self.values.interface.operation(statement.operation)
                made = concat("await ", self._call(statement))
                answer = _reference(operation.response)
                return [self._bind(statement.variable, answer, made, later)]
            case ExpectError():
                return [self._expect_error(statement)]
            case AtOnce():
                return [self._at_once(statement)]
            case Let():
                value = self.values.expression(statement.value, strict=True, nullable=True)
                schema, empty = self.values.known(statement.value)
                return [self._bind(statement.variable, schema, value, later, empty=empty)]
            case Assert():
                return [concat(self._assert(statement), ";")]
            case AssertEvery():
                return [self._assert_every(statement)]
            case AssertSome():
                return [self._assert_some(statement)]
            case AssertOrder():
                return [self._assert_order(statement)]
            case Wait(amount=amount, unit=unit):
                advance = self.values.harness("advanceClock")
                return [f'await {advance}({amount}, "{unit}");']
            case Repeat():
                return self._repeat(statement, later)

    def _bind(
        self,
        variable: str | None,
        schema: Schema | None,
        value: Doc,
        later: frozenset[str],
        *,
        empty: bool = False,
    ) -> Doc:
        if variable is None or variable not in later:
            return concat(value, ";")
        return concat(f"const {self.values.take(variable, schema, empty)} = ", value, ";")

    def _sign_in(self, statement: SignIn, later: frozenset[str]) -> Doc:
        session = next(
            o.response
            for o in self.values.interface.operations
            if o.kind == "join" and o.table == statement.actor
        )
        account = _account(_reference(session))
        made = f"await {self.values.harness(_join_name(statement.actor))}(connection)"
        return self._bind(statement.variable, account, made, later)

    def _read_mail(self, statement: ReadMail, later: frozenset[str]) -> Doc:
        account = self.values.bound[statement.connection].name
        made = f"await {self.values.harness('mailedToken')}({account}.email)"
        return self._bind(statement.variable, StringSchema(type="string"), made, later)

    def _call(self, statement: Call) -> Doc:
        operation = self.values.interface.operation(statement.operation)
        arguments: list[Doc] = [self._connection(statement)]
        arguments += [self.values.expression(value, strict=True) for value in statement.parameters]
        written = _written(self.values.interface, operation)
        if written is None or (operation.query_schema and not statement.values):
            return call(f"api.{operation.id}", *arguments)
        is_free = statement.untyped
        values = [self._body_value(value, written, is_free) for value in statement.values]
        body = braces(values)
        if statement.untyped:
            body = call(self.values.harness("untyped"), body)
        return call(f"api.{operation.id}", *arguments, body)

    def _connection(self, statement: Call) -> str:
        if statement.connection is None:
            return "connection"
        return f"{self.values.bound[statement.connection].name}.connection"

    def _body_value(self, value: BodyValue, written: ObjectSchema, is_free: bool) -> Doc:
        target = next((p for p in written.properties if p.name == value.property), None)
        schema = target.schema_ if target is not None else None
        accepts = schema is not None and accepts_null(self.values.interface, schema)
        nullable = accepts or is_free
        printed = self._value(value.value, schema, strict=True, nullable=nullable)
        if printed == value.property:
            return printed
        return concat(value.property, ": ", printed)

    def _expect_error(self, statement: ExpectError) -> Doc:
        head = f"await {self.values.harness('expectStatus')}({statement.status}, () =>"
        return _ending_in_call(head, self._call(statement.call))

    def _at_once(self, statement: AtOnce) -> Doc:
        """Print calls that are made at once, with how many of them succeed."""
        expected = f"times: {statement.times}, succeed: {statement.succeed}"
        counts = f"{{ {expected}, status: {statement.refused} }}"
        made = [self._call(each) for each in statement.calls]
        head = f"await {self.values.harness('expectAtOnce')}"
        if len(made) == 1:
            return _ending_in_call(f"{head}({counts}, () =>", made[0])
        tasks = [DocGroup(concat("() => ", each)) for each in made]
        return concat(head, parentheses([counts, *tasks]), ";")

    def _repeat(self, statement: Repeat, later: frozenset[str]) -> list[Doc]:
        """Print a loop; if its variables are read behind it, the last round stands behind it."""
        outside = bool(_written_variables(statement.body) & later)
        times = statement.times - 1 if outside else statement.times
        lines: list[Doc] = []
        if times:
            bound, taken, counter = dict(self.values.bound), set(self.values.taken), self._counter()
            body = self._block(statement.body, frozenset())
            self.values.bound, self.values.taken = bound, taken
            head = f"for (let {counter} = 0; {counter} < {times}; {counter} += 1) {{"
            inner = [concat(HARD_LINE, line) for line in body]
            lines.append(concat(head, Indent(concat(*inner)), HARD_LINE, "}"))
        if outside:
            lines += self._block(statement.body, later)
        return lines

    def _counter(self) -> str:
        names = chain("ijk", (f"round{number}" for number in count(1)))
        name = next(name for name in names if name not in self.values.taken)
        self.values.taken.add(name)
        return name

    def _assert(self, statement: Assert) -> Doc:
        self.values.harness("assert")
        message = quoted(statement.message)
        actual, expected = statement.actual, _expected(statement)
        match statement.predicate:
            case "is_null":
                return _arguments("assert.equal", self.values.expression(actual), "null", message)
            case "is_not_null":
                printed = concat(self.values.operand(actual, UNARY), " ?? null")
                return _arguments("assert.notEqual", printed, "null", message)
            case "greater" | "less":
                sign = ">" if statement.predicate == "greater" else "<"
                schema, _ = self.values.known(actual)
                left = self.values.operand(actual, UNARY, strict=True)
                right = self._value(expected, schema, strict=True)
                return _arguments("assert.ok", join(f" {sign} ", [left, right]), message)
            case "equal" | "not_equal":
                schema, _ = self.values.known(actual)
                printed = self.values.expression(actual)
                return self._compare(statement.predicate, printed, schema, expected, message)

    def _assert_every(self, statement: AssertEvery) -> Doc:
        """Print a loop over the items, named after what they are."""
        self.values.harness("assert")
        noun, schema = self.values.element(statement.items, statement.property)
        item = self.values.free(noun)
        items = self.values.expression(statement.items, strict=True)
        head = concat(f"for (const {item} of {self.values.harness('nonEmpty')}(", items, ")) {")
        message = quoted(statement.message)
        actual = f"{item}.{statement.property}"
        compared = self._compare(statement.predicate, actual, schema, statement.expected, message)
        return concat(head, Indent(concat(HARD_LINE, compared, ";")), HARD_LINE, "}")

    def _assert_some(self, statement: AssertSome) -> Doc:
        self.values.harness("assert")
        noun, schema = self.values.element(statement.items, statement.property)
        item = self.values.free(noun)
        items = self.values.expression(statement.items, strict=True)
        expected = self._value(statement.expected, schema)
        some = concat(items, f".some(({item}) => {item}.{statement.property} === ", expected, ")")
        found = some if statement.predicate == "some" else concat("!", some)
        return concat(_arguments("assert.ok", found, quoted(statement.message)), ";")

    def _assert_order(self, statement: AssertOrder) -> Doc:
        """Print a comparison of the property of all items; words are known by their places."""
        noun, schema = self.values.element(statement.items, statement.property)
        item = self.values.free(noun)
        items = self.values.expression(statement.items, strict=True)
        value = f"{item}.{statement.property}"
        words = words_of(schema)
        if words:
            listed = ", ".join(quoted(word) for word in words)
            value = f"[{listed}].indexOf({value} ?? {quoted('')})"
        values = concat(items, f".map(({item}) => {value})")
        order, message = quoted(statement.order), quoted(statement.message)
        return concat(_arguments(self.values.harness("expectOrder"), values, order, message), ";")

    def _compare(
        self, predicate: str, actual: Doc, schema: Schema | None, expected: Expression, message: str
    ) -> Doc:
        name = "assert.equal" if predicate == "equal" else "assert.notEqual"
        return _arguments(name, actual, self._value(expected, schema), message)

    def _value(
        self,
        value: Expression,
        schema: Schema | None,
        *,
        strict: bool = False,
        nullable: bool = False,
    ) -> Doc:
        """Print a value for a property of this schema; of a moment a day takes the day."""
        if isinstance(value, ListOf | ObjectOf):
            return self._whole(value, schema)
        printed = self.values.expression(value, strict=strict, nullable=nullable)
        if is_date(schema) and isinstance(value, Now | Shifted):
            return concat(printed, ".slice(0, 10)")
        return printed

    def _whole(self, value: ListOf | ObjectOf, schema: Schema | None) -> Doc:
        """Print a list or an object; each value in it is one of its part of the schema."""
        if isinstance(value, ListOf):
            items = self.values.items(schema)
            return brackets(self._value(item, items, strict=True) for item in value.items)
        members: list[Doc] = []
        for each in value.members:
            member = self.values.member(schema, each.name)
            inner = member.schema_ if member is not None else None
            members.append(concat(f"{each.name}: ", self._value(each.value, inner, strict=True)))
        return braces(members)


def parentheses(parts: Sequence[Doc]) -> Doc:
    """Write `(a, b)`, one part a line if it does not fit."""
    content = join(concat(",", LINE), parts)
    return DocGroup(concat("(", Indent(concat(SOFT_LINE, content)), IfBroken(","), SOFT_LINE, ")"))


def _ending_in_call(head: str, made: Doc) -> Doc:
    """Write a function whose body is a call, as the last argument of what begins with `head`."""
    return DocGroup(concat(head, Indent(concat(LINE, made)), IfBroken(","), SOFT_LINE, ");"))


def _arguments(callee: str, *arguments: Doc) -> Doc:
    return concat(callee, parentheses(arguments))


def _expected(statement: Assert) -> Expression:
    return statement.expected if statement.expected is not None else NullLiteral(kind="null")


# --- what a statement reads and writes ---


def _read(statements: Sequence[Statement]) -> frozenset[str]:
    """Collect the variables that statements speak of."""
    found: set[str] = set()
    for statement in statements:
        match statement:
            case SignIn():
                continue
            case ReadMail(connection=connection):
                found.add(connection)
            case Call():
                found |= _read_call(statement)
            case ExpectError():
                found |= _read_call(statement.call)
            case AtOnce(calls=calls):
                for each in calls:
                    found |= _read_call(each)
            case Let():
                found |= variables_of(statement.value)
            case Assert():
                found |= variables_of(statement.actual) | variables_of(_expected(statement))
            case AssertEvery() | AssertSome():
                found |= variables_of(statement.items) | variables_of(statement.expected)
            case AssertOrder():
                found |= variables_of(statement.items)
            case Wait():
                continue
            case Repeat():
                found |= _read(statement.body)
    return frozenset(found)


def _read_call(statement: Call) -> set[str]:
    found = {statement.connection} if statement.connection is not None else set[str]()
    for value in (*statement.parameters, *(value.value for value in statement.values)):
        found |= variables_of(value)
    return found


def _written_variables(statements: Sequence[Statement]) -> frozenset[str]:
    found: set[str] = set()
    for statement in statements:
        if isinstance(statement, Repeat):
            found |= _written_variables(statement.body)
        elif (
            isinstance(statement, SignIn | ReadMail | Call | Let) and statement.variable is not None
        ):
            found.add(statement.variable)
    return frozenset(found)


def _account(session: Schema | None) -> ObjectSchema:
    """Return what the harness gives for a sign-in."""
    text = StringSchema(type="string")
    members = {"session": session or NullSchema(type="null"), "email": text, "password": text}
    properties = [
        SchemaProperty(name=name, schema_=schema, required=True, description=name)
        for name, schema in members.items()
    ]
    return ObjectSchema(type="object", properties=tuple(properties))


def _join_name(actor: str) -> str:
    return f"join{pascal(actor)}"


def _reference(name: str | None) -> ReferenceSchema | None:
    return ReferenceSchema(type="reference", name=name) if name is not None else None


def _written(interface: Interface, operation: Operation) -> ObjectSchema | None:
    """Return the object that a call takes behind its parameters: the body, or a list's query."""
    name = operation.request or operation.query_schema
    return interface.object(name) if name is not None else None
