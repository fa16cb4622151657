"""Runs on disk, whatever became of them."""

from __future__ import annotations

from pathlib import Path

from app.library.runs import list_runs
from pipeline.records.journal import RESULT, SPEC, create_run
from pipeline.records.records import RunSpec


def test_a_missing_folder_has_no_runs(tmp_path: Path) -> None:
    assert list_runs(tmp_path / "nowhere") == ()


def test_every_state_is_told_newest_first(finished_run: Path, spec: RunSpec) -> None:
    root = finished_run.parent
    (root / "no-run").mkdir()
    create_run(spec, root / "01KAJ4Y5T3G2N8Q7W6E5R4D3CY").close()
    broken = root / "01KAJ4Y5T3G2N8Q7W6E5R4D3CZ"
    create_run(spec, broken).close()
    (broken / SPEC).write_text("{")
    running = root / "01KAJ4Y5T3G2N8Q7W6E5R4D3D0"
    with create_run(spec, running):
        entries = list_runs(root)
    assert [(entry.path.name[-2:], entry.state) for entry in entries] == [
        ("D0", "running"),
        ("CZ", "damaged"),
        ("CY", "interrupted"),
        ("CX", "finished"),
    ]
    assert entries[-1].score == 83.6
    assert entries[-1].request == "todo"
    assert "is damaged" in (entries[1].problem or "")


def test_a_damaged_result_is_named_and_not_hidden(finished_run: Path) -> None:
    (finished_run / RESULT).write_text('{"version": 1}')
    (entry,) = list_runs(finished_run.parent)
    assert entry.state == "damaged"
    assert RESULT in (entry.problem or "")
