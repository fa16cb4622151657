"""Things that join or follow others: items of a list, votes on a post, the history of a price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from scoring.drafting.nouns import Phrase, behind, listed
from scoring.drafting.source import Said
from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS
from scoring.prose.token import Token

Link = tuple[Phrase, tuple[Phrase, ...]]
GROUPS = frozenset("community organisation organization group team club project company".split())
"""What people are members of."""
HEADS = frozenset("item entry line event record".split())
"""What has its name from the thing that it belongs to."""
_PLACING = frozenset("put place arrange".split())
_HELPFUL = frozenset("helpful useful funny interesting".split())
_NEAR = 9


def find_links(said: Sequence[Said], found: Mapping[Phrase, bool]) -> Iterable[Link]:
    """Return what joins two things, or is kept of one, and what it joins."""
    things = {phrase[-1]: phrase for phrase in found if not found[phrase]}
    about: Phrase | None = None
    paragraph = -1
    made = set(_made(said, things))
    for each in said:
        tokens = each.tokens
        yield from _several(tokens, things, made)
        title = _next(each.topic.tokens, 0, things)
        subject = _next(tokens, 0, things, 3)
        about = None if each.paragraph != paragraph else about
        paragraph = each.paragraph
        about = title or subject or about
        for place in range(len(tokens) - 1):
            for name, links in _at(tokens, place, things, about):
                yield name, tuple(dict.fromkeys(links))


def _made(said: Sequence[Said], things: Mapping[str, Phrase]) -> Iterable[Phrase]:
    """Return what people make on its own: `staff create, change and delete genres and books`."""
    for each in said:
        tokens = each.tokens
        for place, token in enumerate(tokens):
            if token.text in ("create", "creates", "manage", "manages", "make", "makes"):
                at = place + 1
                while at < len(tokens) and (tokens[at].text in _JOINS or tokens[at].text in LEMMAS):
                    at += 1
                yield from (things[p[-1]] for p in listed(tokens, at) if p and p[-1] in things)


_JOINS = frozenset({",", "and", "or", "only"})


def _several(
    tokens: Sequence[Token], things: Mapping[str, Phrase], made: Set[Phrase]
) -> Iterable[Link]:
    """Return what joins many to many: `a dish has up to 3 labels`, if labels are made by others."""
    owner = _next(tokens, 0, things, 3)
    texts = [token.text for token in tokens]
    for place in range(len(tokens) - 3):
        counts = texts[place : place + 2] in (["up", "to"], ["at", "most"])
        part = things.get(tokens[place + 3].word) if counts else None
        is_known = part is not None and owner is not None and {part, owner} <= made
        if is_known and part != owner and "has" in texts[:place]:
            yield (*(owner or ()), *(part or ())), (owner or (), part or ())


def _next(
    tokens: Sequence[Token], start: int, things: Mapping[str, Phrase], reach: int = _NEAR
) -> Phrase | None:
    """Return the first thing that is named from a token on."""
    words = (token.word for token in tokens[start : start + reach])
    return next((things[word] for word in words if word in things), None)


def _at(
    tokens: Sequence[Token], place: int, things: Mapping[str, Phrase], about: Phrase | None
) -> Iterable[Link]:
    token, texts = tokens[place], [each.text for each in tokens]
    follows = texts[place + 1]
    objects = [things[p[-1]] for p in listed(tokens, place + 2) if p and p[-1] in things]
    target = objects[0] if objects and follows in ("a", "an") else None
    once = "once" in texts[place:]
    left = texts[place - 1] if place else ""
    is_verb = left not in lexicon.DETERMINERS and not token.text.endswith("ed")
    match token.lemma:
        case "vote" if follows in ("on", "for") and len(objects) > 1:
            yield from (((*thing, "vote"), (thing,)) for thing in objects)
        case "save" if target is not None:
            yield ("saved", *target), (target,)
        case "join" if target is not None:
            yield ("membership" if target[-1] in GROUPS else "participant",), (target,)
        case "answer" if target is not None:
            yield (*target, "answer"), (target,)
        case "answer" if is_verb and follows in (",", "in", "with") and about is not None:
            yield (*about, "answer"), (about,)
        case "use" if target is not None and once:
            yield (*target, "use"), (target,)
        case "find" if target is not None and _HELPFUL & set(texts[place:]):
            yield (*target, "vote"), (target,)
        case "say" if follows in ("things", "something"):
            whole = _before(tokens, place, things) or about
            yield from [((*whole, "message"), (whole,))] if whole is not None else []
        case _ if token.lemma in _PLACING and once:
            yield from _placed(tokens, place, things)
        case _:
            pass
    if token.word in things and tokens[place + 1].word in HEADS:
        yield (*things[token.word], tokens[place + 1].word), (things[token.word],)
    yield from _kept(tokens, place, things, about)


def _placed(tokens: Sequence[Token], place: int, things: Mapping[str, Phrase]) -> Iterable[Link]:
    """Return what `puts a product on a list once` makes: an item of the list."""
    named = [(at, things[t.word]) for at, t in enumerate(tokens) if t.word in things and at > place]
    for at, container in named[1:2]:
        if any(t.text in ("on", "in", "into", "onto") for t in tokens[at - 3 : at]):
            yield (*container, "item"), (container, named[0][1])


def _kept(
    tokens: Sequence[Token], place: int, things: Mapping[str, Phrase], about: Phrase | None
) -> Iterable[Link]:
    """Return what is kept of a thing: entries of a ledger, its history, its earlier texts."""
    texts = [each.text for each in tokens]
    token = tokens[place]
    if token.word in HEADS and texts[place + 1 : place + 3] == ["of", "the"]:
        whole, _ = behind(tokens, place + 3)
        if whole and whole[-1] not in things:
            yield (*whole[-1:], token.word), ()
    if texts[place : place + 2] == ["the", "same"] and "once" in texts[place:]:
        noun, end = behind(tokens, place + 2)
        owner = _first(tokens, things)
        if noun and noun[-1] in things and texts[end : end + 1] == ["once"] and owner is not None:
            yield (*owner, *things[noun[-1]]), (owner, things[noun[-1]])
    if token.text == "which" and texts[place + 2 : place + 4] == ["it", "has"]:
        owner = _first(tokens, things)
        if owner is not None:
            yield (*owner, tokens[place + 1].word), (owner,)
    if texts[place : place + 3] == ["history", "of", "its"]:
        noun, _ = behind(tokens, place + 3)
        yield (*noun[-1:], "history"), (about,) if about is not None else ()
    if texts[place : place + 2] == ["its", "history"] and "kept" in texts:
        owner = _before(tokens, place, things) or about
        if owner is not None:
            yield (*owner, "history"), (owner,)
    if texts[place : place + 2] == ["its", "earlier"] and "kept" in texts:
        owner = _before(tokens, place, things) or about
        if owner is not None:
            yield (*owner, "version"), (owner,)
    if texts[place : place + 2] == ["keeps", "the"] and "as" in texts[place:]:
        noun, end = behind(tokens, place + 2)
        owner = _before(tokens, place, things)
        if texts[end : end + 2] == ["as", "it"] and owner is not None and noun:
            yield (*owner, *noun), (owner,)
    if token.text in ("has", "have") and about is not None:
        yield from _parts(tokens, place, things)


def _first(tokens: Sequence[Token], things: Mapping[str, Phrase]) -> Phrase | None:
    return _next(tokens, 0, things, 3)


def _before(tokens: Sequence[Token], place: int, things: Mapping[str, Phrase]) -> Phrase | None:
    words = (token.word for token in reversed(tokens[:place]))
    return next((things[word] for word in words if word in things), None)


def _parts(tokens: Sequence[Token], place: int, things: Mapping[str, Phrase]) -> Iterable[Link]:
    """Return parts that have attributes of their own: `an option has values (a label of …)`."""
    owner = _before(tokens, place, things)
    noun, end = behind(tokens, place + 1)
    texts = [each.text for each in tokens]
    plural = end > place + 1 and texts[end - 1] != tokens[end - 1].word
    bracket = next((at for at in range(end, min(end + 4, len(texts))) if texts[at] == "("), None)
    if owner is None or not plural or bracket is None or len(noun) != 1 or noun[-1] in things:
        return
    if texts[bracket + 1 : bracket + 2] in (["a"], ["an"]) and (bracket == end or "such" in texts):
        yield (*owner, *noun), (owner,)
