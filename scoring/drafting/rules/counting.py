"""How many rows somebody may have: `a member has at most 20 lists`."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.drafting.draft import DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import states_of
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import noun_of
from scoring.prose.bounds import Bound, bounds
from scoring.prose.clauses import refused_at

_HAVING = frozenset("have keep open hold own make submit".split())
_PERIODS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NOUN_REACH = 2


def find_quotas(context: Context) -> Iterable[DraftRule]:
    """Read quotas; rows in a state count alone: `at most 3 open orders`."""
    for bound in bounds(context.said.sentence):
        allowed = bound.allowed(refused_at(context.said.sentence, bound.start))
        if bound.kind == "range" or allowed is None or allowed[1] is None:
            continue
        yield from _quota(context, bound, int(allowed[1]))


def _quota(context: Context, bound: Bound, most: int) -> Iterable[DraftRule]:
    tokens, draft = context.tokens, context.draft
    counted = _counted(context, bound)
    if counted is None or not draft.is_thing(counted):
        return
    before = [token.lemma for token in tokens[max(0, bound.start - 4) : bound.start]]
    owner = [name for at, name in context.named if at < bound.start]
    period = _period(context, bound.end)
    has = bool(_HAVING & set(before)) or period is not None or "with" in before
    if not has or (not owner and context.texts[:1] not in (("nobody",), ("they",))):
        return
    if (
        period is None
        and owner
        and "with" not in before
        and draft.is_thing(owner[-1])
        and not _HAVING & set(before)
    ):
        return
    details: dict[str, int | str] = {"maximum": most}
    status = draft.entities[counted].status
    state = tokens[bound.end].text if bound.end < len(tokens) else ""
    state = "open" if status is not None and "open" in before and "open" in status.values else state
    if status is not None and state in (*states_of(draft.entities[counted]), "open"):
        is_known = state in status.values
        details |= {"attribute": " ".join(status.name)}
        details |= {"value": state if is_known else status.values[0]}
    if period is not None:
        details["days"] = period
    within = owner[-1] if owner and draft.is_thing(owner[-1]) else None
    if within is not None and within != counted:
        details["within"] = " ".join(within)
    yield DraftRule("quota", counted, details, ("create",), context.said.text)


def _counted(context: Context, bound: Bound) -> Phrase | None:
    """Return the thing that a number counts: behind it, or meant by `one`."""
    found = [n for at, n in context.named if bound.end <= at <= bound.end + _NOUN_REACH]
    if found:
        return found[0]
    behind = context.texts[bound.end : bound.end + _NOUN_REACH + 1]
    if {"one", "ones"} & set(behind):
        return context.thing_before(bound.start)
    return noun_of(context.draft, context.texts[bound.end]) if behind and behind[0] else None


def _period(context: Context, place: int) -> int | None:
    """Return the days of `a day` and `per week` behind a number."""
    texts = context.texts
    for at in range(place, min(place + 4, len(texts) - 1)):
        if texts[at] in ("a", "per", "each") and texts[at + 1] in _PERIODS:
            return _PERIODS[texts[at + 1]]
    return None
