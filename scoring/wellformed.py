"""How well-formed a project is without a brief: whether its own parts make sense, and agree.

No grade and no score: what was asked for is not known. A project of random forms gets 0 to 10,
a golden one 95 or more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scoring.project.facts import Column, Operation, ProjectFacts, Statement, Table, TestFact
from scoring.prose.bounds import bounds
from scoring.prose.sentence import Sentence, sentences
from scoring.report import Oddity, WellFormed, WellFormedPart
from scoring.symbolic import terms
from scoring.symbolic.terms import (
    Choice,
    Const,
    Each,
    Field,
    First,
    Found,
    Given,
    Listed,
    Op,
    Present,
    Query,
    Record,
    Rows,
    Term,
)
from scoring.symbolic.trace import Answered, Refused, Wrote
from scoring.words import squeeze, words

_ODDITIES_MAX = 20
"""Of each part; more of the same says nothing new."""
_TECHNICAL = frozenset("id created updated deleted token version password hash email".split())
_JUNK = re.compile(r"[{}<>$\\|]|\.\./|\w{31}|_")
"""What no sentence for people has."""
_SENTENCE_MIN = 3
_THINGS_MIN = 2
"""Words of tables and columns that a statement names at least."""
LANGUAGE, AGREEMENT = "language", "agreement"
_DEMANDED = 0.4
"""The share that language alone can reach; the rest is what the parts agree in."""
_COMPARING = frozenset("=== !== == != < <= > >= eq ne lt le gt ge = <>".split())
_EQUAL = frozenset("=== !== == != eq ne = <>".split())
_OUTSIDE = frozenset({400, 401, 403, 404, 413, 415, 429})
"""Statuses that guards, schemas and the framework give, whatever the handler does."""
_CALL = re.compile(r"(\w+)\.(\w+)\(")
_EXPECTED = re.compile(r"\b(?:expect\w*|to(?:Be|Equal|StrictEqual))\(\s*([2-5]\d\d)\b")

_Seen = Iterable[tuple[str, str, int] | None]
"""For each thing that was looked at nothing, or what is odd about it, with file and line."""


@dataclass(frozen=True)
class Look:
    """One aspect of a project, and how much it weighs on its side.

    `noise` is the share that random forms reach, and `good` the one that golden projects reach:
    between these anchors it counts.
    """

    name: str
    title: str
    asks: str
    side: str
    weight: int
    noise: float
    good: float

    def share(self, right: int, looked_at: int) -> float | None:
        """Return the share between the anchors, 0 to 1; None if there was nothing to look at."""
        if looked_at == 0:
            return None
        reached = right / looked_at
        return min(1.0, max(0.0, (reached - self.noise) / (self.good - self.noise)))


LOOKS = (
    Look("prose", "Requirements", "sentences about the data", LANGUAGE, 50, 0.3, 0.93),
    Look("rules", "Rules", "sentences about the data", LANGUAGE, 25, 0.3, 0.93),
    Look("names", "Names", "tables and columns that are spoken of", LANGUAGE, 25, 0.3, 0.9),
    Look("bounds", "Bounds", "stated bounds that DTOs declare", AGREEMENT, 30, 0.1, 0.9),
    Look("programs", "Conditions", "comparisons that make sense", AGREEMENT, 40, 0.9, 0.998),
    Look("tests", "Tests", "expectations that handlers can meet", AGREEMENT, 30, 0.9, 0.998),
)

DEFINITION = {"looks": [vars(look) for look in LOOKS], "language alone": _DEMANDED}
"""All that decides the number beside what is looked at."""


def well_formed(facts: ProjectFacts) -> WellFormed:
    """Measure how far a project makes sense by itself.

    A part with nothing to look at counts as nothing: an empty folder is 0. A backend without any
    requirement or rule has no number, nor has one whose tables can't be read: what its names mean
    cannot be known.
    """
    told = _Told(facts)
    seen: dict[str, _Seen] = {
        "prose": told.prose,
        "rules": told.rules,
        "names": _names(facts, told),
        "bounds": told.bounds(facts),
        "programs": _programs(facts),
        "tests": _tests(facts),
    }
    parts: list[WellFormedPart] = []
    oddities: list[Oddity] = []
    for look in LOOKS:
        judged = list(seen[look.name])
        odd = [each for each in judged if each is not None]
        right = len(judged) - len(odd)
        parts.append(
            WellFormedPart(
                name=look.name,
                title=look.title,
                asks=look.asks,
                looked_at=len(judged),
                right=right,
                share=_rounded(look.share(right, len(judged))),
            )
        )
        oddities += [
            Oddity(part=look.name, found=found, file=file, line=line)
            for found, file, line in [*dict.fromkeys(odd)][:_ODDITIES_MAX]
        ]
    value = None
    if told.is_known:
        shares = {part.name: part.share for part in parts}
        agreement = _DEMANDED + (1 - _DEMANDED) * _side(shares, AGREEMENT)
        value = round(100 * _side(shares, LANGUAGE) * agreement, 1)
    return WellFormed(value=value, parts=tuple(parts), oddities=tuple(oddities))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _side(shares: Mapping[str, float | None], side: str) -> float:
    """Return the weighted share of one side; without language nothing makes sense."""
    own = [(look.weight, shares[look.name]) for look in LOOKS if look.side == side]
    if side == AGREEMENT:
        own = [(weight, share) for weight, share in own if share is not None]
    if not own:
        return 0.0
    return sum(weight * (share or 0.0) for weight, share in own) / sum(w for w, _ in own)


class _Told:
    """What the requirements and rules of the documents say, and which of them say nothing.

    `is_known` if their words can be held to tables, or if there is nothing at all.
    """

    def __init__(self, facts: ProjectFacts) -> None:
        self._things = _nouns(facts.tables) | {
            word
            for table in facts.tables
            for column in table.columns
            for word in words(column.name)
        }
        self._known: set[str] = set()
        self.spoken: set[str] = set()
        self._sound: list[tuple[Sentence, Statement]] = []
        named = [statement for statement in facts.statements if statement.id]
        self._has_data = bool(facts.tables) or not facts.operations
        self.is_known = bool(facts.tables and named) or not (
            facts.tables or facts.operations or facts.unread
        )
        self.prose = [self._odd(each) for each in named if not each.is_rule]
        self.rules = [self._odd(each) for each in named if each.is_rule]

    def _odd(self, statement: Statement) -> tuple[str, str, int] | None:
        """Return what is odd about a statement: no sentence, about nothing, or said before."""
        where = (statement.file, statement.line)
        part = next((part for part in statement.parts if len(part.split()) >= _SENTENCE_MIN), "")
        sound = [each for each in sentences(part) if each.sound and not _JUNK.search(each.text)]
        if not sound:
            return (f"{statement.id} is not read as a sentence", *where)
        said = {word for each in sound for word in each.words}
        things = said & self._things
        if self._has_data and len(things) < (1 if statement.is_rule else _THINGS_MIN):
            return (f"{statement.id} does not speak of the data", *where)
        text = " ".join(words(sound[0].text))
        if text in self._known:
            return (f"{statement.id} repeats another one", *where)
        self._known.add(text)
        self.spoken |= said
        self._sound += [(each, statement) for each in sound]
        return None

    def bounds(self, facts: ProjectFacts) -> _Seen:
        """Look for each number of characters that is stated among the bounds of the DTOs."""
        declared = [
            (set(words(member.name)), member.maximum)
            for shape in facts.shapes.values()
            for member in shape.properties
            if member.maximum is not None
        ]
        for sentence, statement in self._sound:
            for bound in bounds(sentence):
                unit = {token.word for token in sentence.tokens[bound.end : bound.end + 1]}
                if bound.kind not in ("range", "most") or unit != {"character"}:
                    continue
                fits = any(n & sentence.words and m == bound.high for n, m in declared)
                found = f"{statement.id} states a bound of {bound.high:g} that no DTO has"
                yield None if fits else (found, statement.file, statement.line)


def _nouns(tables: Sequence[Table]) -> frozenset[str]:
    """Return the words that tables are called by, each one of a compound."""
    return frozenset(word for table in tables for word in words(table.name))


def _names(facts: ProjectFacts, told: _Told) -> _Seen:
    """Look for each table, and each column that somebody thought of, in what is said."""
    spoken = told.spoken
    for table in facts.tables:
        if _TECHNICAL & set(words(table.name)):
            continue
        yield _unspoken(words(table.name), spoken, f"table {table.name}", table.file, table.line)
        for column in _thought_of(table):
            name = f"column {table.name}.{column.name}"
            yield _unspoken(words(column.name), spoken, name, column.file, column.line)


def _unspoken(
    name: tuple[str, ...], spoken: set[str], what: str, file: str, line: int
) -> tuple[str, str, int] | None:
    if set(name) & spoken:
        return None
    return f"nothing is said of {what}", file, line


def _thought_of(table: Table) -> list[Column]:
    """Return the columns that say something about the domain: no keys, stamps, tokens, hashes."""
    if _TECHNICAL & set(words(table.name)):
        return []
    keys = {name for key in table.foreign_keys for name in key.columns}
    return [
        column
        for column in table.columns
        if column.name not in keys and not _TECHNICAL & set(words(column.name))
    ]


def _programs(facts: ProjectFacts) -> _Seen:
    """Look at every comparison of the handlers, and at whether a handler can succeed."""
    columns: dict[str, list[Column]] = {}
    for table in facts.tables:
        for column in table.columns:
            columns.setdefault(column.name, []).append(column)
    moments = [
        {column.name for column in table.columns if column.type == "DateTime"}
        for table in facts.tables
    ]
    for operation in facts.operations:
        trace = operation.behaviour.trace
        if not trace.events:
            continue
        terms = [event.condition for event in trace.events]
        terms += [event.value for event in trace.events if isinstance(event, Answered)]
        terms += [event.values for event in trace.events if isinstance(event, Wrote)]
        queries = [event.query for event in trace.events if isinstance(event, Wrote)]
        for comparison in dict.fromkeys(_comparisons(terms, queries)):
            odd = _senseless(comparison, columns, moments)
            yield (odd, operation.file, operation.line) if odd is not None else None
        always = any(
            isinstance(event, Refused) and event.condition == Const(True) for event in trace.events
        )
        place = (operation.file, operation.line)
        yield (f"{operation.handler} always refuses", *place) if always else None


def _comparisons(terms: Sequence[Term], queries: Sequence[Query]) -> Iterator[Op]:
    """Yield every comparison within formulas and the queries in them.

    One of two constants is left out: a function was called with them.
    """
    waiting: list[object] = [*terms, *queries]
    seen: set[int] = set()
    while waiting:
        term = waiting.pop()
        if id(term) in seen:
            continue
        seen.add(id(term))
        match term:
            case Op(name, operands):
                constant = all(isinstance(operand, Const) for operand in operands)
                if name.removeprefix("sql ") in _COMPARING and len(operands) == 2 and not constant:
                    yield term
                waiting += operands
            case Field(of):
                waiting.append(of)
            case Record(members):
                waiting += [value for _, value in members]
            case Listed(items):
                waiting += items
            case Choice(condition, then, otherwise):
                waiting += [condition, then, otherwise]
            case Each(_, source, _, body):
                waiting += [source, body]
            case Rows(query) | First(query) | Found(query):
                waiting.append(query)
            case Query():
                waiting += [*term.where, *(joined.on for joined in term.joins)]
                waiting += [value for _, value in term.selected]
            case _:
                pass


def _senseless(
    comparison: Op, columns: dict[str, list[Column]], moments: Sequence[set[str]]
) -> str | None:
    """Return what is odd about a comparison, if its sides have nothing to do with one another.

    The `moments` of one table have an order: an arrival lies behind its departure.
    """
    left, right = comparison.operands
    if left == right:
        return "something is compared with itself"
    names = _name(left), _name(right)
    known = [columns.get(name, []) if name is not None else [] for name in names]
    equal = comparison.name.removeprefix("sql ") in _EQUAL
    times = [any(column.type == "DateTime" for column in each) for each in known]
    shifted = [isinstance(side, Op | Present) for side in (left, right)]
    if equal and any(times) and any(shifted):
        return f"the time {names[0] or names[1]} is compared with the very moment"
    for own, other in ((known[0], right), (known[1], left)):
        if own and isinstance(other, Const) and not any(_fits(column, other) for column in own):
            return f"{own[0].name} is compared with {other.value!r}"
    sides = zip(comparison.operands, names, known, strict=True)
    both = [name for side, name, own in sides if name and (own or isinstance(side, Given))]
    counts = all(any(column.type in _NUMBERS for column in each) for each in known)
    in_order = counts or any(set(both) <= each for each in moments)
    if len(both) == 2 and not in_order and not _related(both[0], both[1]):
        return f"{both[0]} is compared with {both[1]}"
    return None


_NUMBERS = frozenset("Int BigInt Float Decimal".split())


def _name(term: Term) -> str | None:
    match term:
        case terms.Column(_, name) | Field(_, name):
            return name
        case Given(kind, name):
            return (name or "id") if kind in ("body", "query", "path", "actor") else None
        case _:
            return None


def _fits(column: Column, constant: Const) -> bool:
    """Whether a column can have a constant: one of its values, or one of its type."""
    value = constant.value
    if column.name == "kind":
        return True
    if column.type == "enum":
        return not isinstance(value, str) or not column.values or value in column.values
    if isinstance(value, bool) or value is None or not isinstance(value, str | int | float):
        return True
    return isinstance(value, str) == (column.type in ("String", "DateTime"))


def _related(one: str, other: str) -> bool:
    """Whether two names can mean the same, or one is the key that leads to the other."""
    left, right = set(words(one)), set(words(other))
    if left & right or "id" in left | right:
        return True
    ordered = [{"start", "end"}, {"begin", "end"}, {"first", "last"}, {"from", "to"}]
    ordered += [{"open", "close"}, {"minimum", "maximum"}, {"total", "amount"}]
    return any(len(pair & (left | right)) == 2 for pair in ordered)


def _tests(facts: ProjectFacts) -> _Seen:
    """Look at each statement of the tests that calls an operation and expects a status."""
    clients = {_called(client.module, client.name): client.route for client in facts.clients}
    operations = {operation.key: operation for operation in facts.operations}
    for test in facts.tests:
        for place, statement in enumerate(test.text.split(";")):
            expected = {int(status) for status in _EXPECTED.findall(statement)}
            calls = [_called(*call) for call in _CALL.findall(statement)]
            routes = [clients[call] for call in calls if call in clients]
            if not routes:
                continue
            line = test.line + test.text.count("\n", 0, _start(test.text, place))
            yield _unexpected(test, line, expected, routes, operations, facts.violated)


def _called(module: str, name: str) -> str:
    return f"{squeeze(module)}.{squeeze(name)}"


def _start(text: str, number: int) -> int:
    """Return where the statement of this number begins in what semicolons divide."""
    start = 0
    for _ in range(number):
        start = text.index(";", start) + 1
    return start + len(text[start:]) - len(text[start:].lstrip())


def _unexpected(
    test: TestFact,
    line: int,
    expected: set[int],
    routes: Sequence[str],
    operations: Mapping[str, Operation],
    violated: int,
) -> tuple[str, str, int] | None:
    """Return what is odd: a route that is not there, or a status that it never answers."""
    called = [operations[route] for route in routes if route in operations]
    if not called:
        return f"{test.name} calls {routes[0]}, which is not there", test.file, line
    possible = _OUTSIDE | {violated} | {each.success for each in called}
    possible |= {status for each in called for status in each.behaviour.statuses()}
    if expected <= possible:
        return None
    shown = ", ".join(map(str, sorted(expected - possible)))
    return f"{test.name} expects {shown}, which {called[0].key} never answers", test.file, line
