"""What is said of the numbers of a comparison: intervals, sizes, shares."""

from __future__ import annotations

from app.report import numbers
from app.report.numbers import NOT_MEASURED
from pipeline.english import counted
from scoring.compare import Interval

MOST = 100.0
"""Points there are; a difference is no larger either."""


def interval_text(found: Interval) -> str:
    """Show the interval of a mean score, or say that there is none; no score leaves 0 to 100."""
    if found.low is None or found.high is None:
        return "single run"
    return f"{max(0.0, found.low):.1f} to {min(MOST, found.high):.1f}"


def signed_interval(found: Interval) -> str:
    """Show a difference with its interval."""
    if found.low is None or found.high is None:
        return f"{found.mean:+.1f}, no interval"
    return f"{found.mean:+.1f}, {max(-MOST, found.low):+.1f} to {min(MOST, found.high):+.1f}"


def size_text(found: Interval) -> str:
    """Say on how much a mean rests."""
    return f"{counted(found.cells, 'run')}, {counted(found.requests, 'request')}"


def share_text(share: float | None) -> str:
    """Show the mean share of an axis."""
    return NOT_MEASURED if share is None else numbers.share(share, 1.0)
