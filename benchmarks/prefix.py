"""Measure how much of the prompts of a run is found in the cache and not evaluated again.

    .venv/bin/python -m benchmarks.prefix [--vocabulary FILE.gguf] [--projects todo board]
        [--parallel 8 1]

The golden answers of a project are written through a real llama.cpp engine, all stages, prompts,
lanes and its cache included; only the choice of tokens is given. The model is tiny, as the number
of tokens does not depend on its weights.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.golden_forms import (
    TEMPLATE,
    PlaybackEngine,
    forms_of,
    play,
    vocabulary_of,
)
from engines.options import EngineOptions
from engines.random_weights.gguf_model import Shape, write_random_model
from pipeline.records.calls import Counts, add_up

CONTEXT_TOKENS = 8192


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--projects", nargs="+", default=["todo", "board"])
    parser.add_argument("--parallel", nargs="+", type=int, default=[8, 1])
    given = parser.parse_args()
    forms = {name: forms_of(name) for name in given.projects}
    everything = [form for each in forms.values() for form in each]
    words = vocabulary_of(given.vocabulary, everything)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        write_random_model(path, words, Shape(), chat_template=TEMPLATE)
        for name in given.projects:
            for parallel in given.parallel:
                options = EngineOptions(parallel=parallel)
                engine = PlaybackEngine(path, CONTEXT_TOKENS, options)
                engine.answers = {form.request.key: form.answer for form in forms[name]}
                summaries = play(engine, name)
                engine.close()
                print(f"{name}, {parallel} side by side")
                for summary in summaries:
                    show(summary.name, summary)
                show("all", add_up(summaries))


def show(name: str, counts: Counts) -> None:
    """Print the tokens of a stage."""
    evaluated = counts.prompt_tokens - counts.cached_tokens
    print(
        f"  {name:<10}{counts.calls:5} calls {counts.prompt_tokens:8} prompt tokens, "
        f"{evaluated:7} evaluated, {counts.cached_tokens / counts.prompt_tokens:6.1%} cached, "
        f"{counts.output_tokens:6} written"
    )


if __name__ == "__main__":
    main()
