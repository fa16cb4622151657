"""Summaries: figures of the rows there are."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast import expression as ex
from pipeline.derive.e2e.standard.draft import Draft
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.reads.summaries import COUNT
from pipeline.names import words

ROWS = ex.IntegerLiteral(kind="integer", value=2)


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield the test of a summary of all rows, whose name says no more than that it is one."""
    summary, create = subject.first("summary"), subject.first("create")
    if summary is None or create is None or summary.summary is None:
        return
    maker = subject.maker(summary)
    if maker is None or not subject.is_repeatable or not subject.is_plain(summary, maker):
        return
    draft = Draft(
        f"{subject.table.plural}_are_summed_up",
        f"A summary counts the {words(subject.table.plural)} that there are.",
        summary,
    )
    for _ in range(2):
        draft.call(create, maker)
    draft.call(summary, maker)
    if summary.summary.group is None:
        draft.check(summary, COUNT, ROWS)
    else:
        none = ex.IntegerLiteral(kind="integer", value=0)
        draft.check(summary, f"data.0.{COUNT}", none, "greater")
    yield draft
