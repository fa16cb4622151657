"""Regular expressions of JavaScript: as Python has them, and how long their texts are."""

from __future__ import annotations

import re

_CLASSES = {
    "L": "A-Za-zªµºÀ-ÖØ-öø-ʯͰ-ͳΆ-ϿЀ-ӿ",
    "Lu": "A-ZÀ-ÖØ-ÞΆ-ΫЀ-Я",
    "Ll": "a-zß-öø-ÿά-ώа-џ",
    "M": "\u0300-\u036f",
    "N": "0-9²³¹¼-¾",
    "Nd": "0-9",
    "P": "!-#%-*,-/:;?@\\[-\\]_{}",
    "Z": " \u00a0\u2000-\u200a",
}
"""Properties of characters, of the letters that tests and titles are written in."""
_NAMES = {"Letter": "L", "Alphabetic": "L", "Mark": "M", "Number": "N", "Diacritic": "M"}
_STEP = re.compile(r"\\p\{(?P<property>\w+)\}|\\.|[\[\]]|[^\\\[\]]+", re.DOTALL)
_PART = re.compile(
    r"(?:\[\^?\]?(?:\\.|[^\]\\])*\]|\\[^bB\d]|[^\\\[\](){}|?*+^$])"
    r"(?:\{(?P<least>\d+)(?P<range>,(?P<most>\d*))?\}|(?P<sign>[?*+]))?"
)
"""One character of a class or a certain one, and how often it stands there."""
_SIGNS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_ONCE = (1, 1)


def compiled(written: str) -> re.Pattern[str] | None:
    """Return what an expression between slashes means; None if Python knows no such thing."""
    body, _, flags = written[1:].rpartition("/")
    try:
        return re.compile(_translated(body), re.IGNORECASE if "i" in flags else 0)
    except re.error:
        return None


def _translated(body: str) -> str:
    parts: list[str] = []
    within = False
    for step in _STEP.finditer(body):
        known = step["property"]
        found = None if known is None else _CLASSES.get(_NAMES.get(known, known))
        if found is not None:
            parts.append(found if within else f"[{found}]")
            continue
        if step[0] in "[]":
            within = step[0] == "["
        parts.append(step[0])
    return "".join(parts)


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
