"""Rows that are hidden in one state."""

from __future__ import annotations

import pytest

from tests.scoring.rules import board


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


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ("hidden-articles", "await expectStatus(404, () => api.board.readArticle", "void (() =>"),
    ],
)
def test_with_and_without_a_test(rule: str, kept: str, broken: str) -> None:
    assert board.uncovers(rule, kept, broken)
