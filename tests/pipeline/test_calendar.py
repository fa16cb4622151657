"""What programs make of the calendar: times of day, days of the week, where a period begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.project import Project
from tests.pipeline.postgres_server import PostgresServer, needs_postgres
from tests.pipeline.small_forms import (
    Form,
    Small,
    call_step,
    column,
    design_small,
    files_of,
    rule,
    verify_small,
    walk_small,
)


def body(property_: str) -> Form:
    return {"kind": "body", "property": property_}


def guard(left: Form, operator: str, right: Form) -> Form:
    condition = {"kind": "compare", "left": left, "operator": operator, "right": right}
    return {"kind": "guard", "condition": condition, "message": "Not then.", "rules": []}


def month_of(moment: Form) -> Form:
    return {"kind": "start_of", "unit": "month", "moment": moment}


def at(time: str) -> Form:
    return {"kind": "at_time", "days": 1, "time": time}


SPAN = {
    "kind": "elapsed",
    "start": body("startsAt"),
    "end": body("endsAt"),
    "unit": "minutes",
    "rounding": "up",
}
LATE = {"kind": "elapsed", "start": body("dueOn"), "end": {"kind": "today"}, "unit": "days"}
PRICE = {"kind": "arithmetic", "left": SPAN, "operator": "multiply", "right": body("hourly")}
NEXT_MONTH = {"kind": "offset", "moment": month_of(body("dueOn")), "amount": 1, "unit": "months"}
WEEKDAY = {"kind": "weekday", "moment": {"kind": "field", "row": "changed", "column": "due_on"}}
FIRST = {"kind": "time", "value": "00:00"}
HOURS = Small(
    columns=[
        column("starts_at", type="datetime"),
        column("ends_at", type="datetime"),
        column("opens", type="time"),
        column("closes", type="time"),
        column("hourly", type="decimal", minimum=0, maximum=1000),
        column("due_on", type="date"),
        column("price", type="decimal", minimum=0, maximum=999_999),
        column("fine", type="decimal", minimum=-999_999, maximum=999_999),
        column("month_on", True, type="date"),
        column("next_on", True, type="date"),
    ],
    rules=[
        rule("ordering", attribute="item.starts_at", relation="not_before", reference="item.opens"),
        rule("ordering", attribute="item.ends_at", relation="not_after", reference="item.closes"),
        rule("ordering", attribute="item.closes", relation="after", reference="item.opens"),
    ],
    cited=["B-1.1", "B-1.2", "B-1.3"],
    kept=["price", "fine", "month_on", "next_on"],
    programs={
        "items.create": {
            "where": [],
            "checks": [
                {
                    "kind": "quota",
                    "table": "item",
                    "where": [
                        {
                            "kind": "compare",
                            "column": "created_at",
                            "operator": "ge",
                            "value": month_of({"kind": "now"}),
                        }
                    ],
                    "maximum": 2,
                    "message": "At most 2 a month.",
                    "rules": [],
                },
            ],
            "sets": [
                {
                    "column": "price",
                    "value": {
                        "kind": "quotient",
                        "left": PRICE,
                        "right": {"kind": "integer", "value": 60},
                        "rounding": "half_up",
                        "places": 2,
                    },
                },
                {
                    "column": "fine",
                    "value": {
                        "kind": "arithmetic",
                        "left": {**LATE, "rounding": "down"},
                        "operator": "multiply",
                        "right": {"kind": "number", "value": 0.2},
                    },
                },
                {"column": "month_on", "value": month_of(body("dueOn"))},
                {"column": "next_on", "value": NEXT_MONTH},
            ],
            "effects": [],
        },
        "items.update": {
            "where": [],
            "checks": [
                guard(WEEKDAY, "lt", {"kind": "integer", "value": 6}),
                guard({"kind": "time_of_day", "moment": {"kind": "now"}}, "ge", FIRST),
            ],
            "sets": [],
            "effects": [],
        },
    },
    tests=[
        {
            "name": "items_keep_opening_hours",
            "operation": "items.create",
            "purpose": "Nothing starts early or ends late.",
            "requirements": [],
            "rules": [],
            "steps": [
                call_step(
                    "items.create",
                    status,
                    startsAt=at(start),
                    endsAt=at(end),
                    opens={"kind": "time", "value": "08:30"},
                    closes={"kind": "time", "value": "22:00"},
                    dueOn={"kind": "today"},
                )
                for status, start, end in (
                    (422, "08:29", "10:00"),
                    (422, "21:00", "22:01"),
                    (201, "08:30", "22:00"),
                )
            ],
        }
    ],
)
STEPS = """
  const hours = { opens: "08:30", closes: "22:00", hourly: 12.5 };
  const day = { startsAt: "2030-05-06T08:30:00Z", endsAt: "2030-05-06T10:00:00.000Z" };
  const past = new Date(Date.now() - 21 * 86_400_000);
  past.setUTCDate(past.getUTCDate() - ((past.getUTCDay() + 6) % 7));
  const dueOn = past.toISOString().slice(0, 10);
  const today = new Date().toISOString().slice(0, 10);
  const late = Math.round((Date.parse(today) - Date.parse(dueOn)) / 86_400_000);
  const fine = Math.round(late * 20) / 100;
  const first = await api.items.create(member, { ...hours, ...day, dueOn });
  const month = `${dueOn.slice(0, 7)}-01`;
  strict.deepEqual([first.price, first.fine, first.monthOn], [18.75, fine, month]);
  strict.equal(new Date(first.nextOn ?? "").getUTCDate(), 1);
  strict.ok(new Date(first.nextOn ?? "") > new Date(dueOn));
  const made = (change: object) =>
    status(api.items.create(member, { ...hours, ...day, dueOn, ...change }));
  strict.equal(await made({ startsAt: "2030-05-06T08:29:59.999Z" }), 422);
  strict.equal(await made({ endsAt: "2030-05-06T22:00:30Z" }), 422);
  strict.equal(await made({ closes: "08:30", endsAt: "2030-05-06T08:30:00Z" }), 422);
  const changed = (due: string) => status(api.items.update(member, first.id, { dueOn: due }));
  const days = ["2030-05-03", "2030-05-04", "2030-05-05", "2030-05-06"];
  strict.deepEqual(await Promise.all(days.map(changed)), [200, 409, 409, 200]);
  strict.equal(await made({ endsAt: "2030-05-06T22:00:00Z" }), 200);
  strict.equal(await made({}), 409);
  await advanceClock(31, "days");
  strict.equal(await made({}), 200);
"""


@pytest.fixture(scope="module")
def hours() -> Project:
    return design_small(HOURS)


def test_moments_are_held_against_times_of_day_and_months(hours: Project, tmp_path: Path) -> None:
    walk_small(hours, tmp_path, STEPS)


def test_a_service_with_opening_hours_passes_its_own_tests(hours: Project, tmp_path: Path) -> None:
    verify_small(hours, tmp_path)


@needs_postgres
def test_a_service_with_opening_hours_passes_them_on_postgresql(
    hours: Project, tmp_path: Path, server: PostgresServer
) -> None:
    verify_small(hours, tmp_path, server.new_database())


def test_the_calendar_reads_like_words(hours: Project) -> None:
    files = files_of(hours)
    service = files["src/modules/items/items.service.ts"]
    assert "timeOfDay(body.startsAt) >= body.opens" in service
    assert "weekday(body.dueOn ?? item.due_on) < 6" in service
    assert 'month_on: startOf(body.dueOn, "month"),' in service
    assert "src/common/calendar.ts" in files


SLOTS = Small(
    columns=[
        column("starts_at", type="datetime"),
        column("ends_at", type="datetime"),
        column("status", type="enum", values=["booked", "cancelled"], default="booked"),
    ],
    rules=[
        rule(
            "overlap",
            entity="item",
            per="owner",
            start="item.starts_at",
            end="item.ends_at",
            attribute="item.status",
            value="booked",
        )
    ],
    cited=["B-1.1"],
)
TAKEN = """
  const at = (hour: number): string => `2030-05-06T${String(hour).padStart(2, "0")}:00:00Z`;
  const slot = (from: number, to: number) => ({ startsAt: at(from), endsAt: at(to) });
  const made = (from: number, to: number, change = {}) =>
    status(api.items.create(member, { ...slot(from, to), ...change }));
  const first = await api.items.create(member, slot(10, 12));
  const tries = [made(9, 11), made(11, 13), made(9, 13), made(10, 12), made(8, 10), made(12, 14)];
  strict.deepEqual(await Promise.all(tries), [409, 409, 409, 409, 200, 200]);
  const changed = (change: object) => status(api.items.update(member, first.id, change));
  strict.equal(await changed({ endsAt: at(13) }), 409);
  strict.equal(await changed({ startsAt: at(11) }), 200);
  strict.equal(await made(10, 11), 200);
  strict.equal(await changed({ startsAt: at(10) }), 409);
  strict.equal(await changed({ startsAt: at(10), status: "cancelled" }), 200);
  strict.equal(await made(11, 12), 200);
  strict.equal(await changed({ status: "booked" }), 409);
  const other = await api.items.create(member, slot(20, 21));
  strict.equal(await status(api.items.update(member, other.id, slot(8, 9))), 409);
"""


@pytest.fixture(scope="module")
def slots() -> Project:
    return design_small(SLOTS)


def test_rows_that_take_a_time_do_not_overlap(slots: Project, tmp_path: Path) -> None:
    walk_small(slots, tmp_path, TAKEN)
