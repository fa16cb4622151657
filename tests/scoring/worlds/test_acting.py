"""What an operation does wrong in the world that it is for."""

from __future__ import annotations

import pytest

from tests.scoring.worlds.notes import changed, faults, subject

SEEN = """await this.db.updateTable("notes").set({ text: "seen" }).execute();
    const note = await this.db"""


def test_a_service_without_faults_has_none() -> None:
    assert not any(faults(required.id) for required in subject().brief.operations)


@pytest.mark.parametrize(
    ("operation", "before", "after", "wrong"),
    [
        ("note.read", "title: row.title", "title: row.text", "title is Note#1.text"),
        (
            "note.create",
            "title: body.title,\n          text: body.text,",
            "title: body.text,\n          text: body.title,",
            "title holds body.text",
        ),
        (
            "note.create",
            "user_id: actor.id,\n          title",
            'status: "shown",\n          user_id: actor.id,\n          title',
            "",
        ),
        (
            "note.update",
            ".set({ title: body.title, text: body.text })",
            ".set({ title: body.title })",
            "text holds Note#1.text",
        ),
        (
            "note.erase",
            'deleteFrom("notes").where("id", "=", note.id)',
            'deleteFrom("notes")',
            "1 other rows are written",
        ),
        (
            "note.erase",
            'await this.db.deleteFrom("notes").where("id", "=", note.id).execute();',
            "",
            "the row is not written",
        ),
        (
            "note.show",
            '.set({ status: "shown" }).where("id", "=", note.id)',
            '.set({ status: "shown" }).where("user_id", "=", actor.id)',
            "1 other rows are written",
        ),
        (
            "note.read",
            "const note = await this.db",
            SEEN,
            "it writes Note",
        ),
        (
            "note.list",
            'found = found.where("status", "=", query.status)',
            "void query.status",
            "a row that does not match is shown",
        ),
        (
            "note.list",
            'query.sort === "title_asc" ? "asc" : "desc"',
            '"asc"',
            "title_desc shows another order",
        ),
        ("note.list", "(query.page - 1) * query.limit", "0", "page 2 shows what page 1 shows"),
        ("note.list", ".limit(query.limit)", "", "pages of one row show 2 and 1"),
        (
            "user.login",
            "|| !(await compare(body.password, user.password_hash))",
            "",
            "any password will do",
        ),
    ],
)
def test_what_a_changed_service_does_wrong(
    operation: str, before: str, after: str, wrong: str
) -> None:
    found = faults(operation, changed((before, after)))
    assert wrong in found if wrong else not found
