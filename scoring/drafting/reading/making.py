"""Which entity a verb makes: who votes makes a vote, who puts a product on a list an item of it."""

from __future__ import annotations

from scoring.drafting.draft import Draft
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import Act

_LEAVING = frozenset("leave submit".split())
"""Verbs that make what they are first said of: who leaves a review, not who leaves the club."""
MAKING = frozenset(
    "create make write add keep start offer found open ask begin announce arrange issue record "
    "upload draft become book leave submit".split()
)
"""Verbs whose object comes into being by them."""
_NOUNS = {
    "register": ("registration",),
    "join": ("membership", "participant", "participation", "member"),
    "say": ("message",),
}
_ENDINGS = ("", "ing", "ation", "ment", "tion", "al")
"""Of nouns that are made of verbs."""


def nouns_of(verb: str) -> frozenset[str]:
    """Return the nouns that may name what a verb leaves behind: of `borrow` a borrowing."""
    stem = verb.removesuffix("e")
    nouns = {each + ending for each in (verb, stem) for ending in _ENDINGS}
    nouns |= {verb[:-1] + "ication"} if verb.endswith("y") else set()
    return frozenset(nouns | set(_NOUNS.get(verb, ()))) - {stem if stem != verb else ""}


def noun_of(draft: Draft, verb: str) -> Phrase | None:
    """Return the entity whose name comes from a verb."""
    if verb == "save":
        return next((name for name in draft.entities if name[0] == "saved"), None)
    if draft.is_thing((verb,)):
        return (verb,)
    nouns = nouns_of(verb)
    return next(
        (n for n in draft.entities if n[0] in nouns and len(n) == 1 and draft.is_thing(n)), None
    )


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
    if act.verb == "make" and len(act.things) > 1 and act.things[1].at == act.things[0].end + 1:
        return act.things[1].entity
    if act.verb in MAKING and act.words[:1] == ("nothing",) and draft.is_thing(act.about):
        return act.about
    if act.verb == "take" and act.has("into"):
        return next((n for n in draft.entities if n[-1] in _NOUNS["join"]), None)
    others = [each.entity for each in act.things]
    endings = sorted(nouns_of(act.verb))
    compound = [n for o in others for end in endings if (n := (*o, end)) in draft.entities]
    if compound:
        return compound[0]
    counted = target is not None and target.entity == noun and noun == (act.verb,)
    if noun is not None and (target is None or target.entity != noun or counted):
        return noun
    if noun is None and not others:
        return _answered(draft, act)
    placed = _placed(draft, act) if act.verb in PLACING else None
    if placed is not None:
        return placed
    is_bare = act.verb == "submit" and target is not None and target.at == act.place + 1
    if act.verb in _LEAVING and act.words[:1] not in (("a",), ("an",), ("one",)) and not is_bare:
        return None
    is_done = not draft.is_thing(act.subject.head) or act.subject.head == ()
    if act.verb in MAKING and target is not None and draft.is_thing(target.entity) and is_done:
        return None if target.states and not target.own else target.entity
    return None


PLACING = frozenset("put place add arrange go find".split())


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
