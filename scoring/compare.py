"""Compare models by their scores: means, paired differences, what can't be separated.

The unit is a *cell*: one request with one seed. Runs of one cell are averaged first. Cells of one
request are alike (they share what is asked), so they are no independent evidence:

- With two requests or more, a request is a cluster: its seeds are averaged, and the interval is
  Student's t over the requests. For a balanced design this is the cluster-robust interval of
  Miller, "Adding Error Bars to Evals" (2024), with its small-sample correction.
- With one request, the interval is Student's t over the seeds and speaks of this request only.
- With one cell there is no interval.

Two models are compared by the requests that both have (paired), and by the seeds that both have if
it is one request only; so what makes a request hard drops out. With more than two models each
interval is widened by Bonferroni, so that all of them hold together. Models whose difference has an
interval that covers 0, or none, can't be separated.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Literal

from scoring.record import ScoringRecord
from scoring.report import AXIS_NAMES, AxisName

CONFIDENCE = 0.95

Basis = Literal["requests", "seeds", "none"]


class Observation(ScoringRecord):
    """One scored run."""

    contestant: str
    """What is compared: a model, and how it was led if that differs."""
    request: str
    seed: int
    score: float
    axes: dict[AxisName, float | None]
    """Points of each axis as a share of its maximum, 0 to 1; None where it was not measured."""


class Interval(ScoringRecord):
    """A mean with its uncertainty."""

    mean: float
    error: float | None
    """Standard error; None if there is but one cell."""
    low: float | None
    high: float | None
    basis: Basis
    """What the interval is over; `none` if there is none."""
    requests: int
    cells: int


class Standing(ScoringRecord):
    """One contestant: its mean score and its axes."""

    contestant: str
    score: Interval
    axes: dict[AxisName, float | None]
    """Mean share of each axis, 0 to 1."""
    runs: int


class Difference(ScoringRecord):
    """One contestant minus another, over the cells that both have."""

    first: str
    second: str
    difference: Interval | None
    """None if they have no cell in common."""
    separated: bool
    sentence: str


class Comparison(ScoringRecord):
    """All contestants, the best first, each pair, and the groups that can't be separated."""

    confidence: float
    """Of each pair's interval, so that all of them hold together at 95 %."""
    standings: tuple[Standing, ...]
    differences: tuple[Difference, ...]
    groups: tuple[tuple[str, ...], ...]
    """Largest sets of neighbours in the order of means of which no pair is separated."""
    method: str


def compare(observations: Iterable[Observation]) -> Comparison:
    """Compare the contestants of scored runs. Raises ValueError if there are fewer than two."""
    runs: dict[str, list[Observation]] = {}
    for each in observations:
        runs.setdefault(each.contestant, []).append(each)
    if len(runs) < 2:
        raise ValueError("A comparison needs runs of two models, or of two ways of leading one")
    standings = sorted(
        (_standing(name, made) for name, made in runs.items()),
        key=lambda each: (-each.score.mean, each.contestant),
    )
    names = [each.contestant for each in standings]
    pairs = list(combinations(names, 2))
    confidence = 1.0 - (1.0 - CONFIDENCE) / len(pairs)
    cells = {name: _cells(made) for name, made in runs.items()}
    differences = tuple(
        _difference(first, second, cells[first], cells[second], confidence)
        for first, second in pairs
    )
    return Comparison(
        confidence=confidence,
        standings=tuple(standings),
        differences=differences,
        groups=_groups(names, differences),
        method=_method(len(pairs), confidence),
    )


def interval(cells: Mapping[tuple[str, int], float], confidence: float = CONFIDENCE) -> Interval:
    """Estimate the mean of cells ((request, seed) → value) with its interval.

    The mean weighs every request alike, however many seeds it has.
    """
    by_request: dict[str, list[float]] = {}
    for (request, _), value in cells.items():
        by_request.setdefault(request, []).append(value)
    means = [statistics.fmean(values) for values in by_request.values()]
    if len(means) > 1:
        basis: Basis = "requests"
        sample = means
    else:
        sample = next(iter(by_request.values()))
        basis = "seeds" if len(sample) > 1 else "none"
    mean = statistics.fmean(means)
    error = low = high = None
    if basis != "none":
        error = statistics.stdev(sample) / math.sqrt(len(sample))
        reach = t_quantile(0.5 + confidence / 2, len(sample) - 1) * error
        low, high = mean - reach, mean + reach
    return Interval(
        mean=_rounded(mean),
        error=None if error is None else _rounded(error),
        low=None if low is None else _rounded(low),
        high=None if high is None else _rounded(high),
        basis=basis,
        requests=len(by_request),
        cells=len(cells),
    )


def t_quantile(probability: float, degrees: int) -> float:
    """Return the quantile of Student's t for a probability in [0.5, 1) and whole `degrees`.

    Bisects the closed form of the distribution (Abramowitz & Stegun 26.7.3 and 26.7.4).
    """
    low, high = 0.0, 1.0
    while _t_cdf(high, degrees) < probability:
        low, high = high, 2 * high
    for _ in range(80):
        middle = (low + high) / 2
        if _t_cdf(middle, degrees) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _t_cdf(t: float, degrees: int) -> float:
    angle = math.atan(t / math.sqrt(degrees))
    square = math.cos(angle) ** 2
    odd = degrees % 2
    term, total = 1.0, 0.0
    for k in range(1 + odd, degrees, 2):
        total += term
        term *= square * k / (k + 1)
    if odd:
        inside = 2 / math.pi * (angle + math.sin(angle) * math.cos(angle) * total)
    else:
        inside = math.sin(angle) * total
    return 0.5 + inside / 2


def _standing(name: str, runs: Sequence[Observation]) -> Standing:
    axes: dict[AxisName, float | None] = {}
    for axis in AXIS_NAMES:
        shares = {
            (run.request, run.seed): share
            for run in runs
            if (share := run.axes.get(axis)) is not None
        }
        axes[axis] = interval(shares).mean if shares else None
    return Standing(contestant=name, score=interval(_cells(runs)), axes=axes, runs=len(runs))


def _cells(runs: Sequence[Observation]) -> dict[tuple[str, int], float]:
    scores: dict[tuple[str, int], list[float]] = {}
    for run in runs:
        scores.setdefault((run.request, run.seed), []).append(run.score)
    return {cell: statistics.fmean(values) for cell, values in scores.items()}


def _paired(
    ours: Mapping[tuple[str, int], float], theirs: Mapping[tuple[str, int], float]
) -> dict[tuple[str, int], float]:
    """Subtract request by request, or seed by seed if they share one request only."""
    requests = {request for request, _ in ours} & {request for request, _ in theirs}
    if len(requests) < 2:
        return {cell: ours[cell] - theirs[cell] for cell in ours if cell in theirs}
    return {
        (request, 0): _mean_of(ours, request) - _mean_of(theirs, request)
        for request in sorted(requests)
    }


def _mean_of(cells: Mapping[tuple[str, int], float], request: str) -> float:
    return statistics.fmean(value for (asked, _), value in cells.items() if asked == request)


def _difference(
    first: str,
    second: str,
    ours: Mapping[tuple[str, int], float],
    theirs: Mapping[tuple[str, int], float],
    confidence: float,
) -> Difference:
    shared = _paired(ours, theirs)
    if not shared:
        return Difference(
            first=first,
            second=second,
            difference=None,
            separated=False,
            sentence=f"{first} and {second} have nothing in common to be compared by.",
        )
    found = interval(shared, confidence)
    separated = (
        found.low is not None and found.high is not None and not (found.low <= 0.0 <= found.high)
    )
    return Difference(
        first=first,
        second=second,
        difference=found,
        separated=separated,
        sentence=_sentence(first, second, found, separated),
    )


def _sentence(first: str, second: str, found: Interval, separated: bool) -> str:
    if found.low is None:
        return (
            f"{first} and {second} can't be separated: they share a single run, so there is no "
            "interval."
        )
    if not separated:
        return f"{first} and {second} can't be separated."
    better, worse = (first, second) if found.mean > 0 else (second, first)
    where = "" if found.basis == "requests" else " on this request"
    return f"{better} is better than {worse}{where} by {abs(found.mean):.1f} points."


def _groups(names: Sequence[str], differences: Sequence[Difference]) -> tuple[tuple[str, ...], ...]:
    apart = {frozenset((each.first, each.second)) for each in differences if each.separated}
    groups: list[tuple[str, ...]] = []
    reached = 0
    for start in range(len(names)):
        end = start + 1
        while end < len(names) and all(
            frozenset((names[end], names[other])) not in apart for other in range(start, end)
        ):
            end += 1
        if end > reached and end - start > 1:
            groups.append(tuple(names[start:end]))
        reached = max(reached, end)
    return tuple(groups)


def _method(pairs: int, confidence: float) -> str:
    text = (
        "Paired differences over the requests that both have (over seeds if it is one request); "
        "intervals by Student's t."
    )
    if pairs > 1:
        text += (
            f" Each of the {pairs} intervals is one of {100 * confidence:.1f} %, so that all hold "
            f"together at {100 * CONFIDENCE:.0f} % (Bonferroni)."
        )
    return text


def _rounded(value: float) -> float:
    return round(value, 4)
