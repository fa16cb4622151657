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
    if (verb,) in draft.entities and draft.is_thing((verb,)):
        return (verb,)
    fitting = [name for name in draft.entities if name[-1] in nouns and draft.is_thing(name)]
    if len(fitting) > 1 and all(len(name) > 1 for name in fitting):
        return None
    return min(fitting, key=len, default=None)


def made_things(draft: Draft, act: Act) -> list[Phrase]:
    """Return all entities that an act makes a row of: votes on posts, and votes on comments."""
    made = made_by(draft, act)
    if made is None:
        return []
    others = [(*each.entity, made[-1]) for each in act.things]
    compounds = [name for name in others if name in draft.entities]
    return list(dict.fromkeys(compounds)) or [made]


def made_by(draft: Draft, act: Act) -> Phrase | None:
    """Return the entity that an act makes a row of, if it does."""
    noun = noun_of(draft, act.verb)
    target = act.target
    if act.verb == "make" and len(act.things) > 1 and not act.things[1].preposition:
        return act.things[1].entity
    if act.verb == "take" and act.has("into"):
        return next((n for n in draft.entities if n[-1] in _NOUNS["join"]), None)
    others = [each.entity for each in act.things]
    ending = act.verb if noun is None else noun[-1]
    compound = [(*o, ending) for o in others if (*o, ending) in draft.entities]
    if compound:
        return compound[0]
    counted = target is not None and target.entity == noun and noun == (act.verb,)
    if noun is not None and (target is None or target.entity != noun or counted):
        return noun
    if noun is None and not others:
        return _answered(draft, act)
    placed = _placed(draft, act) if act.verb in _PLACING else None
    if placed is not None:
        return placed
    if act.verb in MAKING and target is not None and draft.is_thing(target.entity):
        return None if target.states and not target.own else target.entity
    return None


_PLACING = frozenset("put place add arrange go find".split())


def _answered(draft: Draft, act: Act) -> Phrase | None:
    """Return what is made of what the sentence is about: `the author answers, in 2 words`."""
    if act.about is None or (*act.about, act.verb) not in draft.entities:
        return None
    return (*act.about, act.verb)


def _placed(draft: Draft, act: Act) -> Phrase | None:
    """Return the item that something becomes by being put into something else."""
    inside = [each.entity for each in act.things if each.preposition in _INTO]
    for whole in inside:
        found = [(*whole, head) for head in ("item", "entry") if (*whole, head) in draft.entities]
        if found:
            return found[0]
    found = [(*each.entity, "vote") for each in act.things]
    return next((name for name in found if name in draft.entities and act.verb == "find"), None)


_INTO = frozenset("in into on onto to".split())
