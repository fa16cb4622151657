"""The commands `models` and `fit`: what they print, and what an earlier run teaches them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli import run_command_line
from app.models.listing import BUILTIN_MODEL
from app.models.memory_fit import measured_peak, read_facts
from pipeline.journal import open_run


def test_fit_in_json_has_all_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["fit", str(BUILTIN_MODEL), "--context", "4096", "--memory", "64", "--json"]
    assert run_command_line(command) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["measured"]) == ("comfortable", False)
    assert found["usable_bytes"] == 48 << 30
    parts = found["estimate"]
    assert parts.pop("total_bytes") == sum(parts.values()) == found["required_bytes"]
    assert found["largest_context_tokens"] == 32768


def test_fit_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command_line(["fit", str(BUILTIN_MODEL)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("comfortable: ")
    assert "largest context that fits" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--context", "99999999"], "was trained for a context of"),
        (["--context", "0"], "was trained for a context of"),
        (["--memory", "0"], "--memory"),
    ],
)
def test_what_can_not_be_judged(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["fit", str(BUILTIN_MODEL), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_finished_run_replaces_the_estimate(finished_run: Path) -> None:
    result = open_run(finished_run).result()
    assert result is not None
    model = Path(result.model.path)
    known = replace(read_facts(BUILTIN_MODEL), size_bytes=result.model.size_bytes)
    runs, context = finished_run.parent, result.context_tokens
    assert measured_peak(runs, model, known, context) == result.peak_memory_bytes
    assert measured_peak(runs, model, known, context - 256) is None
    assert measured_peak(runs, BUILTIN_MODEL, known, context) is None
    assert measured_peak(runs / "none", model, known, context) is None
