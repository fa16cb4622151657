"""Regular expressions of JavaScript, as Python has them."""

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
