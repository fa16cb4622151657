"""Who belongs: only callers with a row of another table."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.kinds import votes

EDITS = [
    ("if (!mine) throw", "if (!mine) void"),
    (', role: "moderator"', ""),
    ("groupId: post.groupId, userId: me.id", "groupId: post.groupId"),
]


@pytest.mark.parametrize(("kept", "broken"), EDITS)
def test_kept_and_broken(kept: str, broken: str) -> None:
    assert votes.breaks("voters", kept, broken)


def test_a_guard_may_keep_it() -> None:
    guard = ("@UseGuards(JwtGuard)", "@UseGuards(JwtGuard, ModeratorGuard)")
    assert votes.hides("voters", *reversed(EDITS), guard)
