"""What AutoBe published of its own benchmark: a dated reference, under its own rubric."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

PUBLISHED_ON = date(2026, 4, 8)
OWN_RUBRIC = "AutoBe's own rubric, one run a cell"
NEAREST_PROJECT = {"todo": "todo", "community": "reddit", "shop": "shopping", "workforce": "erp"}
"""Our request → the project of theirs that asks for most nearly the same."""
INTERFACE_SHARE = 0.59
"""Share of all tokens that its stage `interface` took over the 44 runs; no other stage's share is
known."""


@dataclass(frozen=True)
class PublishedRun:
    """One line of the published figures."""

    model: str
    project: str
    total: float
    """Points of 100, under AutoBe's rubric."""
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Cost:
    """The median cost of a project over all models."""

    project: str
    runs: int
    calls: int
    input_tokens: int
    output_tokens: int


@cache
def published_runs() -> tuple[PublishedRun, ...]:
    """Read all 44 runs."""
    text = (files("resources") / "published" / "autobe.csv").read_text(encoding="utf-8")
    return tuple(
        PublishedRun(
            model=row["model"],
            project=row["project"],
            total=float(row["total"]),
            calls=int(row["calls"]),
            input_tokens=int(row["input_tokens"]),
            output_tokens=int(row["output_tokens"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


def projects() -> tuple[str, ...]:
    """Name the projects in the order of their size."""
    names = {run.project for run in published_runs()}
    return tuple(sorted(names, key=lambda name: cost_of(name).input_tokens))


def cost_of(project: str) -> Cost:
    """Return the medians of a project. Raises ValueError for one that was not published."""
    runs = [run for run in published_runs() if run.project == project]
    if not runs:
        raise ValueError(f"AutoBe published no project {project!r}")
    return Cost(
        project=project,
        runs=len(runs),
        calls=_median([run.calls for run in runs]),
        input_tokens=_median([run.input_tokens for run in runs]),
        output_tokens=_median([run.output_tokens for run in runs]),
    )


def nearest_cost(request: str) -> Cost | None:
    """Return the cost of the project that is most nearly the same; None if there is none."""
    project = NEAREST_PROJECT.get(request)
    return cost_of(project) if project is not None else None


@dataclass(frozen=True)
class PublishedModel:
    """One model's mean over the four projects, with the points of each."""

    model: str
    mean: float
    points: dict[str, float]


def published_models() -> tuple[PublishedModel, ...]:
    """Return the models, the best mean first."""
    names = {run.model for run in published_runs()}
    made: list[PublishedModel] = []
    for name in names:
        points = {run.project: run.total for run in published_runs() if run.model == name}
        made.append(PublishedModel(name, statistics.fmean(points.values()), points))
    return tuple(sorted(made, key=lambda each: (-each.mean, each.model)))


def _median(values: Sequence[int]) -> int:
    return round(statistics.median(values))
