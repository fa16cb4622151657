"""Whether words stand in an order that English allows, by what may stand beside what."""

from __future__ import annotations

import re

from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS, lemma
from scoring.prose.token import Token

_CONTENT_RUN_MAX = 5
"""More words without any that binds them are a list, not a phrase."""
_VIOLATIONS_MAX = 0.5
_ENUMERATED = re.compile(r"(?:\b(?:the|an?) \w+(?: \w+)? and ){2}", re.IGNORECASE)
"""`The name and the list and the first`: a list of words, dressed up."""
_LONGEST = 400
"""Tokens; what is longer is no sentence."""


_SUBJECT_MAX = 5
"""A plural noun stands this far before its verb at most: `members of the community post`."""


def is_sound(text: str, tokens: tuple[Token, ...]) -> bool:
    """Whether the words stand in an order that English allows, around a verb."""
    if not 3 <= len(tokens) <= _LONGEST or _ENUMERATED.search(text):
        return False
    return has_verb(tokens) and violations(tokens) <= _VIOLATIONS_MAX


def has_verb(tokens: tuple[Token, ...]) -> bool:
    """Whether a verb stands behind something that can be its subject, and before something."""
    return any(_is_verb(tokens, place) for place in range(1, len(tokens) - 1))


def _is_verb(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether a token is a verb that agrees with what stands before it."""
    token, before = tokens[place], tokens[place - 1]
    if token.text in lexicon.AUXILIARIES | {"cannot"}:
        return not before.is_mark
    if token.text not in LEMMAS or token.glued or tokens[place + 1].is_mark:
        return False
    if before.text in lexicon.DETERMINERS | lexicon.PREPOSITIONS | lexicon.BE:
        return False
    if token.text.endswith(("ed", "ing")):
        return False
    if token.text != token.lemma:
        return True
    if before.text in lexicon.PRONOUNS | lexicon.CONJUNCTIONS | lexicon.ADVERBS | {","}:
        return True
    return any(each.text != each.word for each in tokens[max(0, place - _SUBJECT_MAX) : place])


def violations(tokens: tuple[Token, ...]) -> float:
    """Count what stands where English does not allow it; what is only unusual counts half."""
    found = 0.0
    run = 0
    phrase = _Phrase()
    padded = (None, *tokens, None)
    for place in range(1, len(padded)):
        before, token = padded[place - 1], padded[place]
        if not (token is not None and token.glued):
            found += _clash(before, token) + phrase.clash(before, token)
            found += _triple(padded[max(0, place - 2)], before, token)
        binds = token is None or token.is_mark or token.text in _BINDERS
        run = 0 if token is None or binds else run + (not token.glued)
        if run > _CONTENT_RUN_MAX:
            found += 1
            run = 0
        if found > _VIOLATIONS_MAX:
            break
    return found


_STANDS_ALONE = lexicon.BE | {"has", "had"}
_TELLS = lexicon.DO | lexicon.MODALS
_NOT_TOLD = lexicon.ARTICLES | lexicon.BE | lexicon.PREPOSITIONS | {"those", "these", "this"}


def _triple(first: Token | None, before: Token | None, token: Token | None) -> float:
    """Return how much three tokens in a row speak against a sentence."""
    if first is None or before is None:
        return 0.0
    if token is None:
        alone = before.text in _STANDS_ALONE
        stands = first.text in lexicon.PRONOUNS | {"there"} and first.text not in ("that", "which")
        return 0.5 if alone and not stands else float(first.text == "to" and _is_past(before))
    if before.text == "not" and first.text in _TELLS and token.text in _NOT_TOLD:
        return 1.0
    if token.text in _TO_FOLLOWS and first.text == "to" and _is_past(before):
        return 1.0
    if before.text == "to" and first.text in lexicon.BE and token.text not in LEMMAS:
        return 1.0
    is_list = first.text in _THE and before.text not in _BINDERS and token.text in ("and", "or")
    if is_list and before.text in ("unique", "already", "same", "refused", "first", "no"):
        return 1.0
    return 0.0


_TO_FOLLOWS = lexicon.NEGATIONS | lexicon.PREPOSITIONS | lexicon.CONJUNCTIONS | {",", "only"}


def _is_past(token: Token) -> bool:
    return token.text.endswith("ed") and token.text in LEMMAS


class _Phrase:
    """The noun phrase at hand: two in a row need a verb that takes two, as `give` does."""

    def __init__(self) -> None:
        self._length = -1
        self._gives = False

    def clash(self, before: Token | None, token: Token | None) -> float:
        """Return how much a token speaks against the phrase before it."""
        if token is None:
            return 0.0
        if token.text in _THE:
            ends = self._length >= 1 and not self._gives
            self._length = 0
            self._gives = before is not None and before.lemma in _GIVING
            return 1.0 if ends else 0.0
        binds = token.is_mark or token.text in _BINDERS or token.text in LEMMAS
        if binds or token.text in lexicon.ADVERBS or token.text in ("first", "last"):
            self._length = -1
        elif self._length >= 0:
            self._length += 1
        return 0.0


_THE = frozenset("a an the".split())
_GIVING = frozenset(
    "give show send offer make tell grant get find assign hand deny award leave bring take let "
    "cost ask".split()
)
_BINDERS = (
    lexicon.DETERMINERS
    | lexicon.PREPOSITIONS
    | lexicon.CONJUNCTIONS
    | lexicon.SUBORDINATORS
    | lexicon.RELATIVES
    | lexicon.AUXILIARIES
    | lexicon.PRONOUNS
    | lexicon.NEGATIONS
    | {"only", "be", "been"}
)
_NO_START = (
    frozenset("of than and or nor be been them him us cannot".split())
    | lexicon.BE
    | lexicon.HAVE
    | lexicon.NEVER_NOUNS
)
_NO_END = lexicon.ARTICLES | frozenset(
    "cannot shall must would of than per into between and or but nor if when while because unless "
    "no".split()
)
_AFTER_ARTICLE = (
    lexicon.ARTICLES
    | (lexicon.PREPOSITIONS - {"above", "below", "over", "under", "before", "after", "off", "up"})
    | lexicon.CONJUNCTIONS
    | lexicon.MODALS
    | lexicon.BE
    | lexicon.HAVE
    | lexicon.DO
    | lexicon.SUBORDINATORS
    | lexicon.SUBJECTS
    | lexicon.NEVER_NOUNS
    | frozenset(
        "it them him be been not nobody somebody anybody no another already never again too always "
        "alone is cannot".split()
    )
) | {"his", "himself", "themselves", "only"}
_AFTER_BINDING = (
    lexicon.MODALS
    | lexicon.BE
    | {"has", "had", "be", "been", "not", "of", "than", "if", "because", "unless", "and", "but"}
    | lexicon.SUBJECTS - {"nobody", "everybody", "everyone"}
)
_AFTER_MODAL = (
    lexicon.ARTICLES
    | lexicon.PREPOSITIONS - {"at"}
    | lexicon.CONJUNCTIONS - {"and", "or"}
    | lexicon.MODALS
    | lexicon.BE
    | lexicon.SUBORDINATORS
    | lexicon.RELATIVES
    | lexicon.PRONOUNS
    | {"has", "had", "been", "no"}
)
_AFTER_BE = lexicon.BE | lexicon.HAVE | lexicon.MODALS | lexicon.DO | {"be"}
_BEFORE_BE = lexicon.ARTICLES | lexicon.BINDING | lexicon.MODALS | {"to", "be"}
_BEFORE_NOT = (
    lexicon.AUXILIARIES
    | lexicon.CONJUNCTIONS
    | lexicon.SUBORDINATORS
    | {"only", "also", "to", "as"}
)
_AFTER_SUBJECT = lexicon.ARTICLES - {"whose"} | {"of", "no", "them", "him", "us"} | lexicon.SUBJECTS


def _clash(before: Token | None, token: Token | None) -> float:
    """Return how much two neighbours speak against a sentence."""
    if before is None:
        return 1.0 if token is None or token.text in _NO_START else 0.0
    left = before.text
    if token is None or token.is_mark:
        closing = token is None or token.text in ",;:)"
        if token is None and left in lexicon.BINDING - {"with"}:
            return 1.0
        if token is None and left in _STANDS_ALONE:
            return 0.5
        return 1.0 if closing and left in _NO_END else 0.0
    right = token.text
    if before.is_mark:
        return 1.0 if left == "," and right in ("of", "than") else 0.0
    return max(_forbidden(left, right, before), _article(left, token))


def _forbidden(left: str, right: str, before: Token) -> float:
    if (left, right) in _CLASHING:
        return 1.0
    if left in lexicon.ARTICLES or before.possessive:
        return 1.0 if right in _AFTER_ARTICLE and not before.possessive else 0.0
    if left == "no" and right in _AFTER_ARTICLE:
        return 1.0
    if right in lexicon.BE | {"has"} and left in _BEFORE_BE:
        return 1.0
    if left in lexicon.BINDING and right in _AFTER_BINDING:
        return 0.0 if left == "than" else 1.0
    if left in lexicon.BINDING and right in lexicon.BINDING:
        return 0.0 if (left, right) in _PAIRS else 1.0
    if left in lexicon.MODALS:
        return 1.0 if right in _AFTER_MODAL else 0.0
    if left in lexicon.BE:
        return 1.0 if right in _AFTER_BE or right in _BASES else 0.0
    if left in lexicon.DO:
        return 1.0 if right in lexicon.ADVERBS - _WITH_DO or right in lexicon.AUXILIARIES else 0.0
    if left == right and left not in ("that", "had", "than"):
        return 1.0
    if right == "be":
        fits = left in lexicon.MODALS | {"to", "not", "never", "only", "also", "and", "or"}
        return 0.0 if fits or left in lexicon.ADVERBS else 1.0
    if right == "not":
        return 0.0 if left in _BEFORE_NOT or left in lexicon.ADVERBS else 0.5
    if right == "than":
        return 0.0 if left in lexicon.COMPARATIVES or left.endswith("er") else 0.5
    if left in lexicon.CONJUNCTIONS:
        return 1.0 if right in lexicon.CONJUNCTIONS | {"than", "been"} else 0.0
    if left == "his" and right in lexicon.PREPOSITIONS:
        return 1.0
    if right in _EVERY_PERSON and not (
        left in LEMMAS or left in _BINDERS or left in _BEFORE_PERSON
    ):
        return 1.0
    if left in _EVERY_PERSON:
        return _after_person(right)
    if left in lexicon.SUBJECTS:
        return 1.0 if right in _AFTER_SUBJECT else 0.0
    if left in _REPEATED and right in _REPEATED:
        return 1.0
    if left in LEMMAS and left == lemma(right) and left != right:
        return 1.0
    if left in lexicon.SUBORDINATORS and left != "once":
        return 1.0 if right in lexicon.SUBORDINATORS | {"of", "is", "has", "be", "or"} else 0.0
    return _loose(left, right, before)


_PAIRS = frozenset(
    {("of", "at"), ("with", "at"), ("from", "at"), ("of", "between"), ("from", "between")}
    | {("with", "between"), ("than", "of"), ("than", "from"), ("than", "with"), ("into", "at")}
    | {("than", "at"), ("than", "into"), ("than", "between"), ("than", "per")}
)
_WITH_LEAST = frozenset({"at", "the", "on", "and", "or"})


_CLASHING = frozenset(
    [(left, right) for left in ("unique", "same") for right in ("same", "once", "already", "no")]
    + [
        ("else", "one"),
        ("a", "own"),
        ("one", "a"),
        ("only", "else"),
        ("refused", "others"),
        ("owner", "only"),
        ("else", "own"),
    ]
    + [("own", "owner"), ("alone", "refused")]
)
_BASES = frozenset(lemma(form) for form in lexicon.NEVER_NOUNS) - {"open", "close"}
_WITH_DO = frozenset("not never also only just always then still so".split())
_EVERY_PERSON = frozenset("nobody everybody everyone noone nothing".split())
_BEFORE_PERSON = lexicon.ADVERBS | lexicon.REASONS | {"so", "says", "whom"}
_REPEATED = lexicon.NEGATIONS | lexicon.NEGATIVE_PRONOUNS
_BEHIND_PERSON = (
    lexicon.AUXILIARIES
    | lexicon.CONJUNCTIONS
    | lexicon.PREPOSITIONS
    | lexicon.RELATIVES
    | {"whose", "else", "other", "only", "also", "ever", "again"}
)


def _after_person(right: str) -> float:
    """Return what speaks against a word behind `nobody`: a verb is wanted, with its `s`."""
    if right in _BEHIND_PERSON:
        return 0.0
    if right not in LEMMAS or lemma(right) == right or right.endswith("ing"):
        return 1.0
    return 0.5 if right.endswith("ed") else 0.0


def _loose(left: str, right: str, before: Token) -> float:
    """Return how much two content words, numbers and the like speak against a sentence."""
    if right in ("least", "most") and left not in _WITH_LEAST:
        return 0.5
    if left == "at" and right in lexicon.BE | lexicon.CONJUNCTIONS:
        return 1.0
    if before.number is not None and right[0].isdigit():
        return 1.0
    if before.number is not None and left[0].isdigit() and right in lexicon.ARTICLES - {"a", "an"}:
        return 1.0
    return 0.0


def _article(left: str, token: Token) -> float:
    """Return how much an indefinite article speaks against what follows it."""
    if left not in ("a", "an") or token.number is not None:
        return 0.0
    text = token.text
    if text.endswith("s") and text != token.word:
        return 1.0
    vowel = text[0] in "aeiou" and not text.startswith(_SPOKEN_WITH_CONSONANT)
    if len(text) <= 3 or (left == "an") == vowel or text.startswith(("h", "u")):
        return 0.0
    return 1.0 if left == "an" else 0.5


_SPOKEN_WITH_CONSONANT = ("uni", "use", "user", "usual", "one", "eu", "uu", "url", "uri")
