"""Which entity a verb makes: who votes makes a vote, who puts a product on a list an item of it."""

from __future__ import annotations

from scoring.drafting.draft import Draft
from scoring.drafting.nouns import Phrase
from scoring.drafting.rules.acts import Act

MAKING = frozenset(
    "create make write add keep start offer found open ask begin announce arrange issue record "
    "upload draft become".split()
)
"""Verbs whose object comes into being by them."""
_NOUNS = {"join": ("membership", "participant", "participation", "member"), "say": ("message",)}
_ENDINGS = ("", "ing", "ation", "ment", "tion", "al")


def noun_of(draft: Draft, verb: str) -> Phrase | None:
    """Return the entity whose name comes from a verb: of `borrow` a borrowing."""
    stem = verb.removesuffix("e")
    nouns = {each + ending for each in (verb, stem) for ending in _ENDINGS} - {""}
    nouns |= set(_NOUNS.get(verb, ()))
    if verb == "save":
        return next((name for name in draft.entities if name[0] == "saved"), None)
    fitting = [name for name in draft.entities if name[-1] in nouns and draft.is_thing(name)]
    return min(fitting, key=len, default=None)


def made_by(draft: Draft, act: Act) -> Phrase | None:
    """Return the entity that an act makes a row of, if it does."""
    noun = noun_of(draft, act.verb)
    target = act.target
    if act.verb == "make" and len(act.things) > 1 and not act.things[1].preposition:
        return act.things[1].entity
    if act.verb == "take" and act.has("into"):
        return next((n for n in draft.entities if n[-1] in _NOUNS["join"]), None)
    others = [each.entity for each in act.things]
    if noun is not None and (target is None or target.entity != noun):
        compound = [(*o, noun[-1]) for o in others if (*o, noun[-1]) in draft.entities]
        return compound[0] if compound else noun
    if act.verb in MAKING and target is not None and draft.is_thing(target.entity):
        return None if target.states and not target.own else target.entity
    linked = _linked(draft, others)
    return linked if linked is not None and act.verb in _PLACING else None


_PLACING = frozenset("put place add arrange assign follow use tag find".split())


def _linked(draft: Draft, entities: list[Phrase]) -> Phrase | None:
    """Return what joins two of the entities."""
    for name, each in draft.entities.items():
        if len(each.links) > 1 and set(each.links) <= set(entities):
            return name
    return None
