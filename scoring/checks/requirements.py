"""Requirements, 10 points: stated with their numbers, testable, consistent, cited."""

from __future__ import annotations

import re

from scoring.brief import Rule
from scoring.checks.verdict import Check, Verdict, good, lost, partly
from scoring.matching import Subject
from scoring.project.docs import ID
from scoring.project.facts import Statement
from scoring.stating.library import Library
from scoring.stating.vocabulary import Vocabulary
from scoring.words import mentions, words

PLACE = "docs/requirements.md"
_OUTCOME = re.compile(
    r"\b(shall|must|is|are|gets?|receives?|sees?|shows?|returns?|refuse[sd]?|reject(s|ed)?|then"
    r"|finds?|creates?|keeps?|becomes?|answers?|deletes?|changes?|stores?)\b",
    re.IGNORECASE,
)
_UNADDRESSED_LOSS = 0.5
"""A rule that is only prose is stated, but nothing can refer to it."""


def stated(subject: Subject) -> tuple[Verdict, ...]:
    """Look for each rule of the brief, with its numbers, in one sentence of the documents."""
    known = Vocabulary(subject.brief)
    library = Library(subject.facts.statements)
    return tuple(_stated(library, rule, known) for rule in subject.brief.rules)


def _stated(library: Library, rule: Rule, known: Vocabulary) -> Verdict:
    found = library.stating(rule, known)
    if any(s.id for s in found):
        return good()
    expected = f"a requirement with an id that states: {rule.text}"
    if found:
        first = found[0]
        return partly(
            _UNADDRESSED_LOSS, expected, "stated, but without an id", first.file, first.line
        )
    return lost(expected, "no such statement", PLACE)


def testable(subject: Subject) -> tuple[Verdict, ...]:
    """Ask of each requirement whom it concerns, what, and what can be seen to happen."""
    found = [s for s in subject.facts.statements if s.id and not s.is_rule]
    if not found:
        return (lost("requirements with ids", "none", PLACE),)
    actors = [name for actor in subject.brief.actors for name in actor.names]
    entities = [name for entity in subject.brief.entities for name in entity.names]
    verdicts: list[Verdict] = []
    for statement in found:
        lacks: list[str] = []
        if actors and not mentions(statement.text, actors):
            lacks.append("an actor")
        if entities and not mentions(statement.text, entities):
            lacks.append("an entity")
        if not _OUTCOME.search(statement.text):
            lacks.append("an outcome that can be observed")
        if lacks:
            expected = f"{statement.id} names an actor, an entity and an observable outcome"
            missing = f"it lacks {', '.join(lacks)}"
            verdicts.append(
                partly(len(lacks) / 3, expected, missing, statement.file, statement.line)
            )
        else:
            verdicts.append(good())
    return tuple(verdicts)


def consistent(subject: Subject) -> tuple[Verdict, ...]:
    """Find requirements that are stated twice, contradict one another, or refer to none."""
    found = [s for s in subject.facts.statements if s.id]
    if not found:
        return (lost("requirements with ids", "none", PLACE),)
    verdicts: list[Verdict] = []
    defined = {s.id for s in found}
    families = {id.split("-")[0] for id in defined}
    by_text: dict[str, Statement] = {}
    by_frame: dict[str, Statement] = {}
    by_id: dict[str, Statement] = {}
    for statement in found:
        text = _without_ids(statement.text)
        frame = re.sub(r"\d+", "#", text)
        dangling = sorted(
            {m for m in ID.findall(statement.text) if m.split("-")[0] in families} - defined
        )
        where = (statement.file, statement.line)
        if statement.id in by_id:
            verdicts.append(lost(f"one {statement.id}", "defined twice", *where))
        elif text in by_text:
            other = by_text[text].id
            verdicts.append(
                lost("each requirement once", f"{statement.id} repeats {other}", *where)
            )
        elif frame in by_frame and "#" in frame:
            other = by_frame[frame].id
            found_text = f"{statement.id} says the same as {other} with other numbers"
            verdicts.append(lost("no contradiction", found_text, *where))
        elif dangling:
            named = ", ".join(dangling)
            verdicts.append(
                lost("references to what is defined", f"{statement.id} cites {named}", *where)
            )
        else:
            verdicts.append(good())
        by_text.setdefault(text, statement)
        by_frame.setdefault(frame, statement)
        by_id.setdefault(statement.id, statement)
    return tuple(verdicts)


def _without_ids(text: str) -> str:
    return " ".join(words(ID.sub(" ", text)))


def cited(subject: Subject) -> tuple[Verdict, ...]:
    """Ask of each requirement whether a later artifact cites it."""
    found = [s for s in subject.facts.statements if s.id and not s.is_rule]
    if not found:
        return (lost("requirements with ids", "none", PLACE),)
    return tuple(
        good()
        if s.id in subject.facts.cited
        else lost(
            f"{s.id} cited by the schema, the API, the tests or the code", "nowhere", s.file, s.line
        )
        for s in found
    )


CHECKS = (
    Check("requirements.stated", 6, "rules stated with their numbers", stated, needs_brief=True),
    Check(
        "requirements.testable",
        2,
        "each names actor, entity and outcome",
        testable,
        needs_topic=True,
    ),
    Check(
        "requirements.consistent",
        1,
        "no duplicate, contradiction or dangling id",
        consistent,
        needs_topic=True,
    ),
    Check(
        "requirements.cited",
        1,
        "cited by a later artifact",
        cited,
        needs_life=True,
        needs_topic=True,
    ),
)
