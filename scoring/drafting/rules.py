"""Rules of a request, by the words that make them."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.drafting.draft import Draft, DraftAttribute, DraftEntity, DraftRule
from scoring.drafting.nouns import Phrase, behind
from scoring.drafting.source import Said
from scoring.prose import lexicon
from scoring.prose.bounds import bounds
from scoring.prose.clauses import prohibits, refused_at, restrictions
from scoring.prose.lexicon import LEMMAS, lemma
from scoring.prose.token import Token

_DELETE = frozenset("delete erase remove".split())
_KEEP = frozenset("keep stay remain without".split())
_STATES = ("status", "state", "role", "stage")
_CHANGING = frozenset("change delete reach read see edit update restore manage".split())
_NOT_STEPS = frozenset(
    "be have do see show find get give say ask make let come go keep change delete create list "
    "filter sort read write refuse reject_ stay return_ mean need want".split()
)
Mentions = list[tuple[int, Phrase]]


def find_rules(draft: Draft, said: Said, named: Mentions, about: Phrase | None) -> None:
    """Add the rules that a sentence states; `about` is what the sentences before speak of."""
    things = [(at, name) for at, name in named if not draft.entities[name].account]
    for found in (
        *_quotas(draft, said, named),
        *_unique(draft, said, named, about),
        *_once(draft, said, things),
        *_deletions(draft, said, things, about),
        *_ownership(draft, said, things, about),
        *_steps(draft, said, things, about),
        *_shown(draft, said, things),
    ):
        draft.rule(found)


def attribute_rules(draft: Draft) -> None:
    """Add what the attributes imply: limits, defaults and unique values."""
    for entity in draft.entities.values():
        for attribute in entity.attributes.values():
            name = " ".join(attribute.name)
            low, high = attribute.minimum, attribute.maximum
            if (low, high) != (None, None):
                draft.rule(DraftRule("limit", entity.name, (name,), low, high, attribute.said))
            if attribute.default is not None:
                about = (name, attribute.default)
                draft.rule(DraftRule("default", entity.name, about, said=attribute.said))
        if entity.account and not entity.invited:
            entity.add(DraftAttribute(("email",), "text"))
            draft.rule(DraftRule("uniqueness", entity.name, ("email",)))


def _quotas(draft: Draft, said: Said, named: Mentions) -> Iterable[DraftRule]:
    """Read `A member has at most 20 lists`."""
    for bound in bounds(said.sentence):
        allowed = bound.allowed(refused_at(said.sentence, bound.start))
        if bound.kind == "range" or allowed is None or allowed[1] is None:
            continue
        if bound.start and said.tokens[bound.start - 1].lemma not in ("have", "keep", "open"):
            continue
        counted = [name for at, name in named if bound.end <= at <= bound.end + 1]
        owner = [name for at, name in named if at < bound.start]
        if counted and owner and not draft.entities[counted[0]].account:
            yield DraftRule("quota", counted[0], maximum=int(allowed[1]), said=said.text)


def _unique(draft: Draft, said: Said, named: Mentions, about: Phrase | None) -> Iterable[DraftRule]:
    """Read `a unique name`, `a name that no other list of the member has`, `taken twice`."""
    tokens = said.tokens
    for at, token in enumerate(tokens):
        follows = [each.text for each in tokens[at + 1 : at + 3]]
        attributes: list[Phrase] = []
        if token.text == "unique" and follows[:1] != ["whatever"]:
            phrase, _ = behind(tokens, at + 1)
            attributes = [phrase] if phrase else []
        elif token.text == "unique" or (
            token.text == "that" and follows in (["no", "other"], ["nobody", "else"])
        ):
            attributes = _attributes_before(draft, tokens, at)[-1:]
        elif token.text == "two" and at and tokens[at - 1].text == "no":
            attributes = _attributes_behind(draft, tokens, at)[:1]
        elif token.text == "twice" and tokens[0].text in ("neither", "no", "nobody"):
            attributes = _attributes_before(draft, tokens, at)
        owner = _holder(draft, named, at, about)
        for attribute in attributes:
            thing = draft.entities.get(owner) if owner is not None else None
            if thing is None or attribute in draft.entities:
                continue
            if attribute not in thing.attributes:
                if token.text != "unique":
                    continue
                thing.add(DraftAttribute(attribute, "text", said=said.text))
            yield DraftRule("uniqueness", thing.name, (" ".join(attribute),), said=said.text)


def _holder(draft: Draft, named: Mentions, at: int, about: Phrase | None) -> Phrase | None:
    """Return the thing that a sentence speaks of at a token: not the other of `no other`."""
    before_it = [name for start, name in named if start < at]
    things = [name for name in before_it if not draft.entities[name].account]
    return (things or before_it or [about])[0] if things or before_it or about else None


def _attributes_before(draft: Draft, tokens: tuple[Token, ...], at: int) -> list[Phrase]:
    return [name for place, name in _attributes_in(draft, tokens) if place < at]


def _attributes_behind(draft: Draft, tokens: tuple[Token, ...], at: int) -> list[Phrase]:
    return [name for place, name in _attributes_in(draft, tokens) if place > at]


def _attributes_in(draft: Draft, tokens: tuple[Token, ...]) -> list[tuple[int, Phrase]]:
    """Return the attributes that a sentence names, in order."""
    names = {name for entity in draft.entities.values() for name in entity.attributes}
    words = tuple(token.word for token in tokens)
    found = [
        (place, name)
        for name in names
        for place in range(len(words))
        if words[place : place + len(name)] == name
    ]
    return sorted(found)


def _once(draft: Draft, said: Said, things: Mentions) -> Iterable[DraftRule]:
    """Read `A member reports a post once`: one row for each."""
    tokens = said.tokens
    for at, token in enumerate(tokens):
        if token.text != "once":
            continue
        verbs = [place for place in range(max(0, at - 8), at) if tokens[place].text in LEMMAS]
        for place in verbs:
            noun = _noun_of(draft, tokens[place])
            target = next((name for start, name in things if place < start < at), None)
            if target is None and tokens[place + 1].text == "another":
                target = next((n for n, each in draft.entities.items() if each.account), None)
            if noun is not None and target is not None and noun != target:
                yield DraftRule("uniqueness", noun, (" ".join(target),), said=said.text)


def _noun_of(draft: Draft, token: Token) -> Phrase | None:
    """Return the entity that a verb makes: who votes makes a vote."""
    verb = token.lemma
    stem = verb.removesuffix("e")
    nouns = {verb, *(each + ending for each in (verb, stem) for ending in ("ing", "ation", "ment"))}
    if verb == "join":
        nouns |= {"membership", "participant"}
    if verb == "save":
        return next((name for name in draft.entities if name[0] == "saved"), None)
    return next((name for name in draft.entities if name[-1] in nouns), None)


def _deletions(
    draft: Draft, said: Said, things: Mentions, about: Phrase | None
) -> Iterable[DraftRule]:
    """Read what keeps a row from being deleted, and what goes or stays with it."""
    del draft
    tokens = said.tokens
    deletes = [at for at, token in enumerate(tokens) if token.lemma in _DELETE]
    gone = [token.text for token in tokens[deletes[0] + 1 : deletes[0] + 3]] if deletes else []
    if gone == ["with", "it"] and about is not None:
        for at, child in things:
            if at < deletes[0] and child != about:
                yield DraftRule("deletion", about, (" ".join(child), "erase"), said=said.text)
        return
    if not deletes or len(things) < 2:
        return
    parent = things[0][1]
    children = [name for _, name in things[1:] if name != parent]
    if not children:
        return
    if prohibits(said.sentence) and any(t.text in ("that", "with") for t in tokens[: deletes[0]]):
        for child in children:
            yield DraftRule("restrict", parent, (" ".join(child),), said=said.text)
        return
    kept = any(token.lemma in _KEEP for token in tokens)
    opens = tokens[0].lemma in _DELETE or tokens[0].text == "when"
    if opens and not restrictions(said.sentence):
        effect = "keep" if kept else "erase"
        for child in children:
            yield DraftRule("deletion", parent, (" ".join(child), effect), said=said.text)


def _ownership(
    draft: Draft, said: Said, things: Mentions, about: Phrase | None
) -> Iterable[DraftRule]:
    """Read who alone may change, delete or see rows."""
    sentence = said.sentence
    private = sentence.find(("private",))
    for _, name in [each for each in things if private and each[0] > private[0]]:
        yield DraftRule("ownership", name, said=said.text)
    if not any(token.lemma in _CHANGING for token in said.tokens):
        return
    if sentence.find(("own", "account")):
        for name, each in draft.entities.items():
            if each.account and sentence.find(name):
                yield DraftRule("ownership", name, said=said.text)
        return
    owning = _OWNERS | {name[-1] for name, each in draft.entities.items() if each.account}
    for start, end in restrictions(sentence):
        run = [token.word for token in sentence.tokens[start:end]]
        if not owning & set(run) or "moderator" in run or "admin" in run:
            continue
        inside = [name for at, name in things if start <= at < end]
        after = [name for at, name in things if at >= end]
        own = "own" in run
        chosen = inside if own else after
        for name in chosen or ([about] if about is not None and not own else []):
            if not draft.entities[name].account:
                yield DraftRule("ownership", name, said=said.text)
    if sentence.find(("nobody", "else")) and things and things[0][0] <= 2:
        yield DraftRule("ownership", things[0][1], said=said.text)


_OWNERS = frozenset("author owner creator own himself booker seller".split())


def status(entity: DraftEntity) -> tuple[str, tuple[str, ...]] | None:
    """Return the attribute that says in which state a row is, and its values."""
    for name in _STATES:
        found = entity.attributes.get((name,))
        if found is not None and found.values:
            return name, found.values
    return None


def _steps(draft: Draft, said: Said, things: Mentions, about: Phrase | None) -> Iterable[DraftRule]:
    """Read steps from state to state: `Moderators hide a published article`."""
    tokens = said.tokens
    if sentence_is_shown(tokens):
        return
    for at, token in enumerate(tokens):
        action = token.lemma
        if token.text not in LEMMAS or action in _NOT_STEPS or token.text in lexicon.AUXILIARIES:
            continue
        behind = tokens[at + 1 : at + 4]
        if not behind or behind[0].text not in ("a", "an", "one", "only", "open", "the"):
            continue
        near = [name for start, name in things if at < start <= at + 4]
        near = near or [name for start, name in things if start < at][-1:]
        entity = near[0] if near else about
        if entity is None or entity not in draft.entities or draft.entities[entity].account:
            continue
        found = status(draft.entities[entity])
        if found is None:
            continue
        attribute, values = found
        source = next((each.text for each in behind if each.text in values), None)
        target = _target(action, values, source) if source is not None else None
        if source is not None and target is not None:
            yield DraftRule("transition", entity, (attribute, source, target), said=said.text)


def find_states(draft: Draft, said: Said, named: Mentions, about: Phrase | None) -> None:
    """Gather the states that rows are said to have: `is a draft at first`, `a signed contract`."""
    things = [(at, name) for at, name in named if not draft.entities[name].account]
    tokens = said.tokens
    for at in range(len(tokens)):
        entity = next((name for start, name in reversed(things) if start < at), about)
        if entity is not None and not draft.entities[entity].account and _begins(tokens, at):
            _begin(draft, entity, tokens[at].text, said)
    for at, token in enumerate(tokens):
        stated = _stated(tokens, at)
        entity = next((name for start, name in things if at < start <= at + 4), about)
        if stated is None or entity not in draft.grown or token.lemma in _NOT_STEPS:
            continue
        thing = draft.entities[entity]
        _add_state(thing, "status", stated, said)
        undoes = token.lemma.startswith(("re", "un")) and token.lemma[2:] in LEMMAS
        if not undoes and token.text in LEMMAS:
            _add_state(thing, "status", _done(token.lemma), said)


def _begins(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether a word says how something is at first."""
    first = [each.text for each in tokens[at + 1 : at + 3]] == ["at", "first"]
    verbs = {each.text for each in tokens[max(0, at - 2) : at]}
    state = tokens[at].text in _ADJECTIVES or tokens[at].text in LEMMAS
    return first and state and bool({"is", "are"} & verbs)


def _begin(draft: Draft, entity: Phrase, value: str, said: Said) -> None:
    """Note the first state of an entity; one whose states are not listed grows from here."""
    thing = draft.entities[entity]
    known = status(thing)
    if known is None:
        draft.grown.add(entity)
        _add_state(thing, "status", value, said, default=value)
    elif value in known[1]:
        _add_state(thing, known[0], value, said, default=value)


_ADJECTIVES = frozenset("open active closed visible hidden draft paid".split())


def _stated(tokens: tuple[Token, ...], at: int) -> str | None:
    """Return the state in which something is when the verb here is done to it."""
    behind = tokens[at + 1 : at + 4]
    if behind and behind[0].text in ("a", "an", "only", "the", "own"):
        for each in behind[1:]:
            if each.text in _ADJECTIVES or (each.text.endswith("ed") and each.text in LEMMAS):
                return each.text
    return None


def _done(verb: str) -> str:
    """Return the participle of a verb: `close`, `closed`."""
    forms = [form for form, base in LEMMAS.items() if base == verb]
    return next((form for form in forms if form.endswith(("ed", "en"))), "")


def _add_state(
    thing: DraftEntity, name: str, value: str, said: Said, default: str | None = None
) -> None:
    known = thing.attributes.get((name,))
    values = (*(known.values if known is not None else ()), *([value] if value else []))
    kept = known.default if known is not None and known.default is not None else default
    values = tuple(dict.fromkeys(values))
    thing.attributes[(name,)] = DraftAttribute(
        (name,), "enum", values=values, default=kept, said=said.text
    )


def sentence_is_shown(tokens: tuple[Token, ...]) -> bool:
    """Whether a sentence speaks of what is shown, not of steps."""
    return any(token.text in ("shown", "see", "sees") for token in tokens)


def _target(action: str, values: tuple[str, ...], source: str) -> str | None:
    """Return the value that a verb leads to: who archives makes archived; who restores undoes."""
    others = [value for value in values if value != source]
    for value in others:
        if lemma(value) == action or value.startswith(action):
            return value
    return others[0] if len(others) == 1 else None


def _shown(draft: Draft, said: Said, things: Mentions) -> Iterable[DraftRule]:
    """Read who sees rows in a state, and what cannot be done to them."""
    tokens = said.tokens
    for at, name in things:
        found = status(draft.entities[name])
        state = tokens[at - 1].text if at else ""
        if found is None or state not in found[1]:
            continue
        attribute, values = found
        if sentence_is_shown(tokens) and (restrictions(said.sentence) or prohibits(said.sentence)):
            yield DraftRule("visibility", name, (attribute, state), said=said.text)
        elif tokens[0].text == "nobody":
            verb = next((t for t in tokens[1:at] if t.text in LEMMAS), None)
            doer = _noun_of(draft, verb) if verb is not None else None
            value = values[0]
            if doer is not None and value != state:
                about = (" ".join(name), attribute, value)
                yield DraftRule("state", doer, about, said=said.text)
