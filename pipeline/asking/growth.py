"""How much a request can hold: bounds on what a model may make of it.

A list of a form is bounded by what stands in the text, its sentences and nouns, and a run by the
text's length. So a model that fills every list, or writes on and on, ends in a few times the
tokens that the request deserves. A request of a few words still has room for a small service, for
much of such a service is known to everybody.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipeline.english import singular
from pipeline.records.stages import StageName

FEWEST_WORDS, FEWEST_SENTENCES, FEWEST_NOUNS = 180, 10, 14
"""What a request counts as having at least."""
DENSITY = 1.15
"""Exponent of the words: a long request has more to say about each thing that it names. So the
golden forms of all five grow alike."""
BYTES_A_WORD: Mapping[StageName, int] = {
    "analysis": 40,
    "database": 6,
    "interface": 9,
    "test": 84,
    "program": 12,
    "sdk": 0,
}
"""Of all forms of a stage together, at that density: the golden forms of a rich request and a
quarter more (`docs/measured/growth.md`)."""
LEAST_BYTES = 120
"""Of a form before it is closed, when what its stage may write is used up."""
CLOSED_BYTES = 400
"""Of such a form with its end: as much is kept back for each form to come."""
SHARE = 1.25
"""How many equal shares of what is left one form may take."""
LONG_FORM_BYTES = 6000
"""Less than that is nobody's share: programs are mostly short, and a few are long."""

WORD = re.compile(r"[A-Za-z][A-Za-z'-]*|\d[\d.,:]*")
SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n\s*[-*]\s")
SHORTEST_NOUN = 3
BEFORE_NOUNS = frozenset(
    "a an the each every any no its their his her own another other this that these those some "
    "all of per with without by for in on to from at as than both several more most one two "
    "three".split()
)
NEVER_NOUNS = BEFORE_NOUNS | frozenset(
    "and or but not nor so if when while until unless only also it they he she who which what "
    "whose there be is are was were been has have had do does did can may must will would "
    "should could cannot them him himself themselves itself nobody somebody everybody anybody "
    "nothing something everything least first last then once again already still never always "
    "before after between within over again under such same either where about into".split()
)


@dataclass(frozen=True)
class Growth:
    """What a request's text has, and the largest sensible numbers of things made of it."""

    words: int
    sentences: int
    nouns: int
    """Different ones, at a guess."""
    numbers: int
    """Different ones."""

    @property
    def features(self) -> int:
        """Features of the plan."""
        return 4 + self.sentences // 4

    @property
    def entities(self) -> int:
        """Entities of the plan."""
        return 2 + 9 * self.nouns // 20

    @property
    def attributes(self) -> int:
        """Attributes of an entity."""
        return 6 + self.sentences // 6

    @property
    def requirements(self) -> int:
        """Requirements of a feature."""
        return 8 + self.sentences // 12

    @property
    def rules(self) -> int:
        """Rules of a feature."""
        return 8 + (self.sentences + self.numbers) // 4

    def tables(self, entities: int) -> int:
        """Return how many tables hold a number of entities, join them and keep their history."""
        return entities + 2 + self.sentences // 20

    @property
    def columns(self) -> int:
        """Columns of a table, those of relations apart."""
        return self.attributes + 2

    @property
    def relations(self) -> int:
        """Relations of a table."""
        return 3 + self.sentences // 20

    def operations(self, tables: int) -> int:
        """Return how many operations one of a number of tables may have."""
        return max(4, (20 + 5 * self.sentences) // tables)

    def scenarios(self, tables: int, operations: int) -> int:
        """Return how many tests one of a number of tables may have that has `operations`."""
        return max(3, min(4 + 3 * operations, (20 + 6 * self.sentences) // tables))

    @property
    def steps(self) -> int:
        """Steps of a test."""
        return 14 + self.sentences // 8

    def bytes_of(self, stage: StageName) -> int:
        """Return how much all answers of a stage may hold together."""
        return round(self.words**DENSITY * BYTES_A_WORD[stage])


@lru_cache(maxsize=8)
def growth_of(request: str) -> Growth:
    """Count what a request's text has, a short one's as if it were somewhat longer."""
    words = [word.lower() for word in WORD.findall(request)]
    nouns = {
        singular(noun)
        for before, noun in itertools.pairwise(words)
        if (before in BEFORE_NOUNS or before[0].isdigit()) and _can_be_a_noun(noun)
    }
    return Growth(
        words=max(FEWEST_WORDS, len(words)),
        sentences=max(FEWEST_SENTENCES, len(SENTENCE_END.findall(request))),
        nouns=max(FEWEST_NOUNS, len(nouns)),
        numbers=len({word.strip(".,:") for word in words if word[0].isdigit()}),
    )


def _can_be_a_noun(word: str) -> bool:
    return word[0].isalpha() and len(word) >= SHORTEST_NOUN and word not in NEVER_NOUNS


class Allowance:
    """How much the forms of a run may still write, stage by stage.

    What a stage leaves is there for the next, and what it takes beyond its own is missing there.
    """

    def __init__(self, growth: Growth) -> None:
        self._growth = growth
        self._left = 0

    def begin(self, stage: StageName) -> None:
        """Add what a stage may write."""
        self._left += self._growth.bytes_of(stage)

    def of_each(self, forms: int, later: int) -> int:
        """Return what each of the forms asked together may write, with `later` ones to come."""
        left = self._left - CLOSED_BYTES * later
        share = max(LONG_FORM_BYTES, round(SHARE * left / (forms + later)))
        return max(LEAST_BYTES, min(left, round(SHARE * left / forms), share))

    def spend(self, text: str) -> None:
        """Take in an answer."""
        self._left -= len(text.encode())
