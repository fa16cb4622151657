"""Rows are erased once they have been kept for as long as a rule says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.project import Project
from tests.pipeline.small_forms import (
    Small,
    column,
    design_small,
    files_of,
    rule,
    verify_small,
    walk_small,
)

STORED = Small(
    columns=[column("note", type="text", min_length=1, max_length=40)],
    rules=[rule("retention", entity="item", after_days=30, since="changed")],
)
STEPS = """
  const old = await api.items.create(member, { note: "old" });
  await advanceClock(20, "days");
  const late = await api.items.create(member, { note: "late" });
  await advanceClock(9, "days");
  strict.equal((await api.items.list(member)).data.length, 2);
  await advanceClock(2, "days");
  strict.equal(await status(api.items.read(member, old.id)), 404);
  await api.items.update(member, late.id, { note: "changed" });
  await advanceClock(25, "days");
  strict.equal((await api.items.list(member)).data.length, 1);
  await advanceClock(6, "days");
  strict.equal((await api.items.list(member)).data.length, 0);
"""


@pytest.fixture(scope="module")
def stored() -> Project:
    return design_small(STORED)


def test_a_rule_about_retention_is_tested_by_itself(stored: Project, tmp_path: Path) -> None:
    verify_small(stored, tmp_path)
    assert "item_is_kept_30_days" in {test.name for test in stored.tests.functions}


def test_rows_go_when_their_time_is_over(stored: Project, tmp_path: Path) -> None:
    walk_small(stored, tmp_path, STEPS)


def test_a_service_without_such_a_rule_has_no_sweep(stored: Project) -> None:
    path = "src/common/retention.service.ts"
    assert path in files_of(stored)
    assert path not in files_of(design_small(Small(columns=STORED.columns)))
