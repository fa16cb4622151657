"""The sentences of a project's documents, read once and found by their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from scoring.brief import Rule
from scoring.project.facts import Statement
from scoring.prose.lexicon import lemma
from scoring.prose.sentence import Sentence, joined, sentences
from scoring.stating.judge import states
from scoring.stating.vocabulary import Vocabulary
from scoring.words import words

_WORD = re.compile(r"[a-z]+|[0-9]+")


class Library:
    """Statements by their words; a statement is read when a rule first needs it."""

    def __init__(self, statements: Sequence[Statement]) -> None:
        """Index every word once."""
        self._statements = tuple(statements)
        self._read: dict[int, tuple[Sentence, ...]] = {}
        self._with: defaultdict[str, set[int]] = defaultdict(set)
        for place, statement in enumerate(self._statements):
            for written in set(_WORD.findall(joined(" ".join(statement.parts)).lower())):
                self._with[lemma(written)].add(place)
                self._with[words(written)[0]].add(place)

    def stating(self, rule: Rule, known: Vocabulary) -> list[Statement]:
        """Return the statements that state a rule, in their order."""
        fitting: set[int] | None = None
        for group in known.said(rule).naming:
            having = {place for phrase in group for place in self._with.get(phrase[0], ())}
            fitting = having if fitting is None else fitting & having
        return [
            self._statements[place]
            for place in sorted(range(len(self._statements)) if fitting is None else fitting)
            if states(self._sentences(place), rule, known)
        ]

    def _sentences(self, place: int) -> tuple[Sentence, ...]:
        if place not in self._read:
            parts = self._statements[place].parts
            self._read[place] = tuple(each for part in parts for each in sentences(part))
        return self._read[place]
