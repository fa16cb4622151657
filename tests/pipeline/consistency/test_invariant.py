"""What is said of all that was found."""

from __future__ import annotations

import pytest

from pipeline.consistency.invariant import Inconsistency, Inspection
from pipeline.records.calls import Diagnostic

SLIP = Diagnostic(pointer="/a", expected="b", found="c", why="d", suggestion="e")


@pytest.mark.parametrize(
    ("checks", "sentence"),
    [
        (["x"], "1 place breaks 1 check of consistency"),
        (["x", "x"], "2 places break 1 check of consistency"),
        (["x", "x", "y"], "3 places break 2 checks of consistency"),
    ],
)
def test_places_and_checks_are_counted(checks: list[str], sentence: str) -> None:
    found = tuple(Inconsistency(check=each, stage="analysis", diagnostic=SLIP) for each in checks)
    assert Inspection(findings=found).sentence == sentence
