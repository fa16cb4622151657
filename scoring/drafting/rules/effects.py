"""What else changes when something is done: notices, and rows that come, go or change with one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.drafting.draft import Detail, DraftAttribute, DraftRule
from scoring.drafting.entities import NOTICES
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import read_acts
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by, noun_of
from scoring.drafting.rules.effect import effect_of
from scoring.drafting.rules.keeping import KEPT
from scoring.drafting.rules.sums import SUMS
from scoring.prose import lexicon
from scoring.prose.lexicon import lemma
from scoring.words import words


def _notices(context: Context) -> Iterable[DraftRule]:
    """Read `members get a notice when somebody comments on a post of theirs`."""
    draft, texts = context.draft, context.texts
    notice = next((n for _, n in context.things if n[-1] in NOTICES), None)
    if notice is None or not draft.accounts():
        return
    if not any(t.lemma in ("get", "receive") for t in context.tokens):
        return
    account = " ".join(draft.accounts()[-1])
    starts = [at for at, text in enumerate(texts) if text == "when"]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(texts)
        found = _event(context, start + 1, end)
        if found is None:
            continue
        entity, action, verb = found
        things = [n for at, n in context.things if start < at < end and n != entity]
        sets = {account: f"{' '.join(things[0])}.{account}" if things else account}
        for attribute in draft.entities[notice].attributes.values():
            kind = next((v for v in attribute.values if _alike(v, verb)), None)
            if kind is not None:
                sets[" ".join(attribute.name)] = kind
            elif attribute.default == "false":
                sets[" ".join(attribute.name)] = "false"
        yield effect_of(context, entity, (action,), notice, "insert", sets=sets)


def _alike(value: str, verb: str) -> bool:
    return value.rstrip("aled")[:5] == verb.rstrip("aled")[:5]


def _event(context: Context, start: int, end: int) -> tuple[Phrase, str, str] | None:
    """Return whose operation a clause speaks of: a new comment, a post that is removed."""
    draft = context.draft
    for at in range(start, end):
        verb = context.tokens[at].lemma
        is_verb = at > start and context.texts[at - 1] not in lexicon.DETERMINERS
        made = noun_of(draft, verb) if is_verb else None
        if made is not None and draft.is_thing(made) and verb not in ("be", "get"):
            return made, "create", verb
        passive = at > start and context.texts[at - 1] in ("is", "are", "was")
        things = [name for place, name in context.things if start <= place < at]
        if passive and things:
            return things[-1], verb, verb
    return None


def _left_behind(context: Context) -> Iterable[DraftRule]:
    """Read `then the order is paid`: what a new row does to the state of another."""
    draft, texts = context.draft, context.texts
    continues = texts[:1] == ("then",) and context.last is not None
    acts = read_acts(context.last if continues and context.last is not None else context)
    made = next((m for a in acts if (m := made_by(draft, a)) is not None), None)
    if made is None or "then" not in texts:
        return
    then = texts.index("then")
    for at, name in context.things:
        status = draft.entities[name].status
        behind_it = texts[at + 1 : at + 7]
        if at < then or status is None or name == made or not {"is", "are"} & set(behind_it):
            continue
        state = next((word for word in behind_it if word in status.values), None)
        if state is not None:
            attribute = " ".join(status.name)
            yield effect_of(
                context, made, ("create",), name, "update", attribute=attribute, value=state
            )


_LEAVES = re.compile(r"^an? (?P<state>[a-z]+) (?P<who>[a-z]+) leaves the (?P<of>[a-z]+)")
_UNTIL_OVER = re.compile(
    r"\bcannot (?P<verb>[a-z]+) (?:it|the [a-z]+) until the (?P<what>[a-z]+) (?:is over|ends)"
)


def _leaving(context: Context) -> Iterable[DraftRule]:
    """Read `a banned member leaves the club at once and cannot join it until the ban is over`."""
    draft, text = context.draft, " ".join(context.texts)
    leaves, bars = _LEAVES.search(text), _UNTIL_OVER.search(text)
    place = (leaves["of"],) if leaves is not None else ()
    member = next((n for n, e in draft.entities.items() if place and place in e.links
                   and n[-1] == "membership"), None)  # fmt: skip
    if leaves is None or member is None:
        return
    cause = noun_of(draft, lemma(leaves["state"]))
    if cause is not None:
        where = {leaves["who"]: leaves["who"], leaves["of"]: leaves["of"]}
        yield effect_of(context, cause, ("create",), member, "delete", where=where)
    if bars is not None and (bars["what"],) in draft.entities:
        ends = next((a for a in draft.entities[(bars["what"],)].attributes if a[-1] == "end"), None)
        details: dict[str, Detail] = {"through": bars["what"], "person": leaves["who"]}
        if ends is not None:
            details["until"] = " ".join(ends)
        yield DraftRule("bar", member, details, ("create",), context.said.text)


def _answers(context: Context) -> Iterable[DraftRule]:
    """Read `a question that is answered`: the answer leaves the question so."""
    draft = context.draft
    for _, name in context.things:
        for word in context.texts:
            status = draft.entities[name].status_of(word)
            link = (*name, lemma(word))
            if status is not None and link in draft.entities and link != name:
                attribute = " ".join(status.name)
                yield effect_of(
                    context, link, ("create",), name, "update", attribute=attribute, value=word
                )


_ENDS = 2
"""Of what joins two things."""
_CREATED_WITH = re.compile(r"\bis created with \d+ to \d+ (?P<what>[a-z]+)")
_READING = re.compile(r"^reading an? (?P<of>[a-z]+)\b.*?\bcounts an? (?P<what>[a-z]+)")
_WHICH_DELETES = re.compile(
    r"\b(?P<verb>[a-z]+) (?:it|them|an? [a-z]+) ,? ?which deletes that (?P<what>[a-z]+)"
)


def _born_with(context: Context) -> Iterable[DraftRule]:
    """Read what comes or goes with a row: `is created with 1 to 20 copies`, `up to 5 genres`."""
    draft, text = context.draft, " ".join(context.texts)
    match, about = _CREATED_WITH.search(text), context.about
    if match is not None and about is not None and words(match["what"]) in draft.entities:
        yield effect_of(context, about, ("create",), words(match["what"]), "insert")
    for name, each in draft.entities.items():
        whole, part = each.links if len(each.links) == _ENDS else ((), ())
        named = [n for _, n in context.things]
        counts = context.has("up to", "at most") and not context.has("once") and context.has("has")
        if whole and name == (*whole, *part) and counts and named[:1] == [whole] and part in named:
            yield effect_of(context, whole, ("create",), name, "insert")
    match = _READING.match(text)
    if match is not None and (match["of"],) in draft.entities:
        entity, name = (match["of"],), (f"{match['what']}s",)
        draft.entities[entity].add(DraftAttribute(name, "integer", said=context.said.text))
        yield effect_of(context, entity, ("read",), entity, "update", attribute=name[0], value="+1")
    match = _WHICH_DELETES.search(text)
    made = noun_of(draft, lemma(match["verb"])) if match is not None else None
    if match is not None and made is not None and (match["what"],) in draft.entities:
        yield effect_of(context, made, ("create",), (match["what"],), "delete")


_READERS = (*SUMS, *KEPT, _notices, _left_behind, _leaving, _answers, _born_with)


def find_effects(context: Context) -> Iterable[DraftRule]:
    """Read all effects that a sentence speaks of."""
    for reader in _READERS:
        yield from reader(context)
