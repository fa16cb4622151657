"""What a sentence says is done: who does it, to which things, and in which state these are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from scoring.drafting.draft import Draft, DraftEntity
from scoring.drafting.nouns import Phrase, before, is_noun
from scoring.drafting.reading.context import Context
from scoring.drafting.reading.verbs import LINKS, SKIPPED
from scoring.prose import lexicon
from scoring.prose.lexicon import LEMMAS, lemma
from scoring.prose.token import Token

_PREFIX_MAX = 4
_REACH = 3
_ONES = frozenset({"one", "ones"})
_IT = frozenset({"it", "them"})


@dataclass(frozen=True)
class Thing:
    """A thing that something is done to or with, and what is said of it there."""

    entity: Phrase
    at: int
    end: int
    states: tuple[str, ...] = ()
    """The states that it is in; with `is_not`, those that it is not in."""
    is_not: bool = False
    own: bool = False
    each: bool = False
    preposition: str = ""


@dataclass(frozen=True)
class Subject:
    """Who does it: an account, a role, or somebody by what is theirs."""

    head: Phrase = ()
    of: Phrase | None = None
    only: bool = False
    definite: bool = False
    """The customer: the one whose row it is; a customer is any."""
    nobody: bool = False
    also: tuple[Phrase, ...] = ()
    """Who else: `the author or a moderator`."""
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Act:
    """A verb with who does it and its objects; `place` is where the verb stands."""

    verb: str
    place: int
    end: int
    subject: Subject
    things: tuple[Thing, ...] = ()
    passive: bool = False
    refused: bool = False
    words: tuple[str, ...] = field(default=())
    about: Phrase | None = None

    @property
    def target(self) -> Thing | None:
        """Return what it is done to."""
        if self.passive or self.verb == "ask":
            return self.things[0] if self.things else None
        return next((each for each in self.things if not each.preposition), None)

    def has(self, *phrases: str) -> bool:
        """Whether the words behind the verb have one of some runs."""
        spoken = f" {' '.join(self.words)} "
        return any(f" {phrase} " in spoken for phrase in phrases)


def states_of(thing: DraftEntity) -> tuple[str, ...]:
    """Return the states that rows of an entity can be in."""
    return tuple(value for each in thing.statuses for value in each.values)


def read_acts(context: Context) -> list[Act]:
    """Return what a sentence says is done, in order."""
    places = list(context.verbs.items())
    found: list[Act] = []
    for number, (place, passive) in enumerate(places):
        end = places[number + 1][0] if number + 1 < len(places) else len(context.tokens)
        end = _clause_end(context.texts, place + 1, end)
        doer = _subject(context, place, passive, found)
        act = Act(
            context.tokens[place].lemma, place, end, doer, passive=passive,
            refused=doer.nobody or _is_denied(context.texts, place),
            words=context.texts[place + 1 : end], about=context.about,
        )  # fmt: skip
        if act.verb == "sign" and act.words[:1] in (("up",), ("in",), ("out",), ("on",)):
            act = replace(act, verb=f"sign {act.words[0]}")
        things = _undergoing(context, place) if passive else ()
        objects = (*things, *things_in(context, place + 1, end))
        joined = doer.nobody or (bool(found) and context.texts[place - 1] == "or")
        found.append(replace(act, things=_alike(context, found, objects) if joined else objects))
    return [_shared(found, number) for number in range(len(found))]


def _alike(context: Context, acts: list[Act], things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Return things with the state that `it` had: `nobody joins a closed club or posts in it`."""
    before_it = {each.entity: each for act in acts for each in act.things if each.states}
    return tuple(
        replace(each, states=before_it[each.entity].states)
        if context.texts[each.at : each.at + 1] == ("it",) and each.entity in before_it
        else each
        for each in things
    )


def _clause_end(texts: Sequence[str], start: int, end: int) -> int:
    """Return where a clause ends: before a comma behind which another has its own subject."""
    for at in range(start, end):
        if texts[at] == ":":
            return at
        starts = texts[at] == "," and texts[at + 1 : at + 2] in (("the",), ("its",), ("their",))
        if starts and lexicon.BE & set(texts[at + 2 : at + 5]):
            return at
    return end


def _shared(acts: list[Act], number: int) -> Act:
    """Add the object that verbs share: `change or delete a review`, `make, change and …`."""
    act = acts[number]
    behind = acts[number + 1] if number + 1 < len(acts) else None
    if act.things or behind is None or act.words[-1:] not in (("and",), ("or",), (",",)):
        if act.passive and behind is not None and act.words[-1:] in (("and",), ("or",), (",",)):
            return replace(act, words=(*act.words, *_shared(acts, number + 1).words))
        if act.things or number == 0 or not act.passive:
            return act
        return replace(act, things=acts[number - 1].things)
    following = _shared(acts, number + 1)
    return replace(act, things=following.things, words=(*act.words, *following.words))


def _subject(context: Context, place: int, passive: bool, acts: list[Act]) -> Subject:
    """Return who does it: the noun before the verb, or that of the verb before."""
    texts = context.texts
    if passive:
        by = next((at for at in range(place, min(place + 6, len(texts))) if texts[at] == "by"), -1)
        if by < 0:
            return Subject(only="only" in texts[:place], nobody=texts[:1] == ("nobody",))
        only = texts[by - 1] == "only" or texts[by + 1 : by + 2] == ("nobody",)
        stops = (at for at in range(by + 1, len(texts)) if texts[at] in (",", "and", "or", ";"))
        return replace(_person(context, by + 1, next(stops, len(texts))), only=only)
    end = place
    while end > 0 and (texts[end - 1] in SKIPPED or texts[end - 1] in lexicon.MODALS | {"to"}):
        end -= 1
    link = next((at for at in range(end - 1, 0, -1) if texts[at] in ("who", "that")), None)
    if link is not None and "," not in texts[link:end]:
        end = link
    if acts and texts[end - 1] in ("and", "or", ",", "then"):
        return acts[-1].subject
    start = end
    while start > 0 and not (context.tokens[start - 1].is_mark or texts[start - 1] in _STOPS):
        start -= 1
    return _person(context, start, end)


_STOPS = frozenset({"and", "or", "but", "when", "if"})


def _person(context: Context, start: int, end: int) -> Subject:
    """Read who is named in a run of words: `only the seller of the product`, `its author`."""
    draft, texts = context.draft, context.texts
    only = "only" in texts[start:end]
    run = range(start, end)
    end = next((at for at in run if texts[at] in ("who", "that", "whose")), end)
    run = range(start, end)
    if any(texts[at] == "nobody" for at in run):
        return Subject(nobody=True)
    link = next((at for at in run if texts[at] == "of" and at > start), None)
    head = before(context.tokens, link if link is not None else end)
    of: Phrase | None = None
    if link is not None:
        of = next((n for at, n in context.named if link < at < end), None)
        of = context.thing_before(link) if of is None and "it" in texts[link:end] else of
    elif set(texts[start:end]) & {"its", "their"}:
        of = context.thing_before(start)
    states = tuple(
        texts[at]
        for at in run
        for name in draft.accounts()
        if texts[at] in states_of(draft.entities[name]) and head == name
    )
    definite = texts[start : start + 1] in (("the",), ("its",)) and of in (None, context.about)
    also: tuple[Phrase, ...] = ()
    if start > 1 and texts[start - 1] == "or" and texts[start] in ("a", "an"):
        joined = before(context.tokens, start - 1)
        is_first = start - 1 - len(joined) >= 1 and texts[start - 2 - len(joined)] == "the"
        if is_first and (joined in draft.entities or joined[-1:] in OWNERS):
            head, definite, also = joined, True, (head,)
    known = head in draft.accounts() or (bool(also) and head[-1:] in OWNERS)
    return Subject(head, of, only, definite=definite and known, also=also, states=states)


def _is_denied(texts: Sequence[str], place: int) -> bool:
    """Whether a verb is negated: `cannot order`, `is not submitted`, `never changes`."""
    return any(text in lexicon.NEGATIONS for text in texts[max(0, place - 3) : place])


def _undergoing(context: Context, place: int) -> tuple[Thing, ...]:
    """Return the subject of a passive verb: `only a draft can be changed`."""
    found = things_in(context, 0, place)
    return tuple(replace(each, preposition="") for each in found[:1])


def things_in(context: Context, start: int, end: int) -> tuple[Thing, ...]:
    """Return the things that some words name, or mean by `it`, `one` and their state."""
    found: list[Thing] = []
    named = dict(context.named)
    at = start
    while at < end:
        last = found[-1].entity if found else context.thing_before(at)
        thing = _thing(context, at, start, last, named)
        if thing is not None:
            joins = bool(found) and context.texts[at - 1] == "and" and found[-1].end == at - 1
            found.append(replace(thing, own=True) if joins and found[-1].own else thing)
        at = thing.end if thing is not None else at + 1
    return tuple(found)


def _thing(
    context: Context, at: int, start: int, last: Phrase | None, named: dict[int, Phrase]
) -> Thing | None:
    """Return the thing that a token names or stands for, if it does."""
    draft, texts = context.draft, context.texts
    if at in named:
        return _described(context, named[at], at, at + context.sizes[at], start)
    if last is None or last not in draft.entities:
        return None
    if texts[at] in _ONES and (at == 0 or texts[at - 1] not in ("most", "to", "in")):
        return _described(context, _meant(context, at, last), at, at + 1, start)
    is_last = at + 1 >= len(texts) or not texts[at + 1].isalpha()
    if texts[at] == "own" and is_last and texts[at - 2 : at - 1] != ("of",):
        meant = context.about if draft.is_thing(context.about) else last
        return _described(context, meant or last, at + 1, at + 1, start)
    if texts[at] == "they" and at <= 1:
        return _described(context, last, at, at + 1, start)
    if texts[at] in _IT:
        return _described(context, last, at, at + 1, start)
    word = context.tokens[at].word
    before_it = (context.before,) if context.before is not None else ()
    for entity in dict.fromkeys((last, *before_it, *context.spoken_of)):
        if word in states_of(draft.entities[entity]) and _is_alone(context.tokens, at):
            described = _described(context, entity, at, at + 1, start)
            return replace(described, states=(word,))
    return None


def _meant(context: Context, at: int, last: Phrase) -> Phrase:
    """Return the latest thing that can be in a state: `one` is a thing of which there are such."""
    named = [name for place, name in reversed(context.named) if place < at]
    recent, state = dict.fromkeys((*named, last, *context.spoken_of)), context.texts[at - 1]
    fitting = (each for each in recent if state in states_of(context.draft.entities[each]))
    return next(fitting, last)


def _is_alone(tokens: Sequence[Token], at: int) -> bool:
    """Whether a state is a noun here: `the draft`, `only drafts`, not `a draft recipe`."""
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    left = tokens[at - 1].text if at else ""
    ends = follows is None or not is_noun(follows) or follows.text in LEMMAS
    heads = left in lexicon.DETERMINERS | {"only", "own"} or tokens[at].text != tokens[at].word
    return ends and heads and tokens[at].text not in LEMMAS


def _described(context: Context, entity: Phrase, at: int, end: int, start: int) -> Thing:
    """Return a thing with what stands before it and behind it."""
    texts = context.texts
    left = at
    while left > start and at - left < _PREFIX_MAX and _describes(texts[left - 1]):
        left -= 1
    prefix = texts[left:at]
    preposition = texts[left - 1] if left > start else ""
    thing = Thing(
        entity, at, end, own="own" in prefix, each="each" in prefix,
        preposition=preposition if preposition in lexicon.PREPOSITIONS else "",
    )  # fmt: skip
    values = states_of(context.draft.entities[entity])
    states = tuple(word for word in prefix if word in values)
    if states:
        return replace(thing, states=states)
    for alias, state in context.draft.entities[entity].aliases.items():
        if texts[end : end + len(alias)] == alias:
            return replace(thing, states=(state,), end=end + len(alias))
    states, is_not, stop = stated(context, end, entity)
    own = thing.own or texts[end : end + 3] in (("of", "his", "own"), ("of", "their", "own"))
    return replace(thing, states=states, is_not=is_not, own=own, end=stop)


def _describes(text: str) -> bool:
    return text in lexicon.DETERMINERS or text in ("only", "own") or text.endswith(
        ("ed", "en", "able")
    ) or text in lexicon.ADJECTIVES  # fmt: skip


def stated(context: Context, place: int, entity: Phrase) -> tuple[tuple[str, ...], bool, int]:
    """Read the states that a clause behind a noun gives: `that is hidden`, `while it is open`."""
    texts = context.texts
    at = place
    while at < len(texts) and at < place + _REACH and texts[at] not in LINKS:
        if texts[at : at + 3] == ("as", "long", "as"):
            at += 2
            break
        if texts[at] in (",", ";", ":", ".", "and", "or"):
            return (), False, place
        at += 1
    turns = at < len(texts) and texts[at] in ("until", "unless")
    at += 1
    if at < len(texts) and texts[at] in ("it", "they", "one"):
        at += 1
    if at >= len(texts) or texts[at] not in lexicon.BE | {"has", "was"}:
        return (), False, place
    states, is_not, end = _values(context.draft, texts, at + 1, entity, place)
    return states, is_not != turns, end


def _values(
    draft: Draft, texts: Sequence[str], at: int, entity: Phrase, place: int
) -> tuple[tuple[str, ...], bool, int]:
    """Read states joined by `or` and `nor`, perhaps negated."""
    is_not = at < len(texts) and texts[at] in ("not", "neither")
    at += is_not
    thing = draft.entities[entity]
    values, found = states_of(thing), list[str]()
    while at < len(texts):
        alias = next((a for a in thing.aliases if tuple(texts[at : at + len(a)]) == a), None)
        text = texts[at]
        if alias is not None:
            found.append(thing.aliases[alias])
            at += len(alias)
        elif text in values:
            found.append(text)
            at += 1
        elif (found and text in ("or", "nor")) or text in ("a", "already"):
            at += 1
        else:
            break
    return tuple(found), is_not, at if found else place


def undoes(verb: str) -> bool:
    """Whether a verb leads back: `reopen`, `unblock`, `restore`, `reinstate`."""
    return verb in _UNDOING or (
        verb.startswith("un") and len(verb) > _REACH and lemma(verb[2:]) in _VERBS
    )


OWNERS = frozenset((word,) for word in "author owner creator writer booker".split())
_UNDOING = frozenset(
    "restore reinstate release lift reactivate reopen republish reenable resume relist".split()
)
_VERBS = frozenset(LEMMAS.values())
