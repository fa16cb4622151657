"""Whose row it is: rows of the caller, and rows that must not be the caller's."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.kinds import board, votes


@pytest.mark.parametrize(
    ("rule", "operation", "kept", "broken"),
    [
        ("article-author", "article.erase", "article.author_id !== actor.id", "article.id !== id"),
    ],
)
def test_kept_and_broken(rule: str, operation: str, kept: str, broken: str) -> None:
    assert board.breaks(rule, operation, kept, broken)


def test_what_is_not_for_owners_kept_and_broken() -> None:
    kept, broken = "if (post.userId === me.id) throw", "if (post.userId === body.postId) throw"
    assert votes.breaks("own", kept, broken)
    raw = ("const vote =", "await this.prisma.$queryRaw`select 1`; const vote =")
    assert votes.hides("own", (kept, broken), raw)
