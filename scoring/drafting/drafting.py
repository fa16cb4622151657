"""Draft a brief from a request's text, without a model: the same text, the same draft."""

from __future__ import annotations

from scoring.drafting.attributes import Found, find_attributes
from scoring.drafting.draft import Draft, DraftEntity
from scoring.drafting.entities import INVITED, MAKING, find_entities
from scoring.drafting.nouns import Phrase
from scoring.drafting.rules import attribute_rules, find_rules, find_states
from scoring.drafting.source import Said, read_request
from scoring.prose.token import Token

_ACCOUNT = frozenset({("email",), ("password",)})


def draft_brief(text: str) -> Draft:
    """Read entities, attributes and rules of a request."""
    draft = Draft()
    for name, account in find_entities(text).items():
        draft.entities[name] = DraftEntity(name, account, invited=account and name in INVITED)
    said = read_request(text)
    about: Phrase | None = None
    for each in said:
        about = _attributes(draft, each, about)
    for step in (find_states, find_rules):
        about = None
        for each in said:
            about = subject(draft, each) or _topic(draft, each) or about
            step(draft, each, mentioned(draft, each), about)
    attribute_rules(draft)
    return draft


def _attributes(draft: Draft, said: Said, about: Phrase | None) -> Phrase | None:
    """Add each attribute to the thing that has it, and return what the sentence is about."""
    for found in find_attributes(said):
        owner, is_sure = _owner(draft, said, found, about)
        if owner is None or found.attribute.name in draft.entities:
            continue
        if is_sure and found.attribute.name[-1] not in _VAGUE:
            draft.entities[owner].add(found.attribute)
        else:
            draft.doubts.append((owner, found.attribute))
    things = [name for _, name in mentioned(draft, said) if not draft.entities[name].account]
    return things[0] if things else about


def _owner(
    draft: Draft, said: Said, found: Found, about: Phrase | None
) -> tuple[Phrase | None, bool]:
    """Return whose attribute it is, and whether the sentence says so plainly."""
    named = [(start, name) for start, name in mentioned(draft, said) if start < found.place]
    tokens = said.tokens
    accounts = [name for _, name in named if draft.entities[name].account]
    things = [(start, name) for start, name in named if not draft.entities[name].account]
    if found.attribute.name in _ACCOUNT:
        people = [name for name, each in draft.entities.items() if each.account]
        return (accounts[-1] if accounts else people[0] if people else None), True
    for start, name in reversed(named):
        counted = any(token.number is not None for token in tokens[max(0, start - 2) : start])
        if counted or _has(tokens, start + len(name)):
            return name, True
    if any(token.text == "sign" for token in tokens) and accounts and not things:
        return accounts[-1], True
    if things and things[0][0] <= _FIRST_WORDS:
        return things[0][1], True
    topic = _topic(draft, said)
    if topic is not None:
        return topic, topic in [name for _, name in named]
    if things:
        start, name = things[-1]
        made = any(token.lemma in MAKING for token in tokens[max(0, start - 3) : start])
        return name, made and len({name for _, name in things}) == 1
    return about if about is not None else (accounts[0] if accounts else None), about is not None


_VAGUE = frozenset(
    "go thing star piece hour day minute week month year total shop word start end".split()
)
_OWNS = frozenset("has have keeps takes with".split())
_FIRST_WORDS = 2


def _has(tokens: tuple[Token, ...], place: int) -> bool:
    """Whether what follows a noun says what it has: `a list has a name`, `pictures (a caption`."""
    if place + 1 >= len(tokens):
        return False
    behind = tokens[place + 1]
    counts = behind.text in ("a", "an", "its", "one", "weekly")
    return tokens[place].text == "(" or (tokens[place].text in _OWNS and counts)


def _topic(draft: Draft, said: Said) -> Phrase | None:
    """Return the one thing that the paragraph's title names."""
    named = {name for name in draft.entities if said.topic.find(name)}
    return next(iter(named)) if len(named) == 1 else None


def mentioned(draft: Draft, said: Said) -> list[tuple[int, Phrase]]:
    """Return the entities that a sentence names, in order."""
    found = {
        (start, -len(name), name)
        for name in draft.entities
        for start in said.sentence.find(name)
        if start == 0 or said.tokens[start - 1].text != "email"
    }
    kept: list[tuple[int, Phrase]] = []
    end = 0
    for start, size, name in sorted(found):
        if start >= end:
            kept.append((start, name))
            end = start - size
    return kept


def subject(draft: Draft, said: Said) -> Phrase | None:
    """Return the entity that a sentence is about, if it starts with one: `A list has …`."""
    named = mentioned(draft, said)
    return named[0][1] if named and named[0][0] <= 2 else None
