"""Rows that refer to an erased one."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.kinds import board


@pytest.mark.parametrize(
    ("rule", "operation", "kept", "broken"),
    [
        (
            "section-with-articles",
            "section.erase",
            "if (used) throw new Con",
            "if (used) log(new Con",
        ),
        ("article-deletion", "article.erase", 'deleteFrom("article")', 'selectFrom("article")'),
    ],
)
def test_kept_and_broken(rule: str, operation: str, kept: str, broken: str) -> None:
    assert board.breaks(rule, operation, kept, broken)
