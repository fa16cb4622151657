"""Which nouns of a request are things to remember."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from scoring.drafting.draft import DraftEntity
from scoring.drafting.links import HEADS, find_links
from scoring.drafting.nouns import Phrase, before, behind, listed
from scoring.drafting.source import Said, read_request, read_titles
from scoring.prose import lexicon
from scoring.prose.bounds import bounds
from scoring.prose.lexicon import LEMMAS
from scoring.prose.token import Token

_ENOUGH = 2.0
_TITLE = 2.0
_SURE = 3.0
MAKING = frozenset(
    "add archive arrange ask assign begin book borrow buy cancel change comment create delete "
    "donate found hide keep leave make offer open place post publish report reserve save sell "
    "sort start submit take upload write".split()
)
"""Verbs whose object is made, kept or changed."""
_HAVING = frozenset("have keep consist show note count last contain".split())
_VERBAL = {
    "follow": "follow",
    "comment": "comment",
    "vote": "vote",
    "report": "report",
    "ban": "ban",
    "reserve": "reservation",
    "review": "review",
    "borrow": "borrowing",
    "book": "booking",
    "rate": "rating",
    "like": "like",
    "assign": "assignment",
    "apply": "application",
    "register": "registration",
    "refund": "refund",
    "pay": "payment",
}
_NEVER = frozenset(
    "page word time number way list_of thing day week month hour minute year backend service "
    "system request caller anybody nobody everybody address e-mail email password title text "
    "name description amount price status kind reason note code end start beginning creation "
    "place character letter digit conflict account session token board somebody one visitor "
    "public row value sum total least most  part point step case moment date author owner "
    "founder  key people company whole person seat percentage average colour budget cent "
    "rate catalogue stock pay approval leave support delivery sending newest oldest piece  "
    " life front back side rest something".split()
)


_SOMETIMES = frozenset({"address", "request", "piece"})
"""Nouns that are things to remember if the text says much of them."""


def find_entities(text: str) -> dict[Phrase, DraftEntity]:
    """Return the nouns that are things to remember, and who signs up."""
    said = read_request(text)
    points: defaultdict[Phrase, float] = defaultdict(float)
    accounts: set[Phrase] = set()
    verbal: set[Phrase] = set()
    spoken: set[str] = {token.text for each in said for token in each.tokens}
    nouns = {word for each in said for word in _as_nouns(each.tokens)}
    for each in said:
        accounts |= {*_signs_up(each.tokens), *_kinds(each.tokens)}
        if "once" in {token.text for token in each.tokens}:
            weights: defaultdict[Phrase, float] = defaultdict(float)
            for name, weight in _verbs_of(each, spoken):
                weights[name] += weight
            verbal |= {name for name, weight in weights.items() if weight > _ENOUGH}
        for phrase, weight in _evidence(each, spoken):
            points[phrase] += weight
    for phrase in (name for each in said for name in _ways(each)):
        points[phrase] += _SURE
        nouns.add(phrase[-1])
    for phrase, weight in _asked(said):
        points[phrase] += weight
        verbal.add(phrase)
        nouns.add(phrase[-1])
    lists = any(
        each.texts[at : at + 2] == ("list", "of") for each in said for at in range(len(each.texts))
    )
    points[("list",)] -= _SURE if lists else 0
    for title in read_titles(text):
        for phrase in listed(title.tokens, 0):
            points[phrase] += _TITLE
            nouns.add(phrase[-1])
    roles = _roles(said)
    nouns -= roles
    accounts |= _leaders(said, roles)
    accounts |= {("admin",)} & {token_word for each in said for token_word in _words(each)}
    units = {word for each in said for word in _units(each)}
    found = dict.fromkeys(sorted(accounts), True)
    for phrase in sorted(points, key=lambda each: (-points[each], each)):
        never = phrase[-1] in _NEVER and phrase not in verbal and "of" not in phrase
        counts = phrase[-1] in _SOMETIMES - units and points[phrase] >= _SURE
        never = never and not counts
        is_noun = (phrase[-1] in nouns or phrase in verbal) and not never
        if points[phrase] >= _ENOUGH and phrase not in found and is_noun:
            found[phrase] = False
    found = _without_parts(found)
    invited = _invited(said)
    entities = {
        name: DraftEntity(name, account, invited=account and (name in INVITED or name in invited))
        for name, account in found.items()
    }
    for name, links in find_links(said, found):
        entities.setdefault(name, DraftEntity(name, links=links))
    return _merged(entities, dict(_asked(said)), nouns)


def _units(each: Said) -> Iterable[str]:
    """Return what amounts are counted in: `1 to 99 pieces`."""
    for bound in bounds(each.sentence):
        if bound.kind == "range" and bound.end < len(each.tokens):
            yield each.tokens[bound.end].word


def _merged(
    entities: dict[Phrase, DraftEntity], asked: dict[Phrase, float], nouns: set[str]
) -> dict[Phrase, DraftEntity]:
    """Join names of the same thing: members and memberships, entries and the ledger's entries."""
    found = dict(entities)
    membership = found.get(("membership",))
    if membership is not None and ("member",) in found and not found[("member",)].account:
        del found[("member",)]
        membership.also += (("member",),)
    for head in HEADS:
        compounds = [each for each in found.values() if each.name[-1] == head != each.name[0]]
        if compounds and (head,) in found:
            del found[(head,)]
        if len(compounds) == 1:
            compounds[0].also += ((head,),)
    for each in found.values():
        head = each.name[-1]
        if (
            len(each.name) > 1
            and (head,) not in found
            and head in nouns
            and (head,) not in each.also
        ):
            each.also += ((head,),)
    for name in asked:
        if name in found and len(asked) == 1:
            found.pop(("request",), None)
            found[name].also += (("request",),)
    return found


def _ways(each: Said) -> Iterable[Phrase]:
    """Return things that are named by what they are for: `offers ways of paying: a name, a fee`."""
    tokens = each.tokens
    for place in range(1, len(tokens) - 3):
        gerund = tokens[place + 2].text
        makes = tokens[place - 1].lemma in MAKING and tokens[place + 3].text == ":"
        if makes and tokens[place + 1].text == "of" and gerund.endswith("ing"):
            yield tokens[place].word, "of", gerund


def _asked(said: list[Said]) -> Iterable[tuple[Phrase, float]]:
    """Return what is asked for: `asks for a refund`, `asks for 1 to 30 days of leave`."""
    for each in said:
        tokens = each.tokens
        for place, token in enumerate(tokens[:-2]):
            if token.lemma != "ask" or tokens[place + 1].text != "for":
                continue
            at = place + 2
            of = [p for p in range(at, min(at + 6, len(tokens))) if tokens[p].text == "of"]
            is_amount = any(t.number is not None for t in tokens[at : at + 2])
            phrase, _ = behind(tokens, of[0] + 1 if of and is_amount else at + 1)
            if phrase and (is_amount or tokens[at].text in ("a", "an")):
                yield phrase, 3.0


_PEOPLE = frozenset("people person somebody anybody".split())
_LEADERS = frozenset("moderator editor administrator operator librarian".split())
INVITED = frozenset((word,) for word in (*_LEADERS, "admin", "staff"))
"""People who look after things: they join by invitation only."""
_STEPS = frozenset("promote demote make".split())


_BECOMING = lexicon.BE | {"plain", "member", "user", "worker", "one", "him", "her", "them"}


def _roles(said: list[Said]) -> set[str]:
    """Return the nouns that rows or people become: `a draft at first`, `made a moderator`."""
    found: set[str] = set()
    for each in said:
        tokens = each.tokens
        texts = [token.text for token in tokens]
        steps = [at for at, token in enumerate(tokens) if token.lemma in _STEPS]
        for place, token in enumerate(tokens[:-1]):
            left = texts[place - 1] if place else ""
            if token.text != "to" and (token.text != "a" or left not in _BECOMING):
                continue
            phrase, end = behind(tokens, place + 1)
            if len(phrase) != 1:
                continue
            follows = texts[end : end + 2]
            begins = follows[:1] in (["until"], ["then"]) or follows == ["at", "first"]
            turned = token.text == "to" and any(
                each.lemma in ("promote", "demote") for each in tokens
            )
            made = any(0 < place - at <= 4 for at in steps) and "moderator" in phrase
            if begins or turned or made:
                found.add(phrase[-1])
    return found


def _leaders(said: list[Said], roles: set[str]) -> set[Phrase]:
    """Return the people with rights of their own who do not sign up in the text."""
    words = {token.word for each in said for token in each.tokens}
    return {(word,) for word in (_LEADERS & words) - roles}


def _words(each: Said) -> set[Phrase]:
    return {(token.word,) for token in each.tokens}


def _as_nouns(tokens: tuple[Token, ...]) -> Iterable[str]:
    """Return the words that stand behind an article, or in the plural: they are things."""
    for place, token in enumerate(tokens):
        if token.text in lexicon.DETERMINERS:
            phrase, _ = behind(tokens, place + 1)
            yield from phrase[-1:]
        if token.text != token.word and token.text not in LEMMAS:
            yield token.word


def _without_parts(found: dict[Phrase, bool]) -> dict[Phrase, bool]:
    """Drop a compound whose last word is an entity, and first word says nothing new."""
    return {
        phrase: account
        for phrase, account in found.items()
        if len(phrase) == 1 or phrase[-1:] not in found
    }


def _signs_up(tokens: tuple[Token, ...]) -> Iterable[Phrase]:
    """Return who has an account: `owners register with …`, `vets join by invitation`."""
    texts = [token.text for token in tokens]
    for place in range(len(tokens)):
        behind_it = texts[place + 1 : place + 3]
        signs = texts[place] in _SIGNING and behind_it[:1] in (["up"], ["with"], ["by"])
        if texts[place] == "same" and behind_it[:1] == ["way"] and place > 1:
            yield from _person(before(tokens, place - 2))
        elif (signs and (behind_it[:1] != ["by"] or behind_it[1:] == ["invitation"])) or (
            texts[place] in ("create", "creates", "open", "opens")
            and "account" in texts[place : place + 4]
        ):
            yield from _persons(tokens, place)
        elif texts[place] in ("added", "invited", "appointed") and behind_it[:1] == ["by"]:
            yield from _persons(tokens, place - 1)
        elif texts[place] == "with" and behind_it[:1] in (["an"], ["their"]):
            follows = set(texts[place + 2 : place + 5])
            is_new = texts[place - 1] not in (*_SIGNING, "up")
            if follows & {"invite", "invitation", "email"} and is_new:
                yield from _person(before(tokens, place))


def _kinds(tokens: tuple[Token, ...]) -> Iterable[Phrase]:
    """Return who has an account: `there are two kinds of account, owners and vets`."""
    said = [token.word for token in tokens]
    for place in range(len(tokens)):
        if said[place : place + 3] == ["kind", "of", "account"]:
            start = place + 3
            while start < len(tokens) and not tokens[start].text.isalpha():
                start += 1
            yield from (phrase[-1:] for phrase in listed(tokens, start))


def _persons(tokens: tuple[Token, ...], place: int) -> Iterable[Phrase]:
    """Return the people before a verb: `organisers and speakers register`."""
    phrase = before(tokens, place)
    yield from _person(phrase)
    start = place - len(phrase)
    if phrase and start > 1 and tokens[start - 1].text in ("and", "or"):
        yield from _persons(tokens, start - 1)


_SIGNING = frozenset("sign signs register registers join joins".split())


def _person(phrase: Phrase) -> Iterable[Phrase]:
    if phrase and phrase[-1] in _PEOPLE:
        yield ("member",)
    elif phrase and (phrase[-1] not in _NEVER or phrase[-1] in _PERSONS):
        yield phrase[-1:]


_PERSONS = frozenset("owner author founder".split())
"""People who are no account of their own unless they sign up as such."""


def _invited(said: list[Said]) -> set[Phrase]:
    """Return who joins by invitation only, as the text says."""
    found: set[Phrase] = set()
    for each in said:
        for place, text in enumerate(each.texts):
            added = text in ("added", "invited", "appointed")
            if added and each.texts[place + 1 : place + 2] == ("by",):
                found |= set(_persons(each.tokens, place - 1))
            if text in ("by", "with") and {"invitation", "invite"} & set(
                each.texts[place : place + 3]
            ):
                end = place - (each.texts[place - 1] in (*_SIGNING, "up"))
                end -= each.texts[end - 1] in _SIGNING
                found |= set(_person(before(each.tokens, end)))
    return found


def _evidence(each: Said, spoken: set[str]) -> Iterable[tuple[Phrase, float]]:
    tokens = each.tokens
    bounded = bool(bounds(each.sentence))
    for place, token in enumerate(tokens):
        if token.text in ("a", "an", "no", "every", "each"):
            phrase, end = behind(tokens, place + 1)
            if phrase and end < len(tokens):
                yield phrase, _as_subject(tokens, place, end, bounded)
        elif token.lemma in MAKING and token.text in LEMMAS:
            yield from _objects(tokens, place)
        if token.text in ("a", "an", "the", "each"):
            phrase, end = behind(tokens, place + 1)
            is_thing = bool(phrase) and not _is_measured(tokens, end)
            yield from [(phrase, 0.25 if token.text == "the" else 0.5)] if is_thing else []
        if token.text != token.word and token.text not in LEMMAS and token.text.isalpha():
            yield (token.word,), 0.25
        if token.number is not None and place and tokens[place - 1].text in ("most", "to", "than"):
            yield from _counted(tokens, place)
        if token.text in ("with", "a") and any(
            t.number is not None for t in tokens[place : place + 9]
        ):
            owner = before(tokens, place - (tokens[place - 1].text == "," and token.text == "with"))
            fits = token.text == "with" or (tokens[place - 1].text != tokens[place - 1].word)
            yield from [(owner[-2:], 2.0)] if owner and fits else []
        if token.text == "own":
            phrase, _ = behind(tokens, place + 1)
            yield from [(phrase, 1.0)] if phrase else []
    yield from _started(tokens)
    yield from _plural_subjects(tokens)
    yield from _verbs_of(each, spoken)


def _started(tokens: tuple[Token, ...]) -> Iterable[tuple[Phrase, float]]:
    """Return what starts in a state, and what people get: `a request starts as pending`."""
    texts = [token.text for token in tokens]
    for place in range(1, len(tokens) - 1):
        if texts[place] in ("starts", "begins") and texts[place + 1] in ("as", "out"):
            yield before(tokens, place), 2.0
        if texts[place] in ("get", "gets", "receive", "receives") and texts[place + 1] in (
            "a",
            "an",
        ):
            phrase, _ = behind(tokens, place + 2)
            yield from [(phrase, 2.0)] if phrase[-1:] and phrase[-1] in NOTICES else []


NOTICES = frozenset("notice notification message alert".split())


def _verbs_of(each: Said, spoken: set[str]) -> Iterable[tuple[Phrase, float]]:
    for place, token in enumerate(each.tokens):
        if token.lemma in _VERBAL and token.text in LEMMAS:
            yield from _verbal(each.tokens, place, spoken)


def _is_measured(tokens: tuple[Token, ...], end: int) -> bool:
    """Whether a noun has a number of its own, as attributes have: `a title of 3 to 120`."""
    return any(token.number is not None for token in tokens[end : end + 3])


def _counted(tokens: tuple[Token, ...], place: int) -> Iterable[tuple[Phrase, float]]:
    """Return what somebody has at most a number of: `at most 5 wish lists`."""
    verbs = {token.lemma for token in tokens[max(0, place - 4) : place]}
    phrase, _ = behind(tokens, place + 1)
    if phrase and phrase[-1] not in _UNITS and verbs & {"have", "keep", "open"}:
        yield phrase, 2.5


_UNITS = frozenset("character letter digit word minute hour day week month year cent".split())


def _plural_subjects(tokens: tuple[Token, ...]) -> Iterable[tuple[Phrase, float]]:
    """Return what a sentence starts with: `Comments and favourites are …`, `Brands have …`."""
    phrases = list(listed(tokens, 0))
    end = next((at for at, token in enumerate(tokens) if _is_stop(token)), len(tokens))
    if not phrases or end >= len(tokens) or tokens[0].text == tokens[0].word:
        return
    verb = tokens[end].lemma
    if verb in ("have", "be", "come", "can", "cannot"):
        for phrase in phrases:
            yield phrase, 2.0 if verb in ("have", "come") else 1.5


def _is_stop(token: Token) -> bool:
    return token.text in lexicon.AUXILIARIES or token.text in ("come", "comes")


def _as_subject(tokens: tuple[Token, ...], place: int, end: int, bounded: bool) -> float:
    """Return how much `a list has …` speaks for an entity; a list of attributes most."""
    verb = tokens[end].lemma
    starts = place == 0 or tokens[place - 1].is_mark or tokens[place - 1].text in (
        *lexicon.SUBORDINATORS, "new", "and",
    )  # fmt: skip
    if verb in _HAVING and starts:
        return 3.0 if bounded else 2.0
    if starts and place and tokens[place - 1].text == "when" and tokens[end].lemma == "be":
        return 2.0
    if tokens[end].text in lexicon.AUXILIARIES and starts:
        return 1.0
    if tokens[end].text == "that" and starts:
        return 1.0
    return 0.0


_BEFORE_OBJECTS = frozenset("and or , up back on about in their own one".split())


def _objects(tokens: tuple[Token, ...], place: int) -> Iterable[tuple[Phrase, float]]:
    """Return what is made or changed: `write articles`, `create and delete genres and books`."""
    at = place + 1
    while at < len(tokens) and (
        tokens[at].text in _BEFORE_OBJECTS
        or tokens[at].text in lexicon.DETERMINERS
        or (
            tokens[at].lemma in MAKING
            and tokens[at].text in LEMMAS
            and tokens[at].text == tokens[at].lemma
            and tokens[at - 1].text in ("and", "or", ",")
        )
    ):
        at += 1
    for _ in range(3):
        phrase, end = behind(tokens, at)
        if not phrase:
            return
        measured = end + 2 < len(tokens) and tokens[end].text == "of"
        yield phrase, 2.0 if measured and _is_measured(tokens, end) else 1.0
        if end + 1 >= len(tokens) or tokens[end].text not in ("and", "or"):
            return
        at = end + 1


def _verbal(
    tokens: tuple[Token, ...], place: int, spoken: set[str]
) -> Iterable[tuple[Phrase, float]]:
    """Return the noun of a verb that leaves something behind: a vote, a report."""
    noun = _VERBAL[tokens[place].lemma]
    if noun == "registration" and [t.text for t in tokens[place + 1 : place + 2]] != ["for"]:
        return
    subject = before(tokens, place)
    by_person = bool(subject) or (place > 0 and tokens[place - 1].text in ("nobody", "they"))
    if not by_person and tokens[place - 1].text not in ("can", "may", "and", ","):
        return
    once = any(token.text == "once" for token in tokens)
    follows = [token.text for token in tokens[place + 1 : place + 3]]
    fresh = follows[:1] in (["a"], ["an"]) and follows[1:] not in (["own"], ["open"])
    if once and (fresh or any(token.text.isdigit() for token in tokens[place:])):
        yield (noun,), 0.5
    named = noun in spoken or noun + "s" in spoken
    yield (noun,), (2.0 if once else 1.0) + (1.0 if named else 0.0)
