"""English plurals and articles, for the nouns that models name things by.

`inflect` knows the language. Here it is kept to nouns, made idempotent (the plural of `todos` is
`todos`), and corrected where it is wrong about words that backends are full of. Of a compound in
any case (`user_address`, `userAddress`, `user address`), the last word counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import inflect

_ENGINE = inflect.engine()

_UNCOUNTABLE = frozenset(
    "advice equipment evidence feedback furniture hardware homework information knowledge luggage "
    "means media metadata money music news progress research sms software staff tennis "
    "traffic".split()
)

_PLURALS = {
    "agenda": "agendas",
    "axis": "axes",
    "cargo": "cargos",
    "combo": "combos",
    "intro": "intros",
    "leave": "leaves",  # absence from work; the leaf of a tree is rarer in a backend
    "mango": "mangos",
    "motto": "mottos",
    "opera": "operas",
    "promo": "promos",
    "regimen": "regimens",
    "specimen": "specimens",
    "todo": "todos",
    "turbo": "turbos",
}
"""Where inflect is wrong (`todoes`), or takes the rarer word (`axe`, `agendum`)."""

_SINGULARS = {
    **{plural: singular for singular, plural in _PLURALS.items()},
    "appendices": "appendix",
    "indices": "index",
    "matrices": "matrix",
    "themselves": "themselves",  # of which inflect makes `itself`
    "vertices": "vertex",
}

_SINGULAR_IN_S = frozenset(
    "alias atlas bias canvas chaos christmas corps cosmos gas gps lens news series species".split()
)
"""Singular nouns in a single s, beside those in `-ss`, `-us` and `-is`."""

_PLURAL_IN_US_OR_IS = frozenset(
    "alibis apis cpus emojis gpus gurus kiwis kpis menus skis skus taxis uis wikis".split()
)

_SPELLED_WITH_A = frozenset("ui uri url uuid ux".split())
_NAMED_WITH_AN = "aefhilmnorsx"
"""Letters whose own names start with a vowel: an `html`, an `sms`."""

_LAST_WORD = re.compile(r"([A-Z]?[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)((?:[_\W]\d+)?)$")
"""The noun of a compound, and the number that an allocator put behind it: `entry`, `_2`."""

_FIRST_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")


def plural(noun: str) -> str:
    """Return the plural of a noun (`category` becomes `categories`); a plural stays."""
    return _inflected(noun, _plural)


def singular(noun: str) -> str:
    """Return the singular of a noun (`categories` becomes `category`); a singular stays."""
    return _inflected(noun, _singular)


def with_article(noun: str) -> str:
    """Return a noun behind its indefinite article: `an article`, `a todo`, `an hour`."""
    first = _FIRST_WORD.search(noun)
    return f"{_article(first[0].lower()) if first else 'a'} {noun}"


def counted(number: int, noun: str) -> str:
    """Return a number of things: `1 table`, `3 tables`."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def _inflected(noun: str, inflect_word: Callable[[str], str]) -> str:
    """Inflect the last word of a compound, in the case it is written in."""
    found = _LAST_WORD.search(noun)
    if found is None:
        return noun
    word, number = found.groups()
    changed = inflect_word(word.lower())
    if word.isupper() and len(word) > 1:
        changed = changed.upper()
    elif word[0].isupper():
        changed = changed.capitalize()
    return noun[: found.start()] + changed + number


@lru_cache(maxsize=4096)
def _plural(word: str) -> str:
    if word in _PLURALS:
        return _PLURALS[word]
    if word in _UNCOUNTABLE or _singular(word) != word:
        return word
    return _ENGINE.plural_noun(word)


@lru_cache(maxsize=65536)
def _singular(word: str) -> str:
    if word in _SINGULARS:
        return _SINGULARS[word]
    if word in _PLURALS or word in _UNCOUNTABLE or word in _SINGULAR_IN_S:
        return word
    if len(word) < 3 or word.endswith("ss"):
        return word
    if word.endswith(("us", "is")) and word not in _PLURAL_IN_US_OR_IS:
        return word
    found = _ENGINE.singular_noun(word)
    return found if isinstance(found, str) else word


def _article(word: str) -> str:
    if word in _SPELLED_WITH_A:
        return "a"
    if not re.search("[aeiouy]", word):  # an abbreviation, said letter by letter
        return "an" if word[:1] in _NAMED_WITH_AN else "a"
    return _ENGINE.a(word).split()[0]
