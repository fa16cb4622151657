"""Sentences as tokens, and whether their words stand in an order that English allows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pipeline.english import singular
from scoring.prose import lexicon
from scoring.prose.order import is_sound
from scoring.prose.token import Token

_TOKEN = re.compile(
    r"(?<![\w.-])-?\d{1,3}(?:[, ]\d{3})+(?![\d.])|(?<![\w.-])-\d+(?:\.\d+)?|\d+\.\d+|\d+(?![a-z])"
    r"|[A-Za-z][A-Za-z]*(?:['\u2019][a-z]+)?|[0-9]+[a-z]+|[,;:()\u2014\u2013.!?]|[<>]=?|\u2264|\u2265",
)
_SPACED = {"can not": "cannot", "no one": "nobody", "e-mail": "email", "e mail": "email"}
_SPACED_WORDS = re.compile("|".join(_SPACED), re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)\s+(?=[\"'(]?[A-Z0-9])")
_CAMEL = re.compile(r"([a-z0-9])([A-Z])")


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence; `sound` if it could be English and has a verb between two other words."""

    text: str
    tokens: tuple[Token, ...]
    places: Mapping[str, tuple[int, ...]]

    @property
    def words(self) -> Set[str]:
        """Return its words in the singular, and the verbs that they are forms of."""
        return self.places.keys()

    @cached_property
    def sound(self) -> bool:
        """Whether the words stand in an order that English allows, around a verb."""
        return is_sound(self.text, self.tokens)

    def find(self, phrase: tuple[str, ...]) -> list[int]:
        """Return where a run of singular words, or of verbs in any form, starts."""
        starts = self.places.get(phrase[0], ()) if phrase else ()
        return [
            start
            for start in starts
            if all(start + i in self.places.get(word, ()) for i, word in enumerate(phrase))
        ]


@lru_cache(maxsize=65536)
def sentences(text: str) -> tuple[Sentence, ...]:
    """Split a text into sentences."""
    return tuple(read(part) for part in _ENDS.split(text) if part.strip())


def joined(text: str) -> str:
    """Write as one word what is spelled as one or as two: `e-mail`, `no one`."""
    return _SPACED_WORDS.sub(lambda match: _SPACED[match[0].lower()], text)


@lru_cache(maxsize=65536)
def read(text: str) -> Sentence:
    """Read one sentence."""
    tokens: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(_CAMEL.sub(r"\1 \2", joined(text))):
        glued = match.start() == end + 1 and match.string[end : end + 1] in ("-", "_", ".", "/")
        tokens += _tokens(match[0], glued and end >= 0)
        end = match.end()
    while tokens and tokens[-1].text in ".!?":
        tokens.pop()
    return Sentence(text.strip(), tuple(tokens), _places(tokens))


def _places(tokens: list[Token]) -> dict[str, tuple[int, ...]]:
    """Return where each word stands, and each verb in any of its forms."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(tokens):
        found[token.word].append(place)
        if token.lemma != token.word:
            found[token.lemma].append(place)
    return {word: tuple(places) for word, places in found.items()}


def _tokens(written: str, glued: bool) -> list[Token]:
    lower = written.lower().replace("\u2019", "'")
    digits = re.sub(r"(?<=\d)[, ](?=\d)", "", lower)
    if re.fullmatch(r"-?\d+(\.\d+)?", digits):
        return [Token(digits, digits, float(digits), glued)]
    if lower in ("can't", "cannot"):
        return [Token("cannot", "cannot")]
    if lower.endswith("n't"):
        return [Token(lower[:-3], lower[:-3]), Token("not", "not")]
    bare, _, ending = lower.partition("'")
    if lower[0].isalpha():
        number = lexicon.NUMBERS.get(bare)
        word = bare if bare in _KEPT else singular(bare)
        return [Token(bare, word, number, glued, ending == "s")]
    return [Token(lower, lower, None, glued)]


_KEPT = (
    lexicon.ARTICLES
    | lexicon.PREPOSITIONS
    | lexicon.AUXILIARIES
    | lexicon.PRONOUNS
    | lexicon.ADVERBS
    | {"this", "these", "those", "unless", "less", "his"}
)
