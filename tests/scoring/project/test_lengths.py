"""Lengths of texts that regular expressions admit."""

from __future__ import annotations

import pytest

from scoring.project.lengths import lengths


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[0-9]{13}$", (13, 13)),
        (r"^\d{13}$", (13, 13)),
        (r"^[A-Za-z][A-Za-z0-9_]{2,29}$", (3, 30)),
        (r"^[A-Z0-9\-]+$", (1, None)),
        (r"^#[0-9A-F]{6}$", (7, 7)),
        (r"^\+[1-9][0-9]{6,14}$", (8, 16)),
        (r"^[^\u0000]*$", (None, None)),
        (r"^a?[b\]]{2,}$", (2, None)),
        (r"[0-9]{13}", (None, None)),
        (r"^(?:ab|c){2}$", (None, None)),
        ("", (None, None)),
    ],
)
def test_lengths_follow_from_what_is_repeated(
    pattern: str, expected: tuple[float | None, float | None]
) -> None:
    assert lengths(pattern) == expected
