"""Compare decoding with and without flash attention, in turns in one process.

    .venv/bin/python -m benchmarks.flash_attention [--models FILE …] [--depths 0 500 1000 2000]
        [--steps 24] [--rounds 3] [--threads N] [--cpu-time]

Without models: the built-in model, and one of 0.6 B random weights in Q4_K_M. Both contexts, one
with flash attention and one without, are open at once and filled alike with random tokens; then
they take turns every few steps. A step evaluates one token in each lane, and a round is long enough
to see the ratio of the two; the median of the rounds is printed.

- 1 lane: one form alone, at that depth.
- 8 lanes, shared: the depth is a prefix that all lanes share, as the forms of one kind do.
- 8 lanes, apart: each lane has as many tokens of its own.
- prompt: a chunk of 256 tokens, evaluated at that depth of lane 0.

`--cpu-time` is for a machine that is busy with other things: seconds of processor time, on one
thread.
"""

from __future__ import annotations

import argparse
import ctypes
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import llama_cpp as native
import numpy as np

from app.work.model_list import RANDOM_MODEL
from benchmarks.decode import SHAPE, quantized, vocabulary
from engines.decoding.sequence import LaneTokens
from engines.llama.native import NativeModel
from engines.memory import device
from engines.options import EngineOptions
from engines.random_weights.gguf_model import write_random_model

LANES = 8
TURN_STEPS = 4
"""Steps after which the other one has its turn; what else the machine does hits both."""
MARGIN_TOKENS = 64
Pair = tuple[NativeModel, NativeModel]
"""With flash attention, and without."""


@dataclass(frozen=True)
class Way:
    """How the lanes are filled."""

    name: str
    lanes: int
    shared: bool


WAYS = (
    Way("1 lane", 1, shared=True),
    Way("8 lanes, shared", LANES, shared=True),
    Way("8 lanes, apart", LANES, shared=False),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--models", type=Path, nargs="+")
    parser.add_argument("--depths", type=int, nargs="+", default=[0, 500, 1000, 2000])
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=device.performance_cores())
    parser.add_argument("--cpu-time", action="store_true")
    given = parser.parse_args()
    if given.cpu_time:
        given.threads = 1
        time.perf_counter = time.process_time
    with tempfile.TemporaryDirectory() as folder:
        for path in given.models or [RANDOM_MODEL, _random_model(Path(folder))]:
            print(f"\n{path.name}, {given.threads} threads, tokens per second\n", flush=True)
            print("| | depth | on | off | off / on |")
            print("|---|---:|---:|---:|---:|")
            for name, depth, on, off in _measure(path, given):
                speeds = f"{statistics.median(on):.1f} | {statistics.median(off):.1f}"
                ratio = statistics.median(b / a for a, b in zip(on, off, strict=True))
                print(f"| {name} | {depth} | {speeds} | {ratio:.2f} |", flush=True)


def _random_model(folder: Path) -> Path:
    plain = folder / "random-Q8_0.gguf"
    write_random_model(plain, vocabulary(), SHAPE, name="random 0.6 B")
    return quantized(plain, "Q4_K_M")


def _measure(
    path: Path, given: argparse.Namespace
) -> Iterator[tuple[str, int, list[float], list[float]]]:
    depths: list[int] = sorted(given.depths)
    steps = given.steps * (given.rounds + 1)
    room = depths[-1] + max(steps, EngineOptions().batch_tokens) + MARGIN_TOKENS

    def opened(flash: bool) -> NativeModel:
        options = EngineOptions(parallel=LANES, flash_attention=flash)
        return NativeModel(path, room, given.threads, options)

    with closing(opened(True)) as on, closing(opened(False)) as off:
        pair = (on, off)
        for way in WAYS:
            _clear(pair)
            filled = 0
            for depth in depths:
                _fill(pair, way, filled, depth)
                filled = depth
                yield (way.name, depth, *_rounds(pair, way.lanes, depth, given))
                if way.lanes == 1:
                    yield ("prompt", depth, *_prompts(pair, depth, given.rounds))


def _rounds(
    pair: Pair, lanes: int, depth: int, given: argparse.Namespace
) -> tuple[list[float], list[float]]:
    """Return the tokens per second of each round, with and without; cut the lanes back after."""
    speeds: tuple[list[float], list[float]] = [], []
    at = depth
    for index in range(given.rounds + 1):
        spent = [0.0, 0.0]
        for _ in range(given.steps // TURN_STEPS):
            for which, model in enumerate(pair):
                started = time.perf_counter()
                for step in range(TURN_STEPS):
                    _evaluate(model, lanes, at + step)
                spent[which] += time.perf_counter() - started
            at += TURN_STEPS
        if index:  # the first warms up
            for which, seconds in enumerate(spent):
                speeds[which].append(given.steps // TURN_STEPS * TURN_STEPS * lanes / seconds)
    for model in pair:
        for lane in range(lanes):
            model._cut_lane(lane, depth)
    return speeds


def _prompts(pair: Pair, depth: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return the tokens per second of a chunk of a prompt, with and without."""
    speeds: tuple[list[float], list[float]] = [], []
    chunk = EngineOptions().batch_tokens
    for _ in range(rounds):
        for which, model in enumerate(pair):
            started = time.perf_counter()
            model._run([LaneTokens(0, depth, _tokens(model, 0, depth, chunk), scored=True)])
            model.logits(0)
            speeds[which].append(chunk / (time.perf_counter() - started))
            model._cut_lane(0, depth)
    return speeds


def _fill(pair: Pair, way: Way, start: int, depth: int) -> None:
    """Lengthen the lanes from `start` to `depth` tokens: lane 0, and the others like it."""
    chunk = EngineOptions().batch_tokens
    for model in pair:
        for at in range(start, depth, chunk):
            count = min(chunk, depth - at)
            model._run([LaneTokens(0, at, _tokens(model, 0, at, count), scored=False)])
        for lane in range(1, way.lanes):
            model._drop(lane)
            if way.shared:
                model._fork(0, lane, depth, None)
            elif depth:
                _copy(model, lane)


def _copy(model: NativeModel, lane: int) -> None:
    """Give a lane a copy of its own of what lane 0 holds."""
    size = native.llama_state_seq_get_size(model._context, native.llama_seq_id(0))
    buffer = (ctypes.c_uint8 * size)()
    written = native.llama_state_seq_get_data(model._context, buffer, size, native.llama_seq_id(0))
    if not native.llama_state_seq_set_data(
        model._context, buffer, written, native.llama_seq_id(lane)
    ):
        raise SystemExit("llama.cpp could not copy a lane; use a shorter depth.")


def _clear(pair: Pair) -> None:
    for model in pair:
        model._forget()


def _evaluate(model: NativeModel, lanes: int, at: int) -> None:
    model._run(
        [LaneTokens(lane, at, _tokens(model, lane, at, 1), scored=True) for lane in range(lanes)]
    )
    model.logits(lanes - 1)  # waits until all is computed


def _tokens(model: NativeModel, lane: int, at: int, count: int) -> list[int]:
    random = np.random.default_rng((lane, at))
    return [int(token) for token in random.integers(3, model.vocabulary, count)]


if __name__ == "__main__":
    main()
