"""How long something is allowed."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.kinds import votes


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        ("7 * DAY_MS", "70 * DAY_MS"),
        ("Date.now() - found.createdAt.getTime() > 7 * DAY_MS", "body === null"),
    ],
)
def test_kept_and_broken(kept: str, broken: str) -> None:
    assert votes.breaks("week", kept, broken)


def test_a_configured_time_may_keep_it() -> None:
    assert votes.hides("week", ("7 * DAY_MS", "config.editTimeMs"))
