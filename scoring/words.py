"""Words of names and prose, so that `userId`, `user_id` and "the user's id" can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_CAMEL = re.compile(r"([a-z0-9])([A-Z])")
_ACRONYM = re.compile(r"([A-Z]+)([A-Z][a-z])")
_WORD = re.compile(r"[a-z0-9]+")
_UNINFLECTED = frozenset(
    {"status", "address", "news", "series", "class", "bus", "less", "this", "is"}
)


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """Split a name of any case, or prose, into lower-case singular words, in order."""
    split = _ACRONYM.sub(r"\1 \2", _CAMEL.sub(r"\1 \2", text))
    return tuple(singular(word) for word in _WORD.findall(split.lower()))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """Undo the English plural of one lower-case word."""
    if len(word) < 4 or word in _UNINFLECTED or word.endswith("ss"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("us", "is")):
        return word[:-1]
    return word


def squeeze(text: str) -> str:
    """Join the words of a name: one key for all its spellings."""
    return "".join(words(text))


def contains(sequence: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Tell whether `part` occurs in `sequence` as a run of words."""
    size = len(part)
    return size > 0 and any(
        sequence[start : start + size] == part for start in range(len(sequence) - size + 1)
    )


def mentions(text: str, names: Iterable[str]) -> bool:
    """Tell whether prose speaks of something by one of its names."""
    sequence = words(text)
    return any(contains(sequence, words(name)) for name in names)


def named(name: str, names: Iterable[str]) -> bool:
    """Tell whether an identifier is one of `names`, in any case, number or joining."""
    key = squeeze(name)
    return any(key == squeeze(other) for other in names)
