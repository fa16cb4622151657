from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.settle.program import settle_sketch


def status_is(word: str) -> ex.Compare:
    return ex.Compare(
        kind="compare",
        left=ex.RowField(kind="field", row="found", column="status"),
        operator="eq",
        right=ex.EnumLiteral(kind="enum", value=word),
    )


def guard(condition: ex.Expression) -> pg.Guard:
    return pg.Guard(kind="guard", condition=condition, message="No.", rules=())


def sketch(*checks: pg.Guard, sets: tuple[pg.Assign, ...] = ()) -> pg.ProgramSketch:
    return pg.ProgramSketch(where=(), checks=checks, sets=sets, effects=())


def test_a_sound_sketch_comes_back_as_it_was() -> None:
    sound = sketch(guard(status_is("open")))
    settled, notes = settle_sketch(sound)
    assert settled == sound
    assert notes.all() == ()


def test_what_cannot_hold_beside_what_was_said_is_left_out() -> None:
    contradiction = ex.All(kind="all", operands=(status_is("open"), status_is("done")))
    settled, notes = settle_sketch(sketch(guard(contradiction)))
    assert settled.checks == (guard(ex.All(kind="all", operands=(status_is("open"),))),)
    assert [n.pointer for n in notes.all()] == ["/checks/0/condition/operands/1"]


def test_a_field_may_be_spoken_of_twice_in_a_condition() -> None:
    either = ex.AnyOf(kind="any", operands=(status_is("open"), status_is("done")))
    sound = sketch(guard(either))
    settled, notes = settle_sketch(sound)
    assert settled == sound
    assert notes.all() == ()


def test_a_field_compared_with_itself_checks_nothing() -> None:
    field = ex.RowField(kind="field", row="found", column="status")
    same = ex.Compare(kind="compare", left=field, operator="eq", right=field)
    settled, notes = settle_sketch(sketch(guard(same)))
    assert settled.checks == ()
    assert len(notes.all()) == 1


def test_nobody_is_two_kinds_of_callers_at_once() -> None:
    member = ex.ActorIs(kind="actor_is", actor="member")
    moderator = ex.ActorIs(kind="actor_is", actor="moderator")
    both = ex.All(kind="all", operands=(member, status_is("open"), moderator))
    settled, notes = settle_sketch(sketch(guard(both)))
    assert settled.checks == (guard(ex.All(kind="all", operands=(member, status_is("open")))),)
    assert len(notes.all()) == 1
    either = guard(ex.AnyOf(kind="any", operands=both.operands))
    assert settle_sketch(sketch(either))[1].all() == ()


def test_a_caller_named_twice_is_named_once() -> None:
    caller = ex.CallerIs(kind="caller_is", actors=("moderator", "moderator"))
    alive = ex.ColumnIsNull(kind="is_null", column="deleted_at")
    where = ex.WhereAny(kind="any", conditions=(caller, alive))
    settled, _ = settle_sketch(pg.ProgramSketch(where=(where,), checks=(), sets=(), effects=()))
    once = ex.CallerIs(kind="caller_is", actors=("moderator",))
    assert settled.where == (ex.WhereAny(kind="any", conditions=(once, alive)),)


def test_a_column_is_set_once() -> None:
    done = pg.Assign(column="status", value=ex.EnumLiteral(kind="enum", value="done"))
    again = pg.Assign(column="status", value=ex.EnumLiteral(kind="enum", value="open"))
    settled, notes = settle_sketch(sketch(sets=(done, again)))
    assert settled.sets == (done,)
    assert [n.pointer for n in notes.all()] == ["/sets/1"]
