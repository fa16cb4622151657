"""What keeps a row from being deleted, and what goes or stays with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scoring.drafting.draft import DraftRule
from scoring.drafting.nouns import Phrase
from scoring.drafting.reading.acts import states_of
from scoring.drafting.reading.context import Context
from scoring.prose.clauses import prohibits, restrictions

_DELETE = frozenset("delete erase remove".split())
_ONLY_IF = re.compile(r"\bonly (?:possible |allowed |deleted )?(?:if|when|while) it has no\b")
_KEEP = frozenset("keep stay remain without".split())
_WITH_IT = (("with", "it"), ("with", "them"), ("along", "with"), ("together", "with"))


def find_deletions(context: Context) -> Iterable[DraftRule]:
    """Read what happens to other rows when one is deleted, and when it cannot be."""
    tokens, texts = context.tokens, context.texts
    deletes = [at for at, token in enumerate(tokens) if token.lemma in _DELETE]
    if not deletes:
        return
    if texts[deletes[0] + 1 : deletes[0] + 3] in _WITH_IT and context.before is not None:
        parent = context.before
        children = [name for at, name in context.things if at < deletes[0] and name != parent]
        yield from (_deletion(context, parent, child, "erase") for child in children)
        return
    yield from _taken_off(context)
    yield from _of_account(context, deletes[0])
    if len(context.things) < 2:
        return
    parent = context.things[0][1]
    children = [(at, name) for at, name in context.things[1:] if name != parent]
    if _ONLY_IF.search(" ".join(texts)):
        inside = [each for each in context.things[1:] if each[0] > deletes[0]]
        yield from (_restrict(context, parent, at, child) for at, child in inside)
        return
    if prohibits(context.said.sentence) and {"that", "with"} & set(texts[: deletes[0]]):
        inside = [each for each in context.things[1:] if each[0] < deletes[0]]
        yield from (_restrict(context, parent, at, child) for at, child in inside)
        return
    opens = tokens[0].lemma in _DELETE or texts[0] == "when"
    if opens and not restrictions(context.said.sentence) and not prohibits(context.said.sentence):
        kept = any(token.lemma in _KEEP for token in tokens)
        effect = "keep" if kept else "erase"
        yield from (_deletion(context, parent, child, effect) for _, child in children)


def _of_account(context: Context, place: int) -> Iterable[DraftRule]:
    """Read `when a driver is deleted his rentals are kept`."""
    texts, draft = context.texts, context.draft
    person = next((name for at, name in context.named if at < place), None)
    if texts[0] != "when" or person is None or draft.is_thing(person):
        return
    kept = any(token.lemma in _KEEP for token in context.tokens[place:])
    for at, child in context.things:
        if at > place:
            yield _deletion(context, person, child, "keep" if kept else "erase")


def _taken_off(context: Context) -> Iterable[DraftRule]:
    """Read `deleting it takes it off its books`: what joins the two goes."""
    parent = context.before
    if context.texts[:2] != ("deleting", "it") or parent is None or not context.has("off its"):
        return
    for _, child in context.things:
        link = (*child, *parent)
        if link in context.draft.entities:
            yield _deletion(context, parent, link, "erase")


def _deletion(context: Context, parent: Phrase, child: Phrase, effect: str) -> DraftRule:
    details = {"child": " ".join(child), "effect": effect}
    return DraftRule("deletion", parent, details, ("erase",), context.said.text)


def _restrict(context: Context, parent: Phrase, at: int, child: Phrase) -> DraftRule:
    details = {"child": " ".join(child)}
    thing = context.draft.entities[child]
    state = context.texts[at - 1]
    if thing.status is not None and state in states_of(thing):
        details |= {"attribute": " ".join(thing.status.name), "value": state}
    return DraftRule("restrict", parent, details, ("erase",), context.said.text)
