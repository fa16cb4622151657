"""Generated backends on a real PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.node.runtime import SandboxError, network_namespace_permitted, verify_project
from pipeline.project import Project
from pipeline.records.journal import write_files
from pipeline.render.nest.database import render_database
from pipeline.render.project import render
from tests.pipeline.derive.reads.magazine import magazine
from tests.pipeline.postgres_server import PostgresServer, needs_postgres
from tests.pipeline.random_forms import RandomForms, design_random

RACE = """
import { startApp } from "../src/app.js";
import { loadConfig } from "../src/config.js";
import * as api from "../sdk/index.js";

const secrets = { JWT_SECRET: "a secret of the race, and of nothing else" };
const { app, url } = await startApp({ ...loadConfig({ ...process.env, ...secrets }), port: 0 });
const body = { email: "ann@example.com", password: "correct horse battery" };
const join = () => api.members.join({ host: url }, body).then(() => 201, (error) => error.status);
const statuses = await Promise.all(Array.from({ length: 5 }, join));
await app.close();
const ok = statuses.sort().join() === "201,409,409,409,409";
console.log(JSON.stringify({ name: "race", ok, ms: 0, error: statuses.join() }));
console.log(JSON.stringify({ passed: Number(ok), total: 1, bootMs: 0, totalMs: 0 }));
"""
"""Joins five times at once: one of them does, the others find the address taken."""

OUTAGE = """
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { startApp } from "../src/app.js";
import { loadConfig } from "../src/config.js";
import { DatabaseService } from "../src/database/database.service.js";
import * as api from "../sdk/index.js";

const settings = {
  JWT_SECRET: "a secret of the outage, and of nothing else",
  PASSWORD_COST: "1024",
  ACCOUNT_REQUESTS_PER_MINUTE: "0",
  PORT: "0",
};
const { app, url } = await startApp(loadConfig({ ...process.env, ...settings }));
const join = () => {
  const body = { email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" };
  return api.members.join({ host: url }, body).then(() => 201, (error) => error.status);
};
const before = await Promise.all(Array.from({ length: 5 }, join));
const others = sql`select pg_terminate_backend(pid) from pg_stat_activity
  where pid <> pg_backend_pid() and usename = current_user`;
await others.execute(app.get(DatabaseService));
await setTimeout(200);
const after = await Promise.all(Array.from({ length: 5 }, join));
await app.close();
const ok = [...before, ...after].every((status) => status === 201);
console.log(JSON.stringify({ name: "outage", ok, ms: 0, error: [...before, ...after].join() }));
console.log(JSON.stringify({ passed: Number(ok), total: 1, bootMs: 0, totalMs: 0 }));
"""
"""Ends the idle connections of the pool, as a restart of the server does, and calls again."""


def statements(project: Project) -> list[str]:
    """Read the DDL of a project."""
    text = next(f.text for f in render_database(project) if f.path == "src/database/ddl.ts")
    return re.findall(r"^  `(.*?)`,$", text, re.MULTILINE | re.DOTALL)


@needs_postgres
def test_every_feature_of_reading_works(server: PostgresServer, tmp_path: Path) -> None:
    project = magazine()
    write_files(tmp_path, {file.path: file.text for file in render(project)})
    report = verify_project(tmp_path, database_url=server.new_database())
    assert report.green, [test for test in report.tests if not test.ok] or report.log_tail


@needs_postgres
@pytest.mark.parametrize("name", ["todo", "board", "booking"])
def test_golden_tests_are_green(
    name: str, server: PostgresServer, tmp_path: Path, golden: Callable[[str], Project]
) -> None:
    write_files(tmp_path, {file.path: file.text for file in render(golden(name))})
    url = server.new_database()
    report = verify_project(tmp_path, database_url=url)
    assert report.green, [test for test in report.tests if not test.ok] or report.log_tail
    assert report.isolation == ("namespace" if network_namespace_permitted() else "guard")
    kept = server.run("psql", "-At", "-d", url, "-c", "select count(*) from members")
    assert int(kept) > 0, "the rows of the last test are in PostgreSQL"
    again = verify_project(tmp_path, database_url=url)
    assert again.booted, "tables that are there already stay as they are"


@needs_postgres
def test_what_the_database_refuses_is_a_conflict(
    todo: Project, server: PostgresServer, tmp_path: Path
) -> None:
    files = {file.path: file.text for file in render(todo)}
    write_files(tmp_path, {**files, "test/run.ts": RACE})
    report = verify_project(tmp_path, database_url=server.new_database())
    assert report.green, (report.tests, report.log_tail)


@needs_postgres
def test_a_backend_outlives_the_connections_of_its_database(
    todo: Project, server: PostgresServer, tmp_path: Path
) -> None:
    files = {file.path: file.text for file in render(todo)}
    write_files(tmp_path, {**files, "test/run.ts": OUTAGE})
    report = verify_project(tmp_path, database_url=server.new_database())
    assert report.green, (report.tests, report.log_tail)


@needs_postgres
def test_any_project_makes_its_tables(server: PostgresServer) -> None:
    made = 0
    script: list[str] = ["\\set ON_ERROR_STOP on"]
    for seed in range(1, 21):
        project, _ = design_random(RandomForms(seed))
        found = statements(project)
        made += sum(statement.startswith("CREATE TABLE") for statement in found)
        assert made >= len(project.database.tables)
        script += [f"CREATE SCHEMA s{seed};", f"SET search_path TO s{seed};"]
        script += [f"{statement};" for statement in found]
    count = "SELECT count(*) FROM pg_tables WHERE schemaname ~ '^s[0-9]+$';"
    url = server.new_database()
    printed = server.run("psql", "-Atq", "-d", url, text="\n".join([*script, count]))
    assert int(printed) == made


@pytest.mark.parametrize(
    "url", ["postgres://user@example.com/db", "mysql://127.0.0.1/db", "postgres:///db"]
)
def test_a_database_elsewhere_is_refused(url: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"test/run.ts": "export {};"})
    with pytest.raises(SandboxError, match=r"on this machine only|not the URL of a PostgreSQL"):
        verify_project(tmp_path, database_url=url)
