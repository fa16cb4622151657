"""Count what the golden forms cost in tokens, stage by stage, beside AutoBe's published runs.

    .venv/bin/python -m benchmarks.economy --vocabulary FILE.gguf --published autobe_published.csv

The golden answers of each request that has them are written through a real llama.cpp engine with a
tiny model of a real vocabulary: prompts, shared prefixes, lanes and forced tokens are those of a
run, only the choice of tokens is given. Writes `docs/measured/economy.md`. A request without golden
forms is shown as missing.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.golden_forms import TEMPLATE, PlaybackEngine, forms_of, play, read_vocabulary
from engines.options import EngineOptions
from engines.random_weights.gguf_model import Shape, write_random_model
from pipeline.records.calls import Counts, StageSummary, add_up
from pipeline.records.journal import write_atomic
from pipeline.run.golden import golden_names

REPORT = Path("docs/measured/economy.md")
CONTEXT_TOKENS = 8192
LANES = 8
SHAPE = Shape(layers=1, embedding=32, feed_forward=32, heads=1, kv_heads=1)
REFERENCE = {"todo": "todo", "shop": "shopping"}
"""Our requests, and the published projects of the same size."""
BOUNDS = {"todo": (300_000, 60_000), "shop": (4_000_000, 600_000)}
"""Evaluated prompt tokens and written tokens that a run may cost."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--published", type=Path, required=True)
    parser.add_argument("--projects", nargs="+", default=None)
    given = parser.parse_args()
    known = golden_names()
    names = given.projects or [*dict.fromkeys([*REFERENCE, *known])]
    parts: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tiny.gguf"
        words = read_vocabulary(given.vocabulary)
        write_random_model(path, words, SHAPE, chat_template=TEMPLATE)
        for name in names:
            if name in known:
                parts += table(name, *played(path, name))
            else:
                parts += [f"## {name}", "", "Not measured: it has no golden forms.", ""]
            if name in REFERENCE:
                parts += published(given.published, REFERENCE[name])
    write_atomic(REPORT, "\n".join([*head(len(words.tokens)), *parts]))


def played(path: Path, name: str) -> tuple[tuple[StageSummary, ...], int]:
    """Write a request's golden answers through the engine; return counts by stage, and of forms."""
    forms = forms_of(name)
    engine = PlaybackEngine(path, CONTEXT_TOKENS, EngineOptions(parallel=LANES, threads=1))
    engine.answers = {form.request.key: form.answer for form in forms}
    summaries = play(engine, name)
    engine.close()
    return summaries, len(forms)


def head(vocabulary: int) -> list[str]:
    """Begin the page."""
    return [
        "# Economy",
        "",
        "Written by `python -m benchmarks.economy`; do not edit.",
        "",
        "Golden forms written through llama.cpp in a context of "
        f"{CONTEXT_TOKENS:,} tokens, {LANES} forms side",
        f"by side, with Qwen's vocabulary of {vocabulary:,} tokens. *Evaluated* are prompt tokens",
        "that are not found in the cache, *forced* are written tokens that the grammar leaves no",
        "choice about. A model that makes no mistake and does not think costs this much; a real",
        "one adds its feedback rounds and its thoughts. The published figures are of whole runs.",
        "",
    ]


def table(name: str, summaries: Sequence[StageSummary], forms: int) -> list[str]:
    """Write the table of a request: did it ask all its golden forms, does it keep its bounds?"""
    whole = add_up(summaries)
    rows = [row(summary.name, summary) for summary in summaries if summary.calls]
    lines = [
        f"## {name}",
        "",
        "| stage | calls | prompt tokens | cached | evaluated | written | forced | sampled |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *rows,
        row("**all**", whole),
        "",
    ]
    if whole.calls != forms or whole.ended_early:
        lines += [
            f"**Not the golden run**: {whole.calls} of {forms} forms were asked, "
            f"{whole.ended_early or 'none'} of them; an answer had no room in this context.",
            "",
        ]
    if name in BOUNDS:
        most_evaluated, most_written = BOUNDS[name]
        evaluated, written = evaluated_of(whole), whole.output_tokens
        lines += [
            f"Evaluated {evaluated:,} of at most {most_evaluated:,}: "
            f"{verdict(evaluated, most_evaluated)}. "
            f"Written {written:,} of at most {most_written:,}: {verdict(written, most_written)}.",
            "",
        ]
    return lines


def verdict(found: int, most: int) -> str:
    """Say whether a bound is kept."""
    return "kept" if found <= most else "**not kept**"


def evaluated_of(counts: Counts) -> int:
    """Return the prompt tokens that were not in the cache."""
    return counts.prompt_tokens - counts.cached_tokens


def row(name: str, counts: Counts) -> str:
    """Write a line of the table."""
    share = counts.cached_tokens / counts.prompt_tokens
    numbers = (evaluated_of(counts), counts.output_tokens, counts.forced_tokens)
    return (
        f"| {name} | {counts.calls} | {counts.prompt_tokens:,} | {share:.1%} | "
        f"{' | '.join(f'{number:,}' for number in numbers)} | {counts.sampled_tokens:,} |"
    )


def published(path: Path, project: str) -> list[str]:
    """Sum up AutoBe's published runs of a project."""
    with path.open(encoding="utf-8") as file:
        runs = [run for run in csv.DictReader(file) if run["project"] == project]
    lines = [
        f"AutoBe's {len(runs)} published runs of its project {project}:",
        "",
        "| | calls | input tokens | output tokens | operations |",
        "|---|---:|---:|---:|---:|",
    ]
    columns = ("calls", "input_tokens", "output_tokens", "operations")
    for label, choose in (("least", min), ("median", statistics.median), ("most", max)):
        numbers = [choose([int(run[column]) for run in runs]) for column in columns]
        lines.append(f"| {label} | {' | '.join(f'{number:,.0f}' for number in numbers)} |")
    return [*lines, ""]


if __name__ == "__main__":
    main()
