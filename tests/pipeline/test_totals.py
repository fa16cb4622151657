"""Sums of rows: limits on them, and what answers show of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast.interface import AboveSource, PercentageSource, SumSource
from pipeline.ast.walk import walk
from pipeline.derive.program import derive_function
from pipeline.design import Design
from pipeline.project import Project
from pipeline.render.project import render

SPENT = SumSource(
    kind="sum", table="expense", relation="category", column="amount", time="day", period="month"
)


@pytest.fixture(scope="module")
def expenses(golden: Callable[[str], Project]) -> Project:
    return golden("expenses")


def service(project: Project, name: str) -> str:
    return next(f.text for f in render(project) if f.path.endswith(f"{name}.service.ts"))


def always(project: Project) -> Project:
    """Return the project in which a category shows the sum of all its expenses, and no more."""
    schemas = tuple(
        each.model_copy(
            update={
                "schema_": each.schema_.model_copy(
                    update={
                        "properties": tuple(
                            p.model_copy(
                                update={"source": SPENT.model_copy(update={"period": "always"})}
                            )
                            if p.source == SPENT
                            else p
                            for p in each.schema_.properties
                            if not isinstance(p.source, PercentageSource | AboveSource)
                        )
                    }
                )
            }
        )
        if each.name == "Category" and each.schema_.type == "object"
        else each
        for each in project.interface.schemas
    )
    interface = project.interface.model_copy(update={"schemas": schemas})
    return Project(project.analysis, project.database, interface, project.tests, project.program)


def test_answers_show_a_sum_and_what_it_is_to_its_limit(expenses: Project) -> None:
    shown = {p.name: p for p in expenses.interface.object("Category").properties if p.source}
    assert {name: p.source for name, p in shown.items()} == {
        "spent": SPENT,
        "spentPercentage": PercentageSource(kind="percentage", sum=SPENT, limit="monthly_budget"),
        "aboveMonthlyBudget": AboveSource(kind="above", sum=SPENT, limit="monthly_budget"),
    }
    assert [p.schema_.type for p in shown.values()] == ["integer", "one_of", "one_of"]


def test_rows_of_the_present_month_are_added_up_in_the_query(expenses: Project) -> None:
    text = service(expenses, "categories")
    assert 'where("expenses.day", ">=", startOf(today(), "month"))' in text
    assert 'where("expenses.day", "<", shifted(startOf(today(), "month"), 1, "months"))' in text
    assert 'divided(row.spent * 100, row.monthly_budget, 0, "down")' in text


def test_all_rows_are_added_up_without_a_calendar(expenses: Project) -> None:
    text = service(always(expenses), "categories")
    assert "spent: row.spent," in text
    assert "startOf" not in text
    assert "divided" not in text


def test_a_limit_on_a_sum_is_asked_where_there_is_one(expenses: Project) -> None:
    function = expenses.program.function("expenses.create")
    (asked,) = (node for node in walk(function) if isinstance(node, pg.If))
    assert [each.kind for each in asked.then] == ["sum", "require"]
    budget = ex.RowField(kind="field", row="category", column="monthly_budget")
    there = ex.Not(kind="not", operand=ex.IsNull(kind="is_null", operand=budget))
    assert isinstance(asked.condition, ex.All)
    assert asked.condition.operands[-1] == there


def test_a_change_counts_with_what_it_leaves_as_it_was(expenses: Project) -> None:
    text = service(expenses, "expenses")
    assert "total + (body.amount ?? expense.amount) <= category.monthly_budget" in text


def test_a_sum_of_money_is_rounded_to_cents(golden: Callable[[str], Project]) -> None:
    booking = golden("booking")
    price = ex.RowField(kind="field", row="resource", column="price_per_hour")
    same = ex.ColumnCompare(
        kind="compare",
        column="resource_id",
        operator="eq",
        value=ex.RowField(kind="field", row="resource", column="id"),
    )
    total = pg.Total(
        kind="total",
        table="booking",
        column="price",
        where=(same,),
        plus=price,
        maximum=price,
        message="Too dear",
        rules=(),
    )
    design = Design(booking.analysis, booking.database, booking.interface)
    sketch = pg.ProgramSketch(where=(), checks=(total,), sets=(), effects=())
    function = derive_function(design, booking.interface.operation("bookings.create"), sketch)
    assert any(isinstance(node, pg.Sum) and node.column == "price" for node in walk(function))
    (rounded,) = (node for node in walk(function) if isinstance(node, ex.Quotient))
    assert (rounded.places, rounded.rounding) == (2, "half_up")
