"""A ladder is found by its model and request; one of another version is skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.library.ladder import find_ladder
from app.library.result import Result
from pipeline.run.ladder import LADDER
from tests.app.ladders import ladder_of


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
