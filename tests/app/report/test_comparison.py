"""Numbers of a comparison in words."""

from __future__ import annotations

import pytest

from app.report.comparison import interval_text, share_text, signed_interval, size_text
from scoring.compare import Interval


def interval(
    mean: float, low: float | None, high: float | None, cells: int = 4, requests: int = 2
) -> Interval:
    return Interval(
        mean=mean,
        error=None,
        low=low,
        high=high,
        basis="requests",
        requests=requests,
        cells=cells,
    )


def test_no_interval_leaves_the_points_there_are() -> None:
    assert interval_text(interval(97.0, 92.5, 101.4)) == "92.5 to 100.0"
    assert interval_text(interval(2.0, -3.0, 7.0)) == "0.0 to 7.0"
    assert interval_text(interval(50.0, None, None)) == "single run"


def test_a_difference_has_a_sign() -> None:
    assert signed_interval(interval(12.8, -1.0, 26.6)) == "+12.8, -1.0 to +26.6"
    assert signed_interval(interval(-3.0, None, None)) == "-3.0, no interval"


@pytest.mark.parametrize(
    ("cells", "requests", "words"),
    [(1, 1, "1 run, 1 request"), (4, 2, "4 runs, 2 requests")],
)
def test_a_mean_rests_on_runs_and_requests(cells: int, requests: int, words: str) -> None:
    assert size_text(interval(50.0, None, None, cells, requests)) == words


def test_a_share_that_was_not_measured_is_said() -> None:
    assert share_text(None) == "not measured"
    assert share_text(0.5).replace("\u2009", " ") == "50 %"
