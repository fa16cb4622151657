"""A request's text as sentences, each with the topic of its paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS
from scoring.prose.sentence import Sentence, read, sentences
from scoring.prose.token import Token

_TOPIC_WORDS_MAX = 5
_PARTS = re.compile(r";\s+")


@dataclass(frozen=True)
class Said:
    """A sentence, or a part of one before a semicolon, with the sentence's whole text.

    `topic` is the title of its paragraph, `paragraph` its number.
    """

    sentence: Sentence
    text: str
    topic: Sentence
    paragraph: int = 0

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens."""
        return self.sentence.tokens

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the words as they are written, in lower case."""
        return tuple(token.text for token in self.sentence.tokens)


def read_titles(text: str) -> list[Sentence]:
    """Return the titles that paragraphs start with: `Refunds and payouts.`"""
    found: list[Sentence] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        first = sentences(re.sub(r"\s+", " ", paragraph).strip())
        found += [each for each in first[:1] if _is_title(each) and len(first) > 1]
    return found


def _is_title(whole: Sentence) -> bool:
    tokens = whole.tokens
    acts = any(
        token.text in LEMMAS and token.text == token.lemma and before.text != before.word
        for before, token in pairwise(tokens)
    )
    known = any(token.text in _IN_SENTENCES for token in tokens)
    return len(tokens) <= _TOPIC_WORDS_MAX and not known and not acts


_IN_SENTENCES = (
    lexicon.AUXILIARIES | lexicon.NEGATIONS | lexicon.PRONOUNS | lexicon.DETERMINERS
) - {"one"}


def read_request(text: str) -> list[Said]:
    """Split a request into what it says, one after another; titles of paragraphs say nothing."""
    found: list[Said] = []
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text.strip())):
        flat = re.sub(r"\s+", " ", paragraph).strip()
        topic = read("")
        for whole in sentences(flat):
            if _is_title(whole):
                topic = whole
                continue
            parts = _split(whole.text)
            found += [Said(read(part.strip()), whole.text, topic, number) for part in parts]
    return found


_CONTRASTS = (", but a ", ", but an ", ", but only ", ", but nobody ")


def _split(text: str) -> list[str]:
    """Split at semicolons, and at what a comma contrasts, outside of brackets."""
    depth, start, parts = 0, 0, list[str]()
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        contrasts = letter == "," and text[place:].startswith(_CONTRASTS)
        if (letter == ";" or contrasts) and depth == 0:
            parts.append(text[start:place])
            start = place + (len(", but") if contrasts else 1)
    return [*parts, text[start:]]
