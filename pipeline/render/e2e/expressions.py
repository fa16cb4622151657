"""Expressions of end-to-end tests as TypeScript: values, paths into answers, operators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.ast.expression import (
    All,
    AnyOf,
    Arithmetic,
    AtTime,
    BooleanLiteral,
    Capitals,
    Coalesce,
    Compare,
    Conditional,
    EnumLiteral,
    Expression,
    IntegerLiteral,
    IsNull,
    ListOf,
    Not,
    Now,
    NullLiteral,
    NumberLiteral,
    ObjectOf,
    Offset,
    Property,
    RepeatedString,
    Shifted,
    StringLiteral,
    TimeLiteral,
    Today,
    Variable,
)
from pipeline.ast.interface import (
    ArraySchema,
    Interface,
    NullSchema,
    ObjectSchema,
    OneOfSchema,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.ast.patterns import TextPattern
from pipeline.ast.random_value import (
    RandomCode,
    RandomEmail,
    RandomText,
    RandomUuid,
    SampleObject,
)
from pipeline.render.layout import LINE, Doc, DocGroup, Indent, concat, join
from pipeline.render.typescript import call, number, quoted

RANDOM_LENGTH = 12
"""Characters that a random text ends with, if there is room."""
_OPERATORS = {"eq": "===", "ne": "!==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_ARITHMETIC = {"add": "+", "subtract": "-", "multiply": "*"}
UNARY = 8
"""How close `!` binds; what binds closer needs no parentheses anywhere."""
_IMPORTED = frozenset(
    """advanceClock api assert connection expectOrder expectStatus fromNow mailedToken moved
    nonEmpty now present randomDigits randomEmail randomText randomUUID today untyped""".split()
)
_KEYWORDS = frozenset(
    """abstract any arguments as async await boolean break case catch class const continue debugger
    declare default delete do else enum eval export extends false finally for from function get if
    implements import in instanceof interface is let module namespace never new null number object
    of package private protected public return set static string super switch symbol this throw
    true try type typeof undefined unknown var void while with yield""".split()
)


@dataclass(frozen=True)
class Bound:
    """A variable of the AST: what it is called in the test, and what is known of its value."""

    name: str
    schema: Schema | None
    empty: bool
    """Whether the value may be null or undefined."""


class ExpressionPrinter:
    """Prints the expressions of one test; knows its variables and what it must import."""

    def __init__(self, interface: Interface) -> None:
        self.interface = interface
        self.bound: dict[str, Bound] = {}
        self.taken: set[str] = set(_IMPORTED | _KEYWORDS)
        self.harness_names: set[str] = set()
        self.node_names: set[str] = set()

    def take(self, variable: str, schema: Schema | None, empty: bool) -> str:
        """Return a free name for a variable, and remember what it holds."""
        name = self.free(variable)
        self.taken.add(name)
        self.bound[variable] = Bound(name, schema, empty)
        return name

    def free(self, wanted: str) -> str:
        """Return the wanted name, or the nearest that is free."""
        name, count = wanted, 1
        while name in self.taken:
            count += 1
            name = f"{wanted}{count}"
        return name

    def expression(
        self, expression: Expression, *, strict: bool = False, nullable: bool = False
    ) -> Doc:
        """Print an expression; a `strict` one may not be undefined, nor null unless `nullable`."""
        match expression:
            case StringLiteral(value=text) | EnumLiteral(value=text) | TimeLiteral(value=text):
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
                return f"{self.harness('now')}()"
            case Shifted(amount=amount, unit=unit):
                return f'{self.harness("fromNow")}({amount}, "{unit}")'
            case Today():
                return f"{self.harness('today')}()"
            case AtTime(days=days, time=time):
                day = f'{self.harness("moved")}({self.harness("today")}(), {days}, "days")'
                return f"`${{{day}}}T{time}:00.000Z`"
            case Offset(moment=moment, amount=int(amount), unit=unit):
                start = self.expression(moment, strict=True)
                return call(self.harness("moved"), start, number(amount), quoted(unit))
            case RandomCode(text_pattern=pattern):
                if pattern.digits:
                    self.harness_names.add("randomDigits")
                return random_code(pattern)
            case SampleObject():
                return '{ note: "Kept as it is", parts: [1, 2] }'
            case Capitals(operand=operand):
                return concat(self.operand(operand, UNARY, strict=True), ".toUpperCase()")
            case RandomText(label=label, max_length=longest):
                return self.random_text(label, longest)
            case RandomEmail():
                return f"{self.harness('randomEmail')}()"
            case RandomUuid():
                self.node_names.add("randomUUID")
                return "randomUUID()"
            case Variable(name=name):
                bound = self.bound[name]
                if strict and bound.empty and not nullable:
                    return f"{self.harness('present')}({bound.name})"
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
                return concat("(", self.operand(operand, UNARY), " ?? null) === null")
            case Coalesce(operand=operand, fallback=fallback):
                operands = [self.operand(each, UNARY) for each in (operand, fallback)]
                return join(" ?? ", operands)
            case Not(operand=operand):
                return concat("!", self.operand(operand, level))
            case All(operands=operands):
                return _chained("&&", [self.operand(operand, level) for operand in operands])
            case AnyOf(operands=operands):
                return _chained("||", [self.operand(operand, level) for operand in operands])
            case Arithmetic(left=left, operator=operator, right=right):
                sides = [self.operand(each, level, strict=True) for each in (left, right)]
                return join(f" {_ARITHMETIC[operator]} ", sides)
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                parts = [self.operand(each, level) for each in (condition, then, otherwise)]
                choice = concat(LINE, "? ", parts[1], LINE, ": ", parts[2])
                return DocGroup(concat(parts[0], Indent(choice)))
            case _:
                raise ValueError(
                    f"A test cannot hold an expression of kind {expression.kind!r}: "
                    "it speaks of a program's request or rows, or of a sketch."
                )

    def _compare(self, left: Expression, operator: str, right: Expression) -> Doc:
        if operator in ("eq", "ne"):
            if _is_called(left, right):
                same = call("Object.is", self.expression(left), self.expression(right))
                return same if operator == "eq" else concat("!", same)
            sides = [self.operand(left, UNARY), self.operand(right, UNARY)]
        else:
            sides = [self.operand(each, UNARY, strict=True) for each in (left, right)]
        return join(f" {_OPERATORS[operator]} ", sides)

    def operand(self, expression: Expression, level: int, *, strict: bool = False) -> Doc:
        """Print an operand, in parentheses unless it binds closer than `level`."""
        printed = self.expression(expression, strict=strict)
        return printed if _level(expression) > level else concat("(", printed, ")")

    def _property(self, expression: Property, *, strict: bool, nullable: bool) -> Doc:
        """Print a path; an element may be missing, and so may what a strict place needs."""
        text, missing = self.bound[expression.variable].name, False
        for step in expression.path:
            opening = "?." if missing else "." if isinstance(step, str) else ""
            text += f"{opening}{step}" if isinstance(step, str) else f"{opening}[{step}]"
            if isinstance(step, int) and strict:
                text = f"{self.harness('present')}({text})"
            missing = isinstance(step, int) and not strict
        _, empty = self.known(expression)
        if strict and empty and not nullable:
            return f"{self.harness('present')}({text})"
        return text

    def known(self, expression: Expression) -> tuple[Schema | None, bool]:
        """Return the schema of a value, and whether it may be null or undefined."""
        if isinstance(expression, Variable):
            bound = self.bound[expression.name]
            return bound.schema, bound.empty
        if not isinstance(expression, Property):
            return None, isinstance(expression, NullLiteral)
        schema, empty = self.bound[expression.variable].schema, False
        for step in expression.path:
            if isinstance(step, int):
                schema, empty = self.items(schema), False
                continue
            found = self.member(schema, step)
            schema = found.schema_ if found is not None else None
            empty = found is not None and (
                not found.required or accepts_null(self.interface, found.schema_)
            )
        return schema, empty

    def element(self, items: Property, property_: str) -> tuple[str, Schema | None]:
        """Return what an item of a list is called, and the schema of its property."""
        schema = self.items(self.known(items)[0])
        noun = schema.name if isinstance(schema, ReferenceSchema) else "Item"
        found = self.member(schema, property_)
        return noun[:1].lower() + noun[1:], found.schema_ if found is not None else None

    def member(self, schema: Schema | None, name: str) -> SchemaProperty | None:
        """Return a property of an object."""
        found = _resolve(self.interface, schema)
        if not isinstance(found, ObjectSchema):
            return None
        return next((p for p in found.properties if p.name == name), None)

    def items(self, schema: Schema | None) -> Schema | None:
        """Return the schema of the items of a list."""
        found = _resolve(self.interface, schema)
        return found.items if isinstance(found, ArraySchema) else None

    def random_text(self, label: str, longest: int) -> str:
        """Print a random text of at most `longest` UTF-16 units, however long its label."""
        return f"{self.harness('randomText')}({random_text_arguments(label, longest)})"

    def harness(self, name: str) -> str:
        """Take a name from the harness."""
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


def random_code(pattern: TextPattern) -> str:
    """Print a fresh text of a pattern, by the harness's `randomDigits` if anything is random."""
    if not pattern.digits:
        return quoted(pattern.head)
    digits = f"randomDigits({pattern.digits})"
    return f"`{pattern.head}${{{digits}}}`" if pattern.head else digits


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def variables_of(expression: Expression) -> set[str]:
    """Collect the variables that an expression speaks of."""
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
        case Capitals(operand=operand):
            inner = (operand,)
        case ListOf(items=items):
            inner = items
        case ObjectOf(members=members):
            inner = tuple(each.value for each in members)
        case Offset(moment=moment):
            inner = (moment,)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            inner = (condition, then, otherwise)
        case _:
            inner = ()
    for each in inner:
        yield from _parts(each)


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
            return UNARY + 1 if operator == "eq" else UNARY
        case Compare() | IsNull():
            return 5
        case Arithmetic(operator=operator):
            return 7 if operator == "multiply" else 6
        case Not():
            return UNARY
        case _:
            return UNARY + 1


def _is_called(left: Expression, right: Expression) -> bool:
    """Whether equality is asked by a call, as the compiler refuses to compare literals."""
    return not isinstance(left, Property) and not isinstance(right, Property)


def _chained(operator: str, operands: Sequence[Doc]) -> Doc:
    first, *others = operands
    rest = [concat(LINE, f"{operator} ", other) for other in others]
    return DocGroup(concat(first, Indent(concat(*rest))))


def _resolve(interface: Interface, schema: Schema | None) -> Schema | None:
    while isinstance(schema, ReferenceSchema | OneOfSchema):
        if isinstance(schema, ReferenceSchema):
            schema = interface.named(schema.name).schema_
        else:
            schema = next((o for o in schema.options if not isinstance(o, NullSchema)), None)
    return schema


def accepts_null(interface: Interface, schema: Schema) -> bool:
    """Whether null satisfies the schema."""
    match schema:
        case NullSchema():
            return True
        case OneOfSchema(options=options):
            return any(accepts_null(interface, option) for option in options)
        case ReferenceSchema(name=name):
            return accepts_null(interface, interface.named(name).schema_)
        case _:
            return False


def is_date(schema: Schema | None) -> bool:
    """Whether the schema asks for a day, null aside."""
    options = schema.options if isinstance(schema, OneOfSchema) else (schema,)
    return any(isinstance(o, StringSchema) and o.format == "date" for o in options)


def words_of(schema: Schema | None) -> tuple[str, ...]:
    """Return the words of an enum in their order, of another schema none."""
    options = schema.options if isinstance(schema, OneOfSchema) else (schema,)
    return next((o.enum for o in options if isinstance(o, StringSchema) and o.enum), ())
