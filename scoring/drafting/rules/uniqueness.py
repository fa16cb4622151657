"""What no two rows share, and what is done once: `a unique name`, `reports a post once`."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.drafting.draft import DraftAttribute, DraftRule
from scoring.drafting.nouns import Phrase, behind
from scoring.drafting.rules.acts import Act, read_acts
from scoring.drafting.rules.context import Context
from scoring.drafting.rules.making import made_by

_OTHER = (("no", "other"), ("nobody", "else"))
_NONE = frozenset("neither no nobody".split())


def find_unique(context: Context) -> Iterable[DraftRule]:
    """Read `a unique name`, `a name that no other list of the member has`, `taken twice`."""
    texts = context.texts
    for at, text in enumerate(texts):
        attributes: list[tuple[int, Phrase]] = []
        if text == "unique":
            phrase, _ = behind(context.tokens, at + 1)
            last = _attributes(context, 0, at)[-1:]
            attributes = [(at, phrase)] if phrase and texts[at + 1] != "whatever" else last
        elif text == "that" and texts[at + 1 : at + 3] in _OTHER:
            attributes = _attributes(context, 0, at)[-1:]
        elif text == "two" and at and texts[at - 1] == "no":
            attributes = _attributes(context, at, len(texts))[:1]
            if texts[at : at + 3] == ("two", "the", "same"):
                attributes = _attributes(context, 0, at)[-1:]
        elif text == "twice" and texts[0] in _NONE:
            attributes = _attributes(context, 0, at)
        for place, attribute in attributes:
            yield from _unique(context, place, at, attribute)


def _unique(context: Context, place: int, at: int, attribute: Phrase) -> Iterable[DraftRule]:
    draft, said = context.draft, context.said
    holder = _holder(context, place, attribute)
    if holder is None or attribute in draft.entities or not attribute:
        return
    thing = draft.entities[holder]
    if attribute not in thing.attributes:
        if context.texts[at] != "unique":
            return
        thing.add(DraftAttribute(attribute, "text", said=said.text))
    within = _within(context, at, holder)
    names = (" ".join(attribute), *within)
    scope = _scope(context, at, holder, bool(within))
    details = {"attributes": names, "scope": scope}
    yield DraftRule("uniqueness", holder, details, ("create", "update", "join"), said.text)


def _holder(context: Context, place: int, attribute: Phrase) -> Phrase | None:
    """Return the thing that has an attribute; the one that this sentence gave it to first."""
    draft = context.draft
    given = [
        name
        for name, each in draft.entities.items()
        if attribute in each.attributes and each.attributes[attribute].said == context.said.text
    ]
    before = [name for start, name in context.named if start < place]
    fitting = [name for name in reversed(before) if name in given]
    if fitting or given:
        return (fitting or given)[0]
    things = [name for name in before if draft.is_thing(name)]
    if things:
        return things[0]
    return context.about if draft.is_thing(context.about) else next(iter(before), None)


def _within(context: Context, at: int, holder: Phrase) -> tuple[str, ...]:
    """Return in what a name is unique: `that no other department of the organisation has`."""
    texts = context.texts
    links = [place for place in range(at, min(at + 7, len(texts))) if texts[place] == "of"]
    found = [
        name
        for place in links
        for start, name in context.named
        if place < start <= place + 3 and name != holder and context.draft.is_thing(name)
    ]
    return tuple(" ".join(name) for name in found[:1])


def _scope(context: Context, at: int, holder: Phrase, within: bool) -> str:
    """Return whether rows of one owner are told apart, or all: who has lists has them apart."""
    draft, texts = context.draft, context.texts
    if within or not draft.is_thing(holder):
        return "global"
    people = {name[-1] for name in draft.accounts()}
    behind_it = {token.word for token in context.tokens[at : at + 8]}
    owned = bool(people & behind_it) and "of" in texts[at : at + 7]
    first = context.named[0] if context.named else None
    counted = first is not None and first[1] in draft.accounts() and texts[at] == "two"
    return "owner" if owned or counted else "global"


def _attributes(context: Context, start: int, end: int) -> list[tuple[int, Phrase]]:
    """Return the attributes that some words name, in order."""
    names = {name for entity in context.draft.entities.values() for name in entity.attributes}
    words = tuple(token.word for token in context.tokens)
    found = [
        (place, name)
        for name in sorted(names, key=len, reverse=True)
        for place in range(start, end)
        if words[place : place + len(name)] == name
    ]
    ends = {place + len(name): len(name) for place, name in reversed(found)}
    return sorted(each for each in found if ends[each[0] + len(each[1])] == len(each[1]))


def find_once(context: Context) -> Iterable[DraftRule]:
    """Read `a member reports a post once`: one row for each."""
    for act in read_acts(context):
        made = made_by(context.draft, act)
        if made is None or not _is_once(act):
            continue
        yield from _once(context, act, made)


def _is_once(act: Act) -> bool:
    words = act.words
    return any(
        word == "once" and words[place + 1 : place + 2] not in (("a",), ("it",), ("its",))
        for place, word in enumerate(words)
    )


def _once(context: Context, act: Act, made: Phrase) -> Iterable[DraftRule]:
    draft = context.draft
    links = draft.entities[made].links
    others = [each.entity for each in act.things if each.entity != made]
    if len(links) > 1:
        names, scope = tuple(" ".join(each) for each in links), "global"
    elif others:
        names, scope = (" ".join(others[0]),), "owner"
    elif act.has("another") or act.words[:1] == ("another",):
        names, scope = (" ".join(draft.accounts()[0]),), "owner"
    else:
        return
    details = {"attributes": names, "scope": scope}
    yield DraftRule("uniqueness", made, details, ("create",), context.said.text)
