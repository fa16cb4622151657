"""Whose row it is: rows of the caller, and rows that must not be the caller's."""

from __future__ import annotations

import pytest

from tests.scoring.rules import board, votes


@pytest.mark.parametrize(
    ("rule", "operation", "kept", "broken"),
    [
        ("article-author", "article.erase", "article.author_id !== actor.id", "article.id !== id"),
    ],
)
def test_kept_and_broken(rule: str, operation: str, kept: str, broken: str) -> None:
    assert board.breaks(rule, operation, kept, broken)


@pytest.mark.parametrize(
    ("rule", "kept", "broken"),
    [
        ("article-author", "api.board.eraseArticle(bob", "api.board.eraseArticle(ann"),
    ],
)
def test_with_and_without_a_test(rule: str, kept: str, broken: str) -> None:
    assert board.uncovers(rule, kept, broken)


def test_what_is_not_for_owners_kept_and_broken() -> None:
    kept, broken = "if (post.userId === me.id) throw", "if (post.userId === body.postId) throw"
    assert votes.breaks("own", kept, broken)
    raw = ("const vote =", "await this.prisma.$queryRaw`select 1`; const vote =")
    assert votes.hides("own", (kept, broken), raw)


def test_what_is_not_for_owners_with_and_without_a_test() -> None:
    kept = "ann.body.token)\n    .send({ postId: post.body.id"
    assert votes.uncovers("own", kept, kept.replace("ann.body.token", "x"))
