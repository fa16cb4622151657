"""Who sees rows, where a sentence lists them: `is seen by its author and by the editors`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.drafting.draft import Detail, Draft, DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import states_of
from scoring.drafting.reading.context import Context
from scoring.words import words

_SEEN = re.compile(r"\b(?:is|are) (?:seen|shown|visible)(?P<only> only)? (?:by|to) (?P<whom>.*)$")
_PARTS = re.compile(r" ?, (?:and )?| and ")
_NOT = re.compile(r"^(?:not |by nobody|but not )")
_LEADS = re.compile(r"^(?:only )?(?:by |to )?(?:the |its |their |an? )?")


def find_seen(context: Context) -> Iterable[DraftRule]:
    """Read `a payslip is seen by its employee and the employer, not by managers`."""
    text = " ".join(context.texts)
    match = _SEEN.search(text)
    if match is None:
        return
    end = len(text[: match.start()].split())
    things = [name for at, name in context.things if at < end]
    if not things and context.texts[:1] in (("it",), ("they",)) and context.about is not None:
        things = [context.about]
    whom = [each for each in _PARTS.split(match["whom"]) if each]
    limited = bool(match["only"]) or any(_NOT.match(each) for each in whom)
    people, details = _seers(context.draft, [each for each in whom if not _NOT.match(each)])
    has_owner = re.match(r"(?:its|their) ", match["whom"]) is not None
    if not (limited or has_owner) or not people:
        return
    if len(people) > 1:
        details["or_relation"] = " ".join(people[1])
    for name in things:
        yield DraftRule("ownership", name, dict(details), ("list", "read"), context.said.text)


def _seers(draft: Draft, listed: list[str]) -> tuple[list[Phrase], dict[str, Detail]]:
    """Return the people whose rows they are, and who else sees them: staff, roles, members."""
    people, details = list[Phrase](), dict[str, Detail]()
    for each in listed:
        noun = words(_LEADS.sub("", each).split(" of ")[0])
        if noun in draft.accounts():
            if draft.entities[noun].invited:
                details["or_actors"] = (" ".join(noun),)
            else:
                people.append(noun)
            continue
        through = _membership(draft, noun)
        if through is not None:
            name, attribute, value = through
            told = {"or_through": name, "or_attribute": attribute, "or_value": value}
            details |= {key: text for key, text in told.items() if text}
    return list(dict.fromkeys(people)), details


def _membership(draft: Draft, noun: Phrase) -> tuple[str, str, str] | None:
    """Return the membership that a role, or `active members`, stands for."""
    for name, each in draft.entities.items():
        role = each.attributes.get(("role",))
        if noun and role is not None and noun[-1] in role.values[1:] and draft.is_thing(name):
            return " ".join(name), "role", noun[-1]
        if noun[-1:] in each.also and noun[-1:] == ("member",):
            state = next((word for word in noun[:-1] if word in states_of(each)), "")
            status = each.status_of(state)
            return " ".join(name), " ".join(status.name) if status else "", state
    return None
