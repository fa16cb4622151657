"""Let many callers reach golden backends at once, and count how often the end is exactly right.

    .venv/bin/python -m benchmarks.concurrency [--seconds 10]

Writes docs/measured/concurrency.md. The races of shop and workforce (benchmarks/races/) run 20
times each on SQLite in memory and, where PostgreSQL is installed, on a server of their own. The
load is 20 connections that create rows of todo in an SQLite file: with the settings of the scaffold
and with SQLite's own, by turns, and with two processes on one file.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

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
ROUNDS = 3
"""How often each kind of load is measured; the kinds take turns."""
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

20 connections create todos in an SQLite file, medians of {rounds} turns of {seconds} s, client and
server on the same {cores} cores. *plain* is the same server with SQLite's own settings.

"""


@dataclass(frozen=True)
class Load:
    """What a client measured: creates a second, milliseconds, answers that were no 201."""

    per_second: float
    p99_ms: float
    failures: int
    exact: int


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
def serving(folder: Path, database: Path) -> Iterator[str]:
    """Run a compiled backend on a database file as long as the block lasts; yield its URL."""
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
        yield process.stdout.readline().rpartition(" ")[2].strip()
    finally:
        process.terminate()
        process.wait(START_TIMEOUT_S)


def measured(folder: Path, seconds: int, processes: int) -> Load:
    """Let the client loose on one backend, or on several of one file."""
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        file = Path(made) / "data.sqlite"
        urls = [stack.enter_context(serving(folder, file)) for _ in range(processes)]
        done = subprocess.run(
            [toolchain.node_path(), "test/load.js", str(seconds), *urls],
            cwd=folder,
            env={},
            capture_output=True,
            text=True,
            check=True,
        )
    line = json.loads(done.stdout.splitlines()[-1])
    return Load(line["perSecond"], line["p99"], sum(line["failures"].values()), line["exact"])


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
    emit_project(source, out)
    (out / "node_modules").symlink_to(toolchain.node_modules_dir(), target_is_directory=True)
    return out


def load_table(seconds: int) -> str:
    """Measure the kinds of load by turns and return the table."""
    with tempfile.TemporaryDirectory() as made:
        plain, tuned = Path(made) / "plain", Path(made) / "tuned"
        for folder in (plain, tuned):
            folder.mkdir()
        before, after = compiled(plain, plain=True), compiled(tuned, plain=False)
        kinds = {"plain": (before, 1), "scaffold": (after, 1), "scaffold, 2 processes": (after, 2)}
        found: dict[str, list[Load]] = {kind: [] for kind in kinds}
        for _ in range(ROUNDS):
            for kind, (folder, processes) in kinds.items():
                found[kind].append(measured(folder, seconds, processes))
                print(kind, found[kind][-1], flush=True)
    base = _median(found["plain"])
    rows = [_load_row(kind, loads, base) for kind, loads in found.items()]
    head = "| settings | creates/s | of plain | p99 ms | of plain | failures | same name, once |\n"
    return head + "|---|---:|---:|---:|---:|---:|---:|\n" + "\n".join(rows) + "\n"


def _median(loads: Sequence[Load]) -> Load:
    return sorted(loads, key=lambda load: load.per_second)[len(loads) // 2]


def _load_row(kind: str, loads: Sequence[Load], base: Load) -> str:
    load = _median(loads)
    rates = [f"{load.per_second:.0f}", f"{load.per_second / base.per_second:.1f}"]
    times = [f"{load.p99_ms:.0f}", f"{load.p99_ms / base.p99_ms:.2f}"]
    exact = f"{sum(each.exact for each in loads)} of {20 * len(loads)}"
    cells = [kind, *rates, *times, str(sum(each.failures for each in loads)), exact]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run the races, measure the load and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=10, help="length of one load")
    seconds: int = parser.parse_args().seconds
    load = load_table(seconds)
    head = LOAD_HEAD.format(rounds=ROUNDS, seconds=seconds, cores=os.cpu_count())
    REPORT.write_text(HEAD + races_table() + head + load, encoding="utf-8")


if __name__ == "__main__":
    main()
