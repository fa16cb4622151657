from __future__ import annotations

from pipeline import names
from pipeline.ast import expression as ex
from pipeline.ast import test as ts
from pipeline.settle.test import settle_scenarios, settle_sketches


def scenario(name: str) -> ts.Scenario:
    return ts.Scenario(
        name=name, operation="todos.read", uses=(), purpose="Some.", requirements=(), rules=()
    )


def test_a_name_of_another_resource_is_no_slip() -> None:
    allocator = names.phrases()
    allocator.take("is_created")
    settled, notes = settle_scenarios([scenario("is_created")], allocator, "todo")
    assert [each.name for each in settled] == ["todo_is_created"]
    assert notes.all() == ()


def test_a_name_that_says_its_resource_already_is_numbered() -> None:
    allocator = names.phrases()
    allocator.take("todo_is_created")
    settled, notes = settle_scenarios([scenario("todo_is_created")], allocator, "todo")
    assert [each.name for each in settled] == ["todo_is_created_2"]
    assert notes.all() == ()


def test_a_name_given_twice_in_a_form_is_noted() -> None:
    twice = [scenario("is_created"), scenario("is_created")]
    settled, notes = settle_scenarios(twice, names.phrases(), "todo")
    assert [each.name for each in settled] == ["is_created", "todo_is_created"]
    assert [note.pointer for note in notes.all()] == ["/scenarios/1/name"]


def test_the_first_value_of_a_property_counts() -> None:
    values = tuple(
        ts.BodyValue(property="title", value=ex.StringLiteral(kind="string", value=word))
        for word in ("one", "two")
    )
    step = ts.CallStep(
        kind="call",
        caller="member",
        operation="todos.create",
        of="none",
        values=values,
        status=201,
        as_="none",
        times=1,
    )
    form = ts.TestSketches(tests=(ts.TestSketch(name="one", steps=(step,)),))
    (sketch,), notes = settle_sketches(form)
    assert sketch.steps == (step.model_copy(update={"values": values[:1]}),)
    assert [note.pointer for note in notes.all()] == ["/tests/0/steps/0/values/1"]


def test_no_more_calls_at_once_succeed_than_are_made_and_each_caller_is_named_once() -> None:
    step = ts.AtOnceStep(
        kind="at_once",
        callers=("member", "member", "other_member"),
        operation="todos.create",
        of="none",
        values=(),
        times=4,
        succeed=9,
        refused=409,
    )
    form = ts.TestSketches(tests=(ts.TestSketch(name="one", steps=(step,)),))
    (sketch,), notes = settle_sketches(form)
    callers = ("member", "other_member")
    assert sketch.steps == (step.model_copy(update={"callers": callers, "succeed": 4}),)
    assert [note.pointer for note in notes.all()] == ["/tests/0/steps/0/succeed"]


def test_callers_beyond_the_calls_are_left_out_with_a_note() -> None:
    step = ts.AtOnceStep(
        kind="at_once",
        callers=("member", "other_member", "third_member"),
        operation="todos.create",
        of="none",
        values=(),
        times=2,
        succeed=1,
        refused=409,
    )
    (sketch,), notes = settle_sketches(
        ts.TestSketches(tests=(ts.TestSketch(name="one", steps=(step,)),))
    )
    kept = step.model_copy(update={"callers": ("member", "other_member")})
    assert sketch.steps == (kept,)
    assert [(n.pointer, n.found) for n in notes.all()] == [
        ("/tests/0/steps/0/callers", "third_member")
    ]
