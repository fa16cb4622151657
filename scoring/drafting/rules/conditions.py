"""What a new row asks of the rows that it belongs to: their state, their owner, a membership."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.drafting.draft import Draft, DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import OWNERS, Act, Subject, Thing, read_acts, things_in
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by, made_things, noun_of
from scoring.drafting.rules.steps import actions_of, in_state
from scoring.prose.lexicon import lemma
from scoring.words import words

_SELF = frozenset("themselves himself herself".split())
_TOUCHING = frozenset("touch manage maintain edit".split())


def find_conditions(context: Context) -> Iterable[DraftRule]:
    """Read what is asked of the rows around a new one."""
    for act in read_acts(context):
        made = made_by(context.draft, act)
        for each in made_things(context.draft, act):
            yield from _of_places(context, act, each)
        if made is not None:
            for thing in act.things:
                yield from _of_related(context, act, made, thing)
            if act.refused and _SELF & set(act.words) and context.draft.accounts():
                account = " ".join(context.draft.accounts()[0])
                yield _rule(context, "stranger", made, {"relation": account}, ("create",))
            if act.subject.states:
                yield from _of_caller(context, act, made)
        yield from _of_doer(context, act, made)
    yield from _chosen(context)
    yield from _strangers(context)
    yield from _all_this(context)
    yield from _refused_things(context)


_ONE_OF = re.compile(r"^an? (?P<what>[a-z]+) has one of the (?P<who>[a-z]+) (?P<of>[a-z]+)\b")
_GIVEN_TO = re.compile(
    r"^only (?:an? |the )?(?P<who>[a-z]+) own (?P<of>[a-z]+) can be [a-z]+ (?:to|into|on) an? "
    r"(?P<what>[a-z]+)"
)


def _chosen(context: Context) -> Iterable[DraftRule]:
    """Read `an expense has one of the member's labels`, `only a member's own labels can be …`."""
    text = " ".join(context.texts)
    match = _ONE_OF.match(text) or _GIVEN_TO.match(text)
    if match is None or words(match["who"]) not in context.draft.accounts():
        return
    what, of = words(match["what"]), words(match["of"])
    if context.draft.is_thing(what) and context.draft.is_thing(of):
        details = {"relation": " ".join(of)}
        yield _rule(context, "reference", what, details, ("create", "update"))


_GERUND = re.compile(r"^(?P<verb>[a-z]+ing) .*\b(?:is|are) refused")
_DECIDING = frozenset("approve reject accept decline confirm resolve dismiss".split())


def _strangers(context: Context) -> Iterable[DraftRule]:
    """Read who may not do it to what is their own, beside `nobody rates an own recipe`."""
    draft, text = context.draft, " ".join(context.texts)
    match = _GERUND.match(text)
    made = noun_of(draft, lemma(match["verb"])) if match is not None else None
    for thing in things_in(context, 1, len(context.tokens)) if made is not None else ():
        if made is not None and thing.own and thing.entity != made:
            yield _rule(
                context, "stranger", made, {"relation": " ".join(thing.entity)}, ("create",)
            )
    for act in read_acts(context):
        for thing in act.things:
            behind = context.texts[thing.end : thing.end + 3]
            made = made_by(draft, act)
            if behind == ("of", "somebody", "else") and made is not None and made != thing.entity:
                details = {"relation": " ".join(thing.entity)}
                yield _rule(context, "stranger", made, details, ("create",))
            decided = act.verb == "decide" and act.refused and thing.own
            if decided and context.person is not None:
                taken = [r.actions for r in draft.rules if _decides(r, thing.entity)]
                actions = tuple(dict.fromkeys(each for run in taken for each in run))
                details = {"relation": " ".join(context.person)}
                yield _rule(context, "stranger", thing.entity, details, actions)


def _decides(rule: DraftRule, entity: Phrase) -> bool:
    is_step = rule.kind == "transition" and rule.entity == entity
    return is_step and bool(_DECIDING & set(rule.actions))


_ALL_THIS = re.compile(r"^only the (?P<who>\w+) of the (?P<of>\w+) does (?:all )?(?:of )?this")


def _all_this(context: Context) -> Iterable[DraftRule]:
    """Read `only the seller of the product does all this`: of what the paragraph spoke of."""
    match = _ALL_THIS.search(" ".join(context.texts))
    if match is None or (match["who"],) not in context.draft.entities:
        return
    of = (match["of"],)
    for entity in context.spoken_of:
        if of in context.draft.entities and entity != of and _is_new(context, entity):
            actions = ("create", "update", "erase")
            links = context.draft.entities[entity].links
            relation = links[0] if links and of not in links else of
            yield _rule(context, "reference", entity, {"relation": " ".join(relation)}, actions)


def _is_new(context: Context, entity: Phrase) -> bool:
    """Whether the paragraph says what a thing is: it has attributes of its own from there."""
    attributes = context.draft.entities[entity].attributes.values()
    last, said = context.last, set[str]()
    while last is not None:
        said.add(last.said.text)
        last = last.last
    return any(each.said in said for each in attributes)


_ONCE = re.compile(r"\bonce an? (?P<what>[a-z]+) is (?P<state>[a-z]+) nothing in it changes\b")


def find_frozen(context: Context) -> Iterable[DraftRule]:
    """Read `once a list is closed nothing in it changes any more`."""
    match = _ONCE.search(" ".join(context.texts))
    whole = (match["what"],) if match is not None else ()
    status = context.draft.entities[whole].status_of(match["state"]) if match and (
        whole in context.draft.entities) else None  # fmt: skip
    if match is None or status is None:
        return
    for name, each in context.draft.entities.items():
        if whole in each.links and name[:-1] == whole:
            thing = Thing(whole, 0, 0, (match["state"],))
            actions = ("create", "update", "erase")
            yield in_state(context, name, whole, status, thing, actions, refused=True)


_REFUSED_ALL = re.compile(r"\b(?:all (?:that|this|of this)|each|any of these) is refused\b")


def _refused_things(context: Context) -> Iterable[DraftRule]:
    """Read `a retired model, or a shop that is closed: all that is refused`."""
    texts = " ".join(context.texts)
    match = _REFUSED_ALL.search(texts)
    last, made = context.last, None
    while match is not None and last is not None and made is None:
        made = next((m for a in read_acts(last) if (m := made_by(context.draft, a))), None)
        last = last.last
    if match is None or made is None:
        return
    for thing in things_in(context, 0, len(texts[: match.start()].split())):
        holder = context.draft.entities[thing.entity]
        status = holder.status_of(thing.states[0]) if thing.states else None
        if status is not None and thing.entity != made:
            yield in_state(context, made, thing.entity, status, thing, ("create",), refused=True)
        if context.texts[thing.at - 1] == "empty":
            child = (*thing.entity, "item")
            if child in context.draft.entities:
                named = {"child": " ".join(child), "relation": " ".join(thing.entity)}
                yield _rule(context, "filled", made, named, ("create",))


def _of_related(context: Context, act: Act, made: Phrase, thing: Thing) -> Iterable[DraftRule]:
    """Read the state and the owner of what a new row belongs to."""
    draft = context.draft
    if thing.entity == made or thing.entity not in draft.entities:
        return
    holder = draft.entities[thing.entity]
    status = holder.status_of(thing.states[0]) if thing.states else None
    if status is not None and thing.states:
        yield in_state(context, made, thing.entity, status, thing, ("create",), refused=act.refused)
    if thing.own and draft.is_thing(thing.entity):
        denied = act.refused or "not" in context.texts[max(0, thing.at - 3) : thing.at]
        kind = "stranger" if denied else "reference"
        yield _rule(context, kind, made, {"relation": " ".join(thing.entity)}, ("create",))


def _of_places(context: Context, act: Act, made: Phrase) -> Iterable[DraftRule]:
    """Read where a membership is asked for: `in the clubs that they belong to`."""
    for through, thing in context.draft.entities.items():
        if through[-1] != "membership" or made == through:
            continue
        for place in [each for each in act.things if each.entity in thing.links]:
            behind = " ".join(context.texts[place.end : place.end + 4])
            theirs = context.texts[place.at - 1] == "their" and act.subject.head in _members(
                context
            )
            if theirs or behind.startswith(("that they belong", "they belong")):
                details = {"through": " ".join(through)}
                yield _rule(context, "membership", made, details, ("create",))


def _members(context: Context) -> list[Phrase]:
    return [name for name in context.draft.accounts() if not context.draft.entities[name].invited]


def _of_caller(context: Context, act: Act, made: Phrase) -> Iterable[DraftRule]:
    """Read in which state the caller must not be: `a blocked customer cannot order`."""
    entity = act.subject.head
    status = context.draft.entities[entity].status_of(act.subject.states[0])
    if status is None or not (act.refused or act.has("nothing")):
        return
    thing = Thing(entity, act.place, act.place, act.subject.states)
    yield in_state(context, made, entity, status, thing, ("create",), refused=True)


def _of_doer(context: Context, act: Act, made: Phrase | None) -> Iterable[DraftRule]:
    """Read whose related row it must be: `only the seller of the product touches its pictures`."""
    draft, doer = context.draft, act.subject
    role = role_of(draft, doer)
    if act.passive or act.refused or (role is None and doer.of not in draft.entities):
        return
    entity = made
    if entity is None and act.target is not None:
        entity = act.target.entity
    if entity is None or not draft.is_thing(entity):
        return
    actions = ("create",) if made is not None else actions_of(draft, act)
    if not actions:
        return
    if role is not None:
        through, attribute = role
        if through != entity:
            details = {"through": " ".join(through), "attribute": attribute, "value": doer.head[-1]}
            yield _rule(context, "membership", entity, details, actions)
        people = [each for each in act.things if each.entity in draft.accounts()]
        places = draft.entities[through].links
        for person in people if made is not None else ():
            if any(
                e.entity in places and e.at <= person.end + 2 for e in act.things if e != person
            ):
                details = {"through": " ".join(through), "whom": " ".join(person.entity)}
                yield _rule(context, "membership", entity, details, ("create",))
        return
    known = doer.head in draft.entities or doer.head[-1:] in OWNERS
    if doer.of is None or not known or entity == doer.of:
        return
    touched = _TOUCHING & {act.verb}
    kept = ("create", "update", "erase") if touched else actions
    children = [t.entity for t in act.things] if touched else [entity]
    for child in children:
        link = (*doer.of, *child)
        each = link if link in draft.entities else child
        yield _rule(context, "reference", each, {"relation": " ".join(doer.of)}, kept)


def role_of(draft: Draft, doer: Subject) -> tuple[Phrase, str] | None:
    """Return what gives a role, such as a membership, and the attribute that holds the role."""
    for name, each in draft.entities.items():
        role = each.attributes.get(("role",))
        if role is None or not draft.is_thing(name):
            continue
        if doer.head and doer.head[-1] in role.values[1:]:
            return name, "role"
    return None


def _rule(
    context: Context, kind: str, entity: Phrase, details: dict[str, str], actions: tuple[str, ...]
) -> DraftRule:
    return DraftRule(kind, entity, dict(details), actions, context.said.text)
