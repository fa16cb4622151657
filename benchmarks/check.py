"""Measure the type check of golden projects: whole and fresh, whole and warm, one edited file.

    .venv/bin/python -m benchmarks.check [PROJECT...] [--rounds 5]

The three take turns in one process tree. An edit gives a service one more function; the warm
compiler then checks the file and those that import it. Medians and their ratios are printed. The
last column is what the warm compiler holds in memory after all edits.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import psutil

from app.work.golden import build_golden
from pipeline.node.compile import check_project, source_files
from pipeline.node.warm_compiler import WarmCompiler
from pipeline.run.golden import golden_names

EDITS_PER_ROUND = 10
HEAD = (
    f"{'project':<12}{'files':>6}{'fresh':>10}{'warm':>10}{'edit':>10}{'fresh/edit':>12}{'MB':>6}"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("projects", nargs="*", default=list(golden_names()))
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print(HEAD)
    for name in arguments.projects:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / name
            build_golden(name, out)
            print(f"{name:<12}" + measure(out, arguments.rounds), flush=True)


def measure(folder: Path, rounds: int) -> str:
    """Time the three ways in turns; return a line of medians in milliseconds."""
    services = [name for name in source_files(folder) if name.endswith(".service.ts")]
    fresh: list[float] = []
    warm: list[float] = []
    edits: list[float] = []
    with WarmCompiler(folder) as compiler:
        assert compiler.check().diagnostics == ()
        for turn in range(rounds):
            fresh.append(check_project(folder).seconds)
            for number in range(EDITS_PER_ROUND + 1):
                file = folder / services[(turn * EDITS_PER_ROUND + number) % len(services)]
                before = file.read_text(encoding="utf-8")
                file.write_text(f"{before}\nexport const edit{turn}{number}: number = 1;\n")
                is_last = number == EDITS_PER_ROUND
                report = compiler.check() if is_last else compiler.recheck()
                assert report.units >= 1
                assert report.diagnostics == ()
                (warm if is_last else edits).append(report.seconds)
        held = sum(
            child.memory_info().rss
            for child in psutil.Process().children()
            if "tsc" in child.cmdline()[0]
        )
    files = len(source_files(folder))
    numbers = [1000 * statistics.median(times) for times in (fresh, warm, edits)]
    shown = "".join(f"{value:>7.0f} ms" for value in numbers)
    return f"{files:>6}{shown}{numbers[0] / numbers[2]:>12.0f}{held / 1e6:>6.0f}"


if __name__ == "__main__":
    main()
