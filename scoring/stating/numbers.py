"""Whether a sentence states a limit, a quota or a window: its number, and on which side it lies."""

from __future__ import annotations

from scoring.brief import Limit, Quota, Window
from scoring.prose.bounds import Bound, bounds
from scoring.prose.clauses import refused_at
from scoring.prose.sentence import Sentence, read
from scoring.stating.vocabulary import Phrase, RuleWords, Vocabulary, places, within
from scoring.words import words

_REACH = 9
_NEAR = 6
_LINKS = frozenset("of for on to in".split())
_LINK_MAX = 4
"""`of a`: what links a noun to its complement."""
_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0, "month": 720.0, "year": 8760.0}


def limit(sentence: Sentence, rule: Limit, said: RuleWords, known: Vocabulary) -> bool:
    """Whether a sentence gives the attribute just these bounds."""
    entity = known.brief.entity(rule.entity)
    attribute = entity.attribute(rule.attribute) if entity is not None else None
    wanted = frozenset(words(name) for name in (attribute.names if attribute is not None else ()))
    wanted |= said.naming[0] if said.naming else wanted
    found = [b for b in bounds(sentence) if _about(sentence, b, wanted, known.attributes)]
    low = high = None
    for bound in found:
        allowed = bound.allowed(refused_at(sentence, bound.start))
        if bound.kind == "plain" and rule.minimum == rule.maximum:
            allowed = bound.low, bound.high
        if allowed is None:
            continue
        low = allowed[0] if allowed[0] is not None else low
        high = allowed[1] if allowed[1] is not None else high
    least_stated = rule.minimum is None or low == rule.minimum or not _says(rule, rule.minimum)
    most_stated = rule.maximum is None or high == rule.maximum
    return bool(found) and least_stated and most_stated and (low, high) != (None, None)


def _says(rule: Limit, number: float) -> bool:
    """Whether the rule's own words ask for a number."""
    return any(str(number) in group for group in rule.words)


def _about(
    sentence: Sentence, bound: Bound, wanted: frozenset[Phrase], others: frozenset[Phrase]
) -> bool:
    """Whether a comparison belongs to one of the words: the nearest before it, or else behind."""
    rivals = _apart(places(sentence, wanted | others))
    before = [place for place in rivals if place[1] <= bound.start]
    if before:
        nearest = _head(sentence, before)
        gap = sentence.tokens[nearest[1] : bound.start]
        reaches = len(gap) <= _REACH and not any(t.text == ";" for t in gap)
        return reaches and within(sentence, wanted, *nearest)
    behind = [place for place in rivals if bound.end <= place[0] <= bound.end + _REACH]
    return bool(behind) and within(sentence, wanted, *behind[0])


def _head(sentence: Sentence, before: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the last of the words, or the one that it is only a complement of."""
    nearest = before[-1]
    for start, end in reversed(before):
        links = [t.text for t in sentence.tokens[end : nearest[0]]]
        if links and links[0] in _LINKS and len(links) <= _LINK_MAX:
            return start, end
    return nearest


def _apart(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Keep of phrases that overlap the first, and of those the longest."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def quota(sentence: Sentence, rule: Quota, said: RuleWords, known: Vocabulary) -> bool:
    """Whether a sentence allows just this number of the entity's rows."""
    names = known.entity(rule.entity)
    names |= said.naming[0] if said.naming else names
    for bound in bounds(sentence):
        refused = refused_at(sentence, bound.start)
        allowed = bound.allowed(refused)
        most = allowed[1] if allowed is not None else None
        if bound.kind == "plain" and refused and _is_full(sentence):
            most = bound.high
        if bound.kind == "values" or most != rule.maximum:
            continue
        if within(sentence, names, max(0, bound.start - _NEAR), bound.end + _NEAR):
            return True
    return False


_FULL = frozenset("already another more further extra limit reached".split())


def _is_full(sentence: Sentence) -> bool:
    return bool(_FULL & sentence.words)


def window(sentence: Sentence, rule: Window, said: RuleWords, known: Vocabulary) -> bool:
    """Whether a sentence allows something for just this time, or from this time on."""
    del said, known
    from_then = "least" in read(rule.text).words
    for bound in bounds(sentence):
        behind = sentence.tokens[bound.end : bound.end + 2]
        unit = next((t.word for t in behind if t.word in _HOURS), None)
        if unit is None:
            continue
        refused = refused_at(sentence, bound.start)
        allowed = bound.allowed(refused) or (None, None)
        stated = allowed[0] if from_then else allowed[1]
        if bound.kind == "plain" and not refused:
            stated = bound.high
        if stated is not None and stated * _HOURS[unit] == rule.days * _HOURS["day"]:
            return True
    return False
