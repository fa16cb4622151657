"""Runs on disk, in whatever state they are."""

from __future__ import annotations

from pathlib import Path

from app.library.index import RunIndex
from pipeline.records.journal import RESULT, SPEC, create_run
from pipeline.records.spec import RECORD_VERSION, RunSpec
from tests.app.other_version import OLDER, make_other_version


def test_every_state_is_listed_newest_first(finished_run: Path, spec: RunSpec) -> None:
    root = finished_run.parent
    (root / "no-run").mkdir()
    create_run(spec, root / "01KAJ4Y5T3G2N8Q7W6E5R4D3CY").close()
    broken = root / "01KAJ4Y5T3G2N8Q7W6E5R4D3CZ"
    create_run(spec, broken).close()
    (broken / SPEC).write_text("{")
    running = root / "01KAJ4Y5T3G2N8Q7W6E5R4D3D0"
    with create_run(spec, running):
        entries = RunIndex(root).entries()
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
    (finished_run / RESULT).write_text(f'{{"version": {RECORD_VERSION}}}')
    (entry,) = RunIndex(finished_run.parent).entries()
    assert entry.state == "damaged"
    assert RESULT in (entry.problem or "")


def test_a_run_of_another_version_is_listed_with_a_sentence(finished_run: Path) -> None:
    make_other_version(finished_run)
    (entry,) = RunIndex(finished_run.parent).entries()
    assert (entry.state, entry.request, entry.score) == ("other version", "todo", None)
    assert entry.model == "Qwen3 30B A3B Instruct 2507"
    assert entry.problem == "Made by an older Sixfold; its artifacts can be scored again."
    assert entry.started is not None
    assert entry.rescorable
    assert not entry.comparable
    assert not entry.resumable
    make_other_version(finished_run, RECORD_VERSION + 1)
    assert "Made by a newer Sixfold" in (RunIndex(finished_run.parent).entries()[0].problem or "")


def test_a_result_of_another_version_is_enough(finished_run: Path) -> None:
    (finished_run / RESULT).write_text(f'{{"version": {OLDER}}}')
    (entry,) = RunIndex(finished_run.parent).entries()
    assert entry.state == "other version"
    assert entry.request == "todo"


def test_a_run_of_another_version_that_says_nothing_keeps_its_place(finished_run: Path) -> None:
    (finished_run / SPEC).write_text(f'{{"version": {OLDER}}}')
    (entry,) = RunIndex(finished_run.parent).entries()
    assert (entry.state, entry.request) == ("other version", finished_run.name)
