"""Expressions, shared by programs and tests, and the conditions of queries.

A recursive union with the tag first. Types are those of the column or property an expression
speaks of; narrowing only ever offers operands of one type to one operator, so no expression that
a model can write is ill-typed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.ast import random_value as made_up
from pipeline.ast.base import (
    Amount,
    CalendarPeriod,
    CalendarUnit,
    Literal32,
    Name,
    Node,
    Phrase,
    Rounding,
    TimeUnit,
    Whole,
)
from pipeline.ast.patterns import TIME_REGEX

Operator = Literal["eq", "ne", "lt", "le", "gt", "ge"]
ArithmeticOperator = Literal["add", "subtract", "multiply"]
PropertyName = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]*$", max_length=64)]
"""A camelCase property of a DTO."""
AnswerPath = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]*(\.(\d|[a-z][A-Za-z0-9]*))*$")]
"""A property of an answer, or of an element or object in it: `data.0.title`."""
VariableName = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]*$", max_length=96)]


class StringLiteral(Node):
    """A text."""

    kind: Literal["string"]
    value: Literal32


class RepeatedString(Node):
    """A text of exactly `length` characters, to stand at or beyond a limit."""

    kind: Literal["repeated_string"]
    length: Annotated[int, Field(ge=0, le=20_001)]


class IntegerLiteral(Node):
    """A whole number."""

    kind: Literal["integer"]
    value: Whole


class NumberLiteral(Node):
    """A number with decimals."""

    kind: Literal["number"]
    value: Amount


def number_literal(value: float) -> IntegerLiteral | NumberLiteral:
    """Return a number as the literal that holds it."""
    if float(value).is_integer():
        return IntegerLiteral(kind="integer", value=int(value))
    return NumberLiteral(kind="number", value=value)


class BooleanLiteral(Node):
    """True or false."""

    kind: Literal["boolean"]
    value: bool


class NullLiteral(Node):
    """Null."""

    kind: Literal["null"]


class EnumLiteral(Node):
    """A word of an enum: of a column, or an order of a list (`due_on_asc`)."""

    kind: Literal["enum"]
    value: Phrase


class ColumnDefault(Node):
    """What the column starts with when nobody gives a value: its default, or null."""

    kind: Literal["default"]


class GeneratedText(Node):
    """A text that no other row has: a random code of `length` characters.

    With a source it is a slug of that, of `length` characters at most, with a random end unless it
    is `bare`.
    """

    kind: Literal["generated"]
    source: Expression | None
    length: int
    bare: bool = False


class Now(Node):
    """The present moment."""

    kind: Literal["now"]


class Shifted(Node):
    """The present moment moved by `amount` units, into the past if negative."""

    kind: Literal["shifted"]
    amount: Annotated[int, Field(ge=-36_500, le=36_500)]
    unit: TimeUnit


class Offset(Node):
    """A moment or day moved by `amount` units, into the past if negative.

    Days move by days and months. The amount is a number, or a number that a row or body has.
    """

    kind: Literal["offset"]
    moment: Expression
    amount: Annotated[int, Field(ge=-36_500, le=36_500)] | Expression
    unit: CalendarUnit


class Today(Node):
    """The present day in UTC."""

    kind: Literal["today"]


class StartOf(Node):
    """The beginning of the day, week (its Monday), month or year that a moment or day lies in."""

    kind: Literal["start_of"]
    unit: CalendarPeriod
    moment: Expression


class TimeOfDay(Node):
    """The time of day of a moment, in UTC."""

    kind: Literal["time_of_day"]
    moment: Expression


class Weekday(Node):
    """The day of the week of a moment or day, in UTC: 1 on Mondays, 7 on Sundays."""

    kind: Literal["weekday"]
    moment: Expression


class AtTime(Node):
    """A time of day some days from today, in UTC. Only tests have it."""

    kind: Literal["at_time"]
    days: Annotated[int, Field(ge=-36_500, le=36_500)]
    time: Annotated[str, Field(pattern=TIME_REGEX)]


class TimeLiteral(Node):
    """A time of day."""

    kind: Literal["time"]
    value: Annotated[str, Field(pattern=TIME_REGEX)]


class ActorId(Node):
    """The key of the caller's account."""

    kind: Literal["actor"]


class ActorIs(Node):
    """Whether the caller is signed in as this actor."""

    kind: Literal["actor_is"]
    actor: Name


class Parameter(Node):
    """A path parameter."""

    kind: Literal["parameter"]
    name: PropertyName


class BodyProperty(Node):
    """A property of the request body."""

    kind: Literal["body"]
    property: PropertyName


class QueryProperty(Node):
    """A filter of a list's query, if it is given."""

    kind: Literal["query"]
    property: PropertyName


class Provided(Node):
    """Whether the request body has the (optional) property at all."""

    kind: Literal["provided"]
    property: PropertyName


class RowField(Node):
    """A column of a row that an earlier statement found, inserted or updated."""

    kind: Literal["field"]
    row: VariableName
    column: Name


class Variable(Node):
    """A variable that an earlier statement bound."""

    kind: Literal["variable"]
    name: VariableName


class Property(Node):
    """A property, also of an element (`data`, `0`, `title`), of a variable."""

    kind: Literal["property"]
    variable: VariableName
    path: Annotated[tuple[str | int, ...], Field(min_length=1, max_length=4)]


class Compare(Node):
    """A comparison of two operands of one type."""

    kind: Literal["compare"]
    left: Expression
    operator: Operator
    right: Expression


class IsNull(Node):
    """Whether the operand is null (or was not given)."""

    kind: Literal["is_null"]
    operand: Expression


class Not(Node):
    """Negation."""

    kind: Literal["not"]
    operand: Expression


class All(Node):
    """All operands hold."""

    kind: Literal["all"]
    operands: Annotated[tuple[Expression, ...], Field(min_length=1, max_length=4)]


class AnyOf(Node):
    """At least one operand holds."""

    kind: Literal["any"]
    operands: Annotated[tuple[Expression, ...], Field(min_length=1, max_length=4)]


class Arithmetic(Node):
    """A sum, difference or product of two numbers."""

    kind: Literal["arithmetic"]
    left: Expression
    operator: ArithmeticOperator
    right: Expression


class Portion(Node):
    """A percentage of a number, rounded to whole numbers or to cents."""

    kind: Literal["portion"]
    of: Expression
    percent: Expression
    rounding: Rounding
    places: Literal[0, 2]


class Quotient(Node):
    """A number divided by another, rounded to whole numbers or to cents; 0 where that is zero."""

    kind: Literal["quotient"]
    left: Expression
    right: Expression
    rounding: Rounding
    places: Literal[0, 2]


class Elapsed(Node):
    """How many units lie between two moments or days, rounded; below zero if the end is first."""

    kind: Literal["elapsed"]
    start: Expression
    end: Expression
    unit: TimeUnit
    rounding: Rounding


class Conditional(Node):
    """One of two values of the same type."""

    kind: Literal["conditional"]
    condition: Expression
    then: Expression
    otherwise: Expression


class Coalesce(Node):
    """The operand, or the fallback where it is null or was not given."""

    kind: Literal["coalesce"]
    operand: Expression
    fallback: Expression


class ListOf(Node):
    """A list of rows or keys. Only tests have it."""

    kind: Literal["list"]
    items: tuple[Expression, ...]


class Member(Node):
    """A property of an object, and its value."""

    name: PropertyName
    value: Expression


class ObjectOf(Node):
    """A row in a list. Only tests have it, too."""

    kind: Literal["object"]
    members: tuple[Member, ...]


class Capitals(Node):
    """A text in capital letters. Only derived tests have it."""

    kind: Literal["capitals"]
    operand: Expression


class RowOf(Node):
    """The key of the caller's row of the table that a foreign key points at.

    Only test sketches have it; derivation puts the row's own variable in its place.
    """

    kind: Literal["row_of"]
    caller: Phrase


class EmailOf(Node):
    """The e-mail address of the caller's account. Only test sketches have it, too."""

    kind: Literal["email_of"]
    caller: Phrase


class Answered(Node):
    """A property of an answer that an earlier call of a test sketch has named."""

    kind: Literal["answered"]
    answer: Phrase
    path: AnswerPath


class LeftOut(Node):
    """No value at all: the body is without the property. Only test sketches have it."""

    kind: Literal["left_out"]


class Sent(Node):
    """What the call that named its answer gave for a property. Only test sketches have it."""

    kind: Literal["sent"]
    answer: Phrase
    property: PropertyName


Expression = Annotated[
    StringLiteral
    | RepeatedString
    | IntegerLiteral
    | NumberLiteral
    | BooleanLiteral
    | NullLiteral
    | EnumLiteral
    | ColumnDefault
    | GeneratedText
    | Now
    | Shifted
    | Offset
    | Today
    | StartOf
    | TimeOfDay
    | Weekday
    | AtTime
    | TimeLiteral
    | ActorId
    | ActorIs
    | Parameter
    | BodyProperty
    | QueryProperty
    | Provided
    | RowField
    | Variable
    | Property
    | Compare
    | IsNull
    | Not
    | All
    | AnyOf
    | Arithmetic
    | Portion
    | Quotient
    | Elapsed
    | Conditional
    | Coalesce
    | made_up.RandomText
    | made_up.RandomEmail
    | made_up.RandomUuid
    | made_up.RandomCode
    | made_up.SampleObject
    | ListOf
    | ObjectOf
    | Capitals
    | RowOf
    | EmailOf
    | Answered
    | LeftOut
    | Sent,
    Field(discriminator="kind"),
]


class ColumnCompare(Node):
    """A row qualifies if its column compares with the value."""

    kind: Literal["compare"]
    column: Name
    operator: Operator
    value: Expression


class ColumnIsNull(Node):
    """A row qualifies if its column is null."""

    kind: Literal["is_null"]
    column: Name


class ColumnIsNotNull(Node):
    """A row qualifies if its column is not null."""

    kind: Literal["is_not_null"]
    column: Name


class SameText(Node):
    """A row qualifies if its column has this text, whatever the case of its letters.

    Only derived checks of unique keys have it.
    """

    kind: Literal["same_text"]
    column: Name
    value: Expression


class CallerIs(Node):
    """Every row qualifies for a caller who is signed in as one of these actors."""

    kind: Literal["caller_is"]
    actors: Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)]


class ParentWhere(Node):
    """A row qualifies if the row that its relation points at qualifies."""

    kind: Literal["parent"]
    relation: Name
    where: Annotated[tuple[Where, ...], Field(min_length=1, max_length=4)]


class SomeWhere(Node):
    """A row qualifies if a row of `table` whose `relation` points at it qualifies."""

    kind: Literal["some"]
    table: Name
    relation: Name
    where: Annotated[tuple[Where, ...], Field(max_length=4)]


class NoneWhere(Node):
    """A row qualifies if no row of `table` whose `relation` points at it qualifies."""

    kind: Literal["none"]
    table: Name
    relation: Name
    where: Annotated[tuple[Where, ...], Field(max_length=4)]


class OldestWhere(Node):
    """A row qualifies if it was made before all others that its `relation` leads to the same row.

    With `where`, before all others that qualify (the first in a queue of those who wait).
    """

    kind: Literal["oldest"]
    relation: Name
    where: Annotated[tuple[Where, ...], Field(max_length=4)]


class WhereAll(Node):
    """A row qualifies if all conditions hold: those of a sketch, and as many as are derived."""

    kind: Literal["all"]
    conditions: Annotated[tuple[Where, ...], Field(min_length=1)]


class WhereAny(Node):
    """A row qualifies if at least one condition holds."""

    kind: Literal["any"]
    conditions: Annotated[tuple[Where, ...], Field(min_length=1, max_length=3)]


Where = Annotated[
    ColumnCompare
    | ColumnIsNull
    | ColumnIsNotNull
    | SameText
    | CallerIs
    | ParentWhere
    | SomeWhere
    | NoneWhere
    | OldestWhere
    | WhereAll
    | WhereAny,
    Field(discriminator="kind"),
]


class Let(Node):
    """Bind a value; a statement of programs and tests alike."""

    kind: Literal["let"]
    variable: VariableName
    value: Expression


for _model in (
    *(GeneratedText, Offset, StartOf, TimeOfDay, Weekday, ListOf, Member, ObjectOf, Capitals),
    *(Compare, IsNull, Not, All, AnyOf, Arithmetic, Portion, Quotient, Elapsed, Conditional),
    *(Coalesce, ColumnCompare, SameText, ParentWhere, SomeWhere, NoneWhere, OldestWhere),
    *(WhereAll, WhereAny),
):
    _model.model_rebuild()
