"""Actions on all rows that qualify, and reads that leave traces."""

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
    operation,
    verify_small,
    walk_small,
)


def is_state(word: str) -> Form:
    value = {"kind": "enum", "value": word}
    return {"kind": "compare", "column": "state", "operator": "eq", "value": value}


def sketch(**parts: list[Form]) -> Form:
    return {name: parts.get(name, []) for name in ("where", "checks", "sets", "effects")}


def batch(name: str, many: str) -> Form:
    empty: Form = {"name": name, "input": [], "required_input": []}
    return {**operation("action", **empty), "many": many}


VIEWED = {
    "kind": "arithmetic",
    "left": {"kind": "field", "row": "found", "column": "views"},
    "operator": "add",
    "right": {"kind": "integer", "value": 1},
}
MESSAGES = Small(
    columns=[
        column("note", type="text", min_length=1, max_length=40),
        column("state", type="enum", values=["fresh", "seen", "gone"], default="fresh"),
        column("views", type="integer", minimum=0, maximum=1_000_000, default=0),
    ],
    kept=["views"],
    actions=[batch("mark_seen", "change"), batch("purge", "erase")],
    programs={
        "items.read": sketch(
            effects=[
                {"kind": "change", "row": "found", "sets": [{"column": "views", "value": VIEWED}]}
            ]
        ),
        "items.markSeen": sketch(
            where=[is_state("fresh")],
            sets=[{"column": "state", "value": {"kind": "enum", "value": "seen"}}],
        ),
        "items.purge": sketch(where=[is_state("gone")]),
    },
)
STEPS = """
  const email = "bob@example.com";
  const password = credentials.password;
  const { accessToken } = await api.members.join({ host }, { email, password });
  const other = { host, headers: { authorization: `Bearer ${accessToken}` } };
  const foreign = await api.items.create(other, { note: "not mine" });
  const fresh = await api.items.create(member, { note: "fresh" });
  const gone = await api.items.create(member, { note: "gone", state: "gone" });
  await api.items.markSeen(member);
  const seen = await api.items.read(member, fresh.id);
  strict.deepEqual([seen.state, seen.views], ["seen", 1]);
  strict.equal((await api.items.read(member, fresh.id)).views, 2);
  strict.equal((await api.items.read(other, foreign.id)).state, "fresh");
  strict.equal((await api.items.read(member, gone.id)).state, "gone");
  await api.items.purge(member);
  strict.equal(await status(api.items.read(member, gone.id)), 404);
  strict.equal((await api.items.list(member)).data.length, 1);
  strict.equal(await status(api.items.purge({ host })), 401);
"""


@pytest.fixture(scope="module")
def messages() -> Project:
    return design_small(MESSAGES)


def test_a_batch_is_about_the_caller_s_rows_that_qualify(messages: Project, tmp_path: Path) -> None:
    walk_small(messages, tmp_path, STEPS)


def test_a_service_with_batches_passes_its_own_tests(messages: Project, tmp_path: Path) -> None:
    verify_small(messages, tmp_path)


def test_a_batch_stands_on_the_collection(messages: Project) -> None:
    found = messages.interface.operation("items.markSeen")
    assert (found.kind, found.path, found.parameters) == ("batch", "/items/mark-seen", ())
    assert (found.request, found.response, found.success) == (None, None, 204)
    assert '"/items/mark-seen"' in files_of(messages)["openapi.json"]
