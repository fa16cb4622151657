"""Kill runs of `todo` at random moments, resume them, and compare with a run left alone.

    .venv/bin/python -m benchmarks.kills [--kills 50] [--chain 1] [--seed 0] [--minutes M]

Two engines: the scripted one that plays the golden forms, and llama.cpp, greedy, with a model of
random weights, four forms side by side, each on a processor of its own. A chain is one run that is
killed with SIGKILL once or several times, each time after a random number of events and a random
wait, and resumed each time as `sixfold resume` does it; its last resume runs to the end. For each
it is checked that the artifacts and the totals are those of the run left alone, that no call with a
recorded answer is asked again, and that time is carried forward. Writes `docs/measured/resume.md`.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from app.library.result import Result, read_result
from app.work import worker
from app.work.child import WORKER, child_command
from app.work.memory_fit import plan_model
from app.work.model_list import RANDOM_MODEL
from app.work.order import Order, Resumption
from engines.options import EngineOptions
from engines.protocol import Sampler
from engines.scripted import ScriptedEngine
from pipeline.records.events import parse_event
from pipeline.records.journal import new_run_id, open_run, write_atomic
from pipeline.run.golden import load_answers

REPORT = Path("docs/measured/resume.md")
WAIT_S = 0.15
LANES = 4
TOKENS_PER_CALL = 64
SAME = ("calls", "valid", "valid_first_try", "prompt_tokens", "forced_tokens", "sampled_tokens")

STEPS = ("call_started", "call_finished", "stage_started", "stage_finished", "artifact", "scored")
"""Events that report a run's progress; others are sent by the clock."""

Kind = Literal["scripted", "llama.cpp"]


@dataclass
class Tally:
    """What was counted over the chains of one engine."""

    kills: int = 0
    resumes: int = 0
    chains: int = 0
    equal: int = 0
    asked_again: int = 0
    cut_lines: int = 0
    """Kills that left half a line of events."""
    faults: list[str] = field(default_factory=list[str])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--chain", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker is not None:
        sys.exit(play(given.worker))
    ends_s = time.monotonic() + given.minutes * 60
    tallies: dict[Kind, Tally] = {"scripted": Tally(), "llama.cpp": Tally()}
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(len(tallies)) as pool:

        def campaign(kind: Kind, tally: Tally) -> None:
            dice = random.Random(f"{given.seed} {kind}")
            whole = alone(kind, Path(name) / kind)
            while tally.kills < given.kills and time.monotonic() < ends_s:
                folder = Path(name) / f"{kind}-{tally.chains}"
                chain(kind, folder, whole, given.chain, dice, tally)
                print(f"{kind}: {tally}", flush=True)

        list(pool.map(campaign, tallies.keys(), tallies.values()))
    write_atomic(REPORT, report(tallies, given.kills, given.chain))


def play(order: Path) -> int:
    """Be the worker process, with the golden script in the place of a model."""
    plan = plan_model(RANDOM_MODEL, order.parent, options=EngineOptions(parallel=1))
    planned: Any = lambda *_: plan  # noqa: E731
    opened: Any = lambda *_: ScriptedEngine(load_answers("todo"))  # noqa: E731
    worker.plan_model, worker.open_planned = planned, opened
    return worker.main(order)


def command(kind: Kind, order: Path) -> list[str]:
    """Return the command line of a worker."""
    if kind == "scripted":
        return [sys.executable, "-m", "benchmarks.kills", WORKER, str(order)]
    return list(child_command(WORKER, str(order)))


def order_of(kind: Kind, folder: Path) -> Order:
    """Order a run of `todo`."""
    return Order(
        request="todo",
        model=RANDOM_MODEL,
        run=new_run_id(),
        out=folder,
        sampler=Sampler(),
        max_tokens_per_call=TOKENS_PER_CALL,
        engine=EngineOptions(threads=1, parallel=1 if kind == "scripted" else LANES),
    )


def attempt(kind: Kind, order: Order | Resumption, kill_after: int | None, wait_s: float) -> int:
    """Run a worker, kill it after some steps; return how many answers it was asked for twice.

    Raises RuntimeError if a worker that is not killed does not end well.
    """
    folder = order.resume if isinstance(order, Resumption) else order.out
    kept = {int(path.stem) for path in (folder / "calls").glob("[0-9]*.json")}
    file = folder.parent / f"{folder.name}.order.json"
    file.write_text(order.model_dump_json())
    asked: set[int] = set()
    events = 0
    with subprocess.Popen(
        command(kind, file),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = parse_event(line)
            if event.type == "text":
                asked.add(event.n)
            events += event.type in STEPS
            if kill_after is not None and events >= kill_after and folder.exists():
                time.sleep(wait_s)
                process.kill()
                break
    if kill_after is None and process.returncode != 0:
        raise RuntimeError(f"The worker of {folder} ended with {process.returncode}")
    return len(asked & kept)


def alone(kind: Kind, folder: Path) -> tuple[Result, int]:
    """Make a run that nothing stops; return its result and the number of its steps."""
    attempt(kind, order_of(kind, folder), None, 0.0)
    made = open_run(folder)
    result = read_result(made)
    assert result is not None
    return result, sum(event.type in STEPS for event in made.events())


def chain(
    kind: Kind,
    folder: Path,
    whole: tuple[Result, int],
    kills: int,
    dice: random.Random,
    tally: Tally,
) -> None:
    """Kill a run several times and go on each time; add what came of it."""
    expected, events = whole
    order: Order | Resumption = order_of(kind, folder)
    carried_s = 0.0
    for _ in range(kills):
        at = dice.randrange(1, events)
        tally.asked_again += attempt(kind, order, at, dice.uniform(0, WAIT_S))
        log = (folder / "events.jsonl").read_bytes()
        if (folder / "result.json").exists():
            break  # it was through before the signal came
        tally.kills += 1
        tally.cut_lines += not log.endswith(b"\n")
        carried_s = max([carried_s, *(event.t_s for event in open_run(folder).events())])
        order = Resumption(resume=folder)
        tally.resumes += 1
    if isinstance(order, Resumption) and not (folder / "result.json").exists():
        tally.asked_again += attempt(kind, order, None, 0.0)
    tally.chains += 1
    faults = differences(read_result(open_run(folder)), expected, carried_s)
    tally.equal += not faults
    tally.faults += [f"{kind}, {folder.name}: {fault}" for fault in faults]


def differences(result: Result | None, whole: Result, carried_s: float) -> list[str]:
    """Say in what a resumed run differs from the one left alone; nothing if it does not."""
    if result is None or result.outcome != "finished":
        return ["it did not finish"]
    found = [
        f"{name} is {getattr(result.totals, name)}, not {getattr(whole.totals, name)}"
        for name in SAME
        if getattr(result.totals, name) != getattr(whole.totals, name)
    ]
    if result.artifacts_sha256 != whole.artifacts_sha256:
        found.append("its artifacts differ")
    if result.score != whole.score:
        found.append("its score differs")
    if result.wall_s < carried_s:
        found.append("time was not carried forward")
    return found


def report(tallies: dict[Kind, Tally], wanted: int, kills: int) -> str:
    """Write the page."""
    rows = [
        f"| {kind} | {t.kills} of {wanted} | {t.resumes} | {t.chains} | {t.equal} | "
        f"{t.asked_again} | {t.cut_lines} |"
        for kind, t in tallies.items()
    ]
    faults = [f"- {fault}" for t in tallies.values() for fault in t.faults]
    return "\n".join(
        [
            "# Runs that are killed",
            "",
            "Written by `python -m benchmarks.kills`; do not edit.",
            "",
            "`todo` with the golden forms, and with llama.cpp, greedy, random weights, "
            f"{LANES} forms side by",
            "side. A run is killed with SIGKILL after a random number of events and resumed",
            f"(times: {kills}), then left to end. Its artifacts' hash, its score and its",
            "totals (calls, valid forms, tokens) must be those of a run that nothing stopped, and",
            "its time must include that of the earlier attempts.",
            "",
            "| engine | kills | resumes | runs ended | equal to the run left alone | answers asked "
            "again | half-written lines |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *rows,
            "",
            "## What differed",
            "",
            *(faults or ["Nothing."]),
            "",
        ]
    )


if __name__ == "__main__":
    main()
