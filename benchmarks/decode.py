"""Compare our decoding loop with the libraries' own, interleaved in one run.

    .venv/bin/python -m benchmarks.decode [--model FILE_OR_FOLDER] [--rounds 5] [--tokens 64]
        [--threads N] [--bare]

Without a model, one of 0.6 B random weights is written in Q8_0, Q4_K_M and F16, with as many tokens
as Qwen's vocabulary has. Compared are, per second and at the same place in the context:

- library: what the library's own benchmark times. llama.cpp: `llama-bench`'s loop, one random token
  a call and nothing else. MLX: `mlx_lm.generate.generate_step`, greedy.
- free: our loop without a form, greedy; counted in evaluated tokens, so that the token that comes
  free with the prompt does not help.
- form: our loop filling a form, tokens one by one; and with forced tokens in batches (answer
  tokens per second).

Ratios are those of a round, and the median of the rounds is printed: the machine may be busy, but
it is equally busy for all of a round.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as native
import numpy as np

from engines.decoding.decode import TokenEngine
from engines.decoding.sequence import never
from engines.llama.engine import LlamaEngine
from engines.llama.native import NativeModel
from engines.open import open_model
from engines.options import EngineOptions
from engines.protocol import Message, Request, Sampler
from engines.random_weights.gguf_model import Shape, write_random_model
from engines.random_weights.vocabulary import Token, Vocabulary, byte_level
from engines.schema import parse_schema

SHAPE = Shape(
    layers=28,
    embedding=1024,
    feed_forward=3072,
    heads=16,
    kv_heads=8,
    head_width=128,
    context_tokens=4096,
)
VOCABULARY_TOKENS = 151_936
CONTEXT_TOKENS = 2048
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
PROMPT = (Message("user", "Describe the table of orders, column by column. " * 12),)
COLUMN = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z_]{2,20}$"},
        "type": {"enum": ["text", "integer", "boolean", "timestamp"]},
        "optional": {"type": "boolean"},
        "reason": {"type": "string", "maxLength": 40},
    },
    "required": ["name", "type", "optional", "reason"],
    "additionalProperties": False,
}
FORM = parse_schema({"type": "array", "items": COLUMN, "minItems": 2, "maxItems": 2})
Spent = tuple[float, float]
"""Seconds by the clock and of the processor."""
CLOCK, PROCESSOR = 0, 1
QUANTIZED = {"Q4_K_M": native.LLAMA_FTYPE_MOSTLY_Q4_K_M, "F16": native.LLAMA_FTYPE_MOSTLY_F16}


@dataclass(frozen=True)
class Round:
    """Tokens per second of each loop."""

    library: float
    free: float
    one_by_one: float
    batched: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=64)
    parser.add_argument("--threads", type=int, help="fewer than all where the machine is busy")
    parser.add_argument("--bare", action="store_true", help="only the loops without a form")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models = [given.model] if given.model else write_models(Path(folder))
        for model in models:
            measure = compare_bare if given.bare else compare
            measure(model, given.rounds, given.tokens, given.threads)


def compare_bare(path: Path, rounds: int, tokens: int, threads: int | None) -> None:
    """Compare the library's loop and ours, in turns: each is first in every other round.

    By the clock, and by the processor's time, which a busy machine does not stretch; the latter
    says something only with one thread, since several spin while they wait for each other.
    """
    engine = open_model(path, CONTEXT_TOKENS, EngineOptions(threads=threads))
    assert isinstance(engine, LlamaEngine)
    pairs: list[tuple[Spent, Spent]] = []
    for index in range(rounds + 1):
        if index % 2:
            theirs, ours = bare_library(engine, tokens), bare(engine, tokens)
        else:
            ours, theirs = bare(engine, tokens), bare_library(engine, tokens)
        if index:  # the first warms up
            pairs.append((theirs, ours))
    engine.close()
    print(
        f"{path.name} ({engine.info.quantization}, {rounds} rounds of {tokens} tokens, "
        f"threads: {threads or 'default'})"
    )
    for name, of in (("clock", CLOCK), ("processor", PROCESSOR)):
        ratios = [theirs[of] / ours[of] for theirs, ours in pairs]
        theirs = tokens / statistics.median(theirs[of] for theirs, _ in pairs)
        ours = tokens / statistics.median(ours[of] for _, ours in pairs)
        low, _, high = statistics.quantiles(ratios, n=4)
        print(
            f"  {name:<10} library {theirs:6.1f} tok/s, ours {ours:6.1f} tok/s, ratio "
            f"{statistics.median(ratios):.3f} (middle half {low:.3f} to {high:.3f})"
        )


def now() -> Spent:
    return time.perf_counter(), time.process_time()


def since(then: Spent) -> Spent:
    clock, processor = now()
    return clock - then[CLOCK], processor - then[PROCESSOR]


def bare(engine: TokenEngine, tokens: int) -> Spent:
    """Time our loop from its first text on: every token evaluated, scored, chosen and reported."""
    heard: list[Spent] = []
    request = Request("benchmark", PROMPT, None, Sampler(), tokens + 1)
    usage = engine.complete(request, on_text=lambda text, forced: heard.append(now())).usage
    spent = since(heard[0])
    if usage.decode_calls != tokens + 1 or len(heard) != tokens + 1:  # each token is a text
        raise SystemExit("The answer ended early; choose another model.")
    return spent


def compare(path: Path, rounds: int, tokens: int, threads: int | None) -> None:
    fast, slow = (
        open_model(path, CONTEXT_TOKENS, EngineOptions(threads=threads, fast_forward=batches))
        for batches in (True, False)
    )
    assert isinstance(fast, TokenEngine)
    assert isinstance(slow, TokenEngine)
    library = llama_loop if isinstance(fast, LlamaEngine) else mlx_loop
    measured: list[Round] = []
    for index in range(rounds + 1):
        each = Round(
            library=library(fast, tokens),
            free=free(fast, tokens),
            one_by_one=filled(slow, index),
            batched=filled(fast, index),
        )
        if index:  # the first warms up
            measured.append(each)
    fast.close()
    slow.close()

    def show(name: str, speed: Callable[[Round], float]) -> None:
        ratio = statistics.median(speed(each) / each.library for each in measured)
        median = statistics.median(map(speed, measured))
        print(f"  {name:<28}{median:8.1f} tok/s   {ratio:5.3f} of the library's loop")

    print(f"{path.name} ({fast.info.quantization}, {fast.info.engine}, {rounds} rounds)")
    show("library", lambda each: each.library)
    show("free", lambda each: each.free)
    show("form, one by one", lambda each: each.one_by_one)
    show("form, forced in batches", lambda each: each.batched)


def free(engine: TokenEngine, tokens: int) -> float:
    request = Request("benchmark", PROMPT, None, Sampler(), tokens + 1)
    usage = engine.complete(request).usage
    if usage.decode_calls < tokens:
        raise SystemExit("The answer ended early; choose another model.")
    return usage.decode_calls / usage.decode_s


def filled(engine: TokenEngine, seed: int) -> float:
    sampler = Sampler(1.0, top_k=0, top_p=1.0, seed=seed)
    completion = engine.complete(Request("benchmark", PROMPT, FORM, sampler, CONTEXT_TOKENS))
    if completion.stop != "end":  # what a budget closes is never evaluated
        raise SystemExit("The form did not end by itself.")
    return completion.usage.output_tokens / completion.usage.decode_s


def llama_loop(engine: TokenEngine, tokens: int) -> float:
    return tokens / bare_library(engine, tokens)[CLOCK]


def bare_library(engine: TokenEngine, tokens: int) -> Spent:
    """Time what `llama-bench` times for `-n`: decode, synchronize, next random token."""
    model: Any = engine._model  # the loop needs the context itself
    assert isinstance(model, NativeModel)
    model.seat(0, engine._prompts.write(PROMPT), never)
    context: Any = model._context
    random = np.random.default_rng(0).integers(0, model.vocabulary, tokens)
    token = (native.llama_token * 1)()
    started = now()
    for each in random:
        token[0] = int(each)
        native.llama_decode(context, native.llama_batch_get_one(token, 1))
        native.llama_synchronize(context)
    spent = since(started)
    if not model._cut(model.held_tokens()):  # the model does not know of these tokens
        model.clear()
    return spent


def mlx_loop(engine: TokenEngine, tokens: int) -> float:
    import mlx.core as mx
    from mlx_lm.generate import generate_step

    model: Any = engine._model
    prompt = mx.array(engine._prompts.write(PROMPT).tokens)
    steps: Any = generate_step(prompt, model._net, max_tokens=tokens + 1)
    next(steps)
    started = time.perf_counter()
    count = sum(1 for _ in steps)
    return count / (time.perf_counter() - started)


def write_models(folder: Path) -> list[Path]:
    written = folder / "random-Q8_0.gguf"
    write_random_model(written, vocabulary(), SHAPE, name="random 0.6 B")
    return [written, *(quantized(written, name) for name in QUANTIZED)]


def quantized(written: Path, name: str) -> Path:
    """Write a model once more, in one of `QUANTIZED`, beside itself."""
    path = written.with_name(f"random-{name}.gguf")
    settings: Any = native.llama_model_quantize_default_params()
    settings.ftype = QUANTIZED[name]
    settings.allow_requantize = True
    if native.llama_model_quantize(str(written).encode(), str(path).encode(), settings):
        raise SystemExit(f"llama.cpp could not quantize to {name}.")
    return path


def vocabulary() -> Vocabulary:
    """A small vocabulary, padded with tokens no text has to the size of a large one."""
    text = "\n".join(f"The column name_{n} of table_{n % 7} is optional." for n in range(500))
    small = byte_level(text, 2000, CONTROL, "<|im_end|>")
    padding = VOCABULARY_TOKENS - len(small.tokens)
    tokens = (*small.tokens, *(Token(f"unused{number}") for number in range(padding)))
    return Vocabulary(small.model, tokens, small.merges, small.begin, small.end)


if __name__ == "__main__":
    main()
