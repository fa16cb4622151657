"""Measure what others score on the reference requests: noise, nothing decided, golden forms.

    .venv/bin/python -m benchmarks.anchors [--seeds 5] [--built-in todo=9.1 …]

Writes resources/anchors.toml, which cards show beside a score. Run it whenever a brief, the golden
forms or the rubric change; a test says so. The built-in model's score is that of `make demo`.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path

from benchmarks.noise import KINDS, Kind, score_noise
from pipeline.records.journal import write_atomic
from pipeline.run.golden import golden_names
from scoring.anchors import FILE, Anchors
from scoring.loading import load_brief
from scoring.rubric import EDITION
from tests.pipeline.random_forms import PlainForms

RESOURCE = Path(__file__).parent.parent / "resources" / FILE
DECISIONS = ("analysis/feature/", "test/", "program/", "interface/")
"""Forms in which a model decides what the service does."""
EMPTY = Kind("nothing decided", DECISIONS, 1.0, "")


def anchors(name: str, seeds: int, built_in: float | None) -> Anchors:
    """Measure the anchors of a request."""
    noise = [score_noise(name, KINDS[-1], seed).score or 0.0 for seed in range(seeds)]
    return Anchors(
        noise=round(statistics.mean(noise), 1),
        floor=round(score_noise(name, EMPTY, 0, PlainForms()).score or 0.0, 1),
        golden=round(score_noise(name, KINDS[0], 0).score or 0.0, 1),
        built_in=built_in,
    )


def entry(name: str, found: Anchors) -> str:
    """Write the anchors of a request."""
    scores = ", ".join(
        f"{key} = {value}" for key, value in found.model_dump().items() if value is not None
    )
    return (
        f'[[anchors]]\nname = "{name}"\nbrief = "{load_brief(name).sha256}"\n'
        f'rubric = "{EDITION}"\nscores = {{ {scores} }}\n'
    )


def main() -> None:
    """Measure all reference requests that have golden forms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--built-in", nargs="*", default=[], metavar="NAME=SCORE")
    options = parser.parse_args()
    known = {name: float(score) for name, _, score in (e.partition("=") for e in options.built_in)}
    head = "# Made by benchmarks/anchors.py; do not edit.\n"
    parts = [entry(name, anchors(name, options.seeds, known.get(name))) for name in golden_names()]
    write_atomic(RESOURCE, "\n".join([head, *parts]))


if __name__ == "__main__":
    main()
