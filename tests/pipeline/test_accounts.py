"""Accounts at work: a password that is changed, and a role that an admin gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.ast import program as pg
from pipeline.project import Project
from tests.pipeline.small_forms import (
    Form,
    Small,
    column,
    design_answers,
    exposure,
    files_of,
    operation,
    rule,
    verify_small,
    walk_small,
)

SMALL = Small(
    columns=[column("name", type="text", min_length=1, max_length=40)],
    rules=[rule("permission", actor="member", action="erase", entity="item", allowed=False)],
)
ROLES = {"type": "enum", "values": ["plain", "moderator"], "default": "plain"}
NOTHING: dict[str, list[Form]] = {"where": [], "checks": [], "sets": [], "effects": []}


def word(value: str) -> Form:
    return {"kind": "enum", "value": value}


def answers() -> dict[str, Any]:
    """Return forms in which an admin promotes members, and moderators alone erase items."""
    found = SMALL.answers()
    plan = found["analysis/plan"]
    plan["actors"].append({"name": "admin", "kind": "admin", "description": "Who gives roles."})
    plan["entities"][0]["attributes"] += ["role"]
    admin = {"name": "admin", "description": "The admin.", "owner": "admin", "is_account": True}
    plan["entities"].append({**admin, "attributes": ["email", "password"]})
    found["database/table/member"] = {
        "soft_delete": False,
        "relations": [],
        "columns": [column("role", **ROLES)],
    }
    promote = operation("action", name="promote", input=[], required_input=[])
    promote |= {"actors": ["admin"], "scope": "any", "requirements": [], "rules": []}
    me = {**operation("me"), "requirements": []}
    found["interface/member"] = {"operations": [me, promote], "exposure": exposure(["role"], [])}
    found["interface/admin"] = {"operations": [], "exposure": exposure([], [])}
    found["interface/item"]["operations"][-1] |= {"scope": "any", "rules": ["B-1.1"]}
    moderates = {
        "kind": "guard",
        "condition": {
            "kind": "compare",
            "left": {"kind": "field", "row": "caller", "column": "role"},
            "operator": "eq",
            "right": word("moderator"),
        },
        "message": "Only a moderator may",
        "rules": ["B-1.1"],
    }
    found["program/needs/member"] = {"operations": ["members.promote"]}
    found["program/needs/item"] = {"operations": ["items.erase"]}
    found["program/needs/admin"] = {"operations": []}
    found["test/scenarios/admin"] = {"scenarios": []}
    promoted = {"column": "role", "value": word("moderator")}
    found["program/members.promote"] = {**NOTHING, "sets": [promoted]}
    found["program/items.erase"] = {**NOTHING, "checks": [moderates]}
    return found


@pytest.fixture(scope="module")
def project() -> Project:
    return design_answers(answers())


PASSWORDS = """
  const renewed = { currentPassword: credentials.password, newPassword: "a longer battery" };
  const wrong = { ...renewed, currentPassword: "not that" };
  strict.equal(await status(api.members.changePassword(member, wrong)), 403);
  const short = { ...renewed, newPassword: "short" };
  strict.equal(await status(api.members.changePassword(member, short)), 400);
  strict.equal(await status(api.members.changePassword({ host }, renewed)), 401);
  const elsewhere = await api.members.login({ host }, credentials);
  const session = await api.members.changePassword(member, renewed);
  strict.equal(session.member.id, joined.member.id);
  strict.equal(await status(api.members.me(member)), 401);
  const { refreshToken } = elsewhere;
  strict.equal(await status(api.members.refresh({ host }, { refreshToken })), 401);
  const again = { host, headers: { authorization: `Bearer ${session.accessToken}` } };
  strict.equal((await api.members.me(again)).id, joined.member.id);
  strict.equal(await status(api.members.login({ host }, credentials)), 401);
  const { email } = credentials;
  await api.members.login({ host }, { email, password: renewed.newPassword });
"""
ROLE_STEPS = """
  const boss = await api.admins.join({ host }, { ...credentials, inviteCode });
  const admin = { host, headers: { authorization: `Bearer ${boss.accessToken}` } };
  const item = await api.items.create(member, { name: "a" });
  strict.equal(await status(api.items.erase(member, item.id)), 403);
  strict.equal(await status(api.members.promote(member, joined.member.id)), 403);
  const promoted = await api.members.promote(admin, joined.member.id);
  strict.equal(promoted.role, "moderator");
  await api.items.erase(member, item.id);
"""


def test_a_changed_password_ends_all_other_sessions(project: Project, tmp_path: Path) -> None:
    walk_small(project, tmp_path, PASSWORDS)


def test_an_admin_gives_a_role_that_programs_ask_for(project: Project, tmp_path: Path) -> None:
    walk_small(project, tmp_path, ROLE_STEPS)


def test_the_service_passes_its_own_tests(project: Project, tmp_path: Path) -> None:
    names = {test.name for test in project.tests.functions}
    assert {"member_changes_its_password", "admin_changes_its_password"} <= names
    verify_small(project, tmp_path)


def test_a_change_of_a_password_is_promised_and_rate_limited(project: Project) -> None:
    found = project.interface.operation("members.changePassword")
    assert (found.kind, found.path, found.actors) == ("password", "/members/password", ("member",))
    assert (found.response, found.success) == ("MemberSession", 200)
    assert found.statuses() == (400, 401, 403)
    controller = files_of(project)["src/modules/members/members.controller.ts"]
    handler = controller[controller.index('@Post("password")') :]
    assert handler.split("public changePassword")[0].count("@RateLimited()") == 1


def test_passwords_are_hashed_before_the_unit_that_stores_them(project: Project) -> None:
    kinds = [each.kind for each in project.program.function("members.changePassword").statements]
    assert kinds == ["find", "verify_password", "hash_password", "transaction"]
    unit = project.program.function("members.changePassword").statements[-1]
    assert isinstance(unit, pg.Transaction)
    assert [each.kind for each in unit.body] == ["update", "return_session"]
