"""A sentence with what is known when it is read: the entities so far, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from scoring.drafting.draft import Draft
from scoring.drafting.nouns import Phrase, is_noun
from scoring.drafting.reading.verbs import find_verbs, is_past
from scoring.drafting.source import Said
from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS
from scoring.prose.token import Token

_FIRST_WORDS = 2
_DEFINITE = frozenset("the their its his".split())
_PRONOUNS = frozenset("it they its their".split())


@dataclass(frozen=True, eq=False)
class Context:
    """A part of a sentence; `about` is what it speaks of, `before` what the one before did."""

    draft: Draft
    said: Said
    about: Phrase | None
    before: Phrase | None = None
    spoken_of: tuple[Phrase, ...] = ()
    """What the paragraph has named so far, the latest first."""
    last: Context | None = None
    """The part before it in the same paragraph."""
    person: Phrase | None = None
    """Who signs up and was last named by `the`, `its` or `an`, in the paragraph or before."""
    ahead: tuple[str, ...] = ()
    """The words of the part behind it."""

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens."""
        return self.said.tokens

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Return the words as they are written, in lower case."""
        return tuple(token.text for token in self.tokens)

    @cached_property
    def named(self) -> list[tuple[int, Phrase]]:
        """Return the entities that it names, in order."""
        found, _ = mentioned(self.draft, self.said)
        return [(at, n) for at, n in found if self.sizes[at] > 1 or at not in self.verbs]

    @cached_property
    def verbs(self) -> dict[int, bool]:
        """Return where its verbs stand, and whether they are passive."""
        within = {at + i for at, size in self.sizes.items() if size > 1 for i in range(size)}
        return find_verbs(self.tokens, within)

    @cached_property
    def sizes(self) -> dict[int, int]:
        """Return of how many words the names are, by where they stand."""
        return mentioned(self.draft, self.said)[1]

    @cached_property
    def things(self) -> list[tuple[int, Phrase]]:
        """Return the entities that it names and that are no accounts."""
        return [(at, name) for at, name in self.named if self.draft.is_thing(name)]

    def has(self, *phrases: str) -> bool:
        """Whether it has one of some runs of words."""
        spoken = f" {' '.join(self.texts)} "
        return any(f" {phrase} " in spoken for phrase in phrases)

    def thing_before(self, place: int) -> Phrase | None:
        """Return what `it` and `one` at a token stand for: not what only says whose it is."""
        before = [each for each in self.named if each[0] < place]
        named = [(at, name) for at, name in before if not self._is_whose(at)]
        things = [name for _, name in named if self.draft.is_thing(name)]
        people = [name for _, name in named[1:]]
        found = things or ([self.about] if self.about is not None else []) or people
        return found[-1] if found else None

    def _is_whose(self, at: int) -> bool:
        """Whether a noun only says whose something is: `moderators of the club see its posts`."""
        return at > 1 and self.texts[at - 2] == "of" and self.texts[at - 1] in _DEFINITE


def _meant(last: Context, pronoun: str) -> Phrase | None:
    """Return what a pronoun at the start means: the first thing before it of the same number."""
    if last.tokens and last.tokens[0].text in _PRONOUNS:
        return last.about
    singular = pronoun in ("it", "its")
    fitting = [
        name
        for at, name in last.things
        if (last.tokens[at].text == last.tokens[at].word) == singular or not singular
    ]
    return fitting[0] if fitting else last.about


def mentioned(draft: Draft, said: Said) -> tuple[list[tuple[int, Phrase]], dict[int, int]]:
    """Return the entities that a sentence names, in order, and of how many words each is there."""
    sizes: dict[int, int] = {}
    found: dict[tuple[int, int], list[Phrase]] = {}
    for name, meant in draft.names():
        for start in said.sentence.find(name):
            as_noun = all(said.tokens[start + i].word == word for i, word in enumerate(name))
            left = said.tokens[start - 1] if start else None
            acts = name != meant and name[-1] in LEMMAS and left is not None and _acts(left)
            if as_noun and not acts and (left is None or left.text != "email"):
                found.setdefault((start, -len(name)), []).append(meant)
    kept: list[tuple[int, Phrase]] = []
    end = 0
    for (start, size), meant in sorted(found.items()):
        name = _chosen(meant, [each for _, each in kept])
        if start >= end and name is not None:
            sizes[start] = -size
            kept.append((start, name))
            end = start - size
    return kept, sizes


def _acts(token: Token) -> bool:
    """Whether a word may be the subject of a verb behind it, not its adjective."""
    describes = token.text in lexicon.ADJECTIVES | {"own"} or is_past(token.text)
    return is_noun(token) and not describes


def _chosen(meant: Sequence[Phrase], before: Sequence[Phrase]) -> Phrase | None:
    """Return which of some things a noun means: an option's values, where options were named."""
    if len(meant) == 1:
        return meant[0]
    owned = (each for last in reversed(before) for each in meant if each[:-1] == last)
    return next(owned, None)


def subject(draft: Draft, said: Said) -> Phrase | None:
    """Return the entity that a sentence is about, if it starts with one: `A list has …`."""
    named, _ = mentioned(draft, said)
    return named[0][1] if named and named[0][0] <= _FIRST_WORDS else None


def topic(draft: Draft, said: Said) -> Phrase | None:
    """Return the one thing that the paragraph's title names."""
    named = {meant for name, meant in draft.names() if said.topic.find(name)}
    return next(iter(named)) if len(named) == 1 else None


def contexts(draft: Draft, said: list[Said]) -> list[Context]:
    """Return the parts of a text, each with what it is about."""
    found: list[Context] = []
    about: Phrase | None = None
    spoken_of: tuple[Phrase, ...] = ()
    paragraph: int | None = None
    person: Phrase | None = None
    for number, each in enumerate(said):
        ahead = said[number + 1].texts if number + 1 < len(said) else ()
        if each.paragraph != paragraph:
            paragraph = each.paragraph
            if draft.is_thing(topic(draft, each)):
                about, spoken_of = None, ()
        before = about
        title = topic(draft, each)
        refers = bool(each.tokens) and each.tokens[0].text in _PRONOUNS
        meant = _meant(found[-1], each.tokens[0].text) if refers and found and spoken_of else None
        if meant is not None and not draft.is_thing(title):
            about = meant
        else:
            own = [name for name in (subject(draft, each), title) if draft.is_thing(name)]
            about = own[0] if own else about
        last = found[-1] if found and found[-1].said.paragraph == each.paragraph else None
        found.append(Context(draft, each, about, before, spoken_of, last, person, ahead))
        people = [name for _, name in found[-1].named if name in draft.people()]
        person = people[-1] if people else person
        things = [name for _, name in found[-1].things]
        if about is None and things:
            about = things[0]
        titles = (title,) if title is not None and draft.is_thing(title) else ()
        spoken_of = tuple(dict.fromkeys((*reversed(things), *spoken_of, *titles)))
    return found
