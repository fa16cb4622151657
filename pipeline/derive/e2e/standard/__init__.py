"""Standard tests: those whose steps are always the same, and that are therefore never asked.

They hold whatever the programs are, as long as they keep the rules that the operations cite: a
test is made only where no rule could refuse what it does first.
"""

from __future__ import annotations

from pipeline import names
from pipeline.ast import test as ts
from pipeline.ast.database import Table
from pipeline.derive.e2e.builder import build_test
from pipeline.derive.e2e.standard import (
    access,
    accounts,
    bounds,
    details,
    kept,
    lists,
    lives,
    missing,
    nested,
    summaries,
    unique,
)
from pipeline.derive.e2e.standard.draft import Draft
from pipeline.derive.e2e.standard.subject import Subject
from pipeline.design import Design


def standard_tests(
    design: Design, table: Table, allocator: names.Allocator
) -> tuple[ts.TestFunction, ...]:
    """Return the standard tests of a resource."""
    subject = Subject(design, table)
    drafts = (
        *access.drafts(subject),
        *accounts.drafts(subject),
        *bounds.drafts(subject),
        *unique.drafts(subject),
        *missing.drafts(subject),
        *lives.drafts(subject),
        *kept.drafts(subject),
        *nested.drafts(subject),
        *lists.drafts(subject),
        *details.drafts(subject),
        *summaries.drafts(subject),
    )
    return tuple(_built(design, draft, allocator) for draft in drafts if draft.proves)


def _built(design: Design, draft: Draft, allocator: names.Allocator) -> ts.TestFunction:
    scenario = ts.Scenario(
        name=allocator.take(draft.name[: names.PHRASE_MAX_LENGTH].rstrip("_")),
        operation=draft.operation.id,
        purpose=draft.purpose,
        requirements=draft.requirements,
        rules=draft.rules,
    )
    return build_test(design, scenario, draft.steps)
