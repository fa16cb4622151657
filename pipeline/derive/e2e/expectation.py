"""Expectations: the sentence that an assertion of a test says when it fails."""

from __future__ import annotations

from typing import Literal

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast.interface import Operation

Predicate = Literal["equal", "not_equal", "is_null", "is_not_null", "greater", "less"]
RowsPredicate = Literal["every_equal", "every_not_equal", "some_equal", "none_equal"]
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_PAGE = {
    "records": "The number of records",
    "pages": "The number of pages",
    "current": "The number of the page",
    "limit": "The number of rows a page",
}
_VERBS = {"is": "be", "has": "have"}
_MESSAGE_MAX = 160
"""Characters of a message; names and values that follow each other can make it longer."""


def shortened(message: str) -> str:
    """Cut a message to what its form allows."""
    return message if len(message) <= _MESSAGE_MAX else message[: _MESSAGE_MAX - 1] + "…"


def expectation(operation: Operation, path: str, predicate: Predicate, value: ex.Expression) -> str:
    """Say what should hold of a property (`title`, `data.0.title`) of an operation's answer."""
    noun = names.words(operation.table)
    parts = path.split(".")
    if operation.kind == "list" and parts[0] == "pagination" and len(parts) == 2:
        return f"{_PAGE.get(parts[1], f'The {_words(parts[1])}')} should {_be(predicate, value)}."
    if operation.kind in ("list", "summary") and path == "data.length":
        return f"The number of rows shown should {_be(predicate, value)}."
    if len(parts) > 1 and parts[1].isdecimal():
        place = int(parts[1])
        ordinal = ORDINALS[place] if place < len(ORDINALS) else f"{place + 1}th"
        one = noun if parts[0] == "data" else f"of the {_words(parts[0])}"
        if len(parts) == 2:
            return f"The {ordinal} {one} should {_be(predicate, value)}."
        return _sentence(f"The {ordinal} {one}", parts[2], predicate, value)
    if len(parts) == 2 and parts[1] == "length":
        return f"The number of {_words(parts[0])} should {_be(predicate, value)}."
    if len(parts) == 2:
        return _sentence(f"The {_words(parts[0])}", parts[1], predicate, value)
    if operation.kind in ("join", "login", "refresh"):
        return f"The {_words(path)} should {_be(predicate, value)}."
    return _sentence(f"The {noun}", path, predicate, value)


def expectation_of_rows(
    operation: Operation, property_: str, predicate: RowsPredicate, value: ex.Expression
) -> str:
    """Say what should hold of a property of the rows of a list."""
    noun = names.words(operation.table)
    match predicate:
        case "every_equal":
            return _sentence(f"Every {noun}", property_, "equal", value)
        case "every_not_equal":
            return _sentence(f"Every {noun}", property_, "not_equal", value)
        case "some_equal":
            return _sentence(f"Some {noun}", property_, "equal", value)
        case "none_equal":
            return _sentence(f"No {noun}", property_, "equal", value)


def expected_order(
    operation: Operation, property_: str, order: Literal["rising", "falling"]
) -> str:
    """Say in which order the rows of a list should stand."""
    where = "rise" if order == "rising" else "fall"
    return f"The {names.words(operation.table)} rows should {where} by {_words(property_)}."


def _sentence(owner: str, property_: str, predicate: Predicate, value: ex.Expression) -> str:
    first, _, rest = _words(property_).partition(" ")
    if first in _VERBS and rest and isinstance(value, ex.BooleanLiteral):
        negated = value.value != (predicate == "equal")
        return f"{owner} should {'not ' if negated else ''}{_VERBS[first]} {rest}."
    if property_ == "id":
        return f"{owner} should {_be(predicate, value)}."
    whose = "'" if owner.endswith("s") else "'s"
    return f"{owner}{whose} {_words(property_).removesuffix(' id')} should {_be(predicate, value)}."


def _be(predicate: Predicate, value: ex.Expression) -> str:
    match predicate:
        case "is_null":
            return "be empty"
        case "is_not_null":
            return "be given"
        case "equal":
            return f"be {_value(value)}"
        case "not_equal":
            return f"not be {_value(value)}"
        case "greater":
            return f"be beyond {_value(value)}"
        case "less":
            return f"be below {_value(value)}"


def _value(value: ex.Expression) -> str:
    match value:
        case ex.StringLiteral(value=text) | ex.TimeLiteral(value=text):
            return f"'{text}'"
        case ex.EnumLiteral(value=word):
            return names.words(word)
        case ex.IntegerLiteral(value=number) | ex.NumberLiteral(value=number):
            return str(number)
        case ex.BooleanLiteral(value=flag):
            return "true" if flag else "false"
        case ex.RepeatedString(length=length):
            return f"the text of {length} characters"
        case ex.Today():
            return "today"
        case ex.AtTime(days=days, time=time):
            return f"{time} {abs(days)} days {'ago' if days < 0 else 'from today'}"
        case ex.Shifted(amount=amount, unit=unit):
            return f"{abs(amount)} {unit} {'ago' if amount < 0 else 'from now'}"
        case ex.RowOf(caller=caller) | ex.EmailOf(caller=caller):
            return f"that of the {names.words(caller)}"
        case ex.Answered(answer=answer):
            return f"that of {names.words(answer)}"
        case ex.Sent(answer=answer):
            return f"what was given for {names.words(answer)}"
        case ex.Offset(moment=moment, amount=int(amount), unit=unit):
            when = "before" if amount < 0 else "after"
            return f"{abs(amount)} {unit} {when} {_value(moment)}"
        case ex.Arithmetic(left=left, operator=operator, right=ex.IntegerLiteral(value=number)):
            return f"{number} {'more' if operator == 'add' else 'less'} than {_value(left)}"
        case ex.Now():
            return "now"
        case _:
            return "what it has to be"


def _words(property_: str) -> str:
    return names.words(str(names.to_snake(property_, len(property_) * 2)))
