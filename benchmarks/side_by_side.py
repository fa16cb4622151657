"""Measure what a grammar costs, and what forced tokens and forms side by side gain.

    .venv/bin/python -m benchmarks.side_by_side [--vocabulary FILE.gguf] [--models FOLDER]
        [--types Q4_K_M F16] [--rounds 3] [--forms KIND...] [--threads N] [--cpu-time]

Golden forms of `todo` are written by a model of 0.6 B random weights and 152 k tokens through the
engine's own loop, in groups of eight, four ways that take turns in one process:

- free: the same text without a grammar, token by token
- plain: under the form's grammar, token by token
- forced: tokens the grammar leaves no choice about in batches
- side by side: the same, eight forms at a time

Tokens of answers per second of decoding, masks and choice included, prompts not. Ratios are those
of a round over all groups, and the median of the rounds is printed. `--vocabulary` takes the tokens
of a real model; without it they are trained on the forms. `--cpu-time` is for a machine that is
busy with other things: seconds of processor time, on one thread.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.golden_forms import (
    Asked,
    PlaybackEngine,
    forms_of,
    own_vocabulary,
    read_vocabulary,
    write_model,
)
from engines.options import EngineOptions
from engines.protocol import Completion

LANES = 8
CONTEXT_TOKENS = 2048
WAYS = ("free", "plain", "forced", "side by side")


@dataclass(frozen=True)
class Speed:
    """Tokens, seconds and batches of one way in one round."""

    tokens: int
    seconds: float
    batches: int

    @property
    def tok_per_s(self) -> float:
        return self.tokens / self.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--models", type=Path, help="folder in which written models are kept")
    parser.add_argument("--types", nargs="+", default=["Q4_K_M", "F16"])
    parser.add_argument("--forms", nargs="+", default=["test", "program", "analysis/feature"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--cpu-time", action="store_true")
    given = parser.parse_args()
    if given.cpu_time:
        given.threads = 1
        time.perf_counter = time.process_time  # the engine's clock
    forms = forms_of("todo")
    vocabulary = read_vocabulary(given.vocabulary) if given.vocabulary else own_vocabulary(forms)
    groups = [group_of(forms, kind) for kind in given.forms]
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.models or Path(temporary)
        for file_type in given.types:
            path = write_model(folder, vocabulary, file_type)
            compare(path, file_type, groups, given.rounds, given.threads)


def group_of(forms: Sequence[Asked], kind: str) -> list[Asked]:
    """Take the first forms of a kind, by the start of their key."""
    found = [f for f in forms if f.request.key.startswith(f"{kind}/")]
    return [f for f in found if "/scenarios/" not in f.request.key][:LANES]


def compare(
    path: Path, file_type: str, groups: list[list[Asked]], rounds: int, threads: int | None
) -> None:
    engine = PlaybackEngine(path, CONTEXT_TOKENS, EngineOptions(parallel=LANES, threads=threads))
    engine.answers = {form.request.key: form.answer for group in groups for form in group}
    write(engine, groups[0][:2], "side by side")  # warms up
    measured = [
        {way: total([write(engine, group, way) for group in groups]) for way in WAYS}
        for _ in range(rounds)
    ]
    engine.close()
    forms = sum(map(len, groups))
    print(f"{file_type}: {forms} forms, {measured[0]['forced'].tokens} tokens, {rounds} rounds")
    for way in WAYS:
        speed = statistics.median(each[way].tok_per_s for each in measured)
        ratio = statistics.median(
            each[way].tok_per_s / each["plain"].tok_per_s for each in measured
        )
        batches = measured[0][way].batches
        print(f"  {way:<14}{speed:8.1f} tok/s {ratio:6.2f} of plain {batches:7} decode calls")
    fewer = measured[0]["plain"].batches / measured[0]["forced"].batches
    cost = statistics.median(e["plain"].tok_per_s / e["free"].tok_per_s for e in measured)
    print(
        f"  the grammar leaves {cost:.3f} of the free speed; forced tokens save {fewer:.2f}x calls"
    )


def write(engine: PlaybackEngine, forms: list[Asked], way: str) -> Speed:
    """Write the forms of a group one way."""
    requests = [form.request for form in forms]
    if way == "free":
        requests = [replace(request, schema=None) for request in requests]
    engine.fast_forward = way in ("forced", "side by side")
    if way == "side by side":
        answers = engine.complete_all(requests)
    else:
        answers = [engine.complete(request) for request in requests]
    done = [answer for answer in answers if isinstance(answer, Completion)]
    for form, answer in zip(forms, done, strict=True):
        if answer.text != form.answer:
            raise SystemExit(f"{form.request.key} was not written as it should be ({way}).")
    calls = [answer.usage.decode_calls for answer in done]
    return Speed(
        sum(answer.usage.output_tokens for answer in done),
        sum(answer.usage.decode_s for answer in done),
        max(calls) if way == "side by side" else sum(calls),
    )


def total(parts: list[Speed]) -> Speed:
    """Add up groups."""
    return Speed(
        sum(part.tokens for part in parts),
        sum(part.seconds for part in parts),
        sum(part.batches for part in parts),
    )


if __name__ == "__main__":
    main()
