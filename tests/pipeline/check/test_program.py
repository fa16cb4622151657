from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.check.program import settle_sketch


def status_is(word: str) -> ex.Compare:
    return ex.Compare(
        kind="compare",
        left=ex.RowField(kind="field", row="found", column="status"),
        operator="eq",
        right=ex.EnumLiteral(kind="enum", value=word),
    )


def guard(condition: ex.Expression) -> pg.Guard:
    return pg.Guard(kind="guard", condition=condition, status=409, message="No.", rules=())


def sketch(*checks: pg.Guard, sets: tuple[pg.Assign, ...] = ()) -> pg.ProgramSketch:
    return pg.ProgramSketch(where=(), checks=checks, sets=sets)


def test_a_sound_sketch_comes_back_as_it_was() -> None:
    sound = sketch(guard(status_is("open")))
    settled, notes = settle_sketch(sound)
    assert settled == sound
    assert notes.all() == ()


def test_within_one_condition_each_field_is_spoken_of_once() -> None:
    contradiction = ex.All(kind="all", operands=(status_is("open"), status_is("done")))
    settled, notes = settle_sketch(sketch(guard(contradiction)))
    assert settled.checks == (guard(ex.All(kind="all", operands=(status_is("open"),))),)
    assert [n.pointer for n in notes.all()] == ["/checks/0/condition"]


def test_a_field_compared_with_itself_checks_nothing() -> None:
    field = ex.RowField(kind="field", row="found", column="status")
    same = ex.Compare(kind="compare", left=field, operator="eq", right=field)
    settled, notes = settle_sketch(sketch(guard(same)))
    assert settled.checks == ()
    assert len(notes.all()) == 1


def test_a_column_is_set_once() -> None:
    done = pg.Assign(column="status", value=ex.EnumLiteral(kind="enum", value="done"))
    again = pg.Assign(column="status", value=ex.EnumLiteral(kind="enum", value="open"))
    settled, notes = settle_sketch(sketch(sets=(done, again)))
    assert settled.sets == (done,)
    assert [n.pointer for n in notes.all()] == ["/sets/1"]
