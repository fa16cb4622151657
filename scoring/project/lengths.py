"""Lengths of texts that a regular expression admits, read off the expression."""

from __future__ import annotations

import re

_PART = re.compile(
    r"(?:\[\^?\]?(?:\\.|[^\]\\])*\]|\\[^bB\d]|[^\\\[\](){}|?*+^$])"
    r"(?:\{(?P<least>\d+)(?P<range>,(?P<most>\d*))?\}|(?P<sign>[?*+]))?"
)
"""One character of a class or a certain one, and how often it stands there."""
_SIGNS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_ONCE = (1, 1)


def pattern_lengths(expression: str) -> tuple[int, int | None] | None:
    """Return the least and the greatest length of a text that the whole of it must match.

    None where the expression is no plain row of characters, or not held to the whole text.
    """
    if not (expression.startswith("^") and expression.endswith("$")):
        return None
    place, end = 1, len(expression) - 1
    least, most = 0, 0
    open_ended = False
    while place < end:
        part = _PART.match(expression, place, end)
        if part is None:
            return None
        fewest, greatest = _times(part)
        least += fewest
        open_ended = open_ended or greatest is None
        most += greatest or 0
        place = part.end()
    return least, None if open_ended else most


def _times(part: re.Match[str]) -> tuple[int, int | None]:
    if part["sign"] is not None:
        return _SIGNS[part["sign"]]
    if part["least"] is None:
        return _ONCE
    least = int(part["least"])
    if part["range"] is None:
        return least, least
    return least, int(part["most"]) if part["most"] else None
