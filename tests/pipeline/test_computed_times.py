"""Days and moments that the service computes: no caller gives them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.pipeline.small_forms import Small, column, design_answers, rule, walk_small

DUE = rule("derivation", attribute="item.due_day", formula="14 days after it is made")
NOTHING = {"where": [], "checks": [], "sets": [], "effects": []}
LATER = {"kind": "offset", "moment": {"kind": "today"}, "amount": 14, "unit": "days"}
SMALL = Small(
    columns=[
        column("name", type="text", min_length=1, max_length=40),
        column("due_day", type="date"),
        column("seen_at", type="datetime"),
    ],
    rules=[DUE, rule("derivation", attribute="item.seen_at", formula="when it was seen last")],
    kept=["due_day", "seen_at"],
    programs={
        "items.create": {**NOTHING, "sets": [{"column": "due_day", "value": LATER}]},
    },
)


def test_a_computed_time_is_set_or_is_the_present_one(tmp_path: Path) -> None:
    steps = """
  const item = await api.items.create(member, { name: "a" });
  const days = (Date.parse(item.dueDay) - Date.parse(item.createdAt.slice(0, 10))) / 86_400_000;
  strict.equal(days, 14);
  strict.equal(item.seenAt.slice(0, 10), item.createdAt.slice(0, 10));
"""
    walk_small(design_answers(SMALL.answers()), tmp_path, steps)


def test_a_time_without_a_rule_is_given_by_the_caller() -> None:
    made = design_answers(replace(SMALL, rules=[DUE]).answers())
    body = {p.name: p.required for p in made.interface.object("ItemCreate").properties}
    assert body == {"name": True, "seenAt": True}
