"""Replace a share of one stage's golden forms by noise and score what is made of them.

    .venv/bin/python -m benchmarks.noise [--seeds 5] [PROJECT …]

Noise is a random document of the form's own schema, as a model of random weights would write it
under the grammar. Forms after a noisy one keep their golden answers where those still fit what the
noise has left, else they are noise as well. Every project is taken to compile, as ours do. The
table goes to docs/measured/noise.md; a test checks a part of it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engines.protocol import Completion, EngineError, IsCancelled, OnText, Request
from engines.scripted import ScriptedEngine
from pipeline.asking.harness import Harness
from pipeline.node.compile import CompileReport
from pipeline.records.journal import write_atomic, write_files
from pipeline.records.options import RunOptions
from pipeline.render.project import render
from pipeline.run.golden import golden_names, load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design
from scoring.loading import load_brief
from scoring.report import Scorecard
from scoring.rubric import score_folder
from tests.pipeline.random_forms import RandomForms

REPORT = Path(__file__).parent.parent / "docs" / "measured" / "noise.md"
ABOUT = """\
The golden answers of a request, some of them replaced by random documents of the same schema, and
what the score makes of it. The means of several seeds. What is wanted stands in the last column;
where derivation writes nearly all of a program, as in `todo`, noise in all of them leaves more of
the score than is wanted."""
CLEAN = CompileReport(units=1, failed_units=0, diagnostics=(), missing_packages=(), seconds=0.0)


@dataclass(frozen=True)
class Kind:
    """Forms that become noise: those whose key begins so, and of them a share."""

    name: str
    prefix: str | tuple[str, ...]
    share: float
    wanted: str


KINDS = (
    Kind("nothing", "", 0.0, "97 or more"),
    Kind("all programs", "program/", 1.0, "78 at most, implementation a third at most"),
    Kind("half of the programs", "program/", 0.5, ""),
    Kind("a quarter of the programs", "program/", 0.25, "4 less or more"),
    Kind("all tests", "test/", 1.0, "tests 15 % at most"),
    Kind("a quarter of the tests", "test/", 0.25, "3 less or more"),
    Kind("all exposures", "interface/", 1.0, "80 at most"),
    Kind("all features", "analysis/feature/", 1.0, "45 at most"),
    Kind("all tables", "database/table/", 1.0, "45 at most"),
    Kind("everything", "", 1.0, "10 at most"),
)


class Noisy(ScriptedEngine):
    """The golden answers, some of them replaced by random documents."""

    def __init__(self, name: str, kind: Kind, seed: int, noise: RandomForms | None = None) -> None:
        super().__init__(load_answers(name))
        self._noise = noise or RandomForms(seed)
        self._kind = kind
        self._seed = seed
        self.replaced = 0

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Answer as the script says, or with noise."""
        chance = random.Random(f"{self._seed}/{self._kind.name}/{request.key}").random()
        if not (request.key.startswith(self._kind.prefix) and chance < self._kind.share):
            try:
                return super().complete(request, on_text, cancelled)
            except EngineError:
                pass  # what came before has left no place for the golden answer
        self.replaced += 1
        return self._noise.complete(request)


def score_noise(name: str, kind: Kind, seed: int, noise: RandomForms | None = None) -> Scorecard:
    """Score the golden project of a request with noise, or other forms, in it."""
    engine = Noisy(name, kind, seed, noise)
    options = RunOptions(feedback=0, max_tokens_per_call=1 << 20)
    harness = Harness(engine, options, lambda _: None, lambda _: None, lambda: False)
    project = design(harness, load_request(name).text, lambda _stage, _ast: None)
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), {file.path: file.text for file in render(project)})
        return score_folder(Path(folder), load_brief(name), CLEAN)


def row(name: str, kind: Kind, seeds: int) -> str:
    """Measure one line of the table."""
    cards = [score_noise(name, kind, seed) for seed in range(seeds if kind.share else 1)]
    score = statistics.mean(card.score or 0.0 for card in cards)
    axes = [
        statistics.mean(card.axes[axis].points or 0.0 for card in cards) for axis in cards[0].axes
    ]
    shown = " | ".join(f"{points:.2f}" for points in axes)
    return f"| {kind.name} | {score:.2f} | {shown} | {kind.wanted} |"


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", default=list(golden_names()))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--kinds", nargs="*", default=[kind.name for kind in KINDS])
    options = parser.parse_args()
    lines = ["# Noise", "", ABOUT, ""]
    for name in options.projects:
        whole = score_noise(name, KINDS[0], 0)
        heads = [f"{axis} (of {score.max})" for axis, score in whole.axes.items()]
        lines += [f"## {name}", "", f"| noise in | score | {' | '.join(heads)} | wanted |"]
        lines.append("| --- |" + " ---: |" * (len(heads) + 1) + " --- |")
        for kind in KINDS:
            if kind.name in options.kinds:
                lines.append(row(name, kind, options.seeds))
                print(lines[-1], flush=True)
        lines.append("")
    write_atomic(REPORT, "\n".join(lines))


if __name__ == "__main__":
    main()
