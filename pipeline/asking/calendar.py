"""What a program can ask of the calendar: times of day, days of the week, where periods begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engines.schema import Number, Object, SchemaNode
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.ast import expression as ex

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge")
DAYS_OF_WEEK = 7
PERIODS_OF_DAYS = ("week", "month", "year")
"""Periods that are longer than a day."""


def begun(form: Form, moments: Sequence[SchemaNode], *, days: bool) -> Object:
    """Return where the period of a moment begins, or of a day."""
    node = form.node(ex.StartOf, {"moment": any_of(moments)})
    if not days:
        return node
    return replace(node, members={**node.members, "unit": one_of(PERIODS_OF_DAYS)})


def time_of_day(form: Form, moments: Sequence[SchemaNode]) -> Object:
    """Return the time of day of the present, or of a moment."""
    return form.node(ex.TimeOfDay, {"moment": any_of([form.node(ex.Now), *moments])})


def compared(
    form: Form,
    times: Sequence[SchemaNode],
    days: Sequence[SchemaNode],
    moments: Sequence[SchemaNode],
) -> list[SchemaNode]:
    """Return the comparisons of a time of day, and of a day of the week, of what is known.

    `times` are a literal and the times of day that are known.
    """
    found: list[SchemaNode] = []
    if len(times) > 1 or moments:
        spoken = time_of_day(form, moments)
        found.append(_compare(form, spoken, any_of([*times, spoken])))
    if days or moments:
        points = any_of([form.node(ex.Now), *days, *moments])
        number = form.node(ex.IntegerLiteral, {"value": Number("integer", 1, DAYS_OF_WEEK)})
        found.append(_compare(form, form.node(ex.Weekday, {"moment": points}), number))
    return found


def _compare(form: Form, left: SchemaNode, right: SchemaNode) -> SchemaNode:
    fields = {"left": left, "operator": one_of(OPERATORS), "right": right}
    return form.node(ex.Compare, fields)
