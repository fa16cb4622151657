"""The index is a cache: it may be old, damaged, unwritable or gone, and the list stays right."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from app.library import index as index_module
from app.library.index import FILE, RunIndex
from app.library.runs import RunEntry, read_entry
from pipeline.records.journal import RESULT, SPEC, create_run
from pipeline.records.spec import RunSpec


@pytest.fixture
def root(finished_run: Path, spec: RunSpec) -> Path:
    """Return a folder with a finished run, a stopped one and a damaged one."""
    folder = finished_run.parent
    create_run(spec, folder / "01KAJ4Y5T3G2N8Q7W6E5R4D3CY").close()
    shutil.copytree(finished_run, folder / "01KAJ4Y5T3G2N8Q7W6E5R4D3CZ")
    (folder / "01KAJ4Y5T3G2N8Q7W6E5R4D3CZ" / SPEC).write_text("{")
    return folder


def read_all(root: Path) -> tuple[RunEntry, ...]:
    """Read every folder without an index; their names sort by time."""
    folders = (path for path in root.iterdir() if (path / SPEC).is_file())
    return tuple(read_entry(path) for path in sorted(folders, reverse=True))


def test_it_lists_what_the_folders_say(root: Path) -> None:
    assert RunIndex(root).entries() == read_all(root)
    assert (root / FILE).is_file()
    assert RunIndex(root).entries() == read_all(root)


def test_a_missing_folder_has_no_runs(tmp_path: Path) -> None:
    assert RunIndex(tmp_path / "nowhere").entries() == ()


def test_what_has_not_changed_is_not_read_again(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = RunIndex(root).entries()
    read: list[str] = []

    def note(path: Path) -> object:
        read.append(path.name[-2:])
        return read_entry(path)

    monkeypatch.setattr(index_module, "read_entry", note)
    assert RunIndex(root).entries() == before
    assert read == ["CZ", "CY"], "the damaged and the stopped one may change at any time"


def test_a_result_written_later_is_seen(root: Path, finished_run: Path) -> None:
    index = RunIndex(root)
    index.entries()
    text = (finished_run / RESULT).read_text()
    (finished_run / RESULT).write_text(text.replace('"seed": 1', '"seed": 77'))
    assert index.entries() == read_all(root)
    assert 77 in [entry.seed for entry in index.entries()]


def test_a_run_that_is_gone_is_forgotten(root: Path, finished_run: Path) -> None:
    index = RunIndex(root)
    index.entries()
    shutil.rmtree(finished_run)
    assert finished_run not in [entry.path for entry in index.entries()]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_damaged_index_is_made_anew(root: Path, content: bytes) -> None:
    (root / FILE).write_bytes(content)
    assert RunIndex(root).entries() == read_all(root)
    with sqlite3.connect(root / FILE) as database:
        assert database.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    database.close()


def test_an_index_of_another_format_is_made_anew(root: Path) -> None:
    RunIndex(root).entries()
    with sqlite3.connect(root / FILE) as database:
        database.execute("PRAGMA user_version = 99")
        database.execute("UPDATE runs SET entry = 'other'")
    database.close()
    assert RunIndex(root).entries() == read_all(root)


def test_a_folder_that_cant_be_written_is_listed_all_the_same(root: Path) -> None:
    (root / FILE).mkdir()
    assert RunIndex(root).entries() == read_all(root)


def test_an_index_of_other_records_is_not_believed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    RunIndex(root).entries()
    assert RunIndex(root)._kept
    monkeypatch.setattr(index_module, "FORMAT", index_module.FORMAT + 1)
    assert RunIndex(root)._kept == {}
