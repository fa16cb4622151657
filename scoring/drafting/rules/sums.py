"""What is counted, added up and multiplied: `a shelf counts its books`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.drafting.draft import Draft, DraftAttribute, DraftRule
from scoring.drafting.nouns import Phrase, behind
from scoring.drafting.reading.acts import states_of
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import noun_of
from scoring.drafting.rules.effect import effect_of
from scoring.prose.lexicon import lemma
from scoring.words import words


def _counts(context: Context) -> Iterable[DraftRule]:
    """Read `a shelf counts its books`, `keeps the number of visible posts`; it begins with none."""
    draft, texts = context.draft, context.texts
    for at, token in enumerate(context.tokens):
        place = -1
        if (
            token.lemma == "count" and texts[at + 1 : at + 2] in (("its",), ("the",), ("their",))
        ) or texts[at : at + 2] == ("how", "many"):
            place = at + 2
        elif texts[at : at + 2] == ("number", "of") and (
            context.has("keeps the number") or context.has("is kept by the backend")
        ):
            place = at + 3 if texts[at + 2 : at + 3] in (("its",), ("the",)) else at + 2
        if place < 0:
            continue
        counted, _ = behind(context.tokens, place)
        child = _entity(context, counted)
        parents = [n for start, n in context.named if n != child and abs(start - at) < 9]
        its = texts[place - 1] == "its" or not parents
        parent = context.about if context.about != child and its else None
        parent = parents[-1] if parents and texts[at] == "how" else parent
        parent = parent or next(iter(parents), None)
        if child is None or parent is None or child == parent:
            continue
        name = (counted[-1], "count")
        draft.entities[parent].add(
            DraftAttribute(name, "integer", default="0", said=context.said.text)
        )
        attribute = " ".join(name)
        state = next((t for t in texts[place - 1 : place + 2] if _is_state(context, child, t)), "")
        entering = ("create", *_steps_to(draft, child, state, "target"))
        leaving = ("erase", *_steps_to(draft, child, state, "source"))
        for value, actions in (("+1", entering), ("-1", leaving)):
            yield effect_of(
                context, child, actions, parent, "update", attribute=attribute, value=value
            )
        yield effect_of(
            context, parent, ("create",), parent, "insert", attribute=attribute, value="0"
        )


def _is_state(context: Context, entity: Phrase, word: str) -> bool:
    return word in states_of(context.draft.entities[entity])


def _steps_to(draft: Draft, entity: Phrase, state: str, end: str) -> list[str]:
    """Return the steps into a state, or out of it: hiding a post takes it off the visible ones."""
    steps = [r for r in draft.rules if r.kind == "transition" and r.entity == entity and state]
    return list(dict.fromkeys(a for r in steps if r.details[end] == state for a in r.actions))


def _entity(context: Context, noun: Phrase) -> Phrase | None:
    """Return the entity that a noun names, in one of its forms: followers make follows."""
    draft = context.draft
    if not noun:
        return None
    if noun in draft.entities and draft.is_thing(noun):
        return noun
    if noun[-1:] in draft.entities and draft.is_thing(noun[-1:]):
        return noun[-1:]
    if noun[-1] == "member":
        return next((n for n in draft.entities if n[-1] == "membership"), None)
    verb = lemma(noun[-1].removesuffix("er"))
    found = noun_of(draft, verb)
    return found if found is not None and draft.is_thing(found) else None


_PRODUCT = re.compile(
    r"\bthe ([\w ]+?)(?: of (?:an? |the |its )?([\w ]+?))? is ([\w ]+?) times ([\w ]+)"
)


def _products(context: Context) -> Iterable[DraftRule]:
    """Read `the price is hours times price per hour`."""
    match = _PRODUCT.search(" ".join(context.texts))
    if match is None:
        return
    named = tuple(match[2].split()) if match[2] else None
    entity = _entity(context, named) if named else context.about
    if entity is None or not context.draft.is_thing(entity):
        return
    name = tuple(match[1].split())
    if len(name) > 2:
        return
    context.draft.entities[entity].add(DraftAttribute(name, "decimal", said=context.said.text))
    yield effect_of(context, entity, ("create",), entity, "insert", attribute=" ".join(name))


def _begun(context: Context) -> Iterable[DraftRule]:
    """Read `begins with 25 leave days`."""
    match = re.search(
        r"\b(?:begins?|starts?) with (\d+) ([a-z]+(?: [a-z]+)?)$", " ".join(context.texts)
    )
    entity = context.about
    if match is None or entity is None or not context.draft.is_thing(entity):
        return
    name, _ = behind(context.tokens, len(context.tokens) - len(match[2].split()))
    thing = context.draft.entities[entity]
    thing.add(DraftAttribute(name, "integer", said=context.said.text))
    yield effect_of(
        context, entity, ("create",), entity, "insert", attribute=" ".join(name), value=match[1]
    )


_SUM = re.compile(
    r"\bthe (?P<sum>[a-z]+) of (?:every|each|an?|the) .*?, the sum of its (?P<of>[a-z]+)"
)
_ADDS = re.compile(r"\badds up (?:their|its) (?P<of>[a-z]+)")


def _sums(context: Context) -> Iterable[DraftRule]:
    """Read `the score of every post, the sum of its votes`, `adds up their stars`."""
    draft, text = context.draft, " ".join(context.texts).replace(" ,", ",")
    match = _SUM.search(text)
    for _, parent in context.things if match is not None else ():
        (noun,) = words(match["of"]) if match else ("",)
        child = next((n for n in ((*parent, noun), (noun,)) if n in draft.entities), None)
        if match is None or child is None or child == parent or (noun,) == parent:
            continue
        yield from _summed(context, child, parent, (match["sum"],), "value")
    match, things = _ADDS.search(text), [name for _, name in context.things]
    if match is not None and len(things) > 1:
        (noun,) = words(match["of"])
        yield from _summed(context, things[1], things[0], (noun, "sum"), noun)


def _summed(
    context: Context, child: Phrase, parent: Phrase, name: Phrase, wanted: str
) -> Iterable[DraftRule]:
    """Return the rule that an attribute of the parent is the sum of one of its children's."""
    numbers = [a.name for a in context.draft.entities[child].attributes.values() if _is_number(a)]
    of = (wanted,) if (wanted,) in numbers else next(iter(numbers), (wanted,))
    said = context.said.text
    context.draft.entities[parent].add(DraftAttribute(name, "integer", default="0", said=said))
    own = " ".join(name)
    yield effect_of(context, parent, ("create",), parent, "insert", attribute=own, value="0")
    yield effect_of(
        context, child, ("create", "update", "erase"), parent, "update",
        attribute=" ".join(name), value=f"sum of {' '.join(of)}",
    )  # fmt: skip


def _is_number(attribute: DraftAttribute) -> bool:
    return attribute.type in ("integer", "decimal")


SUMS = (_counts, _sums, _products, _begun)
"""Readers of what is calculated."""
