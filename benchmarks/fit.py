"""Measure how far the memory estimate is off, and write the table in docs/measured/fit.md.

    .venv/bin/python -m benchmarks.fit [--keep FOLDER]

Each model (`benchmarks.fit_models`) is written, opened by our engine in a process of its own, given
prompts and forms until its memory has seen everything a run does, and its peak is compared with
`engines.memory.fit`. Needs 1 GB of disk and takes some minutes; run it on a machine that is not
busy.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.fit_models import FAMILIES, TYPES, write_model
from engines.files.facts import Facts
from engines.files.gguf import read_facts
from engines.llama.engine import LlamaEngine
from engines.memory.fit import Need, need
from engines.options import EngineOptions
from engines.protocol import Message, Request, Sampler
from engines.schema import parse_schema

MIB = 1 << 20
TABLE = Path(__file__).parent.parent / "docs" / "measured" / "fit.md"
CONTEXT_TOKENS = 8192
LONG_PROMPT_WORDS = 60
SHORT_PROMPTS = 9  # more than a hybrid model keeps checkpoints
ALLOWED_PERCENT = 8.0
FORM = parse_schema(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 20},
            "sizes": {"type": "array", "items": {"type": "integer"}, "maxItems": 5},
        },
        "required": ["name", "sizes"],
        "additionalProperties": False,
    }
)
HEADING = (
    "| architecture | shows | weights in | weights | cache | compute | overhead | estimate "
    "| measured | error |"
)
ONE_THREAD = EngineOptions(threads=1, flash_attention=True)
"""Several threads wait for each other on a busy machine; without flash attention all buffers are
touched only by a prompt as long as the context."""
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
# Published by mlx-lm (BENCHMARKS.md): GB at 2048 tokens in and 128 out, M4 Max.
PUBLISHED_GB = {
    "Qwen3-4B": {"bf16": 9.02, "8-bit": 5.25, "6-bit": 4.25, "4-bit": 3.35},
    "Qwen3-30B-A3B": {"8-bit": 33.46, "6-bit": 25.82, "5-bit": 22.01, "4-bit": 18.20},
}


def measure(path: Path) -> int:
    """Use a model as a run does and return the peak of this process in bytes."""
    engine = LlamaEngine(path, CONTEXT_TOKENS, ONE_THREAD)
    long = (Message("user", "word " * LONG_PROMPT_WORDS),)
    engine.complete(Request("long", long, None, Sampler(), 8))
    for number in range(SHORT_PROMPTS):
        prompt = (Message("user", f"{number} of several prompts"),)
        engine.complete(Request("form", prompt, FORM, Sampler(1.0, seed=number), 12))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--measure", type=Path, metavar="GGUF")
    options.add_argument("--keep", type=Path, metavar="FOLDER")
    chosen = options.parse_args()
    if chosen.measure is not None:
        print(measure(chosen.measure))
        return
    with tempfile.TemporaryDirectory() as temporary:
        rows, worst = _measure_all(chosen.keep or Path(temporary), keep=chosen.keep is not None)
        published, worst_published = _published(Path(temporary))
    TABLE.write_text(_page(rows, worst, published, worst_published), encoding="utf-8")
    print(f"Wrote {TABLE}; largest error {worst:.1f} % here, {worst_published:.1f} % published")
    if max(worst, worst_published) > ALLOWED_PERCENT:
        sys.exit(1)


def _measure_all(folder: Path, *, keep: bool) -> tuple[list[str], float]:
    rows: list[str] = []
    worst = 0.0
    for family in FAMILIES:
        for quantization in TYPES:
            path = folder / f"{family.architecture}-{quantization}.gguf"
            write_model(path, family, quantization)
            known = read_facts(path)
            estimate = need(known, CONTEXT_TOKENS)
            command = [sys.executable, "-m", "benchmarks.fit", "--measure", str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            peak = int(done.stdout.split()[-1])
            if not keep:
                path.unlink()
            error = 100 * (estimate.total_bytes / peak - 1)
            worst = max(worst, abs(error))
            rows.append(
                f"| {family.architecture} | {family.shows} | {quantization} | "
                f"{_parts(estimate)} | {peak / MIB:.0f} | {error:+.1f} % |"
            )
            print(rows[-1], flush=True)
    return rows, worst


def _parts(estimate: Need) -> str:
    parts = (
        estimate.weights_bytes,
        estimate.cache_bytes,
        estimate.compute_bytes,
        estimate.overhead_bytes,
        estimate.total_bytes,
    )
    return " | ".join(f"{part / MIB:.0f}" for part in parts)


def _published(folder: Path) -> tuple[list[str], float]:
    from benchmarks.published_models import published_facts

    rows: list[str] = []
    worst = 0.0
    for name, peaks in PUBLISHED_GB.items():
        for quantization, peak_gb in peaks.items():
            known: Facts = published_facts(folder / f"{name}-{quantization}", name, quantization)
            estimate = need(
                known, 2048 + 128, EngineOptions(batch_tokens=2048), scored_tokens=2048
            ).model_bytes
            error = 100 * (estimate / 1e9 / peak_gb - 1)
            worst = max(worst, abs(error))
            rows.append(
                f"| {name} | {quantization} | {estimate / 1e9:.2f} | {peak_gb:.2f} | "
                f"{error:+.1f} % |"
            )
            print(rows[-1], flush=True)
    return rows, worst


def _page(rows: list[str], worst: float, published: list[str], worst_published: float) -> str:
    here = "\n".join(rows)
    elsewhere = "\n".join(published)
    return f"""# Memory: estimate and measurement

Written by `python -m benchmarks.fit`; do not edit.

## Measured here

Models with made-up weights, {CONTEXT_TOKENS} tokens of context in f16, chunks of 256, on the CPU
under Linux, where the weights are mapped and count once they are touched. The peak is that of the
whole process. MiB; the largest error is {worst:.1f} %.

{HEADING}
|---|---|---|---:|---:|---:|---:|---:|---:|---:|
{here}

The cache is allocated and cleared when a model is opened, so prompts need not fill it to be
measured. Hybrid models (qwen35) are estimated with two checkpoints of their states. Sliding
windows (gemma3, gemma4) are kept whole by our llama.cpp engine, so that a prompt's head can be
reused. The overhead and the number of checkpoints are constants fitted to measurements of these
same families, so the table shows that the parts add up, not that the constants hold elsewhere.

## Published peaks of mlx-lm

2048 tokens in, 128 out, M4 Max, as published in mlx-lm's BENCHMARKS.md; not run by us. Estimated
from the models' shapes, without the overhead of a process, which those figures leave out. GB; the
largest error is {worst_published:.1f} %.

| model | weights in | estimate | published | error |
|---|---|---:|---:|---:|
{elsewhere}
"""


if __name__ == "__main__":
    main()
