"""Lengths of texts that a regular expression admits, where it says them plainly."""

from __future__ import annotations

import re

_ATOM = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\[dwsDWS.\-/+]|[^\\()\[\]{}|?*+^$]")
_TIMES = re.compile(r"\{(\d+)(,)?(\d*)\}|[?*+]")


def lengths(pattern: str) -> tuple[float | None, float | None]:
    """Return the least and the greatest length of a whole text that matches.

    None where there is none, as of what may be empty, or where the expression has groups.
    """
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return None, None
    least, most, place, end = 0, 0, 1, len(pattern) - 1
    endless = False
    while place < end:
        atom = _ATOM.match(pattern, place, end)
        if atom is None:
            return None, None
        times = _TIMES.match(pattern, atom.end(), end)
        fewest, largest = _repeated(times)
        least += fewest
        most += largest or 0
        endless = endless or largest is None
        place = times.end() if times is not None else atom.end()
    return float(least) or None, None if endless else float(most)


def _repeated(times: re.Match[str] | None) -> tuple[int, int | None]:
    """Return how often an atom stands, at least and at most."""
    match times[0] if times is not None else "":
        case "":
            return 1, 1
        case "?":
            return 0, 1
        case "*":
            return 0, None
        case "+":
            return 1, None
        case _:
            assert times is not None
            first = int(times[1])
            if times[2] is None:
                return first, first
            return first, int(times[3]) if times[3] else None
