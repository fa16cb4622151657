"""Seeds as people write them."""

from __future__ import annotations

import pytest

from app.work.seeds import SeedError, parse_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("1", (1,)),
        (" 3 - 5 ", (3, 4, 5)),
        ("7\N{EN DASH}8", (7, 8)),
        ("5, 1-2, 2", (5, 1, 2)),
        ("4294967295", (4294967295,)),
    ],
)
def test_numbers_and_ranges(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "numbers and ranges"),
        ("one", "numbers and ranges"),
        ("3-1", "runs backwards"),
        ("4294967296", "larger"),
        ("1-101", "too many"),
        ("0-4000000000", "too many"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(SeedError, match=words):
        parse_seeds(text)
