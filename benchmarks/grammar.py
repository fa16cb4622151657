"""Measure grammars: the time to compile one, the time of a token mask, and how much is forced.

    .venv/bin/python -m benchmarks.grammar [--vocabulary FILE.gguf] [--projects todo board]

All forms of golden projects, with their narrowed schemas and golden answers, over a vocabulary of
152 k tokens: that of a real model, or one trained on the forms. Nothing is cached: every grammar is
prepared, declared and built over the vocabulary again, and every mask belongs to a place in an
answer that a model would have to choose at. Milliseconds of processor time.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.golden_forms import Asked, forms_of, vocabulary_of
from engines.grammar import grammar
from engines.llama.native import NativeModel
from engines.options import EngineOptions
from engines.random_weights.gguf_model import Shape, write_random_model

LOOK_AHEAD_BYTES = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--projects", nargs="+", default=["todo", "board"])
    given = parser.parse_args()
    forms = [form for name in given.projects for form in forms_of(name)]
    vocabulary = vocabulary_of(given.vocabulary, forms)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        write_random_model(path, vocabulary, Shape())
        model = NativeModel(path, 1024, 1, EngineOptions())
    compiled = [compile_ms(form, model) for form in forms]
    masks: list[float] = []
    forced = tokens = runs = 0
    for form in forms:
        one_masks, one_forced, one_runs, one_tokens = masks_ms(form, model)
        masks += one_masks
        forced, runs, tokens = forced + one_forced, runs + one_runs, tokens + one_tokens
    sizes = [len(grammar.compile_grammar(form.schema).text) for form in forms]
    print(f"{' and '.join(given.projects)}: {len(forms)} forms, {model.vocabulary} tokens")
    show("compile", compiled)
    show("mask", masks)
    print(
        f"  largest grammar {max(sizes) / 1024:.0f} KiB, median {np.median(sizes) / 1024:.0f} KiB"
    )
    print(
        f"  {tokens} tokens of answers, {forced / tokens:.1%} forced in runs of "
        f"{forced / max(runs, 1):.1f}: {tokens / (tokens - forced):.2f}x fewer choices"
    )
    model.close()


def compile_ms(form: Asked, model: NativeModel) -> float:
    """Time the way from a narrowed schema to a matcher that can start."""
    grammar.compile_grammar.cache_clear()
    begun = time.process_time()
    grammar.compile_grammar(form.schema).matcher(model.tokenizer)
    return (time.process_time() - begun) * 1000


def masks_ms(form: Asked, model: NativeModel) -> tuple[list[float], int, int, int]:
    """Go along an answer; return the times of its masks, its forced tokens, their runs, all."""
    matcher = grammar.compile_grammar(form.schema).matcher(model.tokenizer)
    mask = np.zeros((model.vocabulary + 31) // 32, dtype=np.int32)
    text = form.answer.encode()
    spent: list[float] = []
    at = forced = runs = tokens = 0
    while not matcher.is_stopped() and at < len(text):
        sure = matcher.compute_ff_tokens()
        if sure:
            forced, runs = forced + len(sure), runs + 1
        else:
            begun = time.process_time()
            matcher.unsafe_compute_mask_ptr(mask.ctypes.data, mask.nbytes)
            spent.append((time.process_time() - begun) * 1000)
            sure = model.tokenizer.tokenize_bytes(text[at : at + LOOK_AHEAD_BYTES])[:1]
        if not matcher.consume_tokens(sure):
            raise SystemExit(f"{form.request.key} leaves its grammar at byte {at}.")
        tokens += len(sure)
        at += len(b"".join(map(model.piece, sure)))
    return spent, forced, runs, tokens


def show(name: str, values: list[float]) -> None:
    """Print percentiles of milliseconds."""
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    print(
        f"  {name:<9}{len(values):6} times: p50 {p50:.3f} ms, p95 {p95:.3f} ms, "
        f"p99 {p99:.3f} ms, most {max(values):.3f} ms"
    )


if __name__ == "__main__":
    main()
