"""Values that a test fills in by itself keep the rules between them, and make rows of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.ast.analysis import Window
from pipeline.derive.e2e.ordered import ordered
from pipeline.derive.e2e.rows import body_of
from pipeline.design import Design
from pipeline.project import Project
from tests.pipeline.derive.e2e.test_builder import build, call


def filled(project: Project, name: str, **given: ex.Expression) -> dict[str, ex.Expression]:
    design = Design(project.analysis, project.database, project.interface)
    operation = project.interface.operation(name)
    return ordered(design, operation, body_of(project.interface, operation), given)


def minutes(amount: int) -> ex.Shifted:
    return ex.Shifted(kind="shifted", amount=amount, unit="minutes")


def time(value: str) -> ex.TimeLiteral:
    return ex.TimeLiteral(kind="time", value=value)


def test_a_start_lies_ahead_and_its_end_after_it(golden: Callable[[str], Project]) -> None:
    found = filled(golden("booking"), "bookings.create")
    assert found == {"startsAt": minutes(60), "endsAt": minutes(120)}


def test_an_end_follows_the_start_that_a_test_gives(golden: Callable[[str], Project]) -> None:
    start = ex.Shifted(kind="shifted", amount=3, unit="days")
    end = ex.Offset(kind="offset", moment=start, amount=60, unit="minutes")
    assert filled(golden("booking"), "bookings.create", startsAt=start) == {"endsAt": end}


def test_a_start_precedes_the_end_that_a_test_gives(golden: Callable[[str], Project]) -> None:
    end = ex.Shifted(kind="shifted", amount=3, unit="days")
    start = ex.Offset(kind="offset", moment=end, amount=-60, unit="minutes")
    assert filled(golden("booking"), "bookings.create", endsAt=end) == {"startsAt": start}


def test_times_of_day_are_in_order_too(golden: Callable[[str], Project]) -> None:
    booking = golden("booking")
    assert filled(booking, "resources.create") == {"closesAt": time("09:00")}
    given = filled(booking, "resources.create", opensAt=time("12:30"))
    assert given == {"closesAt": time("13:30")}


def test_no_rule_no_order(todo: Project) -> None:
    assert filled(todo, "todos.create") == {}


def bookings_joined(statements: tuple[ts.Statement, ...]) -> list[ex.Expression]:
    calls = [s for s in statements if isinstance(s, ts.Call)]
    joined = [each for each in calls if each.operation == "participants.create"]
    return [value.value for each in joined for value in each.values]


def test_a_second_row_of_what_is_there_once_belongs_to_another(
    golden: Callable[[str], Project],
) -> None:
    join = call("other_member", "participants.create", status=201)
    first, second = bookings_joined(build(golden("booking"), join, join))
    assert first != second


def test_a_refused_row_is_the_second_of_the_same(golden: Callable[[str], Project]) -> None:
    join = call("other_member", "participants.create", status=201)
    again = call("other_member", "participants.create", status=409)
    statements = build(golden("booking"), join, again)
    (first,) = bookings_joined(statements)
    (refused,) = (s.call for s in statements if isinstance(s, ts.ExpectError))
    assert [value.value for value in refused.values] == [first]


def test_the_longest_distance_to_what_is_given_counts(golden: Callable[[str], Project]) -> None:
    booking = golden("booking")
    rules = tuple(
        rule.model_copy(update={"amount": 90})
        if isinstance(rule, Window) and rule.bound == "at_least" and rule.unit == "minutes"
        else rule
        for rule in booking.analysis.rules
    )
    assert rules != booking.analysis.rules
    longer = replace(booking, analysis=booking.analysis.model_copy(update={"rules": rules}))
    start = ex.Shifted(kind="shifted", amount=3, unit="days")
    end = ex.Offset(kind="offset", moment=start, amount=90, unit="minutes")
    assert filled(longer, "bookings.create", startsAt=start) == {"endsAt": end}
