"""The project's own files: configuration, package file, README."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipeline.ast.interface import Operation
from pipeline.names import to_snake
from pipeline.project import File, Project
from pipeline.render.nest.controller import route
from pipeline.render.nest.places import account_tables, resources
from pipeline.render.typescript import jsdoc

_DEPENDENCIES = {
    "@nestjs/common": "12.5.1",
    "@nestjs/core": "12.5.1",
    "@nestjs/platform-express": "12.5.1",
    "jsonwebtoken": "9.0.3",
    "kysely": "0.29.9",
    "pg": "8.23.1",
    "reflect-metadata": "0.2.2",
    "rxjs": "7.8.2",
    "zod": "4.6.7",
}
_DEVELOPMENT = {
    "@types/express": "5.0.6",
    "@types/jsonwebtoken": "9.0.10",
    "@types/node": "24.19.2",
    "@types/pg": "8.23.1",
    "typescript": "7.0.2",
}
_ACCOUNT_PACKAGES = ("jsonwebtoken", "@types/jsonwebtoken")


@dataclass(frozen=True)
class _Setting:
    """A member of the configuration, and the environment variable it is read from."""

    name: str
    type: str
    text: str
    value: str


_BASIC = (
    _Setting("host", "string", "Address to listen on.", 'env["HOST"] ?? "127.0.0.1"'),
    _Setting(
        "port",
        "number",
        "Port to listen on; 0 picks a free one.",
        'Number(env["PORT"] ?? "3000")',
    ),
    _Setting(
        "databasePath",
        "string",
        "SQLite file; by default the data live in memory only.",
        'env["DATABASE_PATH"] ?? ":memory:"',
    ),
    _Setting(
        "databaseUrl",
        "string | undefined",
        "PostgreSQL database to use instead of SQLite, such as postgres://user@host/name.",
        'env["DATABASE_URL"]',
    ),
)
_OF_ACCOUNTS = (
    _Setting("jwtSecret", "string", "Secret that signs the tokens.", 'secret(env, "JWT_SECRET")'),
    _Setting(
        "accessTtlSeconds",
        "number",
        "How long an access token is valid.",
        'Number(env["ACCESS_TTL_SECONDS"] ?? "3600")',
    ),
    _Setting(
        "refreshTtlSeconds",
        "number",
        "How long a refresh token is valid.",
        'Number(env["REFRESH_TTL_SECONDS"] ?? "604800")',
    ),
    _Setting(
        "passwordCost",
        "number",
        "Work that hashing a password takes (scrypt's N), a power of two.",
        'Number(env["PASSWORD_COST"] ?? "16384")',
    ),
)
_OF_ADMINS = (
    _Setting(
        "adminInviteCode",
        "string",
        "Code that lets an admin join.",
        'secret(env, "ADMIN_INVITE_CODE")',
    ),
)

_READER = """
/** Read a secret; outside production a value for development stands in for it. */
function secret(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value !== undefined) return value;
  if (env["NODE_ENV"] === "production") throw new Error(`Set ${name} in production.`);
  return `development-only-${name}`;
}
"""


def config_file(project: Project) -> File:
    """Render `src/config.ts`: only what the backend reads of its environment."""
    has_accounts = bool(account_tables(project))
    settings = [
        *_BASIC,
        *(_OF_ACCOUNTS if has_accounts else ()),
        *(_OF_ADMINS if _has_admins(project) else ()),
    ]
    fields = "".join(f"{jsdoc([s.text], indent=2)}  {s.name}: {s.type};\n" for s in settings)
    values = "".join(f"    {s.name}: {s.value},\n" for s in settings)
    text = (
        "/** Configuration of the application. */\n"
        f"export interface AppConfig {{\n{fields}}}\n\n"
        "/** Injection token of {@link AppConfig}. */\n"
        'export const APP_CONFIG = Symbol("APP_CONFIG");\n\n'
        "/** Read the configuration from the environment. */\n"
        "export function loadConfig(env: NodeJS.ProcessEnv = process.env): AppConfig {\n"
        f"  return {{\n{values}  }};\n"
        "}\n"
    )
    return File("src/config.ts", text + (_READER if has_accounts else ""))


def _has_admins(project: Project) -> bool:
    return any(actor.kind == "admin" for actor in project.analysis.actors)


def package_file(project: Project) -> File:
    """Render `package.json`, with the packages that the backend imports."""
    has_accounts = bool(account_tables(project))

    def kept(packages: dict[str, str]) -> dict[str, str]:
        return {
            name: version
            for name, version in packages.items()
            if has_accounts or name not in _ACCOUNT_PACKAGES
        }

    document = {
        "name": _package_name(project),
        "version": "0.1.0",
        "private": True,
        "description": project.analysis.summary,
        "type": "module",
        "engines": {"node": ">=24"},
        "scripts": {
            "build": "tsc",
            "check": "tsc --noEmit",
            "start": "node dist/src/main.js",
            "test": "node dist/test/run.js",
        },
        "dependencies": kept(_DEPENDENCIES),
        "devDependencies": kept(_DEVELOPMENT),
    }
    return File("package.json", json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _package_name(project: Project) -> str:
    snake = to_snake(project.analysis.title)
    return (str(snake) or "generated").replace("_", "-") + "-backend"


_BASIC_VARIABLES = (
    ("HOST`, `PORT", "127.0.0.1, 3000", "Where it listens."),
    ("DATABASE_PATH", ":memory:", "SQLite file; without one, the data live in memory only."),
    (
        "DATABASE_URL",
        "none",
        "PostgreSQL to use instead of SQLite, such as `postgres://user:password@host/name`.",
    ),
)
_ACCOUNT_VARIABLES = (
    ("JWT_SECRET", "for development only", "Signs the tokens; needed in production."),
    ("ACCESS_TTL_SECONDS", "3600", "How long an access token is valid."),
    ("REFRESH_TTL_SECONDS", "604800", "How long a refresh token is valid."),
    ("PASSWORD_COST", "16384", "Work that hashing a password takes, a power of two."),
)
_ADMIN_VARIABLES = (
    ("ADMIN_INVITE_CODE", "for development only", "Lets an admin join; see above."),
)

_README = """# {title}

{summary}

A backend of NestJS and Kysely, with a typed SDK and end-to-end tests. It keeps its data in SQLite,
or in PostgreSQL if `DATABASE_URL` names a database; the tables are made at the first start.

## Run

```sh
npm install
npm run build
npm start        # or: npm test
```

The tests run on PostgreSQL, too: `DATABASE_URL=postgres://… npm test`, with an empty database.

| Variable | Default | Meaning |
|---|---|---|
{listed}

## Endpoints

| Endpoint | Callers | SDK | What it does |
|---|---|---|---|
{endpoints}

## Many callers at once

Whatever checks and writes does so in one unit of work (`DatabaseService.atomically`), so that no
two requests pass the same check. On PostgreSQL it is a serializable transaction, done again where
it met another one; if that fails too often, or the database can't be reached, the answer is 503 and
nothing has been written. On SQLite it holds the right to write from its start; other processes
wait up to five seconds for it, then answer 503, too. Bounds, lengths and words are checks of the
tables as well: what would break one is refused with 409.

## Where things are

| Folder | Holds |
|---|---|
| `docs/` | the requirements and the entity relationship diagram |
| `prisma/` | the schema of the database, as documentation |
| `src/modules/` | one module a resource: routes in the controller, rules in the service |
| `src/structures/` | what comes in and goes out, checked by zod |
| `src/database/` | tables, their types, and the connection |
| `sdk/` | a typed client |
| `test/` | end-to-end tests through the SDK |
"""


def readme(project: Project) -> File:
    """Render the README: how to run the backend, and what it offers."""
    variables = [
        *_BASIC_VARIABLES,
        *(_ACCOUNT_VARIABLES if account_tables(project) else ()),
        *(_ADMIN_VARIABLES if _has_admins(project) else ()),
    ]
    text = _README.format(
        title=_markdown(project.analysis.title),
        summary=_markdown(project.analysis.summary),
        listed="\n".join(f"| `{n}` | {default} | {text} |" for n, default, text in variables),
        endpoints="\n".join(_endpoint(o) for r in resources(project) for o in r.operations),
    )
    return File("README.md", text)


def _endpoint(operation: Operation) -> str:
    callers = "anyone" if operation.guests else ", ".join(operation.actors)
    route_text = f"`{operation.http_method} /{route(operation.path)}`"
    return (
        f"| {route_text} | {callers} | `api.{operation.id}` | {_markdown(operation.description)} |"
    )


def _markdown(text: str) -> str:
    for mark in "\\`*_{}[]<>#|$":
        text = text.replace(mark, "\\" + mark)
    return text
