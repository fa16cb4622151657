"""A comparison in the terminal."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from rich.console import Console

from app.cli.comparison import print_report
from app.library.selection import compare_runs
from tests.app.compared_runs import write_compared_runs


def test_it_shows_standings_differences_and_what_does_not_count(
    finished_run: Path, tmp_path: Path
) -> None:
    runs = write_compared_runs(finished_run, tmp_path / "compared")
    broken = shutil.copytree(finished_run, runs / "broken")
    (broken / "result.json").write_text("{")
    out = io.StringIO()
    print_report(Console(file=out, width=200, _environ={}), compare_runs(sorted(runs.iterdir())))
    lines = out.getvalue().splitlines()
    assert lines[0].split()[:5] == ["Model", "Score", "95", "%", "interval"]
    first = next(line for line in lines if line.startswith("Qwen3 30B "))
    assert "72.2" in first
    assert "4 runs, 2 requests" in first
    assert any(line.endswith("]") and "Gemma 3 12B" in line for line in lines)
    assert any(line.startswith("broken does not count: ") for line in lines)
