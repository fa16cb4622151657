"""Values that attributes start with."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.kinds import board


@pytest.mark.parametrize(
    ("rule", "operation", "kept", "broken"),
    [
        ("article-status-default", "article.create", 'status: "published" }', 'status: "hidden" }'),
    ],
)
def test_kept_and_broken(rule: str, operation: str, kept: str, broken: str) -> None:
    assert board.breaks(rule, operation, kept, broken)
