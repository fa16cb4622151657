"""Each verdict on a rule, by services that keep it, drop it, turn it round, or hide it."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.notes import changed, judged, subject

OWN = '.where("id", "=", id).where("user_id", "=", actor.id)'
STATE = 'if (note.status !== "draft") throw new ConflictException();'


def test_a_service_that_keeps_all_its_rules_is_found_to_keep_them() -> None:
    rules = subject().brief.rules
    pairs = [(rule.id, id) for rule in rules for id in rule.operations]
    assert {judged(rule, id).said for rule, id in pairs} == {"holds"}


@pytest.mark.parametrize(
    ("rule", "operation", "before", "after", "said"),
    [
        ("owner", "note.read", OWN, '.where("id", "=", id)', "too lax"),
        (
            "owner",
            "note.read",
            '"user_id", "=", actor.id)',
            '"user_id", "!=", actor.id)',
            "inverted",
        ),
        ("owner", "note.read", "NotFoundException()", "ConflictException()", "wrong status"),
        ("owner", "note.read", "note === undefined", "note !== undefined", "inverted"),
        (
            "owner",
            "note.list",
            '.selectAll().where("user_id", "=", actor.id)',
            ".selectAll()",
            "too lax",
        ),
        ("show", "note.show", STATE, "", "too lax"),
        ("show", "note.show", 'note.status !== "draft"', 'note.status === "draft"', "inverted"),
        ("show", "note.show", 'set({ status: "shown" })', 'set({ status: "draft" })', "too lax"),
        ("show", "note.show", STATE, STATE.replace("Conflict", "BadRequest"), "wrong status"),
        ("show", "note.show", STATE, f"if (await audit(note)) {STATE[4:]}", "not readable"),
        ("quota", "note.create", "count >= MOST", "count > MOST", "too lax"),
        ("quota", "note.create", "count >= MOST", "count > MOST - 2", "too strict"),
        ("quota", "note.create", "count >= MOST", "count < MOST", "inverted"),
        ("unique", "note.create", '.where("title", "=", title)', "", "too strict"),
        ("unique", "note.update", '.where("id", "!=", but)', "", "too strict"),
        ("unique", "note.create", "if (other) throw", "if (!other) throw", "inverted"),
    ],
)
def test_what_is_said_of_a_changed_service(
    rule: str, operation: str, before: str, after: str, said: str
) -> None:
    assert judged(rule, operation, changed((before, after))).said == said


def test_what_could_not_be_followed_is_named_with_its_line() -> None:
    service = changed((STATE, f"if (await audit(note)) {STATE[4:]}"))
    said = judged("show", "note.show", service)
    assert said.said == "not readable"
    line = next(n for n, text in enumerate(service.split("\n"), 1) if "audit" in text)
    assert (said.file, said.line) == ("src/notes.service.ts", line)


def test_a_refusal_after_a_write_counts_only_if_the_write_is_undone() -> None:
    end = "    return this.present(changed);\n  }\n  private async unused"
    moved = changed((STATE, ""), (end, f"    {STATE}\n{end}"))
    said = judged("show", "note.show", moved)
    assert said.said == "too lax"
    assert "no transaction" in said.detail
