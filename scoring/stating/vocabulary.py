"""The words that a brief has for what its rules speak of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from scoring.brief import Brief, Deletion, Entity, Rule, Transition, Visibility
from scoring.prose.lexicon import PREPOSITIONS
from scoring.prose.sentence import Sentence, joined
from scoring.words import words

Phrase = tuple[str, ...]

POLAR = frozenset(
    "refused refuse reject rejected only cannot not never nobody nothing none conflict but unless "
    "alone else other own owner already again unique same taken first default start initially "
    "begin twice once".split()
)
"""Words of a rule's groups that say how it is kept, not what it is about."""
KEEPING = frozenset("keep kept stay remain without".split())
OWNING = frozenset("own owner himself herself themselves itself private author creator".split())
_POLAR_SHARE = 0.5
_CHAIN_MAX = 5
_PRONOUNS = frozenset(
    "it its they them their he she his her this these those one such each".split()
)


class Vocabulary:
    """A brief's words: of its actors, its entities and their attributes."""

    def __init__(self, brief: Brief) -> None:
        """Take the brief; its words are looked up when they are first asked for."""
        self.brief = brief
        self._entities: dict[str, frozenset[Phrase]] = {}
        self._fitting: dict[str, frozenset[str]] = {}
        self._said: dict[str, RuleWords] = {}

    @cached_property
    def attributes(self) -> frozenset[Phrase]:
        """Return the names of all attributes."""
        return frozenset(
            phrase
            for entity in self.brief.entities
            for attribute in entity.attributes
            for name in attribute.names
            if (phrase := words(name)) and phrase[-1] not in PREPOSITIONS
        )

    @cached_property
    def actors(self) -> dict[str, frozenset[Phrase]]:
        """Return the names of each actor that has an account."""
        return {
            actor.name: frozenset(map(words, actor.names))
            for actor in self.brief.actors
            if actor.kind != "guest"
        }

    def entity(self, name: str) -> frozenset[Phrase]:
        """Return the names of an entity; of a compound its last word, too."""
        if name not in self._entities:
            found = self.brief.entity(name)
            names = [words(each) for each in (found.names if found else (name,))]
            self._entities[name] = frozenset(names) | {each[-1:] for each in names}
        return self._entities[name]

    def entities(self, sentence: Sentence) -> list[tuple[int, int, frozenset[str]]]:
        """Return which entities a sentence names and where; the longest name counts."""
        found: list[tuple[int, int, frozenset[str]]] = []
        for start, end in sorted(
            places(sentence, frozenset(self._named)), key=lambda place: (place[0], -place[1])
        ):
            if not found or start >= found[-1][1]:
                phrase = tuple(token.word for token in sentence.tokens[start:end])
                found.append((start, end, self._named.get(phrase, frozenset())))
        return found

    @cached_property
    def _named(self) -> dict[Phrase, frozenset[str]]:
        """Map each name of an entity to those that have it."""
        found: dict[Phrase, set[str]] = {}
        for entity in self.brief.entities:
            for name in entity.names:
                found.setdefault(words(name), set()).add(entity.name)
        return {phrase: frozenset(names) for phrase, names in found.items()}

    def chain(self, name: str) -> frozenset[str]:
        """Return an entity and those that lead to its owner."""
        found, step = [name], self.brief.entity(name)
        while step is not None and step.owner is not None and len(found) < _CHAIN_MAX:
            relation = step.relation(step.owner)
            step = self.brief.entity(relation.target) if relation is not None else None
            found += [step.name] if step is not None else []
        return frozenset(found)

    def said(self, rule: Rule) -> RuleWords:
        """Return the words of a rule."""
        if rule.id not in self._said:
            self._said[rule.id] = _rule_words(rule)
        return self._said[rule.id]

    def fitting(self, rule: Rule) -> frozenset[str]:
        """Return the actors with an account whom a rule can be about."""
        if rule.id not in self._fitting:
            self._fitting[rule.id] = frozenset(self._find_fitting(rule))
        return self._fitting[rule.id]

    def _find_fitting(self, rule: Rule) -> set[str]:
        operations = [self.brief.operation(id) for id in rule.operations]
        found = {actor for operation in operations if operation for actor in operation.actors}
        found |= set(rule.actors) if isinstance(rule, Visibility) else set()
        about = self.owners(self.brief.entity(rule.entity)) | self.entity(rule.entity)
        about |= self.said(rule).named
        return found | {name for name, phrases in self.actors.items() if phrases & about}

    def values(self, entity: Entity | None, attribute: str) -> frozenset[str]:
        """Return the values that an attribute can have."""
        found = entity.attribute(attribute) if entity is not None else None
        return frozenset(found.values if found is not None else ())

    def owners(self, entity: Entity | None) -> frozenset[Phrase]:
        """Return the words for whoever owns rows of an entity, up to the account."""
        found = {(word,) for word in OWNING}
        step = entity
        for _ in range(4):
            relation = step.relation(step.owner) if step is not None and step.owner else None
            if relation is None:
                break
            step = self.brief.entity(relation.target)
            found |= {words(name) for name in relation.names}
            found |= {words(name) for name in step.names} if step is not None else set()
        if entity is not None and entity.account:
            found |= {words(name) for name in entity.names}
        return frozenset(found)


@dataclass(frozen=True)
class RuleWords:
    """A rule's groups of words: those that name things, and those that say how it is kept."""

    naming: tuple[frozenset[Phrase], ...]
    polar: tuple[frozenset[Phrase], ...]

    @property
    def named(self) -> frozenset[Phrase]:
        """Return all words of the naming groups."""
        return frozenset(phrase for group in self.naming for phrase in group)

    def missing(self, sentence: Sentence) -> list[frozenset[Phrase]]:
        """Return the naming groups of which the sentence has no word."""
        return [group for group in self.naming if not mentions(sentence, group)]


def _rule_words(rule: Rule) -> RuleWords:
    """Sort a rule's groups of words; groups of numbers alone are left to the comparisons."""
    naming: list[frozenset[Phrase]] = []
    polar: list[frozenset[Phrase]] = []
    for group in rule.words:
        phrases = frozenset(words(joined(word)) for word in group)
        if all(word.lstrip("-").replace(" ", "").isdigit() for word in group):
            continue
        polar_words = POLAR | KEEPING if isinstance(rule, Deletion) else POLAR
        share = sum(any(word in polar_words for word in phrase) for phrase in phrases) / len(
            phrases
        )
        names_step = isinstance(rule, Transition) and words(rule.target) in phrases
        names_step = names_step and not phrases & {("already",), ("again",)}
        (polar if share >= _POLAR_SHARE and not names_step else naming).append(phrases)
    return RuleWords(tuple(naming), tuple(polar))


def mentions(sentence: Sentence, phrases: frozenset[Phrase]) -> bool:
    """Whether a sentence has one of the phrases."""
    at = sentence.places
    return any(phrase[0] in at and sentence.find(phrase) for phrase in phrases)


def places(sentence: Sentence, phrases: frozenset[Phrase]) -> list[tuple[int, int]]:
    """Return where the phrases stand: start, and the token behind."""
    at = sentence.places
    found = {
        (start, start + len(phrase))
        for phrase in phrases
        if phrase[0] in at
        for start in sentence.find(phrase)
    }
    return sorted(found)


def within(sentence: Sentence, phrases: frozenset[Phrase], start: int, end: int) -> bool:
    """Whether one of the phrases stands in a run of tokens."""
    return any(start <= at and till <= end for at, till in places(sentence, phrases))


def refers_back(sentence: Sentence) -> bool:
    """Whether a sentence speaks of something that was named before."""
    return any(token.text in _PRONOUNS for token in sentence.tokens)
