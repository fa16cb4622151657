"""Rows that refer to an erased one."""

from __future__ import annotations

import pytest

from scoring.brief import Restrict
from scoring.worlds.stage import Stage
from tests.scoring.worlds.kinds import board


@pytest.mark.parametrize(
    ("rule", "operation", "kept", "broken"),
    [
        (
            "section-with-articles",
            "section.erase",
            "if (used) throw new Con",
            "if (used) log(new Con",
        ),
        ("article-deletion", "article.erase", 'deleteFrom("article")', 'selectFrom("article")'),
    ],
)
def test_kept_and_broken(rule: str, operation: str, kept: str, broken: str) -> None:
    assert board.breaks(rule, operation, kept, broken)


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        ('.where("status", "=", HIDDEN)', True),
        ('.where("status", "!=", HIDDEN)', False),
        ("", False),
    ],
)
def test_only_children_in_a_state_keep_a_row(
    state: str, holds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "SCHEMA", board.SCHEMA.replace("Restrict", "Cascade"))
    found = '.where("section_id", "=", id)'
    assert found in board.SERVICE
    subject = board.subject(board.SERVICE.replace(found, f"{found}{state}"))
    rule = next(r for r in subject.brief.rules if r.id == "section-with-articles")
    assert isinstance(rule, Restrict)
    counted = rule.model_copy(update={"attribute": "status", "value": "hidden"})
    operation, required = subject.found("section.erase"), subject.brief.operation("section.erase")
    assert operation is not None
    assert required is not None
    assert (Stage(subject).judged(counted, required, operation).said == "holds") is holds
