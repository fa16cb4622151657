"""Let many callers reach golden backends at once, and count how often the end is exactly right.

    .venv/bin/python -m benchmarks.concurrency [--seconds 5] [--before FOLDER]

Writes docs/measured/concurrency.md. The races of shop and workforce (benchmarks/races/) run 20
times each on SQLite in memory and, where PostgreSQL is installed, on a server of their own. The
load is 20 connections that create rows of todo in an SQLite file. The kinds of server take turns in
random order: the scaffold, the same with SQLite's own settings, two processes on one file, and
`FOLDER`, a golden todo that earlier code wrote. Every turn counts; what else ran meanwhile shows in
the ranges.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.work.golden import build_golden
from pipeline.node import toolchain
from pipeline.node.compile import emit_project
from pipeline.node.runtime import verify_project
from tests.pipeline.postgres_server import missing, postgres_server

REPORT = Path("docs/measured/concurrency.md")
RACES = Path(__file__).with_name("races")
PROJECTS = ("shop", "workforce")
RACES_TIMEOUT_S = 1200.0
START_TIMEOUT_S = 30.0
ROUNDS = 7
"""How often each kind of load is measured."""
RATE_WANTED, P99_WANTED_MS = 200, 400
SEED = 1
TUNED = ("busy_timeout = 5000", "journal_mode = WAL", "synchronous = NORMAL")
"""Settings of the scaffold that SQLite would not choose by itself."""
HEAD = """\
# Concurrency

`python -m benchmarks.concurrency` measures the golden backends under many callers at once.

## Races

Calls that reach the backend together. A repetition counts if as many calls succeed as may, the
others are refused with 409, and what is read afterwards adds up.

"""
LOAD_HEAD = """\

## Load

20 connections create todos in an SQLite file. Medians of {rounds} turns of {seconds} s in random
order, lowest and highest in brackets; client and server share {cores} cores with whatever else
runs: the average load was {load:.0f}. *plain* is today's server with SQLite's own
settings{before}. Processor time is the server's for one create, boot and accounts included.
*Wanted* counts turns with at least {rate} creates/s and a p99 of {p99} ms or less.

"""


@dataclass(frozen=True)
class Load:
    """What a client measured: creates a second, milliseconds, answers that were no 201.

    `cpu_ms` is the processor time of the servers for one create.
    """

    per_second: float
    p99_ms: float
    failures: int
    exact: int
    cpu_ms: float


def prepared(name: str, folder: Path) -> None:
    """Build a golden project whose tests are its races."""
    build_golden(name, folder)
    for source, target in ((f"{name}.ts", "cases.ts"), ("races.ts",) * 2, ("run.ts",) * 2):
        shutil.copyfile(RACES / source, folder / "test" / target)


def races(folder: Path, url: str | None) -> dict[str, Counter[str]]:
    """Run the races of a project; return how often each ended in which way."""
    report = verify_project(folder, timeout_s=RACES_TIMEOUT_S, database_url=url)
    if report.ending != "finished":
        raise SystemExit(f"{folder.name}: {report.message}\n{report.log_tail}")
    found: dict[str, Counter[str]] = {}
    for test in report.tests:
        found.setdefault(test.name, Counter())["exact" if test.ok else f"{test.error}"] += 1
    return found


def races_table() -> str:
    """Run all races on both databases and return the table."""
    rows: list[str] = []
    with ExitStack() as stack:
        server = None if missing() else stack.enter_context(postgres_server())
        made = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in PROJECTS:
            prepared(name, made / name)
            sqlite = races(made / name, None)
            postgres = races(made / name, server.new_database()) if server else {}
            for case, ended in sqlite.items():
                cells = [_ending(ended), _ending(postgres[case]) if server else "not installed"]
                rows.append(f"| `{name}` | {case} | {' | '.join(cells)} |")
                print(rows[-1], flush=True)
    return "| project | race | SQLite | PostgreSQL |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"


def _ending(ended: Counter[str]) -> str:
    wrong = "; ".join(f"{times} times {how}" for how, times in ended.items() if how != "exact")
    return f"{ended['exact']} of {ended.total()}" + (f" ({wrong})" if wrong else "")


@contextmanager
def serving(folder: Path, database: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Run a compiled backend on a database file as long as the block lasts.

    Yields its URL and its process.
    """
    environment = {
        "DATABASE_PATH": str(database),
        "JWT_SECRET": "a secret of the load, and of nothing else",
        "PORT": "0",
        "PASSWORD_COST": "1024",
        "ACCOUNT_REQUESTS_PER_MINUTE": "0",
    }
    process = subprocess.Popen(
        [toolchain.node_path(), "src/main.js"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().rpartition(" ")[2].strip()
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(START_TIMEOUT_S)


def measured(folder: Path, seconds: int, processes: int) -> Load:
    """Let the client loose on one backend, or on several of one file."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        file = Path(made) / "data.sqlite"
        servers = [stack.enter_context(serving(folder, file)) for _ in range(processes)]
        urls = [url for url, _ in servers]
        done = subprocess.run(
            [toolchain.node_path(), "test/load.js", str(seconds), *urls],
            cwd=folder,
            env={},
            capture_output=True,
            text=True,
            check=True,
        )
        used = sum(sum(server.cpu_times()[:2]) for _, server in servers)
    line = json.loads(done.stdout.splitlines()[-1])
    failures = sum(line["failures"].values())
    cpu_ms = 1000 * used / line["made"]
    return Load(line["perSecond"], line["p99"], failures, line["exact"], cpu_ms)


def compiled(folder: Path, *, plain: bool) -> Path:
    """Build the golden todo with its client; `plain` leaves SQLite's settings as they are."""
    source, out = folder / "source", folder / "out"
    build_golden("todo", source)
    shutil.copyfile(RACES / "load.ts", source / "test" / "load.ts")
    settings = source / "src" / "database" / "sqlite.ts"
    text = settings.read_text(encoding="utf-8")
    for setting in TUNED if plain else ():
        line = f'  "PRAGMA {setting}",\n'
        assert line in text, setting
        text = text.replace(line, "")
    settings.write_text(text, encoding="utf-8")
    return runnable(source, out)


def runnable(source: Path, out: Path) -> Path:
    """Compile a project to a folder that Node can run."""
    emit_project(source, out)
    (out / "node_modules").symlink_to(toolchain.node_modules_dir(), target_is_directory=True)
    return out


def load_table(seconds: int, before: Path | None) -> str:
    """Measure the kinds of load in random order and return the table."""
    draw = random.Random(SEED)
    with tempfile.TemporaryDirectory() as made:
        plain, tuned = (Path(made) / name for name in ("plain", "tuned"))
        plain.mkdir()
        tuned.mkdir()
        scaffold = compiled(tuned, plain=False)
        kinds = {"plain": (compiled(plain, plain=True), 1), "scaffold": (scaffold, 1)}
        kinds["scaffold, 2 processes"] = (scaffold, 2)
        if before is not None:
            shutil.copyfile(RACES / "load.ts", before / "test" / "load.ts")
            kinds = {"before": (runnable(before, Path(made) / "before"), 1), **kinds}
        found: dict[str, list[Load]] = {kind: [] for kind in kinds}
        for _ in range(ROUNDS):
            for kind in draw.sample(list(kinds), len(kinds)):
                found[kind].append(measured(kinds[kind][0], seconds, kinds[kind][1]))
                print(kind, found[kind][-1], flush=True)
    head = "| server | creates/s | p99 ms | processor ms | wanted | failures | same name, once |\n"
    rows = [_load_row(kind, loads) for kind, loads in found.items()]
    return head + "|---|---:|---:|---:|---:|---:|---:|\n" + "\n".join(rows) + "\n"


def _range(values: Sequence[float], digits: int = 0) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _load_row(kind: str, loads: Sequence[Load]) -> str:
    met = sum(e.per_second >= RATE_WANTED and e.p99_ms <= P99_WANTED_MS for e in loads)
    cells = [
        kind,
        _range([each.per_second for each in loads]),
        _range([each.p99_ms for each in loads]),
        _range([each.cpu_ms for each in loads], 1),
        f"{met} of {len(loads)}",
        str(sum(each.failures for each in loads)),
        f"{sum(each.exact for each in loads)} of {20 * len(loads)}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run the races, measure the load and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5, help="length of one load")
    parser.add_argument("--before", type=Path, help="golden todo of earlier code")
    given = parser.parse_args()
    load = load_table(given.seconds, given.before)
    head = LOAD_HEAD.format(
        rounds=ROUNDS,
        seconds=given.seconds,
        cores=os.cpu_count(),
        load=os.getloadavg()[1],
        before=", *before* the server before units of work" if given.before else "",
        rate=RATE_WANTED,
        p99=P99_WANTED_MS,
    )
    REPORT.write_text(HEAD + races_table() + head + load, encoding="utf-8")


if __name__ == "__main__":
    main()
