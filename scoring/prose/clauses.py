"""Clauses of a sentence, what they negate or refuse, and what `only` is said of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS
from scoring.prose.sentence import Sentence
from scoring.prose.token import Token

Kind = Literal["main", "condition", "relative"]
_SCOPE_MAX = 14
_NOTHING: frozenset[str] = frozenset()
_BREAKS = frozenset(";:()\u2014")
_QUANTITIES = frozenset(
    "more less fewer longer shorter later earlier greater above over exceed".split()
)
_ONLY = frozenset("only solely exclusively".split())
_EXCEPT = frozenset("but except besides".split())
_ANYBODY = frozenset(
    "nobody anybody somebody anyone someone everybody everyone else others none".split()
)
_PREDICATES = lexicon.BE | frozenset("be been get gets getting as".split())
_BEFORE_NOUN = lexicon.DETERMINERS | lexicon.PREPOSITIONS | lexicon.CONJUNCTIONS | {"only", "new"}
_AGENTS = frozenset("by to for in on into within at from while when if with".split())


@dataclass(frozen=True)
class Clause:
    """The tokens from `start` to before `end`."""

    kind: Kind
    start: int
    end: int

    def holds(self, place: int) -> bool:
        """Whether a token is in it."""
        return self.start <= place < self.end


@lru_cache(maxsize=16384)
def clauses(sentence: Sentence) -> tuple[Clause, ...]:
    """Split a sentence into clauses that follow one another."""
    splitter = _Splitter(sentence.tokens)
    for place in range(len(sentence.tokens)):
        splitter.step(place)
    splitter.close(len(sentence.tokens), "main")
    return tuple(splitter.found)


class _Splitter:
    """The clause at hand, and the one that it is part of."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.found: list[Clause] = []
        self._tokens = tokens
        self._kind: Kind = "main"
        self._outer: Kind = "main"
        self._start = 0

    def close(self, place: int, following: Kind) -> None:
        """End the clause before a token."""
        if place > self._start:
            self.found.append(Clause(self._kind, self._start, place))
        self._kind, self._start = following, place

    def step(self, place: int) -> None:
        """Look at one token."""
        tokens, text = self._tokens, self._tokens[place].text
        opens = self._opens(place)
        if opens is not None:
            self.close(place, opens)
            self._outer = opens
        elif _is_relative(tokens, place):
            self.close(place, "relative")
        elif self._kind == "relative" and _ends_relative(tokens, self._start, place):
            self.close(place, self._outer)
        if text == "," and _ends_piece(tokens, self._start, place):
            self._outer = self._outer if _goes_on(tokens, place, self._outer) else "main"
            self.close(place, self._outer)

    def _opens(self, place: int) -> Kind | None:
        """Return the kind of the clause that starts at a token of its own."""
        text = self._tokens[place].text
        if text in lexicon.SUBORDINATORS and text != "once":
            return "condition"
        then = text == "then" and place > 0 and self._tokens[place - 1].text == ","
        return "main" if text in _BREAKS or then else None


def _is_relative(tokens: tuple[Token, ...], place: int) -> bool:
    if tokens[place].text not in lexicon.RELATIVES or place == 0 or place + 1 >= len(tokens):
        return False
    before, behind = tokens[place - 1].text, tokens[place + 1]
    if tokens[place].text != "that":
        return True
    if before in lexicon.PREPOSITIONS | lexicon.SUBORDINATORS or tokens[place - 1].is_mark:
        return False
    return behind.text in LEMMAS or behind.text in lexicon.DETERMINERS | lexicon.PRONOUNS | {"not"}


def _ends_relative(tokens: tuple[Token, ...], start: int, place: int) -> bool:
    """Whether the verb here is the second of a relative clause: it belongs to its noun."""
    if not _is_finite(tokens, place):
        return tokens[place].text == ","
    last = place - 1
    while last > start and tokens[last].text in lexicon.ADVERBS:
        last -= 1
    if tokens[last].text in lexicon.AUXILIARIES:
        return False
    verbs = [at for at in range(start + 1, place) if _acts(tokens, at)]
    joined = tokens[place - 1].text in lexicon.CONJUNCTIONS
    return (
        bool(verbs)
        and not joined
        and not (verbs[-1] == place - 1 and _is_finite(tokens, place - 1))
    )


def _acts(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether a token may be a verb in a relative clause."""
    text = tokens[place].text
    return _is_finite(tokens, place) or (
        text in LEMMAS and tokens[place - 1].text not in lexicon.DETERMINERS | lexicon.PREPOSITIONS
    )


def _is_finite(tokens: tuple[Token, ...], place: int) -> bool:
    text = tokens[place].text
    if text in lexicon.AUXILIARIES or text in lexicon.NEVER_NOUNS or text == "cannot":
        return True
    if place == 0 or text not in LEMMAS:
        return False
    before = tokens[place - 1]
    if before.text in lexicon.RELATIVES:
        return True
    agrees = text.endswith("s") and text != tokens[place].lemma and before.text == before.word
    return agrees and not before.is_mark and before.text not in _BEFORE_NOUN | LEMMAS.keys()


def _ends_piece(tokens: tuple[Token, ...], start: int, place: int) -> bool:
    """Whether a comma stands between two pieces that each have a verb."""
    end = place + 1
    while end < len(tokens) and tokens[end].text not in _BREAKS and tokens[end].text != ",":
        end += 1
    behind = range(place + 1, end)
    before = range(start, place)
    if place + 1 < len(tokens) and tokens[place + 1].text in lexicon.SUBORDINATORS:
        return True
    return any(_is_verb(tokens, at) for at in behind) and any(_is_verb(tokens, at) for at in before)


def _is_verb(tokens: tuple[Token, ...], place: int) -> bool:
    text = tokens[place].text
    if text in lexicon.AUXILIARIES or text in lexicon.NEVER_NOUNS:
        return True
    before = tokens[place - 1].text if place else ""
    return text in LEMMAS and before not in lexicon.DETERMINERS | lexicon.PREPOSITIONS


def _goes_on(tokens: tuple[Token, ...], place: int, outer: Kind) -> bool:
    """Whether what follows a comma still belongs to a condition."""
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    return outer == "condition" and following in lexicon.CONJUNCTIONS


@lru_cache(maxsize=65536)
def negations(sentence: Sentence, clause: Clause) -> int:
    """Count the negations of a clause; `no more than` compares, and `or none` leaves out."""
    return sum(_negates(sentence.tokens, place) for place in range(clause.start, clause.end))


def _negates(tokens: tuple[Token, ...], place: int) -> bool:
    text = tokens[place].text
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    before = tokens[place - 1].text if place else ""
    if text in ("not", "no"):
        if following in _QUANTITIES | {"only"} or before == "or":
            return False
        return not (text == "not" and before in lexicon.SUBORDINATORS)
    if text in ("cannot", "never"):
        return True
    if text in ("neither", "nothing", "nobody", "noone"):
        return True
    return text == "none" and before not in ("or", "and")


@lru_cache(maxsize=65536)
def refusals(sentence: Sentence, clause: Clause, but: frozenset[str] = _NOTHING) -> int:
    """Count the refusals of a clause; words in `but` mean something else here."""
    return int(
        any(
            _refuses(sentence.tokens, place)
            for place in range(clause.start, clause.end)
            if sentence.tokens[place].text not in but
        )
    )


def _refuses(tokens: tuple[Token, ...], place: int) -> bool:
    text = tokens[place].text
    if text not in lexicon.REFUSALS:
        return False
    at = place - 1
    while at >= 0 and (tokens[at].text in lexicon.ADVERBS or tokens[at].text == "not"):
        at -= 1
    before = tokens[at].text if at >= 0 else ""
    if text.isdigit():
        return before in ("with", "status", "a", "returns", "gets", "code", "http", "get")
    if text in ("error", "conflict"):
        return before in _PREDICATES | {"a", "an", "as", "with", "returns", "answers"}
    if text.endswith("ed") or text in ("forbidden", "impossible", "invalid"):
        return before in _PREDICATES
    return text not in lexicon.DETERMINERS and before not in lexicon.DETERMINERS


def prohibits(sentence: Sentence, but: frozenset[str] = _NOTHING) -> bool:
    """Whether a sentence says that something is not so, not allowed, or refused."""
    return any(
        (negations(sentence, clause) + refusals(sentence, clause, but)) % 2 == 1
        for clause in clauses(sentence)
        if clause.kind == "main"
    )


def lets_pass(sentence: Sentence, but: frozenset[str] = _NOTHING) -> bool:
    """Whether a sentence says that something is not refused."""
    return any(
        negations(sentence, clause) == 1 and refusals(sentence, clause, but)
        for clause in clauses(sentence)
        if clause.kind == "main"
    )


def refused_at(sentence: Sentence, place: int, but: frozenset[str] = _NOTHING) -> bool:
    """Whether what is said at a token is refused, denied, or the condition of a refusal."""
    all_clauses = clauses(sentence)
    own = next((clause for clause in all_clauses if clause.holds(place)), None)
    if own is None:
        return False
    odd = negations(sentence, own) + refusals(sentence, own, but)
    if own.kind != "main":
        others = [clause for clause in all_clauses if clause.kind == "main"]
        near = next((c for c in others if c.start >= own.end), others[0] if others else None)
        if near is not None:
            odd += negations(sentence, near) + refusals(sentence, near, but)
    return odd % 2 == 1


def own_clause(sentence: Sentence, place: int) -> Clause:
    """Return the clause that a token is in."""
    return next(clause for clause in clauses(sentence) if clause.holds(place))


@lru_cache(maxsize=65536)
def restrictions(sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """Return what `only`, `alone` or `nobody but` are said of, as runs of tokens."""
    found: list[tuple[int, int]] = []
    tokens = sentence.tokens
    for place, token in enumerate(tokens):
        before = tokens[place - 1].text if place else ""
        if before == "not":
            continue
        if token.text in _ONLY:
            found.append(_said_of(tokens, place))
        elif token.text == "alone":
            found.append((_back(tokens, place), place))
        elif _excepts(token.text, before):
            found.append((place + 1, _forth(tokens, place + 1)))
    return tuple((start, end) for start, end in found if start < end)


def _excepts(text: str, before: str) -> bool:
    """Whether a word makes an exception: `nobody but`, `anybody other than`."""
    if text == "than":
        return before == "other"
    return text in _EXCEPT and before in _ANYBODY


def _said_of(tokens: tuple[Token, ...], place: int) -> tuple[int, int]:
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None or following.is_mark or following.text in ("and", "or", "once"):
        return _back(tokens, place), place
    if following.text in _AGENTS:
        return place + 1, _until(tokens, place + 2)
    return place + 1, _forth(tokens, place + 1)


def _back(tokens: tuple[Token, ...], place: int) -> int:
    """Return where the phrase before a token starts: at its preposition, or behind the verb."""
    start = place
    while start > 0 and place - start < _SCOPE_MAX:
        text = tokens[start - 1].text
        if tokens[start - 1].is_mark or text in lexicon.AUXILIARIES or text in lexicon.NEVER_NOUNS:
            break
        start -= 1
        if text in ("by", "to", "for"):
            break
    return start


def _forth(tokens: tuple[Token, ...], start: int) -> int:
    """Return where the phrase behind a token ends: before its verb, or a mark."""
    end, relative = start, -1
    while end < len(tokens) and end - start < _SCOPE_MAX and not tokens[end].is_mark:
        if tokens[end].text in lexicon.RELATIVES and end > start:
            relative = end
        elif end > start and _is_finite(tokens, end):
            verbs = relative >= 0 and any(_acts(tokens, at) for at in range(relative + 1, end))
            if relative < 0 or verbs:
                break
        end += 1
    return end


def _until(tokens: tuple[Token, ...], start: int) -> int:
    end = start
    while end < len(tokens) and tokens[end].text not in _BREAKS and tokens[end].text != ".":
        end += 1
    return end
