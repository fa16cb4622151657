"""Measure what a grammar costs, and what forced tokens and forms side by side gain.

    .venv/bin/python -m benchmarks.side_by_side [--vocabulary FILE.gguf] [--models FOLDER]
        [--types Q4_K_M F16] [--rounds 1] [--every 4] [--threads N] [--cpu-time]

Golden forms of `todo`, every fourth of each kind, are written by a model of 0.6 B random weights
and 152 k tokens through the engine's own loop, four ways that take turns in one process:

- free: the same text without a grammar, token by token
- plain: under the form's grammar, token by token
- forced: tokens the grammar leaves no choice about in batches
- side by side: the same, up to eight forms of a kind at a time

Tokens of answers per second of decoding, masks and choice included, prompts not. Ratios are those
of a round, and the median of the rounds is printed: for each kind, and for a whole run, in which
each kind counts by the length of all its answers. `--vocabulary` takes the tokens of a real model;
without it they are trained on the forms. `--cpu-time` is for a machine that is busy with other
things: seconds of processor time, on one thread.
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
    vocabulary_of,
    write_model,
)
from engines.options import EngineOptions
from engines.protocol import Completion

LANES = 8
CONTEXT_TOKENS = 4096
WAYS = ("free", "plain", "forced", "side by side")


@dataclass(frozen=True)
class Speed:
    """Tokens, seconds and batches of one way in one round."""

    tokens: float
    seconds: float
    batches: float
    masks_s: float
    """Of `seconds`, spent on token masks: what a grammar costs, free of the machine's moods."""

    @property
    def tok_per_s(self) -> float:
        return self.tokens / self.seconds

    @property
    def masks(self) -> float:
        """Share of the time."""
        return self.masks_s / self.seconds

    def __mul__(self, weight: float) -> Speed:
        return Speed(
            self.tokens * weight,
            self.seconds * weight,
            self.batches * weight,
            self.masks_s * weight,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--models", type=Path, help="folder in which written models are kept")
    parser.add_argument("--types", nargs="+", default=["Q4_K_M", "F16"])
    parser.add_argument("--every", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--cpu-time", action="store_true")
    given = parser.parse_args()
    if given.cpu_time:
        given.threads = 1
        time.perf_counter = time.process_time  # the engine's clock
    forms = forms_of("todo")
    vocabulary = vocabulary_of(given.vocabulary, forms)
    kinds = sampled(forms, given.every)
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.models or Path(temporary)
        for file_type in given.types:
            path = write_model(folder, vocabulary, file_type)
            compare(path, file_type, kinds, given.rounds, given.threads)


@dataclass(frozen=True)
class Kind:
    """Forms of one kind that are written, and how many times as long all answers of it are."""

    forms: list[Asked]
    weight: float


def sampled(forms: Sequence[Asked], every: int) -> dict[str, Kind]:
    """Take every so-many-th form of each kind, one at least and eight at most."""
    kinds: dict[str, list[Asked]] = {}
    for form in forms:
        kinds.setdefault(form.request.key.rpartition("/")[0], []).append(form)
    found: dict[str, Kind] = {}
    for name, each in kinds.items():
        taken = each[min(every // 2, len(each) - 1) :: every][:LANES]
        found[name] = Kind(taken, length(each) / length(taken))
    return found


def length(forms: Sequence[Asked]) -> int:
    """Return the characters of the answers."""
    return sum(len(form.answer) for form in forms)


def compare(
    path: Path, file_type: str, kinds: dict[str, Kind], rounds: int, threads: int | None
) -> None:
    engine = PlaybackEngine(path, CONTEXT_TOKENS, EngineOptions(parallel=LANES, threads=threads))
    engine.answers = {f.request.key: f.answer for kind in kinds.values() for f in kind.forms}
    write(engine, next(iter(kinds.values())).forms, "side by side")  # warms up
    measured = [
        {
            name: {way: write(engine, kind.forms, way) for way in WAYS}
            for name, kind in kinds.items()
        }
        for _ in range(rounds)
    ]
    engine.close()
    print(f"{file_type}, rounds: {rounds}")
    for name, kind in kinds.items():
        show(f"{name}, {len(kind.forms)} forms", [each[name] for each in measured])
    whole = [
        {
            way: total([each[name][way] * kind.weight for name, kind in kinds.items()])
            for way in WAYS
        }
        for each in measured
    ]
    show("a whole run", whole)


def show(name: str, rounds: list[dict[str, Speed]]) -> None:
    """Print the speeds of the four ways, and what they are of the plain one's."""
    print(f"  {name}, {rounds[0]['forced'].tokens:.0f} tokens")
    for way in WAYS:
        speed = statistics.median(each[way].tok_per_s for each in rounds)
        ratio = statistics.median(each[way].tok_per_s / each["plain"].tok_per_s for each in rounds)
        first = rounds[0][way]
        print(
            f"    {way:<14}{speed:8.1f} tok/s {ratio:6.2f} of plain, masks {first.masks:6.2%}, "
            f"{first.batches:6.0f} decode calls, "
            f"{rounds[0]['plain'].batches / first.batches:5.2f} times fewer",
            flush=True,
        )


def write(engine: PlaybackEngine, forms: list[Asked], way: str) -> Speed:
    """Write forms one way."""
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
        sum(answer.usage.mask_s for answer in done),
    )


def total(parts: list[Speed]) -> Speed:
    """Add up kinds."""
    return Speed(
        sum(part.tokens for part in parts),
        sum(part.seconds for part in parts),
        sum(part.batches for part in parts),
        sum(part.masks_s for part in parts),
    )


if __name__ == "__main__":
    main()
