"""What is kept: steps in a history, earlier versions, what is said with a step or restored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scoring.drafting.draft import DraftAttribute, DraftRule
from scoring.drafting.nouns import Phrase, before, listed
from scoring.drafting.reading.acts import Act, read_acts, states_of
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.states import marked_as
from scoring.drafting.rules.effect import effect_of
from scoring.drafting.rules.steps import actions_of, find_steps


def _restored(context: Context) -> Iterable[DraftRule]:
    """Read `a deleted post can be restored`: until then it is there for nobody."""
    for at, name in context.things:
        if at and context.texts[at - 1] == "deleted" and context.has("restored", "restore"):
            yield effect_of(context, name, ("restore",), name, "restore")
            actions = ("list", "read", "update")
            yield DraftRule("left_out", name, {}, actions, context.said.text)


_GIVEN = re.compile(r"^an? (\w+) of\b")
_WITH = re.compile(r"\bwith an? ([\w]+)(?: of\b| or\b|$)")


def _given(context: Context) -> Iterable[DraftRule]:
    """Read what is said with a step: `reject it with an answer of 3 to 300 characters`."""
    steps = {rule.actions: rule.entity for rule in find_steps(context) if rule.kind == "transition"}
    acts = read_acts(context)
    for act in acts:
        entity = steps.get(actions_of(context.draft, act))
        at = acts.index(act)
        if act.verb == "give" and at > 0:
            entity, act = steps.get(actions_of(context.draft, acts[at - 1])), acts[at - 1]
        words = " ".join(acts[at].words)
        match = _WITH.search(words) or _GIVEN.search(words)
        if entity is None or match is None:
            continue
        name = (match[1],)
        thing = context.draft.entities[entity]
        thing.add(DraftAttribute(name, "text", required=False, said=context.said.text))
        yield from _held(context, entity, act, acts, name)


def _held(
    context: Context, entity: Phrase, act: Act, acts: Sequence[Act], name: Phrase
) -> Iterable[DraftRule]:
    joined = [a for a in acts if a.place + 2 == act.place and context.texts[a.place + 1] == "or"]
    for each in (*joined, act):
        yield effect_of(
            context,
            entity,
            actions_of(context.draft, each),
            entity,
            "update",
            attribute=name[0],
            value="given",
        )


def _kept(context: Context) -> Iterable[DraftRule]:
    """Read what is kept of every step: `each step is kept as an event`, `kept in its history`."""
    draft, texts = context.draft, context.texts
    if "kept" not in texts or not (context.has("is kept as", "is kept in", "are kept in")):
        return
    log = next((n for at, n in context.things if at > texts.index("kept")), None)
    named = [name for _, name in context.things if name != log]
    entity = named[0] if named else context.about
    if log is not None and log[:-1] in draft.entities:
        entity = log[:-1]
    histories = [n for n in draft.entities if n[-1] == "history" and n[:-1] == entity]
    log = log or next(iter(histories), None)
    if log is None or entity is None:
        return
    status = draft.entities[entity].status
    if context.has("everything that happens") and status is not None and status.default:
        sets = {"kind": status.default, " ".join(entity): "this"}
        yield effect_of(context, entity, ("create",), log, "insert", sets=sets)
    for rule in [r for r in draft.rules if r.details.get("writes") == " ".join(entity)]:
        value, is_step = str(rule.details.get("value")), rule.details.get("change") == "update"
        if is_step and status is not None and value in status.values:
            sets = {"kind": value, " ".join(entity): " ".join(entity)}
            yield effect_of(context, rule.entity, rule.actions, log, "insert", sets=sets)
    for rule in [r for r in draft.rules if r.kind == "transition" and r.entity == entity]:
        sets = {"kind": str(rule.details["target"]), " ".join(entity): "this"}
        yield effect_of(context, entity, rule.actions, log, "insert", sets=sets)


def _versions(context: Context) -> Iterable[DraftRule]:
    """Read `its earlier titles and texts are kept`."""
    texts = context.texts
    at = next((p for p in range(len(texts)) if texts[p : p + 2] == ("its", "earlier")), None)
    entity = context.about
    version = (*entity, "version") if entity is not None else ()
    if at is None or entity is None or version not in context.draft.entities:
        return
    sets = {" ".join(name): " ".join(name) for name in listed(context.tokens, at + 2)}
    for name in sets:
        attribute = DraftAttribute((name,), "text", said=context.said.text)
        context.draft.entities[version].add(attribute)
    sets[" ".join(entity)] = "this"
    yield effect_of(context, entity, ("update",), version, "insert", sets=sets)


def _marked(context: Context) -> Iterable[DraftRule]:
    """Read `mark a notice as read`: something is so from then on."""
    for act in read_acts(context):
        named, target = marked_as(act), act.target
        if (
            named is None
            or target is None
            or named in states_of(context.draft.entities[target.entity])
        ):
            continue
        name = ("is", named)
        thing = context.draft.entities[target.entity]
        if context.draft.is_thing(target.entity):
            thing.add(DraftAttribute(name, "boolean", default="false", said=context.said.text))
            yield effect_of(
                context, target.entity, (f"mark {named}",), target.entity, "update",
                attribute=" ".join(name), value="true",
            )  # fmt: skip


def _changed(context: Context) -> Iterable[DraftRule]:
    """Read `the seller changes the price of a variant`, `a vote can be changed`."""
    draft, texts = context.draft, context.texts
    for act in read_acts(context):
        if act.verb not in ("change", "correct", "set"):
            continue
        for at, name in context.named:
            if at < act.place + 2 or texts[at - 2] != "of" or not draft.is_thing(name):
                continue
            noun = before(context.tokens, at - 2)
            if noun in draft.entities[name].attributes:
                action, said = f"{act.verb} {' '.join(noun)}", " ".join(noun)
                yield effect_of(
                    context, name, (action,), name, "update", attribute=said, value="given"
                )
        if act.passive and act.target is not None and draft.is_thing(act.target.entity):
            values = draft.entities[act.target.entity].attributes
            if list(values) == [("value",)]:
                entity = act.target.entity
                yield effect_of(
                    context, entity, ("update",), entity, "update", attribute="value", value="given"
                )


KEPT = (_restored, _given, _kept, _versions, _marked, _changed)
"""Readers of what is kept."""
