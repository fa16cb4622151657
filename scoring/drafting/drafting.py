"""Draft a brief from a request's text, without a model: the same text, the same draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scoring.drafting.attributes import Found, find_attributes
from scoring.drafting.draft import Draft
from scoring.drafting.entities import find_entities
from scoring.drafting.owners import made_beside, owner_of
from scoring.drafting.reading.context import Context, contexts
from scoring.drafting.reading.states import find_states
from scoring.drafting.rules.finding import find_rules
from scoring.drafting.source import read_request

_WITH = (("with", "a"), ("with", "an"))
"""`Apply with a message of up to 300 characters`: no message of its own, but what is given."""


def draft_brief(text: str) -> Draft:
    """Read entities, attributes and rules of a request."""
    draft = Draft()
    draft.entities |= find_entities(text)
    parts = contexts(draft, read_request(text))
    _attributes(draft, parts, listed=True)
    find_states(parts)
    _attributes(draft, parts, listed=False)
    _same_way(draft, parts)
    find_rules(draft, parts)
    return draft


def _attributes(draft: Draft, parts: Sequence[Context], *, listed: bool) -> None:
    """Add each attribute to the thing that has it: first those whose values are listed."""
    for context in parts:
        for found in find_attributes(context.said):
            if bool(found.attribute.values) != listed:
                continue
            owner, is_sure = owner_of(context, found)
            if owner is None:
                continue
            given = context.texts[max(0, found.place - 2) : found.place] in _WITH
            if found.attribute.name in draft.entities and not given:
                if found.attribute.type != "text" or found.attribute.maximum is None:
                    continue
                owner, found = found.attribute.name, _as_text(found)
            if is_sure:
                for each in (owner, *made_beside(context, owner)):
                    draft.entities[each].add(found.attribute)
            else:
                draft.doubts.append((owner, found.attribute))


def _as_text(found: Found) -> Found:
    """Return the text of a thing of some length: `a report of 20 to 500 characters`."""
    return Found(replace(found.attribute, name=("text",)), found.place)


def _same_way(draft: Draft, parts: Sequence[Context]) -> None:
    """Give an account what another has: `buyers sign up with …; sellers in the same way`."""
    for context in parts:
        people = [name for _, name in context.named if not draft.is_thing(name)]
        if context.has("up like", "register like"):
            before = people[1:]
        elif context.has("in the same way") and context.last is not None:
            before = [name for _, name in context.last.named if not draft.is_thing(name)]
        else:
            continue
        for name in people[:1]:
            for attribute in draft.entities[before[0]].attributes.values() if before else ():
                draft.entities[name].add(attribute)
