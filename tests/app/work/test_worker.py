"""One run from order to result, by real engines, in this process and in its own."""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.library.result import Result, read_result
from app.work import worker
from app.work.child import WORKER, child_command
from app.work.model_list import RANDOM_MODEL
from app.work.order import Order
from app.work.worker import Reporter, carry_out, execute
from engines.protocol import Cancelled, Engine, ModelFileError
from engines.scripted import ScriptedEngine
from pipeline.records.events import Event, Heartbeat, parse_event
from pipeline.records.journal import RunFolderError, create_run, new_run_id, open_run
from pipeline.records.spec import RunSpec
from pipeline.records.stages import ARTIFACTS
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request

WORKER_S = 60


def run_golden(
    path: Path, spec: RunSpec, engine: Engine, *, cancelled: bool = False
) -> tuple[Result, list[Event]]:
    """Run the golden answers of `todo` through everything."""
    request = load_request("todo")
    spec = spec.model_copy(
        update={
            "model": engine.info,
            "context_tokens": engine.context_tokens,
            "title": request.title,
            "text": request.text,
        }
    )
    seen: list[Event] = []
    report = Reporter(seen.append)
    with create_run(spec, path) as folder:
        report.attach(folder)
        now = datetime.now(UTC)
        return execute(spec, engine, folder, report, lambda: cancelled, now), seen


def test_a_run_ends_with_artifacts_score_and_result(tmp_path: Path, spec: RunSpec) -> None:
    result, seen = run_golden(tmp_path / "run", spec, ScriptedEngine(load_answers("todo")))
    assert result.outcome == "finished", result.sentence
    assert set(result.artifacts) == set(ARTIFACTS)
    assert all((tmp_path / "run" / path).exists() for path in result.artifacts.values())
    assert result.score is not None
    assert result.score.canonical_json() == (tmp_path / "run" / "score.json").read_text()
    assert result.totals.valid == result.totals.forms > 0
    assert result.peak_memory_bytes is not None
    kept = open_run(tmp_path / "run")
    assert read_result(kept) == result
    assert [event.type for event in kept.events()] == [
        event.type for event in seen if event.type not in ("text", "heartbeat")
    ]
    times = [event.t_s for event in kept.events()]
    assert times == sorted(times)
    assert seen[-1].type == "run_finished"


def test_an_answer_outside_the_forms_ends_in_a_sentence(tmp_path: Path, spec: RunSpec) -> None:
    engine = ScriptedEngine({"analysis/plan": '{"nonsense": true}'})
    result, seen = run_golden(tmp_path / "run", spec, engine)
    assert result.outcome == "failed"
    assert result.sentence is not None
    assert "analysis/plan" in result.sentence
    assert result.score is None
    assert seen[-1].type == "run_failed"
    assert "Traceback" in (tmp_path / "run" / "stderr.log").read_text()


def test_a_cancelled_run_keeps_its_folder_whole(tmp_path: Path, spec: RunSpec) -> None:
    engine = ScriptedEngine(load_answers("todo"))
    result, seen = run_golden(tmp_path / "run", spec, engine, cancelled=True)
    assert result.outcome == "cancelled"
    assert result.sentence is None
    assert read_result(open_run(tmp_path / "run")) == result
    assert seen[-1].type == "run_cancelled"


def test_a_fault_of_ours_ends_in_a_sentence_too(
    tmp_path: Path, spec: RunSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(worker, "build", broken)
    result, _ = run_golden(tmp_path / "run", spec, ScriptedEngine({}))
    assert result.outcome == "failed"
    assert result.sentence == "Something unexpected failed: KeyError"
    assert "surprise" in (tmp_path / "run" / "stderr.log").read_text()


def order(tmp_path: Path, model: Path = RANDOM_MODEL) -> Order:
    return Order(request="todo", model=model, run=new_run_id(), out=tmp_path / "run")


def test_a_bad_model_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="no model file"):
        carry_out(order(tmp_path, tmp_path / "none.gguf"), lambda event: None, lambda: False)
    assert list(tmp_path.iterdir()) == []


def test_cancelled_before_the_start_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        carry_out(order(tmp_path), lambda event: None, lambda: True)
    assert list(tmp_path.iterdir()) == []


def start(tmp_path: Path, made: Order) -> subprocess.Popen[bytes]:
    """Start a worker process; the caller ends it."""
    (tmp_path / "order.json").write_text(made.model_dump_json())
    return subprocess.Popen(
        child_command(WORKER, str(tmp_path / "order.json")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def until(process: subprocess.Popen[bytes], kind: str) -> list[Event]:
    """Read events up to the first of one kind."""
    assert process.stdout is not None
    seen: list[Event] = []
    for line in process.stdout:
        seen.append(parse_event(line))
        if seen[-1].type == kind:
            break
    return seen


def test_a_worker_speaks_json_lines_and_obeys(tmp_path: Path) -> None:
    with start(tmp_path, order(tmp_path)) as process:
        seen = until(process, "text")
        assert [event.type for event in seen if not isinstance(event, Heartbeat)][:2] == [
            "log",
            "run_started",
        ]
        assert process.stdin is not None
        process.stdin.write(b"cancel\n")
        process.stdin.flush()
        assert until(process, "run_cancelled")[-1].type == "run_cancelled"
        assert process.wait(WORKER_S) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""
    result = read_result(open_run(tmp_path / "run"))
    assert result is not None
    assert result.outcome == "cancelled"


def test_a_worker_dies_with_its_parent(tmp_path: Path) -> None:
    with start(tmp_path, order(tmp_path)) as process:
        until(process, "call_started")
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(WORKER_S) == 130


def test_a_terminated_worker_closes_its_folder(tmp_path: Path) -> None:
    with start(tmp_path, order(tmp_path)) as process:
        until(process, "call_started")
        os.kill(process.pid, signal.SIGTERM)
        until(process, "run_cancelled")
        assert process.wait(WORKER_S) == 130
    assert read_result(open_run(tmp_path / "run")) is not None


def test_a_refused_order_is_told_in_an_event(tmp_path: Path) -> None:
    (tmp_path / "empty.gguf").touch()
    with start(tmp_path, order(tmp_path, tmp_path / "empty.gguf")) as process:
        refused = until(process, "run_failed")[-1]
        assert process.wait(WORKER_S) == 2
    assert refused.type == "run_failed"
    assert "empty.gguf is empty" in refused.sentence
    assert not (tmp_path / "run").exists()


def built_in_run(out: Path, stop_after: int | None = None) -> Result:
    """Run `todo` on random weights, with short forms; stop it after some answers."""
    answers = 0

    def count(event: Event) -> None:
        nonlocal answers
        answers += event.type == "call_finished"

    made = Order(
        request="todo",
        model=RANDOM_MODEL,
        run=new_run_id(),
        out=out,
        max_tokens_per_call=64,
    )
    return carry_out(made, count, lambda: stop_after is not None and answers >= stop_after)


def test_a_stopped_run_ends_like_one_that_was_not(tmp_path: Path) -> None:
    whole = built_in_run(tmp_path / "whole")
    stopped = built_in_run(tmp_path / "stopped", stop_after=5)
    assert stopped.outcome == "cancelled"
    seen: list[Event] = []
    resumed = worker.resume(tmp_path / "stopped", seen.append, lambda: False)
    assert resumed.outcome == "finished"
    assert resumed.artifacts_sha256 == whole.artifacts_sha256
    assert resumed.score == whole.score
    counts = ("calls", "valid", "prompt_tokens", "forced_tokens", "sampled_tokens")
    for name in counts:
        assert getattr(resumed.totals, name) == getattr(whole.totals, name)
    assert resumed.wall_s > stopped.wall_s
    asked = {event.n for event in seen if event.type == "text"}
    assert asked
    assert min(asked) > 5


def test_a_killed_worker_can_be_gone_on_with(tmp_path: Path) -> None:
    with start(tmp_path, order(tmp_path)) as process:
        until(process, "call_finished")
        process.kill()
    folder = tmp_path / "run"
    with (folder / "events.jsonl").open("ab") as log:
        log.write(b'{"type":"call_fin')  # killed while writing
    kept = {record.input_hash for record in open_run(folder).calls()}
    stop_at = len(kept) + 2
    seen: list[Event] = []

    def enough() -> bool:
        return sum(event.type == "call_finished" for event in seen) >= stop_at

    result = worker.resume(folder, seen.append, enough)
    assert result.outcome == "cancelled"
    assert kept < {record.input_hash for record in open_run(folder).calls()}
    assert [e.type for e in open_run(folder).events()].count("run_resumed") == 1


def test_what_can_not_be_gone_on_with_says_so(tmp_path: Path, spec: RunSpec) -> None:
    result, _ = run_golden(tmp_path / "run", spec, ScriptedEngine(load_answers("todo")))
    assert result.outcome == "finished"
    with pytest.raises(RunFolderError, match="is finished"):
        worker.resume(tmp_path / "run", lambda event: None, lambda: False)
    with pytest.raises(RunFolderError, match="is not a run folder"):
        worker.resume(tmp_path, lambda event: None, lambda: False)


def test_another_model_file_is_told_apart(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(RANDOM_MODEL.read_bytes())
    made = Order(request="todo", model=model, run=new_run_id(), out=tmp_path / "run")
    seen: list[Event] = []
    carry_out(made, seen.append, lambda: any(e.type == "call_started" for e in seen))
    content = bytearray(model.read_bytes())
    content[-1] ^= 1
    model.write_bytes(content)
    with pytest.raises(ModelFileError, match="is not the file that the run was made with"):
        worker.resume(tmp_path / "run", seen.append, lambda: False)
