"""What else changes when something is done: counts, notices, sums, what is kept and restored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scoring.drafting.draft import Detail, Draft, DraftAttribute, DraftRule
from scoring.drafting.nouns import Phrase, before, behind
from scoring.drafting.rules.acts import Act, read_acts, states_of
from scoring.drafting.rules.context import Context
from scoring.drafting.rules.making import made_by, noun_of
from scoring.drafting.rules.steps import actions_of, find_steps
from scoring.prose import lexicon
from scoring.prose.lexicon import lemma

_NOTICES = frozenset("notice notification message alert".split())


def find_effects(context: Context) -> Iterable[DraftRule]:
    """Read all effects that a sentence speaks of."""
    for reader in (_counts, _notices, _restored, _products, _given, _begun, _kept, _left_behind):
        yield from reader(context)


def _effect(
    context: Context, entity: Phrase, actions: tuple[str, ...], writes: Phrase, change: str,
    **details: Detail,
) -> DraftRule:  # fmt: skip
    told: dict[str, Detail] = {"writes": " ".join(writes), "change": change, **details}
    return DraftRule("effect", entity, told, actions, context.said.text)


def _counts(context: Context) -> Iterable[DraftRule]:
    """Read `a shelf counts its books`, `the backend keeps the number of visible comments`."""
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
        for value, actions in (("+1", ("create", *_steps_to(draft, child, state, "target"))),
                               ("-1", ("erase", *_steps_to(draft, child, state, "source")))):  # fmt: skip
            yield _effect(
                context, child, actions, parent, "update", attribute=attribute, value=value
            )


def _is_state(context: Context, entity: Phrase, word: str) -> bool:
    return word in states_of(context.draft.entities[entity])


def _steps_to(draft: Draft, entity: Phrase, state: str, end: str) -> list[str]:
    """Return the steps into a state, or out of it: who counts visible rows counts hidden ones not."""
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


def _notices(context: Context) -> Iterable[DraftRule]:
    """Read `members get a notice when somebody comments on a post of theirs`."""
    draft, texts = context.draft, context.texts
    notice = next((n for _, n in context.things if n[-1] in _NOTICES), None)
    if notice is None or not any(t.lemma in ("get", "receive") for t in context.tokens):
        return
    starts = [at for at, text in enumerate(texts) if text == "when"]
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(texts)
        found = _event(context, start + 1, end)
        if found is None:
            continue
        entity, action, verb = found
        sets = {"member": "caller"} if not draft.accounts() else {}
        account = " ".join(draft.accounts()[-1])
        things = [n for at, n in context.things if start < at < end and n != entity]
        sets[account] = f"{' '.join(things[0])}.{account}" if things else account
        for attribute in draft.entities[notice].attributes.values():
            kind = next((v for v in attribute.values if _alike(v, verb)), None)
            if kind is not None:
                sets[" ".join(attribute.name)] = kind
            elif attribute.default == "false":
                sets[" ".join(attribute.name)] = "false"
        yield _effect(context, entity, (action,), notice, "insert", sets=sets)


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


def _restored(context: Context) -> Iterable[DraftRule]:
    """Read `a deleted post can be restored`: until then it is there for nobody."""
    for at, name in context.things:
        if at and context.texts[at - 1] == "deleted" and context.has("restored", "restore"):
            yield _effect(context, name, ("restore",), name, "restore")
            actions = ("list", "read", "update")
            yield DraftRule("left_out", name, {}, actions, context.said.text)


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
    yield _effect(context, entity, ("create",), entity, "insert", attribute=" ".join(name))


_WITH = re.compile(r"\bwith an? ([\w]+)(?: of\b| or\b|$)")


def _given(context: Context) -> Iterable[DraftRule]:
    """Read what is said with a step: `reject it with an answer of 3 to 300 characters`."""
    steps = {rule.actions: rule.entity for rule in find_steps(context) if rule.kind == "transition"}
    acts = read_acts(context)
    for act in acts:
        entity = steps.get(actions_of(context.draft, act))
        words = " ".join(act.words)
        match = _WITH.search(words) or re.search(r"\bgive an? (\w+) of\b", words)
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
        yield _effect(
            context,
            entity,
            actions_of(context.draft, each),
            entity,
            "update",
            attribute=name[0],
            value="given",
        )


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
    yield _effect(
        context, entity, ("create",), entity, "insert", attribute=" ".join(name), value=match[1]
    )


def _kept(context: Context) -> Iterable[DraftRule]:
    """Read what is kept of every step: `each step is kept as an event`, `kept in its history`."""
    draft, texts = context.draft, context.texts
    if "kept" not in texts or not (context.has("is kept as", "is kept in", "are kept in")):
        return
    log = next((n for at, n in context.things if at > texts.index("kept")), None)
    named = [name for _, name in context.things if name != log]
    entity = named[0] if named else context.about
    histories = [n for n in draft.entities if n[-1] == "history" and n[:-1] == entity]
    log = log or next(iter(histories), None)
    if log is None or entity is None:
        return
    for rule in [r for r in draft.rules if r.kind == "transition" and r.entity == entity]:
        sets = {"kind": str(rule.details["target"]), " ".join(entity): "this"}
        yield _effect(context, entity, rule.actions, log, "insert", sets=sets)


_LEAVING = re.compile(r"^an? (\w+) (?:member|user) leaves")


def _left_behind(context: Context) -> Iterable[DraftRule]:
    """Read `then the order is paid`: what a new row does to the state of another."""
    draft, texts = context.draft, context.texts
    acts = read_acts(context)
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
            yield _effect(
                context, made, ("create",), name, "update", attribute=attribute, value=state
            )


_ = before
