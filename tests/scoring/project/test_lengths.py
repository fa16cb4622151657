"""Lengths that regular expressions admit."""

from __future__ import annotations

import pytest

from scoring.project.lengths import pattern_lengths


@pytest.mark.parametrize(
    ("expression", "lengths"),
    [
        (r"^[A-Za-z0-9_]{3,30}$", (3, 30)),
        (r"^[a-z0-9][a-z0-9-]{1,23}$", (2, 24)),
        (r"^\+?[1-9]\d{6}$", (7, 8)),
        ("^[^]a]+$", (1, None)),
        ("^a{2,}b*$", (2, None)),
        ("[a-z]{2,4}", None),
        ("^(a|b)$", None),
        ("", None),
    ],
)
def test_only_a_plain_row_of_characters_has_lengths(
    expression: str, lengths: tuple[int, int | None] | None
) -> None:
    assert pattern_lengths(expression) == lengths
