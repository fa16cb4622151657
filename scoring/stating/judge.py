"""Whether a sentence states a rule: its words, whose they are, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from scoring.brief import Rule
from scoring.prose.clauses import lets_pass
from scoring.prose.sentence import Sentence
from scoring.stating import frames, numbers
from scoring.stating.vocabulary import (
    Phrase,
    RuleWords,
    Vocabulary,
    mentions,
    places,
    refers_back,
)

_Judge = Callable[[Sentence, Any, RuleWords, Vocabulary], bool]
_JUDGES: dict[str, _Judge] = {
    "limit": numbers.limit,
    "quota": numbers.quota,
    "window": numbers.window,
    "uniqueness": frames.uniqueness,
    "ownership": frames.ownership,
    "reference": frames.reference,
    "membership": frames.membership,
    "default": frames.default,
    "transition": frames.transition,
    "state": frames.state,
    "restrict": frames.restrict,
    "visibility": frames.visibility,
    "deletion": frames.deletion,
    "effect": frames.effect,
    "stranger": frames.stranger,
}


_PROHIBITIVE = frozenset(
    "uniqueness ownership reference membership transition state restrict visibility "
    "stranger".split()
)


def _said(sentence: Sentence, rule: Rule, said: RuleWords, known: Vocabulary) -> bool:
    """Whether a rule of a kind whose wording is free is stated: its words are, in a sentence."""
    return True


def _actions(said: RuleWords) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in said.named if len(phrase) == 1)


def states(found: Sequence[Sentence], rule: Rule, known: Vocabulary) -> bool:
    """Whether one of a statement's sentences states the rule."""
    said = known.said(rule)
    return any(
        sentence.sound
        and _speaks(sentence, found, rule, said, known)
        and not (rule.kind in _PROHIBITIVE and lets_pass(sentence, _actions(said)))
        and not _of_others(sentence, rule, known)
        and _JUDGES.get(rule.kind, _said)(sentence, rule, said, known)
        for sentence in found
    )


def _speaks(
    sentence: Sentence, found: Sequence[Sentence], rule: Rule, said: RuleWords, known: Vocabulary
) -> bool:
    """Whether a sentence has the rule's words; a pronoun stands for its entity."""
    names = known.entity(rule.entity)
    missing = said.missing(sentence)
    missing += [
        group
        for group in said.naming
        if group not in missing
        and group & names
        and not _named_itself(sentence, group, rule, known)
    ]
    if missing and refers_back(sentence):
        missing = [
            group
            for group in missing
            if not (
                group & names and any(_named_itself(each, group, rule, known) for each in found)
            )
        ]
    return not missing


def _named_itself(
    sentence: Sentence, group: frozenset[Phrase], rule: Rule, known: Vocabulary
) -> bool:
    """Whether a word stands for itself, not as a part of another entity's name (`todo list`)."""
    wholes = [
        (start, end)
        for start, end, entities in known.entities(sentence)
        if rule.entity not in entities
    ]
    return any(
        not any(start <= at and till <= end and till - at < end - start for start, end in wholes)
        for at, till in places(sentence, group)
    )


def _of_others(sentence: Sentence, rule: Rule, known: Vocabulary) -> bool:
    """Whether a sentence names actors, and none of those whom the rule is about."""
    fitting = known.fitting(rule)
    if not fitting:
        return False
    named = {name for name, phrases in known.actors.items() if mentions(sentence, phrases)}
    return bool(named) and not named & fitting
