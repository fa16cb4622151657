"""Who alone may reach rows: their owner, and in which states others don't see them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.drafting.draft import Draft, DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import Act, read_acts, states_of
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by
from scoring.drafting.rules.conditions import role_of
from scoring.drafting.rules.steps import actions_of
from scoring.prose.clauses import prohibits, restrictions
from scoring.words import words

_OWNERS = frozenset("author owner creator writer booker himself".split())
_ALL = ("list", "read", "update", "erase")
_NOBODY_ELSE = ("nobody else", "nobody but")
_SHOWN = frozenset("show see find list".split())


def find_ownership(context: Context) -> Iterable[DraftRule]:
    """Read `only the author changes a post`, `members see only their own orders`, `private`."""
    draft = context.draft
    private = context.said.sentence.find(("private",))
    if private:
        behind = [name for at, name in context.things if at > private[0]]
        names = behind or [name for _, name in context.things[:1]]
        yield from (_rule(context, name, _ALL) for name in names)
        yield from (each for name in names for each in _inside(context, name))
    if context.has("own account", "his account", "their account"):
        everybody = context.has("everybody", "everyone")
        for name in draft.accounts():
            is_meant = everybody and not draft.entities[name].invited
            if is_meant or context.said.sentence.find(name):
                verbs = {context.tokens[at].lemma for at in context.verbs}
                yield _rule(context, name, ("read", "update") if "read" in verbs else ("update",))
        return
    if context.has("of their own", "of his own") and "nobody" not in context.texts:
        at = next(p for p in range(len(context.texts)) if context.texts[p] == "own") - 2
        yield from (
            _rule(context, n, _ALL) for p, n in context.things if p + context.sizes[p] == at
        )
    acts = read_acts(context)
    for act in acts:
        entity = _owned(context, act)
        if entity is not None:
            own = [each.entity for each in act.things if each.own and draft.is_thing(each.entity)]
            for each in dict.fromkeys((entity, *own)):
                yield _rule(context, each, actions_of(draft, act), _others_of(context, act))
    if context.texts[:2] == ("nobody", "else") and context.about is not None:
        for act in acts:
            yield _rule(context, context.about, actions_of(draft, act))


_STAFF = re.compile(r"(?:^|, )(?P<who>[a-z]+) (?:see |sees )?all\b")


def _others_of(context: Context, act: Act) -> tuple[str, ...]:
    """Return who else may: `the author or a moderator`, `; admins see all`."""
    accounts = context.draft.accounts()
    joined = [each for each in act.subject.also if each in accounts]
    if act.verb in ("see", "read"):
        for texts in (context.texts[act.place :], context.ahead):
            match = _STAFF.search(" ".join(texts).replace(" ,", ","))
            joined += [words(match["who"])] if match and words(match["who"]) in accounts else []
    return tuple(dict.fromkeys(" ".join(each) for each in joined))


def _inside(context: Context, private: Phrase) -> Iterable[DraftRule]:
    """Return the rules of what is in something private: it is private, too."""
    for name, each in context.draft.entities.items():
        if private in each.links and name[:-1] == private:
            yield _rule(context, name, _ALL)
            details = {"relation": " ".join(private)}
            yield DraftRule("reference", name, details, ("create",), context.said.text)


def _owned(context: Context, act: Act) -> Phrase | None:
    """Return the thing that only its owner may do this to."""
    draft, doer, target = context.draft, act.subject, act.target
    if target is None or not draft.is_thing(target.entity) or made_by(draft, act) is not None:
        return None
    if act.passive and act.has(*_NOBODY_ELSE):
        return target.entity
    is_seen = act.verb in ("see", "show")
    if (
        act.passive
        and act.has("by its", "by their")
        and doer.head in draft.people()
        and not is_seen
    ):
        return target.entity
    is_person = doer.head in draft.entities and not draft.is_thing(doer.head)
    is_person = is_person and not draft.entities[doer.head].invited
    if target.own and (is_person or doer.head == ()) and not act.refused and not act.passive:
        return target.entity
    if not (doer.only or doer.definite) or role_of(draft, doer) is not None:
        return None
    if doer.head and (doer.head[-1] in _OWNERS or is_person):
        return target.entity if doer.of in (None, target.entity) else None
    return None


def _rule(
    context: Context, entity: Phrase, actions: tuple[str, ...], others: tuple[str, ...] = ()
) -> DraftRule:
    details = {"or_actors": others} if others else {}
    return DraftRule("ownership", entity, details, actions, context.said.text)


def find_hidden(context: Context) -> Iterable[DraftRule]:
    """Read who sees rows in a state: `hidden posts are not shown to anybody but moderators`."""
    sentence, draft = context.said.sentence, context.draft
    if not any(token.lemma in _SHOWN for token in context.tokens) and not context.has(
        "hidden from"
    ):
        return
    denied = prohibits(sentence) or context.has("hidden from")
    if not denied and not restrictions(sentence):
        return
    for name, state, at in _in_states(context):
        status = draft.entities[name].status
        if status is None or (state == status.default and denied):
            continue
        actors, owner = _who(context, at, denied)
        details = {"attribute": " ".join(status.name), "hidden": state}
        if not actors and not owner:
            left = {"attribute": details["attribute"], "value": state}
            yield DraftRule("left_out", name, left, ("list", "read"), context.said.text)
            continue
        more = {"actors": actors} | ({"or_owner": True} if owner else {})
        more |= _roles(context, at)
        yield DraftRule("visibility", name, details | more, ("list", "read"), context.said.text)


def _in_states(context: Context) -> Iterable[tuple[Phrase, str, int]]:
    """Return the states that rows are named in: `archived and blocked products`, `drafts`."""
    draft, texts = context.draft, context.texts
    for at, name in context.things:
        if {"to", "by"} & set(texts[max(0, at - 3) : at]):
            continue
        values = states_of(draft.entities[name])
        left = at - 1
        while left >= 0 and (texts[left] in values or texts[left] in ("and", "or")):
            if texts[left] in values:
                yield name, texts[left], at
            left -= 1
    about = context.about
    if about is not None and about in draft.entities:
        for at, token in enumerate(context.tokens):
            follows = context.texts[at + 1 : at + 2]
            in_plural = token.text != token.word or follows in (("ones",), ("one",))
            if token.word in states_of(draft.entities[about]) and in_plural:
                yield about, token.word, at


def _who(context: Context, at: int, denied: bool) -> tuple[tuple[str, ...], bool]:
    """Return to whom rows are shown, and whether their owner is among them."""
    draft, texts = context.draft, context.texts
    people = {name: place for place, name in reversed(context.named) if name in draft.accounts()}
    owner = any(word in _OWNERS for word in texts[at:])
    if denied and not context.has("but", "except", "other than"):
        return _others(draft, people), owner
    return tuple(" ".join(name) for name in people if people[name] > at), owner


def _roles(context: Context, at: int) -> dict[str, str]:
    """Return the role that sees rows, too: `to its author and to the moderators only`."""
    for token in context.tokens[at:]:
        for name, each in context.draft.entities.items():
            role = each.attributes.get(("role",))
            if role is not None and token.word in role.values[1:] and context.draft.is_thing(name):
                through = " ".join(name)
                return {"or_through": through, "or_attribute": "role", "or_value": token.word}
    return {}


def _others(draft: Draft, people: dict[Phrase, int]) -> tuple[str, ...]:
    """Return the accounts from whom nothing is hidden, if some are named from whom it is."""
    return tuple(" ".join(n) for n in draft.accounts() if n not in people) if people else ()
