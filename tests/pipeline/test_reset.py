"""The reset of a forgotten password: only where it is asked for, by a token that is mailed."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from pipeline.ast import program as pg
from pipeline.project import Project
from pipeline.records.journal import write_files
from pipeline.stages.interface import resource_schema
from tests.pipeline.live_backend import PASSWORD, QUICK, LiveBackend, build, outcome, running
from tests.pipeline.postgres_server import PostgresServer, needs_postgres
from tests.pipeline.small_forms import (
    Form,
    Small,
    column,
    design_answers,
    design_small,
    exposure,
    files_of,
    operation,
    verify_small,
    walk_small,
)

SMALL = Small(columns=[column("name", type="text", min_length=1, max_length=40)])
RESET: Form = {**operation("reset"), "scope": "any", "requirements": []}
ENVIRONMENT = QUICK | {"JWT_SECRET": "x" * 32, "ACCOUNT_REQUESTS_PER_MINUTE": "0"}
MAIL_TIMEOUT_S = 20.0
BOTH = ("members.requestPasswordReset", "members.resetPassword")


def answers() -> dict[str, Any]:
    """Return forms by which members reset their passwords, and admins do not."""
    found = SMALL.answers()
    plan = found["analysis/plan"]
    plan["actors"].append({"name": "admin", "kind": "admin", "description": "Who looks after it."})
    admin = {"name": "admin", "description": "The admin.", "owner": "admin", "is_account": True}
    plan["entities"].append({**admin, "attributes": []})
    found["interface/member"] = {"operations": [RESET], "exposure": exposure([], [])}
    found["interface/admin"] = {"operations": [], "exposure": exposure([], [])}
    found["program/needs/admin"] = {"operations": []}
    found["test/scenarios/admin"] = {"scenarios": []}
    return found


@pytest.fixture(scope="module")
def project() -> Project:
    return design_answers(answers())


@pytest.fixture(scope="module")
def built_project(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    write_files(folder, files_of(project))
    return build(folder, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def backend(built_project: Path) -> Iterator[LiveBackend]:
    with running(built_project, ENVIRONMENT) as found:
        yield found


def test_the_service_passes_its_own_tests(project: Project, tmp_path: Path) -> None:
    names = {test.name for test in project.tests.functions}
    assert {"member_resets_a_forgotten_password", "member_reset_of_a_password_is_checked"} <= names
    assert not any("reset" in name for name in names if name.startswith("admin"))
    verify_small(project, tmp_path)


@needs_postgres
def test_the_service_passes_its_own_tests_on_postgresql(
    project: Project, server: PostgresServer, tmp_path: Path
) -> None:
    verify_small(project, tmp_path, server.new_database())


TOKENS = """
  const { Mailer } = await import("../src/common/mailer.js");
  const { setTimeout: pause } = await import("node:timers/promises");
  const sent: { to: string; token: string }[] = [];
  app.get(Mailer).send = (message) => {
    sent.push(message);
    return Promise.resolve();
  };
  const { email } = credentials;
  const ask = async (): Promise<string> => {
    const before = sent.length;
    await api.members.requestPasswordReset({ host }, { email: email.toUpperCase() });
    while (sent.length === before) await pause(2);
    return sent.at(-1)?.token ?? "";
  };
  const use = (token: string, newPassword = "a longer battery"): Promise<number> =>
    status(api.members.resetPassword({ host }, { token, newPassword }));
  const first = await ask();
  const second = await ask();
  strict.notEqual(first, second);
  strict.equal(Buffer.from(second, "base64url").length, 32);
  strict.equal(await use(first), 401);
  await advanceClock(59, "minutes");
  strict.equal(await use(second, "short"), 400);
  const elsewhere = await api.members.login({ host }, credentials);
  strict.equal(await use(second), 200);
  strict.equal(await use(second), 401);
  strict.equal(await status(api.members.logout(member)), 401);
  const { refreshToken } = elsewhere;
  strict.equal(await status(api.members.refresh({ host }, { refreshToken })), 401);
  strict.equal(await status(api.members.login({ host }, credentials)), 401);
  await api.members.login({ host }, { email, password: "a longer battery" });
  const third = await ask();
  const many = await Promise.all(Array.from({ length: 5 }, () => use(third, "a third battery")));
  strict.deepEqual(many.sort(), [200, 401, 401, 401, 401]);
  const late = await ask();
  await advanceClock(61, "minutes");
  strict.equal(await use(late), 401);
"""
"""A newer token replaces an older one; one is good once, for an hour, and ends all sessions."""

UNANSWERED = """
  const { Mailer } = await import("../src/common/mailer.js");
  const { setTimeout: pause } = await import("node:timers/promises");
  let fail = (_: Error): void => undefined;
  let asked = 0;
  app.get(Mailer).send = () => {
    asked += 1;
    return new Promise((_, reject) => (fail = reject));
  };
  const { email } = credentials;
  strict.equal(await status(api.members.requestPasswordReset({ host }, { email })), 200);
  while (asked === 0) await pause(2);
  fail(new Error("The provider is gone."));
  const unknown = { email: "nobody@example.com" };
  strict.equal(await status(api.members.requestPasswordReset({ host }, unknown)), 200);
  await pause(50);
  strict.equal(asked, 1);
  await api.members.login({ host }, credentials);
"""
"""A provider that never answers keeps nobody waiting, nor does one that fails."""


@pytest.mark.parametrize("steps", [TOKENS, UNANSWERED])
def test_tokens_and_their_mail(project: Project, tmp_path: Path, steps: str) -> None:
    walk_small(project, tmp_path, steps)


def mailed(folder: Path, email: str) -> dict[str, str]:
    """Wait for the message to an address, which is written after the answer."""
    deadline = time.monotonic() + MAIL_TIMEOUT_S
    outbox = folder / "outbox.jsonl"
    while time.monotonic() < deadline:
        lines = outbox.read_text("utf-8").splitlines() if outbox.exists() else []
        found = [message for line in lines if (message := json.loads(line))["to"] == email]
        if found:
            return found[-1]
        time.sleep(0.02)
    raise AssertionError(f"no message to {email}")


def test_mail_is_written_to_the_outbox(backend: LiveBackend, built_project: Path) -> None:
    assert backend.join("ada@example.com").status == 201
    known, unknown = (
        backend.request("POST", "/members/password-reset", {"email": email})
        for email in ("Ada@example.com", "nobody@example.com")
    )
    assert (known.status, known.body) == (unknown.status, unknown.body) == (202, "")
    named = [sorted(set(answer.headers) - {"date"}) for answer in (known, unknown)]
    assert named[0] == named[1]
    message = mailed(built_project, "ada@example.com")
    assert sorted(message) == ["subject", "text", "to", "token"]
    assert message["token"] in message["text"]
    outbox = built_project / "outbox.jsonl"
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o600
    assert "nobody@example.com" not in outbox.read_text("utf-8")
    body = {"token": message["token"], "newPassword": "a longer battery"}
    assert backend.request("POST", "/members/password-reset/confirm", body).status == 204
    old = {"email": "ada@example.com", "password": PASSWORD}
    assert backend.request("POST", "/members/login", old).status == 401
    new = {**old, "password": "a longer battery"}
    assert backend.request("POST", "/members/login", new).status == 200


def test_only_the_hash_of_a_token_is_kept(built_project: Path, tmp_path: Path) -> None:
    file = tmp_path / "data.sqlite"
    with running(built_project, ENVIRONMENT | {"DATABASE_PATH": str(file)}) as backend:
        backend.join("eve@example.com")
        backend.request("POST", "/members/password-reset", {"email": "eve@example.com"})
        token = mailed(built_project, "eve@example.com")["token"]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert token.encode() not in kept
    assert sha256(token.encode()).hexdigest().encode() in kept


def test_an_empty_name_of_the_outbox_ends_the_start(built_project: Path) -> None:
    code, text = outcome(built_project, ENVIRONMENT | {"OUTBOX": ""})
    assert (code, text) == (1, "OUTBOX is empty; expected a text.\n")


def test_both_operations_are_promised_and_rate_limited(project: Project) -> None:
    asking, using = map(project.interface.operation, BOTH)
    assert (asking.kind, using.kind) == ("reset_request", "reset")
    assert asking.path == "/members/password-reset"
    assert using.path == "/members/password-reset/confirm"
    assert all(each.guests and each.actors == () for each in (asking, using))
    assert (asking.success, asking.statuses()) == (202, (400,))
    assert (using.success, using.statuses()) == (204, (400, 401))
    files = files_of(project)
    controller = files["src/modules/members/members.controller.ts"]
    assert controller[controller.index('@Post("password-reset")') :].count("@RateLimited()") == 2
    document = json.loads(files["openapi.json"])
    for each in (asking, using):
        assert "429" in document["paths"][each.path]["post"]["responses"]
        assert f"`api.{each.id}`" in files["README.md"]


def test_the_password_is_hashed_before_the_unit_that_uses_the_token_up(project: Project) -> None:
    function = project.program.function("members.resetPassword")
    assert [s.kind for s in function.statements] == [
        *("hash_password", "transaction", "return_nothing")
    ]
    unit = function.statements[1]
    assert isinstance(unit, pg.Transaction)
    assert [each.kind for each in unit.body] == ["read_reset", "find", "update"]


def test_mail_stays_out_of_commits_and_with_the_data(project: Project) -> None:
    files = files_of(project)
    assert "*.jsonl" in files[".gitignore"].splitlines()
    assert "OUTBOX=/data/outbox.jsonl" in files["Dockerfile"]
    assert "# OUTBOX=./outbox.jsonl" in files[".env.example"].splitlines()
    assert "Replace\nthis class by your provider" in files["README.md"]
    assert "model PasswordReset {" in files["prisma/schema.prisma"]


def test_nothing_is_generated_that_is_not_asked_for() -> None:
    files = files_of(design_small(SMALL))
    assert not any("mailer" in path or "reset" in path for path in files)
    found = [path for path, text in files.items() if "OUTBOX" in text or "password_reset" in text]
    assert found == []


def test_accounts_alone_are_offered_a_reset(project: Project) -> None:
    database = project.database
    offered = {
        table.name
        for table in database.tables
        if "'reset'" in str(resource_schema(project.analysis, database, table, most=9).root)
    }
    assert offered == {"member", "admin"}
