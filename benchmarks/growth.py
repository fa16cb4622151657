"""Run models that know nothing to their end: what they write, as a multiple of the golden forms.

    .venv/bin/python -m benchmarks.growth --vocabularies FOLDER --kept FOLDER [--models FILE ...]
        [--seeds 3] [--requests todo board] [--minutes M]

Models of random weights are made as `benchmarks/soundness.py` makes them; `--models` adds GGUF
files. Each seed and request is a whole run with the options that a run has by itself, and its
project is type-checked. Once more, each of the made models writes to the brim: it never ends a
list or a text before it has to. What is done is kept under `--kept` and not done again; the command
ends by writing `docs/measured/growth.md` from all that is kept.
"""

from __future__ import annotations

import argparse
import functools
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.library.progress import Progress
from benchmarks.golden_forms import forms_of
from benchmarks.soundness import CONTEXT_TOKENS, LANES, MODELS, type_check, write_model
from engines.decoding.decode import _Call
from engines.decoding.filling import Filling
from engines.llama.engine import LlamaEngine
from engines.options import EngineOptions
from engines.protocol import OnText, Request, Sampler, Stop
from pipeline.asking.growth import growth_of
from pipeline.asking.harness import Harness
from pipeline.records.calls import CallRecord, add_up
from pipeline.records.journal import write_atomic
from pipeline.records.options import RunOptions
from pipeline.records.record import Record
from pipeline.records.stages import STAGES
from pipeline.run.golden import golden_names, load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design

REPORT = Path("docs/measured/growth.md")
TEMPERATURE = 1.0
RELUCTANCE = np.float32(1e6)
"""More than any score: what ends a text or list is chosen only where nothing else is allowed."""
MOST = 3
"""Times the golden forms' tokens that a run may write."""


class Trial(Record):
    """One whole run."""

    model: str
    request: str
    seed: int
    calls: int
    valid: int
    stops: dict[Stop, int]
    output_tokens: int
    golden_calls: int
    golden_tokens: int
    """Of the golden forms, with the vocabulary of this model."""
    type_errors: tuple[str, ...]
    seconds: float

    @property
    def multiple(self) -> float:
        """Tokens written, per token of the golden forms."""
        return self.output_tokens / self.golden_tokens


class _Brim(Filling):
    """An answer that ends nothing before it has to."""

    reluctance: NDArray[np.float32]

    def advance(
        self, scores: NDArray[np.float32], mask: NDArray[np.int32], end_tokens: frozenset[int]
    ) -> None:
        super().advance(scores - self.reluctance, mask, end_tokens)


class BrimEngine(LlamaEngine):
    """A model that fills every list and text to the brim."""

    @functools.cached_property
    def _reluctance(self) -> NDArray[np.float32]:
        found = np.zeros(self._model.vocabulary, dtype=np.float32)
        for token in range(self._model.vocabulary):
            piece = self._model.piece(token)
            found[token] = RELUCTANCE * ((b'"' in piece) + 2 * (b"]" in piece))
        return found

    def _call(self, request: Request, on_text: OnText | None) -> _Call:
        call = super()._call(request, on_text)
        base = call.filling
        brim = _Brim(
            request, base.prompt, base.grammar, base.matcher, base.answer, fast_forward=True
        )
        brim.reluctance = self._reluctance
        return replace(call, filling=brim)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabularies", type=Path, required=True)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--models", type=Path, nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--requests", nargs="+", default=["todo", "board"])
    parser.add_argument("--minutes", type=float, default=float("inf"))
    given = parser.parse_args()
    given.kept.mkdir(parents=True, exist_ok=True)
    ends_s = time.monotonic() + given.minutes * 60
    for name, kind, path in models(given.kept, given.vocabularies, given.models):
        wanted = [
            (request, seed, given.kept / f"{name}-{request}-{seed}.json")
            for request in given.requests
            for seed in range(1, given.seeds + 1)
        ]
        if all(kept.exists() for *_, kept in wanted):
            continue
        engine = kind(path, CONTEXT_TOKENS, EngineOptions(parallel=LANES, threads=1))
        for request, seed, kept in wanted:
            if not kept.exists() and time.monotonic() < ends_s:
                trial = attempt(engine, name, request, seed)
                write_atomic(kept, trial.model_dump_json(indent=1))
                print(f"{kept.stem}: {trial.multiple:.2f} times, {trial!r}", flush=True)
        engine.close()
    files = sorted(given.kept.glob("*-*-*.json"))
    write_atomic(REPORT, report([Trial.model_validate_json(each.read_text()) for each in files]))


def models(
    kept: Path, vocabularies: Path, files: Sequence[Path]
) -> Iterator[tuple[str, type[LlamaEngine], Path]]:
    """Yield a name for each model, the engine that runs it, and its file."""
    made = {each: write_model(kept, vocabularies, each) for each in MODELS}
    for architecture, file in made.items():
        yield architecture, LlamaEngine, file
    for file in files:
        yield file.stem.lower().replace("-", "_"), LlamaEngine, file
    for architecture, file in made.items():
        yield f"{architecture} to the brim", BrimEngine, file


@functools.cache
def golden_answers(request: str) -> tuple[str, ...]:
    """Return the golden answers to all forms of a request."""
    return tuple(form.answer for form in forms_of(request))


def attempt(engine: LlamaEngine, name: str, request: str, seed: int) -> Trial:
    """Make a whole run and check its project."""
    begun = time.monotonic()
    records: list[CallRecord] = []
    progress = Progress()
    options = RunOptions(seed=seed, sampler=Sampler(temperature=TEMPERATURE), feedback=0)
    harness = Harness(engine, options, records.append, progress.apply, lambda: False)
    project = design(harness, load_request(request).text, lambda _stage, _ast: None)
    seconds = time.monotonic() - begun
    counts = add_up(progress.summaries())
    tokenizer = engine._model.tokenizer
    golden = [len(tokenizer.tokenize_bytes(each.encode())) for each in golden_answers(request)]
    return Trial(
        model=name,
        request=request,
        seed=seed,
        calls=counts.calls,
        valid=counts.valid,
        stops=dict(Counter(record.stop for record in records)),
        output_tokens=counts.output_tokens,
        golden_calls=len(golden),
        golden_tokens=sum(golden),
        type_errors=type_check(project)[1],
        seconds=round(seconds, 1),
    )


def report(trials: Sequence[Trial]) -> str:
    """Write the page."""
    return "\n".join(
        [
            "# Growth",
            "",
            "Written by `python -m benchmarks.growth`; do not edit.",
            "",
            "Whole runs of models that know nothing, with the options that a run has by itself but",
            f"for a temperature of {TEMPERATURE:g} and no feedback, {LANES} forms side by side on",
            "one thread of a processor that others used too. Tokens are those of all answers, as a",
            "multiple of what the golden forms are in the same vocabulary; at most",
            f"{MOST} times is promised. A model *to the brim* ends no list and no text before it",
            "has to. *Looped* answers repeated themselves, *cut* ones were longer than the request",
            "can hold.",
            "",
            "| model | request | runs | calls (golden) | valid | looped | cut | tokens "
            "| times golden, most | minutes, most | type errors |",
            "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
            *_rows(trials),
            "",
            "## What a request can hold",
            "",
            "Bounds by the request's text (`pipeline/asking/growth.py`); in brackets what the",
            "golden forms have: entities and features of the plan, bytes of all answers.",
            "",
            "| request | words | sentences | nouns | entities | features | bytes |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *map(_bounds, golden_names()),
            "",
        ]
    )


def _rows(trials: Sequence[Trial]) -> Iterator[str]:
    for model, request in sorted({(trial.model, trial.request) for trial in trials}):
        mine = [t for t in trials if (t.model, t.request) == (model, request)]
        runs = len(mine)
        looped, cut = (sum(t.stops.get(stop, 0) for t in mine) for stop in ("looped", "cut"))
        calls = sum(t.calls for t in mine)
        yield (
            f"| {model} | {request} | {runs} | {calls / runs:.0f} ({mine[0].golden_calls}) | "
            f"{sum(t.valid for t in mine) / calls:.1%} | {looped / calls:.1%} | "
            f"{cut / calls:.1%} | {sum(t.output_tokens for t in mine) / runs:,.0f} | "
            f"{max(t.multiple for t in mine):.2f} | {max(t.seconds for t in mine) / 60:.1f} | "
            f"{sum(len(t.type_errors) for t in mine)} |"
        )


def _bounds(request: str) -> str:
    growth = growth_of(load_request(request).text)
    answers = load_answers(request)
    plan = answers["analysis/plan"]
    texts = (json.dumps(a, ensure_ascii=False, separators=(",", ":")) for a in answers.values())
    most = sum(growth.bytes_of(stage) for stage in STAGES)
    return (
        f"| `{request}` | {growth.words:,} | {growth.sentences} | {growth.nouns} | "
        f"{growth.entities} ({len(plan['entities'])}) | "
        f"{growth.features} ({len(plan['features'])}) | "
        f"{most:,} ({sum(len(text.encode()) for text in texts):,}) |"
    )


if __name__ == "__main__":
    main()
