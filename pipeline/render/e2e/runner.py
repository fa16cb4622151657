"""The program that runs all tests."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.project import Project
from pipeline.render.e2e.features import feature_place, named_import
from pipeline.render.e2e.harness import needs_invite
from pipeline.render.layout import HARD_LINE, Doc, Indent, concat, layout
from pipeline.render.nest.places import account_tables, has_resets
from pipeline.render.typescript import braces, brackets, call, quoted

_PASSWORD_COST = 1024
"""A sixteenth of the default: tests make accounts all the time, and keep no secret."""
_NO_RATE_LIMIT = 'ACCOUNT_REQUESTS_PER_MINUTE: "0"'
_FUNCTIONS = """\
interface Outcome {
  name: string;
  ok: boolean;
  ms: number;
  error?: string;
}

function describe(error: unknown): string {
  if (error instanceof AssertionError)
    return `${error.message} Expected ${inspect(error.expected)}, got ${inspect(error.actual)}.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function outcomeOf(name: string, test: TestFunction, url: string): Promise<Outcome> {
  const began = performance.now();
  const elapsed = (): number => Math.round(performance.now() - began);
  try {
    await test({ host: url });
    return { name, ok: true, ms: elapsed() };
  } catch (error) {
    return { name, ok: false, ms: elapsed(), error: describe(error) };
  }
}

/** Empty the tables, so that no test finds what another one left. */
async function clear(database: DatabaseService): Promise<void> {
  const tables = TABLES.map((name) => sql.table(name));
  if (CONFIG.databaseUrl !== undefined) {
    await sql`truncate ${sql.join(tables)} cascade`.execute(database);
    return;
  }
  await sql`pragma foreign_keys = off`.execute(database);
  for (const table of tables) await sql`delete from ${table}`.execute(database);
  await sql`pragma foreign_keys = on`.execute(database);
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\\n`);
}
"""
_TRACES = """\
/** How many rows each table has, and when one was written last; @ASIDE@ aside. */
async function traces(database: DatabaseService): Promise<unknown> {
  const tables = TABLES.filter((name) => @APART@);
  const found = tables.map(
    (name) => sql`
      select ${sql.lit(name)} as name, count(*) as rows, max(updated_at) as latest
      from ${sql.table(name)}`,
  );
  const { rows } = await sql`${sql.join(found, sql` union all `)} order by name`.execute(database);
  return rows;
}
"""
_MAIN = """\
const began = performance.now();
const { app, url } = await startApp(CONFIG);
const database = app.get(DatabaseService);
@WATCH@@MAIL@const bootMs = Math.round(performance.now() - began);
let passed = 0;
for (const [name, test] of TESTS) {
  await clear(database);
  const outcome = await outcomeOf(name, test, url);
  print(outcome);
  if (outcome.ok) passed += 1;
}
await app.close();
print({ passed, total: TESTS.length, bootMs, totalMs: Math.round(performance.now() - began) });
process.exitCode = passed === TESTS.length ? 0 : 1;
"""
_WATCH = "watch(() => traces(database));\n"
_MAIL = "app.get(Mailer).send = keepMail;\n"
_APART = ("token_families", "password_resets")
"""Tables that show no trace: of sessions, and of passwords that are reset."""


def runner(project: Project, used: Collection[str]) -> str:
    """Print the program that runs all tests; it names them, so that it need read no folder.

    `used` are the helpers that the tests call.
    """
    functions = project.tests.functions
    invited = needs_invite(project)
    watches, mails = "expectStatus" in used, "mailedToken" in used
    imports = [
        'import { AssertionError } from "node:assert/strict";',
        'import { inspect } from "node:util";',
        'import { sql } from "kysely";',
        'import { startApp } from "../src/app.js";',
        'import { loadConfig } from "../src/config.js";',
        'import { DatabaseService } from "../src/database/database.service.js";',
        'import { TABLES } from "../src/database/ddl.js";',
    ]
    if mails:
        imports.insert(4, 'import { Mailer } from "../src/common/mailer.js";')
    imports += [
        named_import([f"test_{function.name}"], f"./features/{feature_place(project, function)}.js")
        for function in sorted(functions, key=lambda function: feature_place(project, function))
    ]
    shared = ["ADMIN_INVITE_CODE"] * invited + ["keepMail"] * mails + ["watch"] * watches
    imports.append(
        f'import {{ {", ".join([*shared, "type TestFunction"])} }} from "./harness.js";'
        if shared
        else 'import type { TestFunction } from "./harness.js";'
    )
    entries = [brackets([quoted(f.name), f"test_{f.name}"]) for f in functions]
    listed = concat("[", Indent(concat(*(concat(HARD_LINE, e, ",") for e in entries))))
    table = layout(concat("const TESTS: [string, TestFunction][] = ", listed, HARD_LINE, "];"))
    settings: list[Doc] = ["...process.env", 'PORT: "0"', 'DATABASE_PATH: ":memory:"']
    comment = "A free port, and data that live as long as the tests"
    if account_tables(project):
        signing = 'JWT_SECRET: randomBytes(32).toString("hex")'
        settings += [signing, f'PASSWORD_COST: "{_PASSWORD_COST}"', _NO_RATE_LIMIT]
        comment += "; passwords are quick to hash"
        imports.insert(1, 'import { randomBytes } from "node:crypto";')
    settings += ["ADMIN_INVITE_CODE"] if invited else []
    config = layout(concat("const CONFIG = ", call("loadConfig", braces(settings)), ";"))
    parts = [*imports, "", "/** Every test by its name. */", table, ""]
    parts += [f"/** {comment}. */", config, ""]
    parts += [_FUNCTIONS, *([_traces(project)] if watches else [])]
    main = _MAIN.replace("@WATCH@", _WATCH if watches else "")
    return "\n".join([*parts, main.replace("@MAIL@", _MAIL if mails else "")])


def _traces(project: Project) -> str:
    """Print what every write leaves a trace in."""
    apart = _APART if has_resets(project) else _APART[:1]
    aside = "sessions and resets" if has_resets(project) else "sessions"
    condition = " && ".join(f"name !== {quoted(name)}" for name in apart)
    return _TRACES.replace("@APART@", condition).replace("@ASIDE@", aside)
