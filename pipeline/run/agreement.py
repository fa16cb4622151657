"""Form agreement: how much of what a golden form says does another answer to the form say?

A form is compared as a set of statements. Each tag, name, number, word and true flag in it is one;
prose, texts of a test's own making and what says nothing (null, false, an empty list, once) are
none. Items of a list are paired so that the most statements are in common, and only items that
speak of the same thing are paired: the same kind of node, the same name, the same column. The walk
knows no kind of form or node, so that a new one needs nothing here but, at most, a word below.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from engines.schema import FormSchema, parts
from pipeline.asking.conform import choices

Same = Callable[[str, str], bool]
"""Whether two words name the same thing."""

PROSE = frozenset(
    """title summary description purpose statement condition response formula message label reason
    requirement""".split()
)
"""Members whose text is for people, or counts sentences."""
UNCOMPARED = frozenset({"requirements", "features", "acceptance"})
"""Members that hold nothing but prose: sentences, and the headings that they are grouped under."""
MEANINGFUL = frozenset({"value", "default"})
"""Members in which false is a value like any other."""
NOTHING = frozenset({"none"})
"""Words for no thing at all."""
ONCE = {"times": 1}
"""Members that say nothing as long as they have this value."""
TEXTS = frozenset({"string"})
"""Kinds of nodes whose `value` is a text that whoever fills the form makes up."""
SELF_NAMED = frozenset({"list", "me", "reset", "read", "create", "update", "erase", "restore"})
"""Kinds of operations that had no name beside their kind, in forms that listed them all."""
NAMED_FOR = frozenset({"operation", "steps"})
"""What has a name that says no more: it is about an operation, or was named before."""
TAGS = ("kind", "type")
NAMED_BY = ("entity", "target", "name")
"""What tells items with a name apart: whatever they stand for, if they say so, else the name."""
SUBJECTS = (
    *("attribute", "attributes", "column", "columns", "entity", "operation", "path"),
    *("property", "relation", "row", "table", "variable"),
)
"""Members that say what an item speaks of: one that differs in these is another item."""
NAMED_KINDS = frozenset({"test/scenarios", "program/needs"})
REST = {"interface": "resource", "test": "sketch", "program": "sketch"}
"""Kinds of the forms that these stages ask without naming a kind in their keys."""
ORDERED = frozenset({"steps"})
"""Members whose items are paired in their order."""


@dataclass(frozen=True)
class Agreement:
    """The statements of two answers to one form, counted."""

    golden: int
    said: int
    common: int

    @property
    def precision(self) -> float:
        """Share of what was said that the golden form says too; 1 if nothing was said."""
        return self.common / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Share of what the golden form says that was said; 1 if it says nothing."""
        return self.common / self.golden if self.golden else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 1 if neither form says anything."""
        whole = self.golden + self.said
        return 2 * self.common / whole if whole else 1.0


def agree(golden: object, said: object, same: Same, offered: Collection[str] = ()) -> Agreement:
    """Compare an answer with the golden one to the same form, both as parsed JSON.

    `same` says which words name the same thing. Words that the form both `offered` to choose
    from do so only if they are equal.
    """

    def equal(one: str, other: str) -> bool:
        return one == other or (not (one in offered and other in offered) and same(one, other))

    left, right = _statements(golden), _statements(said)
    return Agreement(_size(left), _size(right), _Pairing(equal).common(left, right))


def choices_of(schema: FormSchema) -> frozenset[str]:
    """Return the words that a form offers to choose from."""
    nodes = parts([schema.root, *schema.definitions.values()])
    offered = (value for node in nodes for value in choices(node) or ())
    return frozenset(value for value in offered if isinstance(value, str))


def form_kind(key: str) -> str:
    """Return the kind of a form by its key: `database/table` of `database/table/todo`."""
    start = "/".join(key.split("/")[:2])
    stage = key.partition("/")[0]
    if stage in REST and start not in NAMED_KINDS:
        return f"{stage}/{REST[stage]}"
    return start


def _statements(node: object) -> Any:
    """Return a document without what makes no statement."""
    match node:
        case dict():
            members = cast("dict[str, object]", node)
            kept = {k: _statements(v) for k, v in members.items() if _is_compared(k, v, members)}
            return {k: v for k, v in kept.items() if not _is_empty(k, v)}
        case list():
            return [_statements(each) for each in cast("list[object]", node)]
        case _:
            return node


def _is_compared(name: str, value: object, item: Mapping[str, object]) -> bool:
    if isinstance(value, str) and name in PROSE:
        return False
    if name == "name" and (NAMED_FOR & item.keys() or item.get("kind") in SELF_NAMED):
        return False
    if name == "value" and item.get("kind") in TEXTS:
        return False
    return name not in UNCOMPARED or not isinstance(value, list | dict)


def _is_empty(name: str, value: object) -> bool:
    if value is False:
        return name not in MEANINGFUL
    if isinstance(value, str):
        return value in NOTHING
    return value is None or value == [] or value == {} or ONCE.get(name) == value


def _size(statements: object) -> int:
    match statements:
        case dict():
            return sum(map(_size, cast("dict[str, object]", statements).values()))
        case list():
            return sum(map(_size, cast("list[object]", statements)))
        case _:
            return 1


class _Pairing:
    """Counts the statements that two documents have in common."""

    def __init__(self, same: Same) -> None:
        self._same = same

    def common(self, one: object, other: object) -> int:
        match one, other:
            case dict(), dict():
                return self._of_items(
                    cast("dict[str, object]", one), cast("dict[str, object]", other)
                )
            case list(), list():
                return self._of_lists(cast("list[object]", one), cast("list[object]", other))
            case str(), str():
                return int(self._same(one, other))
            case _:
                return int(isinstance(one, bool) == isinstance(other, bool) and one == other)

    def _of_items(self, one: Mapping[str, object], other: Mapping[str, object]) -> int:
        if not self._speak_of_the_same(one, other):
            return 0
        return sum(self._of_member(name, one[name], other[name]) for name in one if name in other)

    def _of_member(self, name: str, one: object, other: object) -> int:
        match one, other:
            case list(), list() if name in ORDERED:
                return self._in_order(cast("list[object]", one), cast("list[object]", other))
            case _:
                return self.common(one, other)

    def _speak_of_the_same(self, one: Mapping[str, object], other: Mapping[str, object]) -> bool:
        tags = [tag for tag in TAGS if isinstance(one.get(tag), str)]
        names = [name for name in NAMED_BY if name in one][:1] if "name" in one else []
        return all(
            self.common(one[name], other[name]) > 0
            for name in (*tags, *names, *SUBJECTS)
            if name in one and name in other
        )

    def _of_lists(self, one: Sequence[object], other: Sequence[object]) -> int:
        """Pair the items that have the most in common, the best pairs first."""
        pairs = [
            (-common, abs(_size(left) - _size(right)), i, j)
            for i, left in enumerate(one)
            for j, right in enumerate(other)
            if (common := self.common(left, right))
        ]
        paired: set[int] = set()
        taken: set[int] = set()
        total = 0
        for negative, _, i, j in sorted(pairs):
            if i not in paired and j not in taken:
                paired.add(i)
                taken.add(j)
                total -= negative
        return total

    def _in_order(self, one: Sequence[object], other: Sequence[object]) -> int:
        """Pair items so that no two pairs cross (Needleman and Wunsch, 1970, gaps free)."""
        above = [0] * (len(other) + 1)
        for left in one:
            row = [0]
            for j, right in enumerate(other):
                row.append(max(above[j + 1], row[j], above[j] + self.common(left, right)))
            above = row
        return above[-1]
