"""What strangers get for somebody's row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest

from pipeline.ast.analysis import Visibility
from pipeline.derive.ownership import foreign_status
from pipeline.project import Project

Shown = Sequence[Literal["all", "own", "published"]]


@pytest.mark.parametrize(("shows", "status"), [(["own"], 404), (["all"], 403), ([], 403)])
def test_whoever_is_shown_own_rows_alone_finds_no_others(
    board: Project, shows: Shown, status: int
) -> None:
    table = board.database.table("article")
    rule = Visibility(
        id="B-9.9",
        kind="visibility",
        requirement="R-1.1",
        statement="Members see their own articles.",
        entity="article",
        actor="member",
        shows=tuple(shows) or ("published",),
    )
    analysis = board.analysis.model_copy(update={"rules": (*board.analysis.rules, rule)})
    assert foreign_status(board.analysis, table) == 403
    assert foreign_status(analysis, table) == status
