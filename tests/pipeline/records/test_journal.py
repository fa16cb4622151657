"""The run folder: atomic, locked, append-only, and clear when it is none."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from app.library.result import read_result
from engines.protocol import Message, ModelInfo, Usage
from pipeline.records import journal
from pipeline.records.calls import CallRecord
from pipeline.records.events import CallFinished, Heartbeat, Logged, TextStreamed
from pipeline.records.journal import OtherVersionError, RunFolderError, create_run, open_run
from pipeline.records.spec import RECORD_VERSION, Machine, RunSpec, Versions


@pytest.fixture
def spec() -> RunSpec:
    model = ModelInfo(
        name="tiny",
        path="/models/tiny.gguf",
        sha256="0" * 64,
        format="gguf",
        architecture="llama",
        parameters=1000,
        quantization="F16",
        context_train_tokens=2048,
        vocabulary=512,
        size_bytes=2000,
        chat_template=False,
        engine="llama-cpp-python",
    )
    return RunSpec(
        run=journal.new_run_id(),
        model=model,
        request="todo",
        title="To-do",
        text="A to-do list.",
        brief="todo",
        seed=1,
        context_tokens=2048,
        max_tokens_per_call=512,
        versions=Versions(app="0.1", rubric="sixfold-2", prompts_sha256="0", forms_sha256="0"),
        machine=Machine(chip="chip", cores=2, memory_bytes=1 << 30, os="Linux"),
    )


def call(n: int) -> CallRecord:
    return CallRecord(
        n=n,
        stage="database",
        form="database/tables",
        input_hash="0",
        schema_sha256=None,
        prompt=(Message("user", "fill"),),
        output='{"tables": []}',
        valid=True,
        round=0,
        diagnostics=(),
        usage=Usage(prompt_tokens=10, cached_tokens=4, sampled_tokens=3),
        constraint_active=True,
        stop="end",
    )


def test_what_is_written_is_read_back(tmp_path: Path, spec: RunSpec) -> None:
    with create_run(spec, tmp_path / "run") as folder:
        events = [
            Logged(level="info", text="übung", t_s=0.5),
            CallFinished(
                n=1, stage="sdk", form="f", valid=True, round=0, usage=Usage(sampled_tokens=2)
            ),
        ]
        for event in events:
            folder.append(event)
        for n in (10, 2, 1):
            folder.write_call(call(n))
        folder.write_artifacts({"src/main.ts": "export {}\n"})
    again = open_run(tmp_path / "run")
    assert again.spec == spec
    assert list(again.events()) == events
    assert list(again.calls()) == [call(1), call(2), call(10)]
    assert (again.artifacts / "src/main.ts").read_text() == "export {}\n"
    assert read_result(again) is None


def test_live_events_are_not_kept(tmp_path: Path, spec: RunSpec) -> None:
    with create_run(spec, tmp_path / "run") as folder:
        folder.append(Heartbeat())
        folder.append(TextStreamed(n=1, text="{", forced=True))
    assert list(open_run(tmp_path / "run").events()) == []


def test_a_last_line_cut_by_a_crash_is_left_out(tmp_path: Path, spec: RunSpec) -> None:
    with create_run(spec, tmp_path / "run") as folder:
        folder.append(Logged(level="info", text="whole"))
    with (tmp_path / "run" / journal.EVENTS).open("ab") as file:
        file.write(b'{"type":"log","lev')
    assert [event.type for event in open_run(tmp_path / "run").events()] == ["log"]


def test_a_damaged_line_in_the_middle_is_named(tmp_path: Path, spec: RunSpec) -> None:
    with create_run(spec, tmp_path / "run") as folder:
        folder.append(Logged(level="info", text="whole"))
    with (tmp_path / "run" / journal.EVENTS).open("ab") as file:
        file.write(b"nonsense\n")
    with pytest.raises(RunFolderError, match=r"Line 2 of .*events.jsonl"):
        list(open_run(tmp_path / "run").events())


def test_a_full_folder_is_refused_and_kept(tmp_path: Path, spec: RunSpec) -> None:
    (tmp_path / "thesis.txt").write_text("keep me")
    with pytest.raises(RunFolderError, match="is not empty"):
        create_run(spec, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_way_is_named(tmp_path: Path, spec: RunSpec) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunFolderError, match="is a file"):
        create_run(spec, tmp_path / "file")
    with pytest.raises(RunFolderError, match="is a file"):
        create_run(spec, tmp_path / "file" / "run")


def test_checking_a_target_leaves_no_trace(tmp_path: Path) -> None:
    journal.check_target(tmp_path / "a" / "b")
    assert list(tmp_path.iterdir()) == []


def test_an_artifact_can_not_leave_the_folder(tmp_path: Path, spec: RunSpec) -> None:
    with create_run(spec, tmp_path / "run") as folder:
        for name in ("../spec.json", "/tmp/sixfold-escape", "."):
            with pytest.raises(RunFolderError, match="leaves the folder"):
                folder.write_artifacts({name: "x"})


def test_two_processes_can_not_write_one_run(tmp_path: Path, spec: RunSpec) -> None:
    with create_run(spec, tmp_path / "run"):
        script = (
            "import sys; from pathlib import Path; from pipeline.records.journal import open_run\n"
            "sys.exit(7 if open_run(Path(sys.argv[1])).is_locked() else 0)"
        )
        command = [sys.executable, "-c", script, str(tmp_path / "run")]
        assert subprocess.run(command, check=False).returncode == 7
    assert subprocess.run(command, check=False).returncode == 0


def test_no_room_on_the_disk_is_a_sentence_and_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "score.json"
    journal.write_atomic(target, "old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(RunFolderError, match="can't be written"):
            journal.write_atomic(target, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["score.json"]


@pytest.mark.parametrize(("step", "age"), [(-1, "an older"), (1, "a newer")])
def test_a_folder_of_another_version_is_refused(
    tmp_path: Path, spec: RunSpec, step: int, age: str
) -> None:
    create_run(spec, tmp_path / "run").close()
    path = tmp_path / "run" / journal.SPEC
    document = json.loads(path.read_text()) | {"version": RECORD_VERSION + step, "new": []}
    path.write_text(json.dumps(document))
    with pytest.raises(OtherVersionError, match=f"{age} version.*can be scored again"):
        open_run(tmp_path / "run")


def test_a_damaged_spec_names_the_place(tmp_path: Path, spec: RunSpec) -> None:
    create_run(spec, tmp_path / "run").close()
    path = tmp_path / "run" / journal.SPEC
    path.write_text(path.read_text().replace('"feedback": 3', '"feedback": 9'))
    with pytest.raises(RunFolderError, match=r"damaged .* Feedback can't be 9; it must be"):
        open_run(tmp_path / "run")


def test_an_option_without_sense_is_damage_too(tmp_path: Path, spec: RunSpec) -> None:
    create_run(spec, tmp_path / "run").close()
    path = tmp_path / "run" / journal.SPEC
    path.write_text(path.read_text().replace('"threads": null', '"threads": 0'))
    with pytest.raises(RunFolderError, match=r"damaged at engine.*Threads can't be 0"):
        open_run(tmp_path / "run")


def test_another_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="not a run folder"):
        open_run(tmp_path)


def test_the_hash_of_artifacts_follows_names_and_bytes(tmp_path: Path) -> None:
    assert journal.hash_files(tmp_path) is None
    (tmp_path / "a").write_text("1")
    first = journal.hash_files(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    assert journal.hash_files(tmp_path) != first
    (tmp_path / "b").rename(tmp_path / "a")
    assert journal.hash_files(tmp_path) == first
