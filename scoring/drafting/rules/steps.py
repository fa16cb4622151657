"""Steps from state to state, and what is done only in a state: `only a draft can be changed`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from scoring.drafting.draft import Draft, DraftAttribute, DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import Act, Thing, read_acts, states_of, undoes
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by
from scoring.drafting.reading.states import CHANGES_OF_STATE, marked_as
from scoring.drafting.reading.verbs import participle
from scoring.prose.lexicon import lemma

ACTIONS = {
    "change": ("update",), "edit": ("update",), "rename": ("update",), "delete": ("erase",),
    "erase": ("erase",), "see": ("list", "read"), "read": ("list", "read"), "update": ("update",),
    "list": ("list",), "reach": ("read", "update", "erase"), "remove": ("erase",),
    "view": ("list", "read"), "manage": ("update", "erase"), "show": ("list", "read"),
    "lift": ("erase",),
}  # fmt: skip
"""What verbs of every row are called in a brief; others have their own operation."""
_TWO = 2
_NO_OPERATIONS = frozenset(
    "be have do find get give make let come go keep mean need want count note refuse return say "
    "begin end start last lift look sort filter name call belong contain consist take mark set "
    "show follow".split()
)


def actions_of(draft: Draft, act: Act) -> tuple[str, ...]:
    """Return the operations that an act is, by their words."""
    if act.verb in ("mark", "set"):
        named = marked_as(act)
        return (named,) if named else ()
    thing = draft.entities.get(act.target.entity) if act.target is not None else None
    if thing is not None and participle(act.verb) in states_of(thing):
        return (act.verb,)
    if act.verb in _NO_OPERATIONS and act.verb not in ACTIONS:
        return ()
    return ACTIONS.get(act.verb, (act.verb,))


def find_steps(context: Context) -> Iterable[DraftRule]:
    """Read steps: `moderators hide a published post and restore a hidden one`."""
    acts = read_acts(context)
    for number, act in enumerate(acts):
        target = act.target
        if number and target is not None and undoes(act.verb) and not target.states:
            target = _after(context, acts[number - 1], target)
        if act.verb in _ROLE_VERBS:
            yield from _roles(context, act)
        elif target is not None and not act.has("instead"):
            yield from _step(context, act, target)


_THEN_IS = re.compile(
    r"^(?P<who>[a-z ]+?) (?P<verb>[a-z]+)s? it(?: [a-z]+)? : it is (?P<state>[a-z]+)\b"
)


def find_explained(context: Context) -> Iterable[DraftRule]:
    """Read `staff take it back: it is returned`: the verb of the state names the step."""
    match = _THEN_IS.match(" ".join(context.texts))
    for entity in context.spoken_of[:1] if match is not None else ():
        status = context.draft.entities[entity].status_of(match["state"]) if match else None
        if match is None or status is None or status.default in (None, match["state"]):
            continue
        details = {"attribute": " ".join(status.name), "source": status.default}
        details["target"] = match["state"]
        yield DraftRule("transition", entity, details, (lemma(match["state"]),), context.said.text)


_WITHOUT = re.compile(r"^without an? (?P<what>[a-z]+) (?:they|it|this|that) (?:cannot|is refused)")


def find_needed(context: Context) -> Iterable[DraftRule]:
    """Read `reject it with an answer …; without an answer they cannot`."""
    match = _WITHOUT.match(" ".join(context.texts))
    if match is None or context.last is None:
        return
    for act in read_acts(context.last):
        if act.target is not None and act.has(
            f"with an {match['what']}", f"with a {match['what']}"
        ):
            actions = actions_of(context.draft, act)
            details = {"attribute": match["what"]}
            yield DraftRule("needed", act.target.entity, details, actions, context.said.text)


_UNTIL = re.compile(
    r"\bis (?:an? )?(?P<source>\w+) until (?:\w+ ){1,3}?marks? (?:it|them) as (?P<target>\w+)"
)


_UNTIL_DONE = re.compile(
    r"\bis (?:an? )?(?P<source>\w+) until (?:an?|the|its) \w+ (?P<verb>\w+)"
    r"(?: or (?P<other>\w+))? it\b"
)


def find_until(context: Context) -> Iterable[DraftRule]:
    """Read `an entry is pending until an editor accepts or declines it`."""
    match = _UNTIL_DONE.search(" ".join(context.texts))
    entity = context.about
    if match is None or entity is None or not context.draft.is_thing(entity):
        return
    thing, source = context.draft.entities[entity], match["source"]
    for verb in (lemma(each) for each in match.group("verb", "other") if each):
        target = participle(verb)
        status = thing.status_of(source)
        if status is None or not target:
            continue
        values = tuple(dict.fromkeys((*status.values, target)))
        thing.attributes[status.name] = replace(status, values=values)
        details = {"attribute": " ".join(status.name), "source": source, "target": target}
        yield DraftRule("transition", entity, details, (verb,), context.said.text)


def find_marked(context: Context) -> Iterable[DraftRule]:
    """Read `it is pending until they mark it as paid`."""
    match = _UNTIL.search(" ".join(context.texts))
    entity = context.about
    if match is None or entity is None or not context.draft.is_thing(entity):
        return
    source, target = match["source"], match["target"]
    values = {
        "status": DraftAttribute(("status",), "enum", values=(source, target), default=source)
    }
    context.draft.entities[entity].attributes[("status",)] = values["status"]
    details = {"attribute": "status", "source": source, "target": target}
    yield DraftRule("transition", entity, details, (f"mark {target}",), context.said.text)


def _after(context: Context, act: Act, target: Thing) -> Thing:
    """Return a thing in the state that the act before left it in: `is paused and resumed`."""
    state = participle(act.verb)
    same = act.target is not None and act.target.entity == target.entity
    known = state in states_of(context.draft.entities[target.entity])
    return replace(target, states=(state,)) if same and known else target


_ROLE_VERBS = frozenset("make promote demote appoint".split())


def _roles(context: Context, act: Act) -> Iterable[DraftRule]:
    """Read `promotes a worker to manager`, `makes a plain member a moderator`."""
    for name, thing in context.draft.entities.items():
        role = thing.attributes.get(("role",))
        named = [word for word in act.words if role is not None and word in role.values]
        for source, target in zip(named[::2], named[1::2], strict=False):
            verb = "promote" if role is not None and source == role.default else "demote"
            details = {"attribute": "role", "source": source, "target": target}
            yield DraftRule("transition", name, details, (verb,), context.said.text)


def _step(context: Context, act: Act, target: Thing) -> Iterable[DraftRule]:
    thing = context.draft.entities[target.entity]
    known = target.states[0] if target.states else participle(act.verb)
    status = thing.status_of(known) or thing.status
    if status is None or made_by(context.draft, act) == target.entity:
        return
    made = made_by(context.draft, act)
    goal = _goal(act, target, status)
    sources = _sources(act, target, status, goal)
    is_free = act.refused and not target.states
    if made is not None and goal is not None and not is_free and not act.refused:
        attribute = " ".join(status.name)
        details = {"writes": " ".join(target.entity), "change": "update"}
        details |= {"attribute": attribute, "value": goal}
        yield DraftRule("effect", made, details, ("create",), context.said.text)
        return
    for source in sources[:1] if goal is not None and not is_free else ():
        details = {"attribute": " ".join(status.name), "source": source, "target": goal}
        details |= {"or_sources": sources[1:]} if len(sources) > 1 else {}
        action = actions_of(context.draft, act)
        yield DraftRule("transition", target.entity, details, action, context.said.text)
    if goal is None and act.verb not in _NO_OPERATIONS:
        yield from _only_in(context, act, target, status)


def _goal(act: Act, target: Thing, status: DraftAttribute) -> str | None:
    """Return the state that an act leads to; what is undone is as it was at first."""
    values = status.values
    named = marked_as(act)
    if named in values:
        return named
    if status.name == ("role",):
        return None
    then = next((v for v in values if f"{v} then" in " ".join(act.words)), None)
    if then is not None and f"a {then} then" in " ".join(act.words):
        return then
    for value in values:
        if value == participle(act.verb) or lemma(value) == act.verb:
            return value
    if len(values) == _TWO and act.verb in CHANGES_OF_STATE and target.states == (status.default,):
        return next(each for each in values if each != status.default)
    again = act.has("again") or undoes(act.verb)
    other = bool(target.states) and status.default not in target.states and not target.is_not
    back = other and len(values) == _TWO and act.verb in CHANGES_OF_STATE
    return status.default if again or back else None


def _sources(act: Act, target: Thing, status: DraftAttribute, goal: str | None) -> tuple[str, ...]:
    """Return the state that a step starts from: the one that is named, or the first."""
    if target.states and not target.is_not:
        return tuple(each for each in target.states if each != goal)
    if target.is_not or goal is None:
        first = status.default if target.is_not else None
        return (first,) if first is not None and first != goal else ()
    if undoes(act.verb) and act.verb[2:] and participle(act.verb[2:]) in status.values:
        return (participle(act.verb[2:]),)
    if goal == status.default:
        others = [each for each in status.values if each != goal]
        return tuple(others) if len(others) == 1 else ()
    return (status.default,) if status.default is not None else ()


def _only_in(
    context: Context, act: Act, target: Thing, status: DraftAttribute
) -> Iterable[DraftRule]:
    """Read what is done in a state only: `only a signed contract can be extended`."""
    sentence = context.texts
    if not target.states or target.preposition:
        return
    if made_by(context.draft, act) is not None:
        return
    limited = "only" in sentence[: target.end] or context.has("while", "as long", "once it")
    if limited and not act.refused and not target.is_not:
        yield in_state(context, target.entity, None, status, target, actions_of(context.draft, act))
    elif act.refused or act.has("any more"):
        yield in_state(
            context,
            target.entity,
            None,
            status,
            target,
            actions_of(context.draft, act),
            refused=True,
        )


def in_state(
    context: Context, entity: Phrase, relation: Phrase | None, status: DraftAttribute,
    thing: Thing, actions: tuple[str, ...], *, refused: bool = False,
) -> DraftRule:  # fmt: skip
    """Return the rule that a row, or a related one, must be in a state, or must not be."""
    complement = tuple(v for v in status.values if v not in thing.states)
    wanted = complement if refused != thing.is_not else thing.states
    if status.default in wanted:
        wanted = (status.default, *(v for v in wanted if v != status.default))
    details = {
        "relation": " ".join(relation) if relation is not None else None,
        "attribute": " ".join(status.name),
        "value": next(iter(wanted), status.values[0]),
        "or_values": wanted[1:],
    }
    return DraftRule("state", entity, details, actions, context.said.text)
