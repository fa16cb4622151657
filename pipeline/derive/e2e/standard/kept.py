"""Retention: a row is there until its time is over, and then it is gone."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.ast import test as ts
from pipeline.derive.e2e.standard.draft import Draft
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.derive.retention import sweeps
from pipeline.names import words

MISSING = 404


def drafts(subject: Subject) -> Iterator[Draft]:
    """Yield a test of each retention rule of the table, where no account may be erased with it."""
    create, read = subject.first("create"), subject.first("read")
    maker = subject.maker(read) if read is not None else None
    found = sweeps(subject.design.analysis, subject.design.database)
    if create is None or read is None or maker is None or not subject.is_plain(read, maker):
        return
    if any(sweep.table.stance == "actor" for sweep in found):
        return
    label = subject.labels()[0]
    for sweep in found:
        days = sweep.rule.after_days
        is_alone = [each.table for each in found].count(subject.table) == 1
        if sweep.table != subject.table or sweep.rule.since == "deleted" or not is_alone:
            continue
        noun = words(subject.noun)
        draft = Draft(
            f"{subject.noun}_is_kept_{days}_days",
            f"After {days} days the {noun} is gone, and not before.",
            create,
            (sweep.rule.id,),
        )
        draft.call(create, maker, named=label)
        if days > 1:
            draft.steps.append(_wait(days - 1))
            draft.call(read, maker, label)
        draft.steps.append(_wait(2))
        draft.call(read, maker, label, MISSING)
        yield draft


def _wait(days: int) -> ts.WaitStep:
    return ts.WaitStep(kind="wait", amount=days, unit="days")
