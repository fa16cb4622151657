"""Regular expressions of JavaScript, and the lengths that they admit."""

from __future__ import annotations

import pytest

from scoring.regex import compiled, pattern_lengths


def test_properties_of_characters_are_known_in_classes_and_beside_them() -> None:
    words = compiled(r"/[\p{L}\p{N}]+/gu")
    assert words is not None
    assert words.findall("Zwölf, 12!") == ["Zwölf", "12"]
    capital = compiled(r"/\p{Lu}[a-z]\]?/u")
    assert capital is not None
    assert capital.findall("aÖl, Ab]") == ["Öl", "Ab]"]


def test_what_python_does_not_know_is_none() -> None:
    assert compiled(r"/\p{Script=Greek}/u") is None
    assert compiled("/(?<=a+)b/") is None


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
