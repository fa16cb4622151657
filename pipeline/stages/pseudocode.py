"""Pseudo code: expressions and conditions of programs as a prompt shows them."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast.base import Node

OPERATORS = {"eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
ARITHMETIC = {"add": "+", "subtract": "-", "multiply": "*"}


def value(expression: Node) -> str:
    """Return an expression of a program in a few words."""
    match expression:
        case ex.ActorId():
            return "caller.id"
        case ex.Parameter(name=name):
            return f"path.{name}"
        case ex.BodyProperty(property=name):
            return f"body.{name}"
        case ex.QueryProperty(property=name):
            return f"query.{name}"
        case ex.RowField(row=row, column=column):
            return f"{row}.{column}"
        case ex.Variable(name=name):
            return name
        case ex.GeneratedText(source=source):
            return "a new code" if source is None else f"a new slug of {value(source)}"
        case ex.Conditional(then=ex.Variable(name=name), otherwise=ex.GeneratedText()):
            return f"{name}, with an end if that is taken"
        case ex.NullLiteral():
            return "null"
        case ex.BooleanLiteral(value=flag):
            return "true" if flag else "false"
        case ex.Coalesce(operand=operand, fallback=fallback):
            return f"{value(operand)} or {value(fallback)}"
        case ex.Arithmetic(left=left, operator=operator, right=right):
            return f"{value(left)} {ARITHMETIC[operator]} {value(right)}"
        case _:
            return _phrase(expression)


def _phrase(expression: Node) -> str:
    """Return a truth, or whatever has a value of its own."""
    match expression:
        case ex.Compare(left=left, operator=operator, right=right):
            return f"{value(left)} {OPERATORS[operator]} {value(right)}"
        case ex.ActorIs(actor=actor):
            return f"caller is {names.words(actor)}"
        case ex.IsNull(operand=operand):
            return f"{value(operand)} is null"
        case ex.Not(operand=ex.IsNull(operand=operand)):
            return f"{value(operand)} is given"
        case ex.Not(operand=operand):
            return f"not ({value(operand)})"
        case ex.All(operands=operands):
            return " and ".join(map(value, operands))
        case ex.AnyOf(operands=operands):
            return " or ".join(map(value, operands))
        case ex.Now() | ex.Today():
            return expression.kind
        case ex.Shifted(amount=amount, unit=unit):
            return _moved("now", amount, unit)
        case ex.Offset(moment=moment, amount=amount, unit=unit):
            return _moved(value(moment), amount, unit)
        case ex.StartOf(unit=unit, moment=moment):
            return f"the beginning of the {unit} of {value(moment)}"
        case ex.TimeOfDay(moment=moment) | ex.Weekday(moment=moment):
            return f"{names.words(expression.kind)} of {value(moment)}"
        case ex.Conditional(condition=asked, then=then, otherwise=otherwise):
            return f"({value(then)} if {value(asked)} else {value(otherwise)})"
        case ex.Provided(property=name):
            return f"body.{name} is given"
        case (
            ex.StringLiteral(value=said)
            | ex.EnumLiteral(value=said)
            | ex.TimeLiteral(value=said)
            | ex.IntegerLiteral(value=said)
            | ex.NumberLiteral(value=said)
        ):
            return str(said)
        case _:
            raise ValueError(f"no words for the expression {expression!r}")


def _moved(moment: str, amount: int | ex.Expression, unit: str) -> str:
    if isinstance(amount, int):
        return f"{moment} {'-' if amount < 0 else '+'} {abs(amount)} {unit}"
    return f"{moment} + {value(amount)} {unit}"


def condition(where: Node, mark: Node | None = None) -> str:
    """Return a condition on rows in a few words; `mark` stands for the form's own."""
    if where is mark:
        return "<where>"
    match where:
        case ex.ColumnCompare(column=column, operator=operator, value=compared):
            return f"{column} {OPERATORS[operator]} {value(compared)}"
        case ex.SameText(column=column, value=compared):
            return f"{column} = {value(compared)} whatever the case"
        case ex.ColumnIsNull(column=column):
            return f"{column} is null"
        case ex.ColumnIsNotNull(column=column):
            return f"{column} is not null"
        case ex.CallerIs(actors=actors):
            return f"caller is {' or '.join(map(names.words, actors))}"
        case ex.WhereAll(conditions=conditions):
            return _joined(conditions, " and ", mark)
        case ex.WhereAny(conditions=conditions):
            return f"({_joined(conditions, ' or ', mark)})"
        case ex.ParentWhere(relation=relation, where=inner):
            return f"its {names.words(relation)} has {_joined(inner, ' and ', mark)}"
        case ex.SomeWhere(table=table, where=inner):
            return f"some {table} of it has {_joined(inner, ' and ', mark)}"
        case ex.NoneWhere(table=table, where=inner):
            return f"no {table} of it has {_joined(inner, ' and ', mark)}"
        case ex.OldestWhere(relation=relation, where=inner):
            others = f" that has {_joined(inner, ' and ', mark)}" if inner else ""
            return f"it is the oldest of its {names.words(relation)}{others}"
        case _:
            raise ValueError(f"no words for the condition {where!r}")


def _joined(conditions: Iterable[Node], word: str, mark: Node | None) -> str:
    return word.join(condition(each, mark) for each in conditions)
