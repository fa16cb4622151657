"""Units of work of a generated backend on SQLite: what is refused, what waits, what is closed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.node.runtime import verify_project
from pipeline.project import Project
from pipeline.records.journal import write_files
from pipeline.render.project import render

FRAME = """
import {{ startApp }} from "../src/app.js";
import {{ loadConfig }} from "../src/config.js";
import {{ DatabaseService }} from "../src/database/database.service.js";
import * as api from "../sdk/index.js";

const settings = {{
  JWT_SECRET: "a secret of these units, and of nothing else",
  DATABASE_PATH: ":memory:",
  PORT: "0",
}};
const {{ app, url }} = await startApp(loadConfig(settings));
const database = app.get(DatabaseService);
const password = "correct horse battery";
const join = (email: string) => api.members.join({{ host: url }}, {{ email, password }});
const statusOf = (made: Promise<unknown>): Promise<number> =>
  made.then(() => 200, (error: unknown) => (error instanceof api.HttpError ? error.status : 0));
const row = {{
  password_hash: "hash",
  token_version: 0,
  created_at: new Date().toISOString(),
  updated_at: new Date().toISOString(),
}};
let found = "";
{body}
await app.close();
const ok = found === {expected!r};
console.log(JSON.stringify({{ name: "unit", ok, ms: 0, error: found }}));
console.log(JSON.stringify({{ passed: Number(ok), total: 1, bootMs: 0, totalMs: 0 }}));
"""

CASES = {
    "a unit that throws has written nothing": (
        """
await database
  .atomically(async (trx) => {
    const values = { ...row, id: crypto.randomUUID(), email: "ann@example.com" };
    await trx.insertInto("members").values(values).execute();
    throw new Error("no");
  })
  .catch((error: Error) => (found = error.message));
found += (await database.selectFrom("members").selectAll().execute()).length;
""",
        "no0",
    ),
    "units do not meet at their awaits": (
        """
const raise = () =>
  database.atomically(async (trx) => {
    const members = await trx.selectFrom("members").select("id").execute();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const email = `member-${members.length}@example.com`;
    await trx.insertInto("members").values({ ...row, id: crypto.randomUUID(), email }).execute();
  });
await Promise.all(Array.from({ length: 10 }, raise));
const members = await database.selectFrom("members").select("email").orderBy("email").execute();
found = members.map(({ email }) => email[7]).join("");
""",
        "0123456789",
    ),
    "work that met another unit is done again, other errors are not": (
        """
let tries = 0;
const busy = () => Object.assign(new Error("busy"), { code: "40001" });
found = String(
  await database.atomically(async () => {
    tries += 1;
    if (tries < 3) throw busy();
    return tries;
  }),
);
await database.atomically(() => Promise.reject(new Error("else"))).catch(() => (found += " else"));
await database
  .atomically(async () => {
    tries += 1;
    throw busy();
  })
  .catch((error: Error) => (found += ` ${tries} ${error.constructor.name}`));
""",
        "3 else 15 ServiceUnavailableException",
    ),
    "a value out of its bounds is a conflict": (
        """
const { id } = (await join("ann@example.com")).member;
const most = { token_version: 1_000_000 };
await database.updateTable("members").set(most).where("id", "=", id).execute();
const session = await api.members.login({ host: url }, { email: "ann@example.com", password });
const headers = { authorization: `Bearer ${session.accessToken}` };
found = String(await statusOf(api.members.logout({ host: url, headers })));
""",
        "409",
    ),
    "what was called before the end is answered": (
        """
const unit = database.atomically.bind(database);
const begun = new Promise<void>((resolve) => {
  database.atomically = (work) => {
    resolve();
    return unit(work);
  };
});
const joining = statusOf(join("ann@example.com"));
await begun;
await app.close();
found = String(await joining);
""",
        "200",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_units_of_work(name: str, todo: Project, tmp_path: Path) -> None:
    body, expected = CASES[name]
    files = {file.path: file.text for file in render(todo)}
    program = FRAME.format(body=body, expected=expected)
    write_files(tmp_path, {**files, "test/run.ts": program})
    report = verify_project(tmp_path)
    assert report.green, (report.tests, report.log_tail)
