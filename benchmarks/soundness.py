"""Run models of random weights, and count what is not valid: the proof that any model gets through.

    .venv/bin/python -m benchmarks.soundness --vocabularies FOLDER --kept FOLDER [--seeds 20]
        [--requests todo board] [--max-tokens-per-call 120] [--forms 4] [--minutes M]

`--vocabularies` is a folder with llama.cpp's `ggml-vocab-qwen2.gguf` and
`ggml-vocab-llama-spm.gguf` (in its source under `models/`). Two models are made of them, qwen3-like
and llama-like. Each seed and request is a whole run at level `narrowed` without feedback, and its
project is type-checked. Then some of its forms are asked at the levels `grammar` and `lenient`.
What is done is kept under `--kept` and not done again, so the command can be stopped at any time;
it ends by writing `docs/measured/soundness.md` from all that is kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from app.library.progress import Progress
from benchmarks.golden_forms import TEMPLATE, read_vocabulary
from engines.llama.engine import LlamaEngine
from engines.options import EngineOptions
from engines.protocol import Sampler
from engines.random_weights.gguf_model import Architecture, Shape, write_random_model
from pipeline.asking.harness import Harness
from pipeline.node.compile import check_project
from pipeline.project import Project
from pipeline.records.calls import CallRecord, add_up
from pipeline.records.journal import write_atomic, write_files
from pipeline.records.options import Level, RunOptions
from pipeline.records.record import Record
from pipeline.render.project import render
from pipeline.run.ladder import climb, rungs, wilson
from pipeline.run.requests import load_request
from pipeline.run.run import design

REPORT = Path("docs/measured/soundness.md")
MODELS: dict[Architecture, str] = {
    "llama": "ggml-vocab-llama-spm.gguf",
    "qwen3": "ggml-vocab-qwen2.gguf",
}
SHAPE = Shape(layers=1, embedding=64, feed_forward=96, heads=2, kv_heads=1)
CONTEXT_TOKENS = 8192
LANES = 8
TEMPERATURE = 1.0
CONTRAST: tuple[Level, ...] = ("grammar", "lenient")


class Trial(Record):
    """What one run of random weights produced."""

    architecture: Architecture
    vocabulary: int
    request: str
    seed: int
    max_tokens_per_call: int
    calls: int
    valid: int
    lost: int
    invalid: tuple[str, ...]
    """Form and diagnostics of each answer that is not valid."""
    units: int
    type_errors: tuple[str, ...]
    output_tokens: int
    seconds: float
    contrast: dict[Level, tuple[int, int]]
    """Forms valid and forms asked at other levels."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabularies", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--requests", nargs="+", default=["todo", "board"])
    parser.add_argument("--max-tokens-per-call", type=int, default=120)
    parser.add_argument("--forms", type=int, default=4, help="of a stage, at the other levels")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    given = parser.parse_args()
    given.kept.mkdir(parents=True, exist_ok=True)
    ends_s = time.monotonic() + given.minutes * 60
    engines = {each: open_engine(given.kept, given.vocabularies, each) for each in MODELS}
    wanted: list[tuple[int, str, Architecture]] = [
        (seed, request, architecture)
        for seed in range(1, given.seeds + 1)
        for request in given.requests
        for architecture in MODELS
    ]
    for seed, request, architecture in wanted:
        path = given.kept / f"{architecture}-{request}-{seed}.json"
        if path.exists() or time.monotonic() > ends_s:
            continue
        trial = attempt(
            engines[architecture],
            architecture,
            request,
            seed,
            given.max_tokens_per_call,
            given.forms,
        )
        write_atomic(path, trial.model_dump_json(indent=1))
        print(
            f"{path.stem}: {trial.valid}/{trial.calls} valid, "
            f"{len(trial.type_errors)} type errors, {trial.output_tokens} tokens, "
            f"{trial.seconds:.0f} s, {trial.contrast}",
            flush=True,
        )
    trials = [Trial.model_validate_json(file.read_text()) for file in given.kept.glob("*-*-*.json")]
    write_atomic(REPORT, report(trials, given.seeds, given.requests))


def open_engine(kept: Path, vocabularies: Path, architecture: Architecture) -> LlamaEngine:
    """Make a model, once, and open it."""
    path = write_model(kept, vocabularies, architecture)
    return LlamaEngine(path, CONTEXT_TOKENS, EngineOptions(parallel=LANES, threads=1))


def write_model(kept: Path, vocabularies: Path, architecture: Architecture) -> Path:
    """Make a model, once, and return its file."""
    path = kept / f"{architecture}.gguf"
    if not path.exists():
        vocabulary = read_vocabulary(vocabularies / MODELS[architecture])
        write_random_model(
            path, vocabulary, SHAPE, architecture=architecture, chat_template=TEMPLATE
        )
    return path


def attempt(
    engine: LlamaEngine,
    architecture: Architecture,
    request: str,
    seed: int,
    max_tokens: int,
    forms: int,
) -> Trial:
    """Make a whole run, check its project, then ask some of its forms at the other levels."""
    begun = time.monotonic()
    records: dict[str, CallRecord] = {}

    def keep(record: CallRecord) -> None:
        records[record.input_hash] = record

    options = RunOptions(
        seed=seed,
        sampler=Sampler(temperature=TEMPERATURE),
        feedback=0,
        max_tokens_per_call=max_tokens,
    )
    text = load_request(request).text
    progress = Progress()
    harness = Harness(engine, options, keep, progress.apply, lambda: False)
    project = design(harness, text, lambda _stage, _ast: None)
    units, errors = type_check(project)
    answered = list(records.values())
    counts = add_up(progress.summaries())
    climbed = climb(
        engine,
        text,
        options,
        CONTRAST,
        forms,
        lambda _: None,
        lambda _: None,
        lambda: False,
        records,
    )
    return Trial(
        architecture=architecture,
        vocabulary=engine.info.vocabulary,
        request=request,
        seed=seed,
        max_tokens_per_call=max_tokens,
        calls=counts.calls,
        valid=counts.valid_first_try,
        lost=progress.lost,
        invalid=tuple(
            f"{record.form}: {'; '.join(d.why for d in record.diagnostics[:3])}"
            for record in answered
            if not record.valid
        ),
        units=units,
        type_errors=errors,
        output_tokens=counts.output_tokens,
        seconds=round(time.monotonic() - begun, 1),
        contrast={
            rung.level: (rung.by_round[0].valid, rung.by_round[0].forms)
            for rung in rungs(climbed, 0)
            if rung.stage is None
        },
    )


def type_check(project: Project) -> tuple[int, tuple[str, ...]]:
    """Render a project and return its TypeScript files and what the compiler says of them."""
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), {file.path: file.text for file in render(project)})
        found = check_project(Path(folder))
    return found.units, tuple(map(str, found.diagnostics))


def report(trials: Sequence[Trial], seeds: int, requests: Sequence[str]) -> str:
    """Write the page; what was not run is said to be missing."""
    rows: list[str] = []
    contrast: list[str] = []
    for architecture in MODELS:
        for request in requests:
            mine = [t for t in trials if (t.architecture, t.request) == (architecture, request)]
            if not mine:
                rows.append(f"| {architecture} | {request} | 0 of {seeds} | not run | | | | |")
                continue
            calls, valid = sum(t.calls for t in mine), sum(t.valid for t in mine)
            errors = sum(len(t.type_errors) for t in mine)
            rows.append(
                f"| {architecture} | {request} | {len(mine)} of {seeds} | {calls:,} | {valid:,} | "
                f"{sum(t.lost for t in mine)} | {sum(t.units for t in mine):,} | {errors} |"
            )
            shares = [share(mine, level) for level in CONTRAST]
            contrast.append(
                f"| {architecture} | {request} | {valid / calls:.1%} | {' | '.join(shares)} |"
            )
    failures = [
        f"- {t.architecture}, `{t.request}`, seed {t.seed}: {line}"
        for t in trials
        for line in (*t.invalid, *t.type_errors)
    ]
    caps = ", ".join(map(str, sorted({t.max_tokens_per_call for t in trials})))
    sizes = " and ".join(
        f"{architecture}-like ({size:,} tokens)"
        for architecture, size in sorted({(t.architecture, t.vocabulary) for t in trials})
    )
    lines = [
        "# Soundness",
        "",
        "Written by `python -m benchmarks.soundness`; do not edit.",
        "",
        "Random weights, real vocabularies, no feedback: every call must be valid, every project",
        f"must type-check. Models: {sizes}, {SHAPE.layers} layer of width {SHAPE.embedding}.",
        f"Temperature {TEMPERATURE:g}, {LANES} forms side by side, at most {caps} tokens a call",
        "(then the form is closed the shortest way).",
        "",
        "| model | request | seeds run | calls | valid at first try | lost | files | type errors |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        "## The same forms with less help",
        "",
        "Forms of the same runs asked again: `grammar` leaves names open, `lenient` has no grammar",
        "and a parser that recovers what it can. Valid of asked, with Wilson's interval at 95 %.",
        "",
        "| model | request | `narrowed` | `grammar` | `lenient` |",
        "|---|---|---:|---:|---:|",
        *contrast,
        "",
        "## What failed",
        "",
        *(failures or ["Nothing."]),
        "",
    ]
    return "\n".join(lines)


def share(trials: Sequence[Trial], level: Level) -> str:
    """Add up a level's forms."""
    pairs = [trial.contrast[level] for trial in trials if level in trial.contrast]
    if not pairs:
        return "not run"
    all_of = wilson(sum(valid for valid, _ in pairs), sum(asked for _, asked in pairs))
    return f"{all_of.valid} of {all_of.forms} ({all_of.low:.1%} to {all_of.high:.1%})"


if __name__ == "__main__":
    main()
