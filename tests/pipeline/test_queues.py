"""Queues: whoever came first is served first, by a condition that programs can make."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.ast import expression as ex
from pipeline.derive.rows import speaks_of_queues
from pipeline.design import Design
from pipeline.project import Project
from pipeline.stages.pseudocode import condition
from tests.pipeline.small_forms import files_of

OPEN = ex.ColumnCompare(
    kind="compare",
    column="status",
    operator="eq",
    value=ex.EnumLiteral(kind="enum", value="open"),
)


@pytest.mark.parametrize(
    ("operation", "queues"),
    [("borrowings.create", True), ("borrowings.takeBack", False), ("copies.create", False)],
)
def test_queues_are_offered_where_a_demand_speaks_of_them(
    operation: str, queues: bool, golden: Callable[[str], Project]
) -> None:
    project = golden("library")
    design = Design(project.analysis, project.database, project.interface)
    assert speaks_of_queues(design, project.interface.operation(operation)) is queues


def test_no_older_row_has_the_same_parent(golden: Callable[[str], Project]) -> None:
    service = files_of(golden("library"))["src/modules/borrowings/borrowings.service.ts"]
    for line in (
        '.selectFrom("reservations as older_reservations")',
        '.whereRef("older_reservations.book_id", "=", "reservations.book_id")',
        '.whereRef("older_reservations.created_at", "<", "reservations.created_at")',
    ):
        assert line in service


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ((), "it is the oldest of its book"),
        ((OPEN,), "it is the oldest of its book that has status = open"),
    ],
)
def test_prompts_show_a_queue_in_words(where: tuple[ex.Where, ...], words: str) -> None:
    assert condition(ex.OldestWhere(kind="oldest", relation="book", where=where)) == words
