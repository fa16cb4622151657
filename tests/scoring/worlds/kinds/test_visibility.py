"""Rows that are hidden in one state."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.kinds import board


@pytest.mark.parametrize(
    ("rule", "operation", "kept", "broken"),
    [
        (
            "hidden-articles",
            "article.list",
            '.where("status", "!=", HIDDEN)',
            '.where("id", "!=", "")',
        ),
        ("hidden-articles", "article.read", "article.status === HIDDEN && ", ""),
    ],
)
def test_kept_and_broken(rule: str, operation: str, kept: str, broken: str) -> None:
    assert board.breaks(rule, operation, kept, broken)
