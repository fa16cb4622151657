"""To what rows belong, and rows that must belong to the same: a club's teams, the clubs apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from scoring.drafting.draft import Detail, Draft, DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import read_acts
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_things

_PLACES = frozenset("in into on onto under for to of about".split())
_ANOTHER = re.compile(
    r"\bwhatever(?: else)? (?:names|belongs to|refers to)(?: an?| the)? (?:[a-z]+ of )?"
    r"another (?P<of>[a-z]+) (?:is|are) refused\b"
)


def find_places(contexts: Sequence[Context]) -> None:
    """Note what rows are made in: `the owner makes teams in the own club`."""
    for context in contexts:
        draft = context.draft
        for act in read_acts(context):
            for made in made_things(draft, act) if not act.refused else ():
                inside = [
                    each.entity
                    for each in act.things
                    if each.preposition in _PLACES or each.own or each.entity == _first(act.things)
                ]
                named = [*inside, *([act.subject.of] if act.subject.of is not None else [])]
                thing = draft.entities[made]
                found = (each for each in named if each != made and draft.is_thing(each))
                thing.refers = tuple(dict.fromkeys((*thing.refers, *found)))


def _first(things: Sequence[object]) -> Phrase | None:
    return getattr(things[0], "entity", None) if things else None


def find_apart(context: Context) -> Iterable[DraftRule]:
    """Read `whatever names a row of another club is refused`."""
    draft = context.draft
    match = _ANOTHER.search(" ".join(context.texts))
    whole = (match["of"],) if match is not None else ()
    if whole not in draft.entities:
        return
    inside = [name for name in draft.entities if _belongs(draft, name, whole)]
    for name in inside:
        each = draft.entities[name]
        for other in dict.fromkeys((*each.links, *each.refers)):
            if other in inside and other != name:
                told = " ".join(whole)
                details = {"attribute": f"{' '.join(other)}.{told}", "comparison": "="}
                details["other"] = told
                yield DraftRule("order", name, details, ("create",), context.said.text)
    for name in inside:
        each = draft.entities[name]
        each.refers = tuple(dict.fromkeys((*each.refers, whole)))


_TENANTS = re.compile(
    r"\bnobody (?:ever )?sees (?:a row|rows|anything|the data) of (?:an?|another) (?P<of>[a-z]+)\b"
)


def find_tenants(context: Context) -> Iterable[DraftRule]:
    """Read `nobody sees a row of a club that is not his own`: of all that belongs to one."""
    draft = context.draft
    match = _TENANTS.search(" ".join(context.texts))
    whole = _whole(draft, match["of"]) if match is not None else None
    if whole is None:
        return
    member = next((n for n in draft.entities if n[-1] == "membership"), None)
    seen = [r for r in draft.rules if r.kind == "ownership" and "list" in r.actions]
    nothing: Mapping[str, Detail] = {}
    own = next((r.details for r in seen if r.entity == whole), nothing)
    for name in draft.entities:
        if not _belongs(draft, name, whole):
            continue
        if all(rule.entity != name for rule in seen):
            yield DraftRule("ownership", name, dict(own), ("list", "read"), context.said.text)
        if member is None or name == member:
            continue
        led = [r for r in draft.rules if r.kind == "membership" and r.entity == name]
        actions = dict.fromkeys(a for r in led for a in r.actions if a != "create")
        if actions:
            details = {"through": " ".join(member)}
            yield DraftRule("membership", name, details, tuple(actions), context.said.text)


def _whole(draft: Draft, noun: str) -> Phrase | None:
    """Return the group that a noun means: a company may be called an organisation elsewhere."""
    alike = [name for name in draft.entities if name[-1] in _COMPANIES]
    if (noun,) in draft.entities:
        return (noun,)
    return alike[0] if noun in _COMPANIES and len(alike) == 1 else None


_COMPANIES = frozenset("company organisation organization firm business tenant workspace".split())
"""Words for the same: a text may open with one and go over to another."""


def _belongs(draft: Draft, name: Phrase, whole: Phrase, depth: int = 3) -> bool:
    """Whether rows belong to a row of the whole, by way of what they are made in."""
    each = draft.entities[name]
    parents = (*each.links, *each.refers)
    if name == whole or not draft.is_thing(name):
        return False
    return whole in parents or (
        depth > 0 and any(_belongs(draft, parent, whole, depth - 1) for parent in parents)
    )
