"""Valid forms are counted by the round of feedback in which they first were valid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.library.result import Result
from app.library.valid_forms import find_ladder, valid_by_level, valid_by_round
from engines.protocol import Usage
from pipeline.records.events import CallFinished, RunResumed
from pipeline.run.ladder import LADDER
from tests.app.ladders import ladder_of


def answered(form: str, round_: int, *, valid: bool) -> CallFinished:
    return CallFinished(
        n=1, stage="analysis", form=form, valid=valid, round=round_, usage=Usage(), t_s=1.0
    )


def test_a_form_counts_from_the_round_in_which_it_was_first_valid() -> None:
    events = [
        answered("a", 0, valid=True),
        answered("b", 0, valid=False),
        answered("b", 1, valid=True),
        answered("c", 0, valid=False),
    ]
    counted = valid_by_round(events, feedback=2)
    assert [each.title for each in counted] == [
        "First try",
        "After 1 round of feedback",
        "After 2 rounds of feedback",
    ]
    assert [(each.valid, each.forms) for each in counted] == [(1, 3), (2, 3), (2, 3)]
    assert counted[1].share == 2 / 3


def test_a_run_that_continued_is_counted_from_its_repetition() -> None:
    events = [answered("a", 0, valid=False), RunResumed(answers=1), answered("a", 0, valid=True)]
    (first,) = valid_by_round(events, feedback=0)
    assert (first.valid, first.forms) == (1, 1)
    (none,) = valid_by_round([], feedback=0)
    assert none.share == 0


def test_the_levels_of_a_ladder_are_counted_over_all_stages(result: Result) -> None:
    made = ladder_of(result.model, 4, 1)
    (whole,) = made.rungs
    both = made.model_copy(
        update={"rungs": (whole, whole.model_copy(update={"stage": "analysis"}))}
    )
    (level,) = valid_by_level(both)
    assert (level.title, level.valid, level.forms) == ("Level narrowed", 4, 4)
    assert level.low is not None
    assert 0 < level.low < 1
    assert level.high == pytest.approx(1)


@pytest.mark.parametrize("place", ["inside", "beside"])
def test_a_ladder_of_the_same_model_and_request_is_found(
    result: Result, tmp_path: Path, place: str
) -> None:
    run = tmp_path / "runs" / "one"
    folder = run / "ladder" if place == "inside" else run.parent / "ladder"
    made = ladder_of(result.model, 9, 1)
    write(folder, made.model_dump_json())
    assert find_ladder(run, result) == made
    other = result.model_copy(update={"request": "board"})
    assert find_ladder(run, other) is None
    (folder / LADDER).write_text("{")
    assert find_ladder(run, result) is None


@pytest.mark.parametrize("version", [1, 3])
def test_a_ladder_of_another_version_is_skipped(
    result: Result, tmp_path: Path, version: int
) -> None:
    run = tmp_path / "run"
    document = ladder_of(result.model, 9, 1).model_dump(mode="json")
    write(run / "ladder", json.dumps(document | {"version": version}))
    assert find_ladder(run, result) is None


def write(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / LADDER).write_text(text)
