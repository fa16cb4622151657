"""Attributes of a request's things: names, bounds, values, and whether they may be missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.brief import TypeClass
from scoring.drafting.draft import DraftAttribute
from scoring.drafting.nouns import Phrase, bare, before, behind
from scoring.drafting.source import Said
from scoring.prose import lexicon
from scoring.prose.bounds import Bound, bounds
from scoring.prose.token import Token

_TEXT = frozenset("character char letter digit symbol".split())
_TIMES = frozenset("second minute hour day week month year".split())
_EXACT = frozenset("price amount rate fee budget cost money discount salary".split())
_ENUM = re.compile(
    r"(?:\ba |\ban |\bits |, |\band )?((?:[\w-]+ ){0,2}[\w-]+) "
    r"\(([^()]*?\bor\b[^()]*?)(?:; ([^()]*))?\)"
)
_COLON = re.compile(
    r"(?:\ba |\ban )((?:[\w-]+ ){0,2}[\w-]+): ((?:[a-z]+, )+[a-z]+ or [a-z]+)"
    r"(?:; ([^()]*))?(?=[.,]|$)"
)
_BEING = re.compile(r"\b(?:is|are) ((?:[\w-]+, )*[\w-]+ or [\w-]+) \(([\w-]+) at first\)")
_FIRST = re.compile(r"([\w ]+?)(?: at first| by default)")
_SIMPLE: tuple[tuple[re.Pattern[str], Phrase, TypeClass], ...] = (
    (re.compile(r"\be-?mail address"), ("email",), "text"),
    (re.compile(r"\bpassword"), ("password",), "secret"),
    (re.compile(r"\bdue date"), ("due", "date"), "date"),
)
_OPTIONAL = re.compile(r"may be missing|or none|or not\b|perhaps|optional|or without")


@dataclass(frozen=True)
class Found:
    """An attribute at a token of a sentence."""

    attribute: DraftAttribute
    place: int


def find_attributes(said: Said) -> list[Found]:
    """Return the attributes that a sentence describes, in order."""
    found = [*_chosen(said), *_bounded(said), *_listed_values(said), *_states(said), *_simple(said)]
    return sorted(found, key=lambda each: each.place)


_CHOICES = re.compile(r"(?<![\w-])(-?\d+) for \w+(?:, (-?\d+) for \w+)+")


def _chosen(said: Said) -> Iterable[Found]:
    """Read numbers that stand for something: `1 for up, -1 for down`."""
    for match in _CHOICES.finditer(said.sentence.text):
        numbers = [int(each) for each in re.findall(r"(-?\d+) for", match[0])]
        value = DraftAttribute(("value",), "integer", min(numbers), max(numbers), said=said.text)
        place = next((at for at, t in enumerate(said.tokens) if t.number == numbers[0]), 0)
        yield Found(value, place)


def _bounded(said: Said) -> Iterable[Found]:
    tokens = said.tokens
    for bound in bounds(said.sentence):
        unit = tokens[bound.end].word if bound.end < len(tokens) else ""
        name, place = _name(tokens, bound, unit)
        if unit in _TEXT and name and name[-1] in ("thing", "something"):
            name, place = ("text",), bound.start
        if unit in _TEXT and _is_vague(name):
            name, place = ("text",), bound.start
        if unit in _TEXT and _ABOUT.search(" ".join(t.text for t in tokens[: bound.start]) + " "):
            name, place = ("about",), bound.start
        if not name and unit in _TEXT and bound.start and tokens[bound.start - 1].text in _UNNAMED:
            name, place = ("text",), bound.start
        extreme = EXTREMES.get(tokens[place - 1].text) if place and name else None
        name = (extreme, *name) if extreme is not None else name
        is_exact = bound.kind == "plain" and unit in _TEXT
        is_bound = bound.kind in ("range", "least", "most", "values") or is_exact
        if not is_bound or not name or _is_vague(name):
            continue
        if unit in _TIMES and bound.kind != "range":
            continue
        kind = _type(name, unit, bound, tokens)
        minimum, maximum = (_whole(value) for value in (bound.low, bound.high))
        optional = _is_optional(said, place, bound.end)
        attribute = DraftAttribute(
            name, kind, minimum, maximum, required=not optional, said=said.text,
            unique="global" if tokens[max(0, place - 1)].text == "unique" else "",
        )  # fmt: skip
        yield Found(attribute, place)


EXTREMES = {"least": "minimum", "greatest": "maximum", "lowest": "minimum", "highest": "maximum"}
_UNNAMED = frozenset("with in of has have".split())
"""`Comment with up to 200 characters`: what has no name of its own is a text."""
_VAGUE = frozenset("go thing word minute total list set".split())
_ABOUT = re.compile(r"(?:words|something|text) about (?:[a-z]+ )?[a-z]+ (?:\( ?|in )?$")


def _is_vague(name: Phrase) -> bool:
    return len(name) == 1 and name[0] in _VAGUE


def _sets_apart(tokens: tuple[Token, ...], at: int) -> bool:
    return tokens[at].text == "," and at > 0 and tokens[at - 1].text in _BETWEEN


_BETWEEN = frozenset({"from", "between", "(", "optional", "required", "unique"})
"""What stands between a name and its bounds: `notes (optional, up to 200 characters)`."""


def _name(tokens: tuple[Token, ...], bound: Bound, unit: str) -> tuple[Phrase, int]:
    """Return the noun that a comparison is about, and where it starts: before it, or behind it."""
    at = bound.start - 1
    while at >= 0 and (tokens[at].text in _BETWEEN or _sets_apart(tokens, at)):
        at -= 1
    end = at + 1
    if at >= 0 and tokens[at].text in ("of", "is", "are", "has", "have"):
        end = at
    is_linked = end != bound.start or tokens[bound.start].text in ("from", "between")
    if is_linked and end > 0:
        name = _attribute_name(before(tokens, end))
        per = end - len(name) - 1
        if name and per > 0 and tokens[per].text == "per":
            name, end = (*_attribute_name(before(tokens, per)), "per", *name), end
        if name and tokens[bound.start - 1].text not in ("has", "have"):
            return name, max(0, end - len(name))
    if unit and unit not in _TEXT and bound.kind == "range":
        name, stop = behind(tokens, bound.end)
        if stop + 1 < len(tokens) and tokens[stop].text == "per":
            name = (*name, "per", tokens[stop + 1].word)
        return _attribute_name(name), bound.start
    return (), bound.start


def _attribute_name(name: Phrase) -> Phrase:
    return tuple(word for word in name if word not in ("few", "character", "place_"))


def _type(name: Phrase, unit: str, bound: Bound, tokens: tuple[Token, ...]) -> TypeClass:
    if "password" in name:
        return "secret"
    written = "".join(token.text for token in tokens[bound.start : bound.end])
    if unit in _TEXT:
        return "text"
    if "." in written or _EXACT & set(name):
        return "decimal"
    behind_unit = any(token.word in _TEXT for token in tokens[bound.end : bound.end + 12])
    return "text" if behind_unit and not unit else "integer"


def _whole(value: float | None) -> int | float | None:
    return int(value) if value is not None and value == int(value) else value


def _is_optional(said: Said, place: int, end: int) -> bool:
    """Whether the words around an attribute say that it may be missing."""
    stop = end
    tokens = said.tokens
    while stop < len(tokens) and not (tokens[stop].is_mark or tokens[stop].text == "and"):
        stop += 1
    words = " ".join(token.text for token in tokens[max(0, place - 2) : stop])
    return _OPTIONAL.search(words) is not None


def _listed_values(said: Said) -> Iterable[Found]:
    """Read enumerations: `a status (open or done; open at first)`."""
    text = said.sentence.text
    for match in (*_ENUM.finditer(text), *_COLON.finditer(text)):
        values = re.split(r", | or ", match[2].removesuffix(" at first"))
        if any(re.search(r"\d", value) for value in values) or len(values) < 2:
            continue
        name = bare([Token(word, word) for word in match[1].lower().split()][-1:])
        if not name or name[0] in lexicon.PREPOSITIONS:
            continue
        first = _FIRST.search(match[3] or "")
        place = _place_of(said, name)
        default = first[1].strip() if first else None
        clean = tuple(value.strip().replace(" ", "_") for value in values if value.strip())
        attribute = DraftAttribute(name, "enum", values=clean, default=default, said=said.text)
        yield Found(attribute, place)


def _states(said: Said) -> Iterable[Found]:
    """Read `A copy is available or borrowed (available at first)`."""
    for match in _BEING.finditer(said.sentence.text):
        if " not" in match[1]:
            continue
        values = tuple(re.split(r", | or ", match[1]))
        place = _place_of(said, (values[0],))
        state = DraftAttribute(("status",), "enum", values=values, default=match[2], said=said.text)
        yield Found(state, place)


def _place_of(said: Said, name: Phrase) -> int:
    found = said.sentence.find(name)
    return found[0] if found else 0


def _simple(said: Said) -> Iterable[Found]:
    for pattern, name, kind in _SIMPLE:
        if pattern.search(said.sentence.text.lower()):
            last = name[-1:] if name != ("email",) else ("email",)
            yield Found(DraftAttribute(name, kind, said=said.text), _place_of(said, last))
