"""Comparisons with numbers: `1 to 120 characters`, `at most 20`, `longer than 60`, `no 8`."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.prose.sentence import Sentence
from scoring.prose.token import Token

_LEAST = ("at least", "no fewer than", "no less than", "not less than", "not fewer than",
          "minimum of", "minimum", "min", "not shorter than", "no shorter than", ">=", "\u2265",
          "minimum length of", "minimum length", "least")  # fmt: skip
_MOST = ("at most", "up to", "no more than", "not more than", "maximum of", "maximum", "max",
         "no longer than", "not longer than", "not exceed", "not exceeding", "within", "limited to",
         "limit of", "not over", "not above", "<=", "\u2264", "maximum length of", "maximum length",
         "as many as", "cap of", "capped at", "most", "only")  # fmt: skip
_ABOVE = ("more than", "longer than", "greater than", "larger than", "higher than", "over", "above",
          "exceed", "exceeds", "exceeding", "older than", "later than", ">", "beyond",
          "after")  # fmt: skip
_BELOW = ("fewer than", "less than", "shorter than", "under", "below", "lower than", "smaller than",
          "before", "<")  # fmt: skip
_BEHIND_LEAST = ("or more", "or longer", "at least", "minimum", "and more", "or above", "or higher",
                 "and up")  # fmt: skip
_BEHIND_MOST = ("at most", "maximum", "max", "or fewer", "or less", "or shorter", "a day at most")


def _table(*groups: tuple[str, tuple[str, ...]]) -> list[tuple[tuple[str, ...], str]]:
    pairs = [(tuple(phrase.split()), kind) for kind, phrases in groups for phrase in phrases]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


_BEFORE = _table(("least", _LEAST), ("most", _MOST), ("above", _ABOVE), ("below", _BELOW))
_BEHIND = _table(("least", _BEHIND_LEAST), ("most", _BEHIND_MOST))


@dataclass(frozen=True)
class Bound:
    """What a number of a sentence bounds, from token `start` to before token `end`.

    `kind`: `range`, `least`, `most`, `above` and `below` (both without the number itself),
    `values` (1, 0 or -1) or `plain`.
    """

    kind: str
    low: float | None
    high: float | None
    start: int
    end: int

    def allowed(self, refused: bool) -> tuple[float | None, float | None] | None:
        """Return the least and the greatest that are allowed; None if it can't be a bound.

        `refused` if the sentence refuses what is compared so.
        """
        match self.kind, refused:
            case (("range" | "values" | "least" | "most"), False):
                return self.low, self.high
            case "above", True:
                return None, self.low
            case "below", True:
                return self.high, None
            case "above", False:
                return (self.low or 0) + 1, None
            case "below", False:
                return None, (self.high or 0) - 1
            case _:
                return None


def bounds(sentence: Sentence) -> list[Bound]:
    """Read the comparisons of a sentence, in order; each number takes part in one."""
    found: list[Bound] = []
    tokens = sentence.tokens
    place = 0
    while place < len(tokens):
        bound = _at(tokens, place)
        if bound is not None:
            found.append(bound)
            place = bound.end
        else:
            place += 1
    return found


def _at(tokens: tuple[Token, ...], place: int) -> Bound | None:
    number = tokens[place].number
    if number is None or (tokens[place].text.isalpha() and not _counts(tokens, place)):
        return None
    high = _range_end(tokens, place)
    if high is not None:
        start = place - (tokens[place - 1].text in ("from", "between") if place else 0)
        return Bound("range", number, tokens[high].number, start, high + 1)
    last = _values_end(tokens, place)
    if last is not None:
        values = [t.number for t in tokens[place : last + 1] if t.number is not None]
        return Bound("values", min(values), max(values), place, last + 1)
    return _compared(tokens, place, number)


def _counts(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether a number word is meant as one: `twenty lists`, but not `the first one`."""
    if tokens[place].text != "one":
        return True
    return place > 0 and tokens[place - 1].text in ("most", "least", "to")


def _range_end(tokens: tuple[Token, ...], place: int) -> int | None:
    """Return the place of the number that ends a range which starts here."""
    joined = tokens[place + 1].text if place + 1 < len(tokens) else ""
    is_between = joined == "and" and place > 0 and tokens[place - 1].text == "between"
    if joined in ("to", "\u2013", "through", "until") or is_between:
        end = place + 2
    elif place + 1 < len(tokens) and tokens[place + 1].glued:
        end = place + 1
    else:
        return None
    if end < len(tokens) and tokens[end].number is not None:
        return end
    return None


def _values_end(tokens: tuple[Token, ...], place: int) -> int | None:
    """Return the place of the last of several values: `1, 0 or -1`."""
    last, at = None, place + 1
    while at + 1 < len(tokens) and tokens[at].text in (",", "or", "and"):
        if tokens[at + 1].number is None:
            break
        ends = tokens[at].text == "or"
        last, at = (at + 1 if ends else last), at + 2
    return last


def _compared(tokens: tuple[Token, ...], place: int, number: float) -> Bound:
    texts = tuple(token.text for token in tokens)
    for phrase, kind in _BEFORE:
        start = place - len(phrase)
        if start >= 0 and texts[start:place] == phrase:
            return _bound(kind, number, start, place + 1)
    behind = place + 1
    while behind < len(tokens) and behind < place + 5 and not tokens[behind].is_mark:
        for phrase, kind in _BEHIND:
            end = behind + len(phrase)
            if texts[behind:end] == phrase and not _starts_another(tokens, end):
                return _bound(kind, number, place, end)
        behind += 1
    return Bound("plain", number, number, place, place + 1)


def _starts_another(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether a phrase such as `at most` belongs to the number behind it."""
    return place < len(tokens) and tokens[place].number is not None


def _bound(kind: str, number: float, start: int, end: int) -> Bound:
    low = number if kind in ("least", "above") else None
    high = number if kind in ("most", "below") else None
    return Bound(kind, low, high, start, end)
