"""What a program can reckon: sums, products, percentages, quotients, times between moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engines.schema import Number, SchemaNode
from pipeline.asking.narrow import Form, any_of, one_of
from pipeline.ast import expression as ex


@dataclass(frozen=True)
class Operands:
    """What numbers can be made of: `certain` have a value, `every` may be without one.

    `spans` are times between two moments.
    """

    certain: Sequence[SchemaNode]
    every: Sequence[SchemaNode]
    spans: Sequence[SchemaNode]


def between(
    form: Form, days: Sequence[SchemaNode], moments: Sequence[SchemaNode]
) -> list[SchemaNode]:
    """Return the time between two days, and that between two moments, where any are known."""
    found: list[SchemaNode] = []
    for points, now, units in ((days, ex.Today, ["days"]), (moments, ex.Now, None)):
        if points:
            ends = any_of([*points, form.node(now)])
            fields = {"start": ends, "end": ends, **({"unit": one_of(units)} if units else {})}
            found.append(form.node(ex.Elapsed, fields))
    return found


def reckoned(form: Form, name: str, known: Operands, *, whole: bool) -> list[SchemaNode]:
    """Return what can be reckoned, up to three terms, defined once under the name.

    A reference or a span leads. What is `whole` is rounded to whole numbers, the rest to cents.
    """
    leading = [*known.certain, *known.spans]
    if not leading:
        return []
    numbers = [form.node(ex.IntegerLiteral), *([] if whole else [form.node(ex.NumberLiteral)])]
    right = [*known.every, *known.spans, *numbers]
    places = {"places": one_of([0 if whole else 2])}
    pair = {"left": any_of(leading), "right": any_of(right)}
    sum_ = form.node(ex.Arithmetic, {"operator": one_of(["add", "subtract"]), **pair})
    product = form.node(ex.Arithmetic, {"operator": one_of(["multiply"]), **pair})
    percent = [*known.every, *(form.node(kind) for kind in (ex.IntegerLiteral, ex.NumberLiteral))]
    portion = {"of": any_of([*leading, product]), "percent": any_of(percent), **places}
    quotient = {
        "left": any_of([*leading, sum_, product]),
        "right": any_of([*known.every, *known.spans, _divisor(form)]),
        **places,
    }
    divided = [form.node(ex.Portion, portion), form.node(ex.Quotient, quotient)]
    fields = {"left": any_of([*leading, sum_]), "right": any_of([*right, product, *divided])}
    return [form.define(name, [form.node(ex.Arithmetic, fields), *divided, *known.spans])]


def _divisor(form: Form) -> SchemaNode:
    """Return a number to divide by: at least one."""
    value = form.node(ex.IntegerLiteral).members["value"]
    assert isinstance(value, Number)
    return form.node(ex.IntegerLiteral, {"value": replace(value, minimum=1)})
