"""Which words of a sentence are the verbs of its main clauses, and which of them are passive."""

from __future__ import annotations

from collections.abc import Sequence, Set

from scoring.drafting.nouns import is_noun
from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS
from scoring.prose.token import Token

LINKS = frozenset("that which who while when if once until unless".split())
SKIPPED = lexicon.ADVERBS | {"any", "more", "perhaps", "either"}
"""What may stand between a subject and its verb."""
_BE = lexicon.BE | {"be", "been"}
_NO_VERBS = lexicon.AUXILIARIES | frozenset(
    "rest be been open request requests list lists listed filtered sorted sort shown".split()
)
_BEFORE_VERBS = lexicon.MODALS | {
    "both",
    "all",
    "nobody",
    "they",
    "you",
    "who",
    "whoever",
    "everybody",
    "it",
    "others",
}
_NOUN_FOLLOWS = lexicon.ARTICLES | lexicon.PREPOSITIONS | {"no", "own", "any", "another"}
_BEHIND = lexicon.PRONOUNS | {"only", "and", "or", "again", "whatever", "nothing"}
_NO_SUBJECTS = lexicon.ADJECTIVES | {"own", "other", "same"}
_PAST = frozenset(
    "paid made sold put kept lost sent taken hidden found read withdrawn shown known thrown".split()
)
_IRREGULAR_DOUBLES = frozenset("submit cancel commit permit admit transfer refer unban".split())
"""Verbs of more than one syllable whose last consonant is doubled."""
_REACH = 4


def find_verbs(tokens: Sequence[Token], within: Set[int]) -> dict[int, bool]:
    """Return where verbs stand, and whether they are passive; `within` are parts of names.

    Relative clauses and conditions say in which state something is, not what is done to it.
    """
    found: dict[int, bool] = {}
    last = ""
    """The form of the verb before: `base`, `s` or `passive`; what is joined to it has the same."""
    opened = -1
    for at, token in enumerate(tokens):
        if token.text in LINKS:
            opened = at if token.text != "who" or tokens[0].text != "whoever" else -1
        elif token.text in (",", ";", ":") or (opened >= 0 and _closes(tokens, opened, at)):
            opened = -1
        if token.text not in LEMMAS or token.text in _NO_VERBS or opened >= 0 or at in within:
            continue
        form = _form(tokens, at, last, found)
        if form:
            last = form
            found[at] = form == "passive"
    return found


def is_past(text: str) -> bool:
    """Whether a word is a participle."""
    return text in LEMMAS and (text.endswith(("ed", "en")) or text in _PAST) and text != "need"


def participle(verb: str) -> str:
    """Return the participle of a verb: `close`, `closed`; `hide`, `hidden`; `ship`, `shipped`."""
    forms = [form for form, base in LEMMAS.items() if base == verb and form != verb]
    ends = [form for form in forms if form.endswith("en")]
    vowels = "".join(letter if letter in "aeiou" else " " for letter in verb).split()
    doubles = verb in _IRREGULAR_DOUBLES or len(vowels) == 1
    twice = [form for form in forms if form.endswith(verb[-1] * 2 + "ed") and doubles]
    irregular = [form for form in forms if form in _PAST]
    return next((form for form in (*irregular, *ends, *twice, *forms) if is_past(form)), "")


def _closes(tokens: Sequence[Token], opened: int, at: int) -> bool:
    """Whether a clause inside ends here: at a joined main verb, or at the verb of its noun."""
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    if tokens[at].text in ("and", "or") and follows is not None:
        return follows.text in LEMMAS and not is_past(follows.text)
    text = tokens[at].text
    if text in lexicon.MODALS | lexicon.BE and at > opened + 2:
        inner = [t.text in LEMMAS or t.text in lexicon.AUXILIARIES for t in tokens[opened + 1 : at]]
        return any(inner) and tokens[at - 1].text not in lexicon.AUXILIARIES | {"it", "they"}
    acts = text in LEMMAS and text.endswith("s") and text not in lexicon.AUXILIARIES
    inner = [
        t for t in tokens[opened + 1 : at] if t.text in LEMMAS or t.text in lexicon.AUXILIARIES
    ]
    return acts and bool(inner) and is_noun(tokens[at - 1]) and _has_object(tokens, at)


def _form(tokens: Sequence[Token], at: int, last: str, found: dict[int, bool]) -> str:
    """Return how a word is a verb: in its base form, with an s, or passive; or that it is none."""
    token = tokens[at]
    place = at - 1
    while place >= 0 and tokens[place].text in SKIPPED:
        place -= 1
    left = tokens[place].text if place >= 0 else ""
    joined = left in ("and", "or", ",", "then")
    if is_past(token.text) and token.text != token.lemma:
        passive = (left in _BE and _is_rule(tokens, at)) or (joined and last == "passive")
        return "passive" if passive else ""
    is_base = token.text == token.lemma
    wanted = "base" if is_base else "s"
    if not is_base and not token.text.endswith("s"):
        return ""
    if joined:
        behind = tokens[at + 1].text if at + 1 < len(tokens) else ""
        resumes = not last and left == "," and not is_base and behind in ("a", "an", "the")
        is_noun_like = not is_base and not behind and token.text not in lexicon.NEVER_NOUNS
        return wanted if (last == wanted and not is_noun_like) or resumes else ""
    if left in _BEFORE_VERBS or (left == "to" and is_base):
        return wanted
    if place < 0 or not is_noun(tokens[place]) or left in _BE | _NO_SUBJECTS:
        return ""
    if place in found or is_past(left):
        return ""
    head = tokens[_head(tokens, place)]
    plural = head.text != head.word
    return wanted if plural == is_base and (plural or _has_object(tokens, at)) else ""


def _is_rule(tokens: Sequence[Token], at: int) -> bool:
    """Whether a passive says what may be done, not how something is: `can be changed`."""
    texts = [token.text for token in tokens]
    if "first" in texts[at + 1 : at + 3]:
        return False
    before = set(texts[max(0, at - _REACH) : at])
    modal = bool((lexicon.MODALS | lexicon.NEGATIONS | {"only"}) & before)
    own = "own" in texts[at + 1 : at + _REACH + 1]
    return modal or own or "by" in texts[at + 1 :] or "only" in texts


def _head(tokens: Sequence[Token], place: int) -> int:
    """Return the noun that a verb agrees with: of `managers of the club`, the managers."""
    start = place
    while start > 0 and is_noun(tokens[start - 1]) and tokens[start - 1].text not in LEMMAS:
        start -= 1
    if start > 0 and tokens[start - 1].text in lexicon.DETERMINERS:
        start -= 1
    return start - 2 if start > 1 and tokens[start - 1].text == "of" else place


def _has_object(tokens: Sequence[Token], at: int) -> bool:
    """Whether the words behind could follow a verb in the singular: an object, or nothing."""
    if at + 1 >= len(tokens):
        return True
    behind = tokens[at + 1]
    is_known = behind.is_mark or behind.text in _NOUN_FOLLOWS | _BEHIND
    return is_known or behind.text.endswith(("ed", "s")) or behind.number is not None
