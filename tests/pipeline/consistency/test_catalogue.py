"""Golden projects break no check; each check has a slip that trips it and only it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.consistency.catalogue import INVARIANTS, inspect
from pipeline.project import Project
from pipeline.run.golden import golden_names
from tests.pipeline.consistency import trips

Golden = Callable[[str], Project]


def test_every_check_has_one_slip() -> None:
    assert sorted(trip.check for trip in trips.TRIPS) == sorted(check.id for check in INVARIANTS)


@pytest.mark.parametrize("trip", trips.TRIPS, ids=lambda trip: trip.check)
def test_a_slip_trips_its_check_and_only_it(trip: Any, golden: Golden) -> None:
    found = inspect(trips.apply(trip, golden("board")))
    assert {finding.check for finding in found} == {trip.check}, found
    assert found[0].diagnostic.pointer.startswith("/")
    assert found[0].diagnostic.found


@pytest.mark.parametrize("name", golden_names())
def test_golden_projects_are_consistent(name: str, golden: Golden) -> None:
    assert inspect(golden(name)) == ()


def test_the_table_of_checks_is_current(golden: Golden) -> None:
    assert trips.TABLE.read_text(encoding="utf-8") == trips.generated(golden("board")), (
        "run tests/pipeline/consistency/trips.py"
    )
