"""In which states rows can be: as they start, and as what is done to them leaves them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

from scoring.drafting.draft import DraftAttribute
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import Act, read_acts, states_of, undoes
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by
from scoring.drafting.reading.verbs import participle
from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS
from scoring.words import words

CHANGES_OF_STATE = frozenset(
    "accept activate approve archive ban block cancel clear close complete confirm deactivate "
    "decline deliver disable dismiss enable end finish flag hide launch lock mute order pause pay "
    "pin process publish receive reject release resolve retire return revoke schedule ship sign "
    "solve submit suspend unlock verify withdraw".split()
)
"""Verbs after which something is what their participle says, and stays so."""
UNMARKED = "active"
"""The state of what is in none of the named ones: of customers, if only `blocked` is named."""
_FIRST = re.compile(
    r"(?:\b(?P<be>is|are|be) |(?<=, )(?=not ))(?P<not>not )?(?P<article>an? )?(?:plain )?"
    r"(?P<value>[\w-]+)"
    r"(?: at first| until (?:it is|they|an? |the |its )| by default| to begin with| initially)"
)
_STARTS = re.compile(
    r"\b(?:starts?|begins?)(?: out)? as (?P<article>an? )?(?P<value>[\w-]+)\b(?P<not>)"
)
_NEW = re.compile(
    r"^(?:an? )?new (?P<thing>[\w ]+?) (?:is|are) (?P<value>\w+)"
    r"(?: ?,? that is (?P<alias>[\w ]+?))?(?: ?,|$)"
)
_YES_NO = re.compile(r"\b(?:is|are) (?P<value>\w+) or not \((?P<not>not )?(?:\w+ )?at first\)")
_STATE_WORDS = lexicon.ADJECTIVES | {"pending", "draft", "closed", "hidden", "booked"}


def find_states(contexts: Sequence[Context]) -> None:
    """Gather the states of all entities; those that are listed in the text stay as they are."""
    for context in contexts:
        _begin(context)
    _grow_roles(contexts)
    _grow(contexts)


def _begin(context: Context) -> None:
    """Note how something is at first."""
    text = " ".join(context.texts)
    for match in _YES_NO.finditer(" ".join(re.findall(r"[\w()-]+", context.said.sentence.text))):
        entity = _beginning(context, len(context.tokens))
        if entity is not None:
            _note(context, entity, match["value"], "false" if match["not"] else "true", "boolean")
    new = _NEW.match(text)
    if new is not None and _is_state(new["value"]):
        entity = words(new["thing"])
        if entity in context.draft.entities:
            _start(context, entity, "status", new["value"])
            if new["alias"]:
                context.draft.entities[entity].aliases[tuple(new["alias"].split())] = new["value"]
        return
    aside = re.search(r"\bis (\w+) \( (\w+) at first \)", text)
    recent = context.spoken_of[:1] or ((context.about,) if context.about is not None else ())
    if aside is not None and _is_state(aside[1]) and _is_state(aside[2]) and recent:
        _start(context, recent[0], "status", aside[2])
        known = context.draft.entities[recent[0]].attributes[("status",)]
        context.draft.entities[recent[0]].attributes[("status",)] = _with(known, (aside[1],), None)
    more = re.search(r"at first.*?, (?:and )?is (\w+)(?: ?,|$| and)", text)
    for match in (*_FIRST.finditer(text), *_STARTS.finditer(text)):
        place = len(text[: match.start()].split())
        entity = _beginning(context, place)
        if entity is None:
            continue
        value = match["value"]
        positive = value.removeprefix("un")
        if match["not"]:
            _note(context, entity, f"is {value}", "false", "boolean")
        elif positive != value and positive in LEMMAS:
            _note(context, entity, f"is {positive}", "false", "boolean")
        elif _is_state(value):
            _start(context, entity, "status", value)
        elif match["article"]:
            _start(context, entity, "role", value)
            if more is not None and _is_state(more[1]):
                _start(context, entity, "status", more[1])


def _is_state(value: str) -> bool:
    is_past = value.endswith("ed") or (value in LEMMAS and value != LEMMAS[value])
    return value in _STATE_WORDS or is_past


def _beginning(context: Context, place: int) -> Phrase | None:
    """Return what starts so: the subject; of a member who joins, the membership."""
    named = [(at, name) for at, name in context.named if at < place]
    things = [name for _, name in named if context.draft.is_thing(name)]
    people = [name for _, name in named if not context.draft.is_thing(name)]
    for act in read_acts(context):
        made = made_by(context.draft, act)
        if act.place < place and made is not None and people:
            return made
    if things and (named[0][1] == things[0] or not people):
        return things[0]
    if people and context.about is None:
        return people[0]
    return context.about


def _note(context: Context, entity: Phrase, name: str, default: str, kind: str) -> None:
    attribute = DraftAttribute(
        tuple(name.split()), "boolean" if kind == "boolean" else "enum", default=default,
        said=context.said.text,
    )  # fmt: skip
    context.draft.entities[entity].add(attribute)


def _start(context: Context, entity: Phrase, name: str, value: str) -> None:
    """Note the first state of an entity."""
    thing = context.draft.entities[entity]
    known = thing.attributes.get((name,)) or (thing.status if name == "status" else None)
    if known is not None and name in known.name and known.values:
        if value in known.values:
            thing.attributes[known.name] = _with(known, (), value)
        return
    thing.attributes[(name,)] = DraftAttribute(
        (name,), "enum", values=(value,), default=value, said=context.said.text
    )


def _with(known: DraftAttribute, values: tuple[str, ...], default: str | None) -> DraftAttribute:
    return DraftAttribute(
        known.name, "enum", values=tuple(dict.fromkeys((*known.values, *values))),
        default=known.default or default, said=known.said,
    )  # fmt: skip


def _grow(contexts: Sequence[Context]) -> None:
    """Add the states that acts lead to, to entities whose states are not listed."""
    if not contexts:
        return
    draft = contexts[0].draft
    listed = {
        name
        for name, each in draft.entities.items()
        if any(len(s.values) > 1 for s in each.statuses if s.name != ("role",))
    }
    again = {
        (act.target.entity, participle(act.verb))
        for context in contexts
        for act in read_acts(context)
        if act.target is not None and act.has("again")
    }
    reached: defaultdict[Phrase, dict[str, Context]] = defaultdict(dict[str, Context])
    for _ in range(2):
        for context in contexts:
            for entity, value in _reached(context):
                if entity not in listed and (entity, value) not in again:
                    reached[entity].setdefault(value, context)
    described = {(entity, word) for context in contexts for entity, word in _adjectives(context)}
    for entity, word in described:
        link = (*entity, LEMMAS.get(word, ""))
        if link in draft.entities and draft.is_thing(entity) and entity not in listed:
            reached[entity].setdefault(word, contexts[0])
    plain = {(e, w) for context in contexts for e, w in _adjectives(context, _STARTING)}
    for entity, values in reached.items():
        thing = draft.entities[entity]
        known = thing.attributes.get(("status",))
        known = known if known is not None and known.values else None
        is_told = any((entity, value) in described for value in values)
        if known is None and not is_told and all(e != entity for e, _ in plain):
            continue
        values = {v: c for v, c in values.items() if v not in states_of(thing)}
        if not values:
            continue
        if known is None:
            first = next((w for e, w in sorted(plain) if e == entity), UNMARKED)
            said = next(iter(values.values())).said.text
            known = DraftAttribute(("status",), "enum", values=(first,), default=first, said=said)
        thing.attributes[known.name] = _with(known, tuple(values), None)


def _reached(context: Context) -> Iterable[tuple[Phrase, str]]:
    """Return the states that acts lead to: `closes it` to `closed`, `mark it as paid` to `paid`."""
    for act in read_acts(context):
        target = act.target
        if target is None or target.entity not in context.draft.entities:
            continue
        named = marked_as(act)
        if named is not None:
            yield target.entity, named
        elif act.verb in CHANGES_OF_STATE and not undoes(act.verb) and not act.has("again"):
            made = made_by(context.draft, act)
            is_account = not context.draft.is_thing(target.entity)
            if made is not None and (made == target.entity or is_account):
                continue
            yield target.entity, participle(act.verb)


def _grow_roles(contexts: Sequence[Context]) -> None:
    """Add roles that people are given: `promotes a worker to manager`."""
    for context in contexts:
        words = context.texts
        for thing in context.draft.entities.values():
            role = thing.attributes.get(("role",))
            for at, word in enumerate(words[:-2]) if role is not None and role.values else ():
                if role is not None and word == role.values[0] and words[at + 1] in ("to", "a"):
                    thing.attributes[role.name] = role = _with(role, (words[at + 2],), None)


def marked_as(act: Act) -> str | None:
    """Return the state that somebody says something is in: `mark it as paid`."""
    words = act.words
    if act.verb not in ("mark", "set", "flag"):
        return None
    at = next((place for place, word in enumerate(words) if word in ("as", "to")), None)
    return words[at + 1] if at is not None and at + 1 < len(words) else None


_STARTING = frozenset("open active visible pending draft available unread".split())


def _adjectives(context: Context, words: Set[str] = LEMMAS.keys()) -> Iterable[tuple[Phrase, str]]:
    """Return what things are said to be: `a blocked customer`, `once`, `then it is paid`."""
    texts = context.texts
    for at, name in context.named:
        if at and texts[at - 1] in words:
            yield name, texts[at - 1]
    if words is _STARTING:
        return
    for at, name in context.named:
        behind = texts[at + len(name) : at + len(name) + 5]
        if {"is", "are"} & set(behind):
            yield from ((name, text) for text in behind if text in LEMMAS)
    for at, text in enumerate(texts[1:], 1):
        if text in ("one", "ones") and texts[at - 1] in LEMMAS:
            last = context.thing_before(at)
            if last is not None:
                yield last, texts[at - 1]
    for act in read_acts(context):
        if act.target is not None and act.has("once") and act.verb in CHANGES_OF_STATE:
            yield act.target.entity, participle(act.verb)
