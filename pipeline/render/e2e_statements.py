"""One end-to-end test as TypeScript: its statements and expressions over the SDK."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.ast.expression import (
    All,
    AnyOf,
    Arithmetic,
    BooleanLiteral,
    Coalesce,
    Compare,
    Conditional,
    EnumLiteral,
    Expression,
    IntegerLiteral,
    IsNull,
    Not,
    Now,
    NullLiteral,
    NumberLiteral,
    Property,
    RandomEmail,
    RandomText,
    RandomUuid,
    RepeatedString,
    Shifted,
    StringLiteral,
    Today,
    Variable,
)
from pipeline.ast.interface import (
    ArraySchema,
    Interface,
    NullSchema,
    ObjectSchema,
    OneOfSchema,
    Operation,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.ast.test import Assert, BodyValue, Call, ExpectError, Let, Repeat, SignIn, Statement
from pipeline.names import pascal
from pipeline.render.layout import (
    HARD_LINE,
    LINE,
    SOFT_LINE,
    Doc,
    Group,
    IfBroken,
    Indent,
    concat,
    join,
    layout,
)
from pipeline.render.typescript import braces, call, number, quoted

RANDOM_LENGTH = 12
"""Characters that a random text ends with, if there is room."""
_OPERATORS = {"eq": "===", "ne": "!==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_ARITHMETIC = {"add": "+", "subtract": "-", "multiply": "*"}
_UNARY = 8
"""How close `!` binds; what binds closer needs no parentheses anywhere."""
_IMPORTED = frozenset(
    """api assert connection daysFromNow expectStatus fromNow now present randomEmail randomText
    randomUUID today""".split()
)
_KEYWORDS = frozenset(
    """abstract any arguments as async await boolean break case catch class const continue debugger
    declare default delete do else enum eval export extends false finally for from function get if
    implements import in instanceof interface is let module namespace never new null number object
    of package private protected public return set static string super switch symbol this throw
    true try type typeof undefined unknown var void while with yield""".split()
)


@dataclass(frozen=True)
class _Bound:
    """A variable of the AST: what it is called in the test, and what is known of its value."""

    name: str
    schema: Schema | None
    empty: bool
    """Whether the value may be null or undefined."""


class TestPrinter:
    """Prints the body of one test and remembers what it must import."""

    __test__ = False

    def __init__(self, interface: Interface) -> None:
        self._interface = interface
        self._bound: dict[str, _Bound] = {}
        self._taken: set[str] = set(_IMPORTED | _KEYWORDS)
        self._taken |= {_join_name(o.table) for o in interface.operations if o.kind == "join"}
        self.harness_names: set[str] = set()
        self.node_names: set[str] = set()

    def body(self, statements: Sequence[Statement]) -> str:
        """Print the statements, indented by one step, with a final newline."""
        lines = self._block(statements, frozenset())
        return "".join(layout(line, indent=2) + "\n" for line in lines)

    # --- statements ---

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
            case Call():
                operation = self._interface.operation(statement.operation)
                made = concat("await ", self._call(statement))
                answer = _reference(operation.response)
                return [self._bind(statement.variable, answer, made, later)]
            case ExpectError():
                return [self._expect_error(statement)]
            case Let():
                value = self._expression(statement.value, strict=True, nullable=True)
                schema, empty = self._known(statement.value)
                return [self._bind(statement.variable, schema, value, later, empty=empty)]
            case Assert():
                return [concat(self._assert(statement), ";")]
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
        return concat(f"const {self._take(variable, schema, empty)} = ", value, ";")

    def _take(self, variable: str, schema: Schema | None, empty: bool) -> str:
        name, count = variable, 1
        while name in self._taken:
            count += 1
            name = f"{variable}{count}"
        self._taken.add(name)
        self._bound[variable] = _Bound(name, schema, empty)
        return name

    def _sign_in(self, statement: SignIn, later: frozenset[str]) -> Doc:
        session = next(
            o.response
            for o in self._interface.operations
            if o.kind == "join" and o.table == statement.actor
        )
        account = _account(_reference(session))
        made = f"await {self._harness(_join_name(statement.actor))}(connection)"
        return self._bind(statement.variable, account, made, later)

    def _call(self, statement: Call) -> Doc:
        operation = self._interface.operation(statement.operation)
        arguments: list[Doc] = [self._connection(statement)]
        arguments += [self._expression(value, strict=True) for value in statement.parameters]
        written = _written(self._interface, operation)
        if written is None or (operation.query_schema and not statement.values):
            return call(f"api.{operation.id}", *arguments)
        values = [self._body_value(value, written) for value in statement.values]
        head = join(", ", arguments)
        return concat(f"api.{operation.id}(", head, ", ", braces(values), ")")

    def _connection(self, statement: Call) -> str:
        if statement.connection is None:
            return "connection"
        return f"{self._bound[statement.connection].name}.connection"

    def _body_value(self, value: BodyValue, written: ObjectSchema) -> Doc:
        target = next((p for p in written.properties if p.name == value.property), None)
        schema = target.schema_ if target is not None else None
        nullable = schema is not None and _accepts_null(self._interface, schema)
        printed = self._expression(value.value, strict=True, nullable=nullable)
        if _is_date(schema) and isinstance(value.value, Now | Shifted):
            printed = concat(printed, ".slice(0, 10)")
        if printed == value.property:
            return printed
        return concat(value.property, ": ", printed)

    def _expect_error(self, statement: ExpectError) -> Doc:
        head = f"await {self._harness('expectStatus')}({statement.status}, () =>"
        made = self._call(statement.call)
        return Group(concat(head, Indent(concat(LINE, made)), IfBroken(","), SOFT_LINE, ");"))

    def _repeat(self, statement: Repeat, later: frozenset[str]) -> list[Doc]:
        """Print a loop; if its variables are read behind it, the last round stands behind it."""
        outside = bool(_written_variables(statement.body) & later)
        times = statement.times - 1 if outside else statement.times
        lines: list[Doc] = []
        if times:
            bound, taken, counter = dict(self._bound), set(self._taken), self._counter()
            body = self._block(statement.body, frozenset())
            self._bound, self._taken = bound, taken
            head = f"for (let {counter} = 0; {counter} < {times}; {counter} += 1) {{"
            inner = [concat(HARD_LINE, line) for line in body]
            lines.append(concat(head, Indent(concat(*inner)), HARD_LINE, "}"))
        if outside:
            lines += self._block(statement.body, later)
        return lines

    def _counter(self) -> str:
        name = next(n for n in ("i", "j", "k", "round", "turn") if n not in self._taken)
        self._taken.add(name)
        return name

    def _assert(self, statement: Assert) -> Doc:
        self._harness("assert")
        message = quoted(statement.message)
        match statement.predicate:
            case "is_null":
                return _arguments(
                    "assert.equal", self._expression(statement.actual), "null", message
                )
            case "is_not_null":
                actual = concat(self._operand(statement.actual, _UNARY), " ?? null")
                return _arguments("assert.notEqual", actual, "null", message)
            case "greater" | "less":
                sign = ">" if statement.predicate == "greater" else "<"
                actual = self._operand(statement.actual, _UNARY, strict=True)
                expected = self._operand(_expected(statement), _UNARY, strict=True)
                return _arguments("assert.ok", concat(actual, f" {sign} ", expected), message)
            case "equal" | "not_equal":
                name = "assert.equal" if statement.predicate == "equal" else "assert.notEqual"
                expected = self._expression(_expected(statement))
                return _arguments(name, self._expression(statement.actual), expected, message)

    # --- expressions ---

    def _expression(
        self, expression: Expression, *, strict: bool = False, nullable: bool = False
    ) -> Doc:
        """Print an expression; a `strict` one may not be undefined, nor null unless `nullable`."""
        match expression:
            case StringLiteral(value=text) | EnumLiteral(value=text):
                return quoted(text)
            case RepeatedString(length=length):
                return f'"x".repeat({length})'
            case IntegerLiteral(value=value) | NumberLiteral(value=value):
                return number(value)
            case BooleanLiteral(value=value):
                return "true" if value else "false"
            case NullLiteral():
                return "null"
            case Now():
                return f"{self._harness('now')}()"
            case Shifted(amount=amount, unit=unit):
                return f'{self._harness("fromNow")}({amount}, "{unit}")'
            case Today():
                return f"{self._harness('today')}()"
            case RandomText(label=label, max_length=longest):
                return self.random_text(label, longest)
            case RandomEmail():
                return f"{self._harness('randomEmail')}()"
            case RandomUuid():
                self.node_names.add("randomUUID")
                return "randomUUID()"
            case Variable(name=name):
                bound = self._bound[name]
                if strict and bound.empty and not nullable:
                    return f"{self._harness('present')}({bound.name})"
                return bound.name
            case Property():
                return self._property(expression, strict=strict, nullable=nullable)
            case _:
                return self._composite(expression)

    def _composite(self, expression: Expression) -> Doc:
        level = _level(expression)
        match expression:
            case Compare(left=left, operator=operator, right=right):
                return self._compare(left, operator, right)
            case IsNull(operand=operand):
                return concat("(", self._operand(operand, _UNARY), " ?? null) === null")
            case Coalesce(operand=operand, fallback=fallback):
                operands = [self._operand(each, _UNARY) for each in (operand, fallback)]
                return join(" ?? ", operands)
            case Not(operand=operand):
                return concat("!", self._operand(operand, level))
            case All(operands=operands):
                return _chained("&&", [self._operand(operand, level) for operand in operands])
            case AnyOf(operands=operands):
                return _chained("||", [self._operand(operand, level) for operand in operands])
            case Arithmetic(left=left, operator=operator, right=right):
                sides = [self._operand(each, level, strict=True) for each in (left, right)]
                return join(f" {_ARITHMETIC[operator]} ", sides)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                parts = [self._operand(each, level) for each in (condition, then, otherwise)]
                choice = concat(LINE, "? ", parts[1], LINE, ": ", parts[2])
                return Group(concat(parts[0], Indent(choice)))
            case _:
                raise ValueError(
                    f"A test cannot hold an expression of kind {expression.kind!r}: "
                    "it speaks of a program's request or rows, or of a sketch."
                )

    def _compare(self, left: Expression, operator: str, right: Expression) -> Doc:
        if operator in ("eq", "ne"):
            if _is_called(left, right):
                same = call("Object.is", self._expression(left), self._expression(right))
                return same if operator == "eq" else concat("!", same)
            sides = [self._operand(left, _UNARY), self._operand(right, _UNARY)]
        else:
            sides = [self._operand(each, _UNARY, strict=True) for each in (left, right)]
        return join(f" {_OPERATORS[operator]} ", sides)

    def _operand(self, expression: Expression, level: int, *, strict: bool = False) -> Doc:
        """Print an operand, in parentheses unless it binds closer than `level`."""
        printed = self._expression(expression, strict=strict)
        return printed if _level(expression) > level else concat("(", printed, ")")

    def _property(self, expression: Property, *, strict: bool, nullable: bool) -> Doc:
        """Print a path; an element may be missing, and so may what a strict place needs."""
        text, missing = self._bound[expression.variable].name, False
        for step in expression.path:
            opening = "?." if missing else "." if isinstance(step, str) else ""
            text += f"{opening}{step}" if isinstance(step, str) else f"{opening}[{step}]"
            if isinstance(step, int) and strict:
                text = f"{self._harness('present')}({text})"
            missing = isinstance(step, int) and not strict
        _, empty = self._known(expression)
        if strict and empty and not nullable:
            return f"{self._harness('present')}({text})"
        return text

    def _known(self, expression: Expression) -> tuple[Schema | None, bool]:
        """Return the schema of a value, and whether it may be null or undefined."""
        if isinstance(expression, Variable):
            bound = self._bound[expression.name]
            return bound.schema, bound.empty
        if not isinstance(expression, Property):
            return None, isinstance(expression, NullLiteral)
        schema, empty = self._bound[expression.variable].schema, False
        for step in expression.path:
            if isinstance(step, int):
                schema, empty = self._element(schema), False
                continue
            found = self._member(schema, step)
            schema = found.schema_ if found is not None else None
            empty = found is not None and (
                not found.required or _accepts_null(self._interface, found.schema_)
            )
        return schema, empty

    def _member(self, schema: Schema | None, name: str) -> SchemaProperty | None:
        found = _resolve(self._interface, schema)
        if not isinstance(found, ObjectSchema):
            return None
        return next((p for p in found.properties if p.name == name), None)

    def _element(self, schema: Schema | None) -> Schema | None:
        found = _resolve(self._interface, schema)
        return found.items if isinstance(found, ArraySchema) else None

    def random_text(self, label: str, longest: int) -> str:
        """Print a random text of at most `longest` UTF-16 units, however long its label."""
        return f"{self._harness('randomText')}({random_text_arguments(label, longest)})"

    def _harness(self, name: str) -> str:
        self.harness_names.add(name)
        return name


def random_text_arguments(label: str, longest: int) -> str:
    """Print the arguments of `randomText`: the label cut to leave room, the bound if it matters."""
    room = max(0, longest - RANDOM_LENGTH + 3)
    while _units(label) > room:
        label = label[:-1]
    label = label.rstrip()
    fits = _units(label) + 1 + RANDOM_LENGTH <= longest
    return quoted(label) if fits else f"{quoted(label)}, {longest}"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _level(expression: Expression) -> int:
    """Return how close the expression's operator binds in TypeScript."""
    match expression:
        case Conditional():
            return 1
        case Coalesce():
            return 2
        case AnyOf():
            return 3
        case All():
            return 4
        case Compare(left=left, operator=operator, right=right) if operator in (
            "eq",
            "ne",
        ) and _is_called(left, right):
            return _UNARY + 1 if operator == "eq" else _UNARY
        case Compare() | IsNull():
            return 5
        case Arithmetic(operator=operator):
            return 7 if operator == "multiply" else 6
        case Not():
            return _UNARY
        case _:
            return _UNARY + 1


def _is_called(left: Expression, right: Expression) -> bool:
    """Tell whether equality is asked by a call, as the compiler refuses to compare literals."""
    return not isinstance(left, Property) and not isinstance(right, Property)


def _chained(operator: str, operands: Sequence[Doc]) -> Doc:
    first, *others = operands
    rest = [concat(LINE, f"{operator} ", other) for other in others]
    return Group(concat(first, Indent(concat(*rest))))


def parentheses(parts: Sequence[Doc]) -> Doc:
    """Write `(a, b)`, one part a line if it does not fit."""
    content = join(concat(",", LINE), parts)
    return Group(concat("(", Indent(concat(SOFT_LINE, content)), IfBroken(","), SOFT_LINE, ")"))


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
            case Call():
                found |= _read_call(statement)
            case ExpectError():
                found |= _read_call(statement.call)
            case Let():
                found |= _variables(statement.value)
            case Assert():
                found |= _variables(statement.actual) | _variables(_expected(statement))
            case Repeat():
                found |= _read(statement.body)
    return frozenset(found)


def _read_call(statement: Call) -> set[str]:
    found = {statement.connection} if statement.connection is not None else set[str]()
    for value in (*statement.parameters, *(value.value for value in statement.values)):
        found |= _variables(value)
    return found


def _written_variables(statements: Sequence[Statement]) -> frozenset[str]:
    found: set[str] = set()
    for statement in statements:
        if isinstance(statement, Repeat):
            found |= _written_variables(statement.body)
        elif isinstance(statement, SignIn | Call | Let) and statement.variable is not None:
            found.add(statement.variable)
    return frozenset(found)


def _variables(expression: Expression) -> set[str]:
    return {
        part.variable if isinstance(part, Property) else part.name
        for part in _parts(expression)
        if isinstance(part, Property | Variable)
    }


def _parts(expression: Expression) -> Iterable[Expression]:
    yield expression
    match expression:
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            inner: tuple[Expression, ...] = (left, right)
        case IsNull(operand=operand) | Not(operand=operand):
            inner = (operand,)
        case Coalesce(operand=operand, fallback=fallback):
            inner = (operand, fallback)
        case All(operands=operands) | AnyOf(operands=operands):
            inner = operands
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            inner = (condition, then, otherwise)
        case _:
            inner = ()
    for each in inner:
        yield from _parts(each)


# --- schemas ---


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


def _resolve(interface: Interface, schema: Schema | None) -> Schema | None:
    while isinstance(schema, ReferenceSchema | OneOfSchema):
        if isinstance(schema, ReferenceSchema):
            schema = interface.schema(schema.name).schema_
        else:
            schema = next((o for o in schema.options if not isinstance(o, NullSchema)), None)
    return schema


def _accepts_null(interface: Interface, schema: Schema) -> bool:
    match schema:
        case NullSchema():
            return True
        case OneOfSchema(options=options):
            return any(_accepts_null(interface, option) for option in options)
        case ReferenceSchema(name=name):
            return _accepts_null(interface, interface.schema(name).schema_)
        case _:
            return False


def _is_date(schema: Schema | None) -> bool:
    options = schema.options if isinstance(schema, OneOfSchema) else (schema,)
    return any(isinstance(o, StringSchema) and o.format == "date" for o in options)
