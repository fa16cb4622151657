"""Transitions, and what the state of a related row forbids."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.kinds import board


@pytest.mark.parametrize(
    ("rule", "operation", "kept", "broken"),
    [
        ("hide-published", "article.hide", 'article.status !== "published", 409', "id === '', 409"),
        ("hide-published", "article.hide", "set({ status: HIDDEN })", "set({ title: HIDDEN })"),
        ("comment-on-hidden", "comment.create", 'article.status !== "published"', "body === null"),
    ],
)
def test_kept_and_broken(rule: str, operation: str, kept: str, broken: str) -> None:
    assert board.breaks(rule, operation, kept, broken)
