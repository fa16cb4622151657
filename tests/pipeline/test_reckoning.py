"""What programs reckon: shares, quotients, times between moments, moments moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.project import Project
from tests.pipeline.small_forms import (
    Form,
    Small,
    column,
    design_small,
    files_of,
    verify_small,
    walk_small,
)


def body(property_: str) -> Form:
    return {"kind": "body", "property": property_}


def sets(name: str, value: Form) -> Form:
    return {"column": name, "value": value}


def quotient(left: Form, right: Form, rounding: str, places: int) -> Form:
    return {
        "kind": "quotient",
        "left": left,
        "right": right,
        "rounding": rounding,
        "places": places,
    }


NIGHTS = {
    "kind": "elapsed",
    "start": body("startsOn"),
    "end": body("endsOn"),
    "unit": "days",
    "rounding": "down",
}
SHARE = {
    "kind": "portion",
    "of": {"kind": "arithmetic", "left": NIGHTS, "operator": "multiply", "right": body("price")},
    "percent": body("rebate"),
    "rounding": "half_up",
    "places": 2,
}
LATER = {"kind": "offset", "moment": body("endsOn"), "amount": body("grace"), "unit": "months"}
BOOKING = Small(
    columns=[
        column("starts_on", type="date"),
        column("ends_on", type="date"),
        column("price", type="decimal", minimum=0, maximum=1000),
        column("rebate", type="integer", minimum=0, maximum=100, default=None),
        column("guests", type="integer", minimum=0, maximum=9, default=0),
        column("grace", type="integer", minimum=-9, maximum=500_000, default=None),
        column("nights", type="integer", minimum=-9999, maximum=9999, default=0),
        column("total", type="decimal", minimum=-999_999, maximum=999_999),
        column("off", type="decimal", minimum=-999_999, maximum=999_999),
        column("each", type="decimal", minimum=-999_999, maximum=999_999),
        column("remind_on", True, type="date"),
        column("kept_until", True, type="datetime"),
    ],
    kept=["nights", "total", "off", "each", "remind_on", "kept_until"],
    programs={
        "items.create": {
            "where": [],
            "checks": [],
            "sets": [
                sets("nights", NIGHTS),
                sets(
                    "total",
                    {
                        "kind": "arithmetic",
                        "left": NIGHTS,
                        "operator": "multiply",
                        "right": body("price"),
                    },
                ),
                sets("off", SHARE),
                sets("each", quotient(body("price"), body("guests"), "up", 2)),
                sets("remind_on", LATER),
                sets(
                    "kept_until",
                    {"kind": "offset", "moment": {"kind": "now"}, "amount": 2, "unit": "months"},
                ),
            ],
            "effects": [],
        }
    },
)
STEPS = """
  const plain = { startsOn: "2026-01-28", endsOn: "2026-01-31", price: 33.33, rebate: 10 };
  const first = await api.items.create(member, { ...plain, guests: 7, grace: 1 });
  strict.deepEqual(
    [first.nights, first.total, first.off, first.each, first.remindOn],
    [3, 99.99, 10, 4.77, "2026-02-28"],
  );
  const empty = await api.items.create(member, { ...plain, guests: 0, grace: -2, rebate: 50 });
  strict.deepEqual([empty.each, empty.off], [0, 50]);
  strict.equal(empty.remindOn, "2025-11-30");
  const back = { ...plain, startsOn: "2026-02-01", rebate: 5 };
  const turned = await api.items.create(member, { ...back, guests: 3, grace: 500000 });
  strict.deepEqual([turned.nights, turned.off, turned.each], [-1, -1.67, 11.11]);
  strict.equal(turned.remindOn, "9999-12-31");
  strict.ok((turned.keptUntil ?? "") > new Date().toISOString());
"""


@pytest.fixture(scope="module")
def booking() -> Project:
    return design_small(BOOKING)


def test_shares_quotients_and_times_are_rounded_as_stated(booking: Project, tmp_path: Path) -> None:
    walk_small(booking, tmp_path, STEPS)


def test_a_service_that_reckons_passes_its_own_tests(booking: Project, tmp_path: Path) -> None:
    verify_small(booking, tmp_path)


def test_reckoning_reads_like_a_formula(booking: Project) -> None:
    service = files_of(booking)["src/modules/items/items.service.ts"]
    assert 'each: divided(body.price, body.guests ?? 0, 2, "up"),' in service
    assert 'nights: elapsed(body.startsOn, body.endsOn, "days", "down"),' in service
    assert 'remind_on: shifted(body.endsOn, body.grace, "months"),' in service
