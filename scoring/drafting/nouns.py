"""Noun phrases of a sentence: the words before and behind a place that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS
from scoring.prose.token import Token

Phrase = tuple[str, ...]

_WORDS_MAX = 3
_DESCRIBING = frozenset(
    "new own private unique different first last exact least greatest few many more most other "
    "same whole old earlier later active open closed signed published hidden removed deleted "
    "archived visible empty plain small own lower upper case capital optional short long second "
    "third present current certain possible several single available borrowed booked requested "
    "approved submitted rejected suspended blocked paid retired online public free given pending "
    "accepted declined cancelled confirmed "
    "only perhaps also already still".split()
)
"""What says how a thing is, not which."""
_OUTSIDE = (
    lexicon.DETERMINERS
    | lexicon.PREPOSITIONS
    | lexicon.CONJUNCTIONS
    | lexicon.SUBORDINATORS
    | lexicon.REASONS
    | lexicon.RELATIVES
    | lexicon.PRONOUNS
    | lexicon.AUXILIARIES
    | lexicon.NEGATIONS
    | lexicon.NEGATIVE_PRONOUNS
    | lexicon.ADVERBS
    | lexicon.NEVER_NOUNS
    | frozenset("begins such be been being whatever whoever ever never at not".split())
)


def is_noun(token: Token) -> bool:
    """Whether a token can be a part of a noun phrase."""
    return not (token.is_mark or token.text in _OUTSIDE or token.number is not None)


def before(tokens: Sequence[Token], end: int) -> Phrase:
    """Return the noun phrase that ends before a token, without adjectives."""
    start = end
    while start > 0 and end - start < _WORDS_MAX and is_noun(tokens[start - 1]):
        if start < end and _is_acting(tokens, start - 1):
            break
        start -= 1
    return bare(tokens[start:end])


def behind(tokens: Sequence[Token], start: int) -> tuple[Phrase, int]:
    """Return the noun phrase that starts at a token, and where it ends."""
    end = start
    while end < len(tokens) and end - start < _WORDS_MAX + 1 and is_noun(tokens[end]):
        if end > start and _is_acting(tokens, end):
            break
        end += 1
    return bare(tokens[start:end]), end


def listed(tokens: Sequence[Token], at: int) -> Iterable[Phrase]:
    """Return the nouns of a list: `Tags, comments and favourites`."""
    while at < len(tokens):
        phrase, end = behind(tokens, at)
        if not phrase:
            return
        yield phrase
        if end >= len(tokens) or tokens[end].text not in ("and", "or", ","):
            return
        at = end + 1
        while at < len(tokens) and (
            tokens[at].text in ("and", "or") or tokens[at].text in lexicon.DETERMINERS
        ):
            at += 1


def bare(run: Sequence[Token]) -> Phrase:
    """Return the words of a phrase in the singular, without those that only describe."""
    kept = [token for token in run if token.text not in _DESCRIBING]
    return tuple(token.word for token in kept[-_WORDS_MAX:])


def _is_acting(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is a verb of its own: `sellers offer products`."""
    token = tokens[place]
    if token.text not in LEMMAS:
        return False
    if token.text.endswith("ed") and token.text in _DESCRIBING:
        return False
    before_it = tokens[place - 1] if place else None
    plural = before_it is not None and before_it.text != before_it.word
    agrees = token.text == token.lemma if plural else token.text.endswith("s")
    follows = tokens[place + 1] if place + 1 < len(tokens) else None
    ends_phrase = follows is not None and follows.text in lexicon.DETERMINERS | {"as", "out"}
    return agrees and (plural or ends_phrase)
