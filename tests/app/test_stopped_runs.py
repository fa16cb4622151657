"""Runs that something stopped: nothing is lost, and what stands in the way is said."""

from __future__ import annotations

import random
import resource
import subprocess
from pathlib import Path

import pytest

from app.library.result import Result, read_result
from app.work import worker
from benchmarks.kills import Tally, alone, attempt, chain, command, order_of
from engines.protocol import ModelFileError
from pipeline.records.events import parse_event
from pipeline.records.journal import RunFolderError, create_run, open_run
from pipeline.records.spec import RunSpec

ROOM_BYTES = 30_000
"""Of any file, on a disk that is nearly full: some answers, not all events."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, int]:
    """Return a run that nothing stopped, and the number of its events."""
    return alone("scripted", tmp_path_factory.mktemp("whole") / "run")


def test_a_run_killed_three_times_ends_like_one_left_alone(
    whole: tuple[Result, int], tmp_path: Path
) -> None:
    tally = Tally()
    chain("scripted", tmp_path / "run", whole, 3, random.Random(4), tally)
    assert tally.kills > 0
    assert tally.faults == []
    assert tally.equal == 1
    assert tally.asked_again == 0


def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    whole: tuple[Result, int], tmp_path: Path
) -> None:
    order = order_of("scripted", tmp_path / "run")
    file = tmp_path / "order.json"
    file.write_text(order.model_dump_json())

    def nearly_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))

    with subprocess.Popen(
        command("scripted", file),
        preexec_fn=nearly_full,
        stdin=subprocess.PIPE,  # the worker ends with its parent
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        *_, line = process.stdout
    last = parse_event(line)
    assert process.returncode in (worker.EXIT_FAILED, worker.EXIT_REFUSED)
    assert last.type == "run_failed"
    assert "can't be written" in last.sentence
    kept = len(list(open_run(tmp_path / "run").calls()))
    assert kept > 0
    assert attempt("scripted", worker.Resumption(resume=tmp_path / "run"), None, 0.0) == 0
    result = read_result(open_run(tmp_path / "run"))
    assert result is not None
    assert result.artifacts_sha256 == whole[0].artifacts_sha256


def test_a_model_that_is_gone_is_said_and_the_run_kept(tmp_path: Path, spec: RunSpec) -> None:
    create_run(spec, tmp_path / "run").close()
    with pytest.raises(ModelFileError, match="no model file"):
        worker.resume(tmp_path / "run", lambda event: None, lambda: False)
    assert open_run(tmp_path / "run").spec == spec


def test_a_run_in_use_is_not_resumed(tmp_path: Path, spec: RunSpec) -> None:
    with (
        create_run(spec, tmp_path / "run"),
        pytest.raises(RunFolderError, match="in use by another process"),
    ):
        worker.resume_run(tmp_path / "run")
