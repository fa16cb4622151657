"""Rules about time: how long something may be done, what lies ahead, what ends after it starts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.drafting.attributes import EXTREMES
from scoring.drafting.draft import Detail, DraftAttribute, DraftRule
from scoring.drafting.nouns import Phrase, before
from scoring.drafting.reading.acts import read_acts
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by
from scoring.drafting.rules.steps import actions_of
from scoring.prose.bounds import bounds

_DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_MADE = "created_at"
_SINCE = re.compile(r"^after (?:it|they) (?:was|were) (\w+)|^after (?:its|their) (\w+)")
_ENDS = re.compile(
    r"\b(?:(?P<not>does not|cannot|can not|never) ends? before (?:it|they) (?:starts?|begins?)"
    r"|ends? after (?:it|they) (?:starts?|begins?)"
    r"|(?P<last>last|end|final) (?:day|date|time|hour)? ?that is not before the (?:first|start))"
)
_PAST = ("not in the future", "never in the future", "in the past")
_FUTURE = ("lies ahead", "lie ahead", "in the future", "not in the past", "never the past",
           "never in the past")  # fmt: skip


def find_windows(context: Context) -> Iterable[DraftRule]:
    """Read `a post can be changed for 7 days`, `at least 24 hours before its start`."""
    for bound in bounds(context.said.sentence):
        unit = context.tokens[bound.end].word if bound.end < len(context.tokens) else ""
        amount = bound.high if bound.high is not None else bound.low
        if unit not in _DAYS or amount is None or bound.kind == "range":
            continue
        days = amount * _DAYS[unit]
        act = next((a for a in reversed(read_acts(context)) if a.place < bound.start), None)
        act = act or next(iter(read_acts(context)), None)
        if act is None or days != int(days):
            continue
        found = _window(context, bound.start, bound.end + 1, bound.kind)
        named = act.target or next(iter(act.things), None)
        entity = made_by(context.draft, act) or (named.entity if named else context.about)
        if found is None or entity is None or not context.draft.is_thing(entity):
            continue
        attribute, beyond = found
        if attribute != _MADE:
            name = (attribute,)
            context.draft.entities[entity].add(
                DraftAttribute(name, "datetime", said=context.said.text)
            )
        actions = ("create",) if made_by(context.draft, act) else actions_of(context.draft, act)
        details: dict[str, Detail] = {"attribute": attribute, "days": int(days), "beyond": beyond}
        caller = _caller(context, act.subject.head)
        yield DraftRule("window", entity, details | caller, actions, context.said.text)
        yield from _others(context, bound.end, DraftRule("window", entity, details, actions))


_CHANGING = frozenset("change edit correct update".split())


def _caller(context: Context, head: Phrase) -> dict[str, Detail]:
    """Return which callers are meant: `trainers`, if an account has that role."""
    for name in context.draft.accounts():
        for status in context.draft.entities[name].attributes.values():
            if head and head[-1] in status.values:
                return {"caller": {" ".join(status.name): head[-1]}}
    return {}


def _others(context: Context, place: int, rule: DraftRule) -> Iterable[DraftRule]:
    """Read others who have other days: `members at most 14 days ahead, trainers 60`."""
    tokens = context.tokens
    for at in range(place, len(tokens) - 1):
        number, caller = tokens[at + 1].number, _caller(context, (tokens[at].word,))
        if number is not None and caller and tokens[at - 1].text in (",", "and"):
            details = {**rule.details, "days": int(number), **caller}
            yield DraftRule("window", rule.entity, details, rule.actions, context.said.text)


def _window(context: Context, start: int, end: int, kind: str) -> tuple[str, bool] | None:
    """Return from which time is counted, and whether it must be further away."""
    texts = context.texts
    behind = " ".join(texts[end : end + 5])
    if _SINCE.search(behind):
        return _MADE, False
    changes = any(context.tokens[at].lemma in _CHANGING for at in context.verbs if at < start)
    if start and texts[start - 1] == "for" and changes:
        return _MADE, False
    if re.match(r"(?:of|after) (?:its|their) creation", behind):
        return _MADE, False
    if re.match(r"before (?:its|the) (?:start|beginning)", behind):
        return "start", kind == "least"
    if behind.startswith("ahead") and kind == "most":
        return "start", False
    if kind == "most" and context.has("ahead"):
        name = _timed(context)
        return (" ".join(name), False) if name else None
    return None


def _timed(context: Context) -> Phrase:
    """Return the time that a sentence says lies ahead."""
    at = context.texts.index("ahead") if "ahead" in context.texts else 0
    that = next((p for p in range(at, 0, -1) if context.texts[p] == "that"), 0)
    return before(context.tokens, that) if that else ()


def find_ahead(context: Context) -> Iterable[DraftRule]:
    """Read `a day not in the future`, `an end that lies ahead`."""
    texts = context.texts
    for side, phrases in (("past", _PAST), ("future", _FUTURE)):
        for phrase in phrases:
            run = tuple(phrase.split())
            at = next((p for p in range(len(texts)) if texts[p : p + len(run)] == run), None)
            if at is None or (side == "future" and context.has(*_PAST)):
                continue
            name, entity = _time(context, at), _whose(context)
            if name and entity is not None:
                kind = "date" if name[-1] in ("day", "date") else "datetime"
                thing = context.draft.entities[entity]
                thing.add(DraftAttribute(name, kind, said=context.said.text))
                details = {"attribute": " ".join(name), "side": side}
                yield DraftRule("ahead", entity, details, ("create", "update"), context.said.text)
            return


def _time(context: Context, at: int) -> Phrase:
    """Return the noun that a clause about time belongs to: `a day that is not …`."""
    texts = context.texts
    place = at
    that = [p for p in range(max(0, at - 9), at) if texts[p] == "that"]
    place = that[-1] if that else at
    found = before(context.tokens, place)
    return found if found and found[-1] in _TIMES else ("start",) if texts[at] == "never" else ()


_TIMES = frozenset("day date time start end beginning deadline hour".split())


def _whose(context: Context) -> Phrase | None:
    for act in read_acts(context):
        made = made_by(context.draft, act)
        if made is not None:
            return made
    things = [name for _, name in context.things]
    return context.about or (things[0] if things else None)


_NEITHER = re.compile(r"^the (?P<what>[a-z]+) begins neither before nor after the (?P<of>[a-z]+)$")
_LATER = re.compile(r"\b(?:it )?ends later than before\b")
_NOT_BEFORE = re.compile(
    r"\b(?P<what>(?:[a-z]+ )?[a-z]+)(?: from \d+ to \d+)? that is not "
    r"(?:before|below|less than) the (?P<other>[a-z]+)\b"
)


def find_compared(context: Context) -> Iterable[DraftRule]:
    """Read `the week begins neither before nor after the contract`, `ends later than before`."""
    draft, text, said = context.draft, " ".join(context.texts), context.said.text
    entity = context.about
    neither = _NEITHER.match(text)
    if neither is not None and (neither["of"],) in draft.entities:
        entity = next((n for n in _recent(context) if n != (neither["of"],)), None)
        other = draft.entities[(neither["of"],)]
        for comparison, end in ((">=", "start"), ("<=", "end")) if entity is not None else ():
            other.add(DraftAttribute((end,), "date", said=said))
            draft.entities[entity or ()].add(DraftAttribute((neither["what"],), "date", said=said))
            details = {"attribute": neither["what"], "comparison": comparison}
            details["other"] = f"{neither['of']}.{end}"
            yield DraftRule("order", entity or (), details, ("create",), said)
    acts = read_acts(context)
    if _LATER.search(text) and acts and acts[0].target is not None:
        entity = acts[0].target.entity
        if ("end",) in draft.entities[entity].attributes:
            details = {"attribute": "end", "comparison": ">", "other": "end"}
            yield DraftRule("order", entity, details, actions_of(draft, acts[0]), said)
    least = _NOT_BEFORE.search(text)
    entity = _whose(context)
    if least is None or entity is None or not draft.is_thing(entity):
        return
    yield from _at_least(context, entity, least["what"], least["other"])


def _recent(context: Context) -> list[Phrase]:
    about = [context.before] if context.before is not None else []
    return [*about, *context.spoken_of]


def _at_least(context: Context, entity: Phrase, what: str, other: str) -> Iterable[DraftRule]:
    """Return the rule that an attribute is not below another, of the row or of what it is in."""
    draft = context.draft
    own = draft.entities[entity].attributes
    for word, term in EXTREMES.items():
        what = what.replace(word, term)
    names = [" ".join(name) for name in own if what.endswith(" ".join(name))]
    holders = [
        n for n in context.spoken_of if n != entity and (other,) in draft.entities[n].attributes
    ]
    path = other if (other,) in own else f"{' '.join(holders[0])}.{other}" if holders else ""
    if names and path:
        details = {"attribute": max(names, key=len), "comparison": ">=", "other": path}
        yield DraftRule("order", entity, details, ("create", "update"), context.said.text)


def find_orders(context: Context) -> Iterable[DraftRule]:
    """Read `it does not end before it starts`."""
    match = _ENDS.search(" ".join(context.texts))
    entity = _whose(context)
    if match is None or entity is None or not context.draft.is_thing(entity):
        return
    comparison = ">=" if match["not"] or match["last"] else ">"
    thing = context.draft.entities[entity]
    for name in ("start", "end"):
        if (name,) not in thing.attributes:
            thing.add(DraftAttribute((name,), "date", said=context.said.text))
    details = {"attribute": "end", "comparison": comparison, "other": "start"}
    yield DraftRule("order", entity, details, ("create", "update"), context.said.text)
