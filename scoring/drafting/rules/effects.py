"""What else changes when something is done: counts, notices, sums, what is kept and restored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scoring.drafting.draft import Detail, Draft, DraftAttribute, DraftRule
from scoring.drafting.entities import NOTICES
from scoring.drafting.nouns import Phrase, before, behind, listed
from scoring.drafting.reading.acts import Act, read_acts, states_of
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by, noun_of
from scoring.drafting.reading.states import marked_as
from scoring.drafting.rules.steps import actions_of, find_steps
from scoring.prose import lexicon
from scoring.prose.lexicon import lemma
from scoring.words import words


def find_effects(context: Context) -> Iterable[DraftRule]:
    """Read all effects that a sentence speaks of."""
    for reader in _READERS:
        yield from reader(context)


def _effect(
    context: Context, entity: Phrase, actions: tuple[str, ...], writes: Phrase, change: str,
    **details: Detail,
) -> DraftRule:  # fmt: skip
    told: dict[str, Detail] = {"writes": " ".join(writes), "change": change, **details}
    return DraftRule("effect", entity, told, actions, context.said.text)


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
            yield _effect(
                context, child, actions, parent, "update", attribute=attribute, value=value
            )
        yield _effect(
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


def _notices(context: Context) -> Iterable[DraftRule]:
    """Read `members get a notice when somebody comments on a post of theirs`."""
    draft, texts = context.draft, context.texts
    notice = next((n for _, n in context.things if n[-1] in NOTICES), None)
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
    if log is not None and log[:-1] in draft.entities:
        entity = log[:-1]
    histories = [n for n in draft.entities if n[-1] == "history" and n[:-1] == entity]
    log = log or next(iter(histories), None)
    if log is None or entity is None:
        return
    status = draft.entities[entity].status
    if context.has("everything that happens") and status is not None and status.default:
        sets = {"kind": status.default, " ".join(entity): "this"}
        yield _effect(context, entity, ("create",), log, "insert", sets=sets)
    for rule in [r for r in draft.rules if r.details.get("writes") == " ".join(entity)]:
        value, is_step = str(rule.details.get("value")), rule.details.get("change") == "update"
        if is_step and status is not None and value in status.values:
            sets = {"kind": value, " ".join(entity): " ".join(entity)}
            yield _effect(context, rule.entity, rule.actions, log, "insert", sets=sets)
    for rule in [r for r in draft.rules if r.kind == "transition" and r.entity == entity]:
        sets = {"kind": str(rule.details["target"]), " ".join(entity): "this"}
        yield _effect(context, entity, rule.actions, log, "insert", sets=sets)


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
    yield _effect(context, parent, ("create",), parent, "insert", attribute=own, value="0")
    yield _effect(
        context, child, ("create", "update", "erase"), parent, "update",
        attribute=" ".join(name), value=f"sum of {' '.join(of)}",
    )  # fmt: skip


def _is_number(attribute: DraftAttribute) -> bool:
    return attribute.type in ("integer", "decimal")


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
    yield _effect(context, entity, ("update",), version, "insert", sets=sets)


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
            yield _effect(
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
                yield _effect(
                    context, name, (action,), name, "update", attribute=said, value="given"
                )
        if act.passive and act.target is not None and draft.is_thing(act.target.entity):
            values = draft.entities[act.target.entity].attributes
            if list(values) == [("value",)]:
                entity = act.target.entity
                yield _effect(
                    context, entity, ("update",), entity, "update", attribute="value", value="given"
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
        yield _effect(context, cause, ("create",), member, "delete", where=where)
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
                yield _effect(
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
        yield _effect(context, about, ("create",), words(match["what"]), "insert")
    for name, each in draft.entities.items():
        whole, part = each.links if len(each.links) == _ENDS else ((), ())
        named = [n for _, n in context.things]
        counts = context.has("up to", "at most") and not context.has("once") and context.has("has")
        if whole and name == (*whole, *part) and counts and named[:1] == [whole] and part in named:
            yield _effect(context, whole, ("create",), name, "insert")
    match = _READING.match(text)
    if match is not None and (match["of"],) in draft.entities:
        entity, name = (match["of"],), (f"{match['what']}s",)
        draft.entities[entity].add(DraftAttribute(name, "integer", said=context.said.text))
        yield _effect(context, entity, ("read",), entity, "update", attribute=name[0], value="+1")
    match = _WHICH_DELETES.search(text)
    made = noun_of(draft, lemma(match["verb"])) if match is not None else None
    if match is not None and made is not None and (match["what"],) in draft.entities:
        yield _effect(context, made, ("create",), (match["what"],), "delete")


_READERS = (
    _born_with,
    _answers,
    _counts, _notices, _restored, _products, _given, _begun, _kept, _left_behind, _sums, _versions,
    _marked, _changed, _leaving,
)  # fmt: skip
