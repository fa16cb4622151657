"""Regular expressions of JavaScript."""

from __future__ import annotations

from scoring.typescript.regex import compiled


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
