"""Whose an attribute is: what the nearest words say, else what is done there, else the topic."""

from __future__ import annotations

from scoring.drafting.attributes import Found
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import read_acts
from scoring.drafting.reading.context import Context, topic
from scoring.drafting.reading.making import PLACING, made_by, made_things

_ACCOUNT = frozenset({("email",), ("password",)})
_OWNS = frozenset("has have keeps takes with".split())
_FIRST_WORDS = 2
_DEFINITE = frozenset("the own their his its".split())
"""What stands before nouns that are known already: `with a title` is not said of these."""
_GIVING = frozenset("with give gives".split())


def owner_of(context: Context, found: Found) -> tuple[Phrase | None, bool]:
    """Return whose attribute it is, and whether the text says so plainly."""
    draft = context.draft
    named = [(at, name) for at, name in context.named if at < found.place]
    accounts = [name for _, name in named if not draft.is_thing(name)]
    things = [(at, name) for at, name in named if draft.is_thing(name)]
    if found.attribute.name == ("text",) and found.place and named:
        made, _ = _made_with(context, found.place)
        unnamed = context.tokens[found.place].number is not None or found.place >= 1
        if unnamed and made is not None and context.tokens[found.place].text != "text":
            return made, True
    if found.attribute.name == ("about",) and "sign" not in context.texts and not things:
        return (accounts or draft.people()[:1] or [None])[-1], True
    if found.attribute.name in _ACCOUNT:
        people = draft.accounts()
        return (accounts[-1] if accounts else people[0] if people else None), True
    own = [name for at, name in named if at == found.place - 1 and context.tokens[at].possessive]
    if own:
        return own[0], True
    done, is_noun = _made_with(context, found.place)
    once = _once(context, found.place, done)
    if once is not None:
        return once, True
    near = _near(context, found.place, named, done)
    if done is not None and is_noun and not _open_bracket(context, found.place):
        return done, True
    if near is not None:
        return near, True
    if (
        {"sign", "register"} & set(context.texts)
        and accounts
        and not _stands_apart(context, things)
    ):
        return accounts[-1], True
    done = done or _done_with(context, found.place)
    if done is not None:
        return done, True
    if things and things[0][0] <= _FIRST_WORDS:
        return things[0][1], True
    title = topic(draft, context.said)
    if title is not None:
        return title, draft.is_thing(title)
    if len({name for _, name in things}) == 1 and not _is_divided(context, found.place):
        return things[0][1], context.about == things[0][1]
    if things:
        return things[-1][1], False
    if context.about is not None and context.texts[:1] in (("it",), ("they",), ("each",)):
        return context.before or context.about, True
    if accounts and not things:
        return accounts[-1], True
    people = accounts if accounts else draft.accounts()[:1]
    return context.about or (people[0] if people else None), context.about is not None


def _once(context: Context, place: int, done: Phrase | None) -> Phrase | None:
    """Return the link that an attribute behind `once` is of: `the same tag once, with a weight`."""
    texts = context.texts
    at = next((p for p in range(place - 1, 0, -1) if texts[p] == "once"), None)
    if at is None or any(p > at for p, _ in context.named if p < place):
        return None
    if done is not None:
        return done
    named = {name for p, name in context.named if p < at}
    words = {token.word for token in context.tokens[:at]}
    links = (n for n in context.draft.entities if n[:-1] in named and n[-1] in words)
    return next(links, None)


def _stands_apart(context: Context, things: list[tuple[int, Phrase]]) -> bool:
    """Whether things are named that are not just a part of `pet owners`."""
    people = {at for at, name in context.named if not context.draft.is_thing(name)}
    return any(at + context.sizes[at] not in people for at, _ in things)


def _is_divided(context: Context, place: int) -> bool:
    return any(text in (":", ";") for text in context.texts[:place])


def _near(
    context: Context, place: int, named: list[tuple[int, Phrase]], done: Phrase | None
) -> Phrase | None:
    """Return the noun that a bracket, a colon, `has a` or `, tags a label` belongs to."""
    tokens, texts = context.tokens, context.texts
    bracket = _open_bracket(context, place)
    if bracket is not None:
        inside = [name for at, name in named if at < bracket]
        last = max((at + len(name) for at, name in named if at < bracket), default=-1)
        if inside and (bracket == last or {"such", "as"} & set(texts[last:bracket])):
            return inside[-1]
        return None
    for at, name in reversed(named):
        end = at + context.sizes[at]
        if any(token.number is not None for token in tokens[max(0, at - 2) : at]):
            return name
        if end < place and texts[end] == ":":
            return done or name
        if end + 1 < place and texts[end : end + 2] == ("account", ":"):
            return name
        definite = done is not None and bool(_DEFINITE & set(texts[max(0, at - 2) : at]))
        if end < place and texts[end : end + 2] == (",", "with") and end + 2 <= place < end + 5:
            return name
        if end < place and _has(context, end) and not definite:
            return name
        gapped = at and texts[at - 1] in (",", "and") and texts[at] != tokens[at].word
        if gapped and texts[end : end + 1] in (("a",), ("an",)):
            return name
    return None


def _open_bracket(context: Context, place: int) -> int | None:
    depth = [at for at in range(place) if context.texts[at] == "("]
    closed = [at for at in range(place) if context.texts[at] == ")"]
    return depth[-1] if depth and (not closed or closed[-1] < depth[-1]) else None


def _has(context: Context, place: int) -> bool:
    """Whether what follows a noun says what it has: `a list has a name`."""
    if place + 1 >= len(context.tokens):
        return False
    counts = context.texts[place + 1] in ("a", "an", "its", "one", "weekly")
    return context.texts[place] in _OWNS and counts


def made_beside(context: Context, owner: Phrase) -> list[Phrase]:
    """Return what has the same: votes on posts and on comments, organisers and speakers."""
    signing = [at for at, text in enumerate(context.texts) if text in ("sign", "register")]
    if signing and not context.draft.is_thing(owner):
        people = [name for at, name in context.named if at < signing[0]]
        accounts = [name for name in people if not context.draft.is_thing(name)]
        return [each for each in accounts if each != owner and owner in accounts]
    for act in read_acts(context):
        made = made_things(context.draft, act)
        if owner in made:
            return [each for each in made if each != owner]
    return []


def _made_with(context: Context, place: int) -> tuple[Phrase | None, bool]:
    """Return what is made before an attribute, and whether the verb itself names it: `bans`."""
    for act in reversed(read_acts(context)):
        made = made_by(context.draft, act) if act.place < place else None
        if made is not None:
            is_named = all(each.entity != made for each in act.things)
            return made, is_named and act.verb not in PLACING
    return None, False


def _done_with(context: Context, place: int) -> Phrase | None:
    """Return what is made or done with an attribute: `bans a member with a reason of …`."""
    acts = [act for act in read_acts(context) if act.place < place]
    for act in reversed(acts):
        target = act.target
        if target is not None and context.draft.is_thing(target.entity):
            gives = _GIVING & set(context.texts[act.place : place])
            return target.entity if gives else None
    return None
