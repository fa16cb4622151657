"""What no two rows share, and what is done once: `a unique name`, `reports a post once`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from scoring.drafting.draft import Detail, DraftAttribute, DraftRule
from scoring.drafting.nouns import Phrase, behind
from scoring.drafting.reading.acts import Act, read_acts
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.making import made_by
from scoring.words import words

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
    having = [name for name, each in draft.entities.items() if attribute in each.attributes]
    if not before and len(having) == 1:
        return having[0]
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
    links = context.draft.entities[holder].links
    if texts[at] == "two" and links and not found:
        return (" ".join(links[0]),)
    if texts[at] == "two" and not found:
        first = [name for start, name in context.named if start < at][:1]
        having = bool({"has", "have"} & set(texts[:at]))
        found = [
            each for each in first if context.draft.is_thing(each) and each != holder and having
        ]
    return tuple(" ".join(name) for name in found[:1])


def _scope(context: Context, at: int, holder: Phrase, within: bool) -> str:
    """Return whether a key is unique among the rows of one owner or among all.

    One who "has no two lists of the same name" has it among the own ones.
    """
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


_SAME_ONCE = re.compile(
    r"\b(?:the same (?P<what>[a-z]+)|which (?P<which>[a-z]+) it has ,? ?each) once\b"
)


def find_same_once(context: Context) -> Iterable[DraftRule]:
    """Read `a dish has the same label once at most`, `which labels it has, each once`."""
    match = _SAME_ONCE.search(" ".join(context.texts))
    if match is None or not context.named:
        return
    (what,) = words(match["what"] or match["which"])
    owner = context.named[0][1]
    link = context.draft.entities.get((*owner, what))
    if link is None:
        return
    parts = [each for each in context.draft.entities if each[-1] == what and each != link.name]
    names = (" ".join(owner), *(" ".join(each) for each in parts[:1]))
    details = {"attributes": names, "scope": "global"}
    yield DraftRule("uniqueness", link.name, details, ("create",), context.said.text)


def _is_once(act: Act) -> bool:
    words = act.words
    return any(
        word == "once" and words[place + 1 : place + 2] not in (("a",), ("it",), ("its",))
        for place, word in enumerate(words)
    )


def _once(context: Context, act: Act, made: Phrase) -> Iterable[DraftRule]:
    draft = context.draft
    links = draft.entities[made].links
    things = [each for each in act.things if each.entity != made]
    others = [each.entity for each in things if each.preposition != "of"]
    others = others or [each.entity for each in things]
    doer = act.subject.head
    if len(links) > 1:
        names, scope = tuple(" ".join(each) for each in links), "global"
    elif others and draft.is_thing(doer) and doer != made:
        names, scope = (" ".join(others[0]), " ".join(doer)), "global"
    elif others:
        by_one = act.subject.of is not None or things[0].own or act.words[:1] == ("the",)
        names, scope = (" ".join(others[0]),), "global" if by_one else "owner"
    elif draft.accounts() and (act.has("another") or act.words[:1] == ("another",)):
        names, scope = (" ".join(draft.accounts()[0]),), "owner"
    else:
        return
    details = {"attributes": names, "scope": scope}
    yield DraftRule("uniqueness", made, details, ("create",), context.said.text)


_ONE_EACH = re.compile(
    r"\bone (?:(?P<what>[a-z]+) )?(?:(?:a|per) (?P<period>day|week|month|year)\b"
    r"(?: for (?:an? )?(?P<more>[a-z]+))?|for (?:an?|each|every) (?P<each>[a-z]+))"
)


def find_one_each(context: Context) -> Iterable[DraftRule]:
    """Read `everybody has one vote for a post`, `one a day at most`."""
    draft, what = context.draft, ""
    for match in _ONE_EACH.finditer(" ".join(context.texts)):
        what = match["what"] or what
        if match["period"] and not context.has("at most", "only one", "no more than"):
            continue
        others = [(each,) for each in (match["each"], match["more"]) if each]
        parents = [name for name in others if name in draft.entities]
        if len(parents) != len(others):
            continue
        made = _counted(context, what, parents)
        if made is None:
            continue
        names = [" ".join(each) for each in parents if each != made]
        if match["period"]:
            names += _belonging(context, made)
            thing = draft.entities[made]
            thing.add(DraftAttribute((match["period"],), "date", said=context.said.text))
            names.append(match["period"])
        account = not match["period"] and context.texts[0] in ("everybody", "everyone")
        scope = "owner" if account else "global"
        details = {"attributes": tuple(dict.fromkeys(names)), "scope": scope}
        yield DraftRule("uniqueness", made, details, ("create",), context.said.text)
        if match["each"] and context.has("none for what is his own", "none for their own"):
            own: dict[str, Detail] = {"relation": match["each"]}
            yield DraftRule("stranger", made, own, ("create",), context.said.text)


def _counted(context: Context, what: str, parents: Sequence[Phrase]) -> Phrase | None:
    """Return of what there is one for each: the named thing, its compound, or what is made."""
    draft = context.draft
    if what:
        compounds = [(*each, what) for each in parents if (*each, what) in draft.entities]
        named = [meant for name, meant in draft.names() if name == (what,)]
        joint = [(*named[0], "use")] if named and (*named[0], "use") in draft.entities else []
        return next(iter((*compounds, *joint, *named)), None)
    made = [name for act in read_acts(context) if (name := made_by(draft, act)) is not None]
    return made[0] if made else context.about


def _belonging(context: Context, made: Phrase) -> list[str]:
    """Return what the new row is in or under: `under an own contract`, `in the own club`."""
    for act in read_acts(context):
        for each in act.things:
            if each.entity != made and each.own and each.preposition:
                return [" ".join(each.entity)]
    return []


_MEMBER_OF = re.compile(
    r"^an? (?P<who>[a-z]+) is an? (?P<what>[a-z]+) of an? (?P<of>[a-z]+) .*?\bonce\b"
)


def find_memberships(context: Context) -> Iterable[DraftRule]:
    """Read `a player is a member of a club once at most`."""
    match = _MEMBER_OF.search(" ".join(context.texts))
    if match is None:
        return
    called = (match["what"], "membership") if match["what"] == "member" else (match["what"],)
    made = next((meant for name, meant in context.draft.names() if name[-1] in called), None)
    if made is not None and (match["of"],) in context.draft.entities:
        details = {"attributes": (match["of"], match["who"]), "scope": "global"}
        yield DraftRule("uniqueness", made, details, ("create",), context.said.text)
