"""Rules on times, sums and other people, kept, dropped and turned round."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.desks import RULES, judged


@pytest.mark.parametrize("rule", RULES)
def test_a_service_that_keeps_a_rule_is_found_to_keep_it(rule: str) -> None:
    assert judged(rule).said == "holds"


@pytest.mark.parametrize(
    ("rule", "before", "after", "said"),
    [
        ("order", "body.endsAt < body.startsAt", "body.endsAt <= body.startsAt", "too strict"),
        ("order", "body.endsAt < body.startsAt", "body.endsAt > body.startsAt", "too lax"),
        ("order", "body.endsAt < body.startsAt", "body.endsAt === ''", "too lax"),
        ("ahead", "body.startsAt <= now", "body.startsAt > now", "inverted"),
        ("ahead", "body.startsAt <= now", "body.startsAt === ''", "too lax"),
        ("enough", "body.hours > team.hours", "body.hours > team.hours + 1", "too lax"),
        ("enough", "body.hours > team.hours", "body.hours >= team.hours", "too strict"),
        ("bar", '.where("ends_at", ">", now)', "", "too strict"),
        ("bar", '.where("ends_at", ">", now)', '.where("ends_at", "<", now)', "too strict"),
        ("bar", '.where("team_id", "=", body.teamId).where("user', '.where("user', "too strict"),
        ("bar", "if (block) throw", "if (!team) throw", "too lax"),
        ("quota", '.where("created_at", ">", week)', "", "too strict"),
        ("quota", "7 * DAY", "6 * DAY", "too lax"),
        ("quota", "recent >= 2", "recent > 2", "too lax"),
        ("open", '.where("status", "=", "open")', "", "too strict"),
        ("open", '.where("team_id", "=", body.teamId)\n', "\n", "too strict"),
        ("open", "open >= 3", "open > 3", "too lax"),
        ("stranger", "team.lead_id === actor.id", "team.lead_id === body.teamId", "too lax"),
        ("taken", 'eb("hours", "-", body.hours)', 'eb("hours", "+", body.hours)', "too lax"),
        ("taken", 'eb("hours", "-", body.hours)', 'eb("hours", "-", 1)', "too lax"),
        ("taken", '.where("id", "=", team.id).execute', ".execute", "too lax"),
        ("needed", "body.reason === undefined", "body === undefined", "too lax"),
        ("ownership", '.where("role", "=", "chief")', "", "holds"),
        (
            "ownership",
            '.where("user_id", "=", actor.id)\n      .where("role"',
            '.where("role"',
            "too lax",
        ),
        ("ownership", '&& actor.kind !== "admin"', "", "too strict"),
        ("ownership", "|| team.lead_id === actor.id", "", "too strict"),
        ("ownership", "!mine && !seat", "!mine", "too strict"),
        ("left_out", '.where("deleted_at", "is", null)', "", "too lax"),
        ("left_out", '"deleted_at", "is", null', '"deleted_at", "is not", null', "inverted"),
        ("state", 'booking.status !== "open"', 'booking.status === "open"', "inverted"),
        ("state", 'booking.status !== "open"', "booking.id === ''", "too lax"),
        ("told", 'set({ role: "chief" })', 'set({ role: "plain" })', "too lax"),
        ("told", '"user_id", "=", booking.user_id)', '"user_id", "!=", actor.id)', "too lax"),
        ("told", '.where("team_id", "=", booking.team_id).execute', ".execute", "too lax"),
        ("restored", "set({ deleted_at: null })", 'set({ reason: "back" })', "too lax"),
    ],
)
def test_what_is_said_of_a_changed_service(rule: str, before: str, after: str, said: str) -> None:
    assert judged(rule, (before, after)).said == said
