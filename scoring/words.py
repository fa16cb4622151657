"""Words of names and prose, so that `userId`, `user_id` and "the user's id" can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.english import singular

_CAMEL = re.compile(r"([a-z0-9])([A-Z])")
_ACRONYM = re.compile(r"([A-Z]+)([A-Z][a-z])")
_WORD = re.compile(r"[a-z0-9]+")


def spelled(text: str) -> list[str]:
    """Split a name of any case, or prose, into lower-case words as they are written."""
    split = _ACRONYM.sub(r"\1 \2", _CAMEL.sub(r"\1 \2", text))
    return _WORD.findall(split.lower())


@lru_cache(maxsize=65536)
def words(text: str) -> tuple[str, ...]:
    """Split a name of any case, or prose, into lower-case singular words, in order."""
    return tuple(singular(word) for word in spelled(text))


@lru_cache(maxsize=65536)
def squeeze(text: str) -> str:
    """Join the words of a name: one key for all its spellings."""
    return "".join(words(text))


def contains(sequence: tuple[str, ...], part: tuple[str, ...]) -> bool:
    """Whether `part` occurs in `sequence` as a run of words."""
    size = len(part)
    if size == 0 or part[0] not in sequence:
        return False
    return size == 1 or any(
        sequence[start : start + size] == part for start in range(len(sequence) - size + 1)
    )


def mentions(text: str, names: Iterable[str]) -> bool:
    """Whether prose speaks of something by one of its names."""
    sequence = words(text)
    return any(contains(sequence, words(name)) for name in names)


def named(name: str, names: Iterable[str]) -> bool:
    """Whether an identifier is one of `names`, in any case, number or joining."""
    key = squeeze(name)
    return any(key == squeeze(other) for other in names)
