"""What holds the backend together: module, configuration, accounts, package file, README."""

from __future__ import annotations

import json
from importlib.resources import files

from pipeline.ast.database import Table
from pipeline.ast.interface import Operation
from pipeline.names import to_snake
from pipeline.project import File, Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.nest.controller import route
from pipeline.render.nest.places import account_tables, relative, resources, schema_names
from pipeline.render.typescript import Imports, brackets, chain, jsdoc, quoted

_PLAIN = (
    "tsconfig.json",
    "src/main.ts",
    "src/app.ts",
    "src/common/clock.ts",
    "src/common/ensure.ts",
    "src/common/schemas.ts",
    "src/database/constraint.filter.ts",
    "src/database/database.service.ts",
    "src/database/paginate.ts",
    "src/database/sql-expressions.ts",
    "src/database/sqlite.ts",
)
_ACCOUNTS = (
    "src/common/auth.guard.ts",
    "src/common/current-actor.ts",
    "src/common/password.ts",
    "src/common/token.service.ts",
)
_DEPENDENCIES = {
    "@nestjs/common": "12.5.1",
    "@nestjs/core": "12.5.1",
    "@nestjs/platform-express": "12.5.1",
    "jsonwebtoken": "9.0.3",
    "kysely": "0.29.9",
    "reflect-metadata": "0.2.2",
    "rxjs": "7.8.2",
    "zod": "4.6.7",
}
_DEVELOPMENT = {
    "@types/express": "5.0.6",
    "@types/jsonwebtoken": "9.0.10",
    "@types/node": "24.19.2",
    "typescript": "7.0.2",
}
_ACCOUNT_PACKAGES = ("jsonwebtoken", "@types/jsonwebtoken")


def render_application(project: Project) -> tuple[File, ...]:
    """Render the fixed files, and those that depend on the actors and resources only."""
    has_accounts = bool(account_tables(project))
    found = [scaffold(path) for path in _PLAIN]
    if has_accounts:
        found += [scaffold(path) for path in _ACCOUNTS]
        found += [_actor_kind(project), _accounts_service(project)]
    found += [_config(project), _app_module(project), _package(project), _readme(project)]
    return tuple(found)


def scaffold(path: str) -> File:
    """Read a file that is the same in every generated project."""
    text = files("resources").joinpath("scaffold", *path.split("/")).read_text(encoding="utf-8")
    return File(path, text)


def _actor_kind(project: Project) -> File:
    kinds = brackets([quoted(table.name) for table in account_tables(project)])
    constant = layout(concat("const ACTOR_KINDS = ", kinds, " as const;"))
    text = (
        f"{constant}\n\n"
        "/** What an account can be. */\n"
        "export type ActorKind = (typeof ACTOR_KINDS)[number];\n\n"
        "/** Tell whether a claim of a token names a kind of account. */\n"
        "export function isActorKind(claim: unknown): claim is ActorKind {\n"
        "  return ACTOR_KINDS.some((kind) => kind === claim);\n"
        "}\n"
    )
    return File("src/common/actor-kind.ts", text)


def _accounts_service(project: Project) -> File:
    path = "src/common/accounts.service.ts"
    imports = Imports(schema_names(project))
    injectable = imports.value("@nestjs/common", "Injectable")
    inject = imports.value("@nestjs/common", "Inject")
    imports.value("../database/database.service.js", "DatabaseService")
    imports.type("./current-actor.js", "CurrentActor")
    tables = account_tables(project)
    if len(tables) == 1:
        lookup = layout(concat("const account = await ", _account_query(tables[0]), ";"), 4)
        body = (
            "  public async exists({ id }: CurrentActor): Promise<boolean> {\n"
            f"{lookup}\n    return account !== undefined;\n  }}\n"
        )
    else:
        cases = "".join(
            f"      case {quoted(table.name)}:\n"
            + layout(concat("return ", _account_query(table), ";"), 8)
            + "\n"
            for table in tables
        )
        body = (
            "  public async exists(actor: CurrentActor): Promise<boolean> {\n"
            "    return (await this.find(actor)) !== undefined;\n  }\n\n"
            "  private find({ kind, id }: CurrentActor): Promise<{ id: string } | undefined> {\n"
            f"    switch (kind) {{\n{cases}    }}\n  }}\n"
        )
    text = (
        "/** Look accounts up by the actor they belong to. */\n"
        f"@{injectable}()\n"
        "export class AccountsService {\n"
        f"  public constructor(@{inject}(DatabaseService) private readonly db: DatabaseService) {{}}\n"
        "\n"
        "  /** Tell whether an account still exists. */\n"
        f"{body}}}\n"
    )
    return File(path, imports.render() + text)


def _account_query(table: Table) -> Doc:
    alive = ['where("deleted_at", "is", null)'] if table.soft_delete else []
    selection = [f"selectFrom({quoted(table.plural)})", 'select("id")', 'where("id", "=", id)']
    return chain("this.db", [*selection, *alive, "executeTakeFirst()"])


def _config(project: Project) -> File:
    has_accounts = bool(account_tables(project))
    has_admins = any(actor.kind == "admin" for actor in project.analysis.actors)
    members = [
        ("host", "string", "Address to listen on.", 'env["HOST"] ?? "127.0.0.1"'),
        (
            "port",
            "number",
            "Port to listen on; 0 picks a free one.",
            'Number(env["PORT"] ?? "3000")',
        ),
        (
            "databasePath",
            "string",
            "SQLite file; by default the data live in memory only.",
            'env["DATABASE_PATH"] ?? ":memory:"',
        ),
    ]
    if has_accounts:
        members += [
            (
                "jwtSecret",
                "string",
                "Secret that signs the tokens.",
                'secret(env, "JWT_SECRET")',
            ),
            (
                "accessTtlSeconds",
                "number",
                "How long an access token is valid.",
                'Number(env["ACCESS_TTL_SECONDS"] ?? "3600")',
            ),
            (
                "refreshTtlSeconds",
                "number",
                "How long a refresh token is valid.",
                'Number(env["REFRESH_TTL_SECONDS"] ?? "604800")',
            ),
        ]
    if has_admins:
        members.append(
            (
                "adminInviteCode",
                "string",
                "Code that lets an admin join.",
                'secret(env, "ADMIN_INVITE_CODE")',
            )
        )
    fields = "".join(f"{jsdoc([text], indent=2)}  {n}: {kind};\n" for n, kind, text, _ in members)
    values = "".join(f"    {name}: {value},\n" for name, _, _, value in members)
    secret_reader = (
        "\n/** Read a secret; outside production a value for development stands in for it. */\n"
        "function secret(env: NodeJS.ProcessEnv, name: string): string {\n"
        "  const value = env[name];\n"
        "  if (value !== undefined) return value;\n"
        '  if (env["NODE_ENV"] === "production") throw new Error(`Set ${name} in production.`);\n'
        "  return `development-only-${name}`;\n"
        "}\n"
    )
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
    return File("src/config.ts", text + (secret_reader if has_accounts else ""))


def _app_module(project: Project) -> File:
    path = "src/app.module.ts"
    imports = Imports(schema_names(project))
    module = imports.value("@nestjs/common", "Module")
    dynamic = imports.type("@nestjs/common", "DynamicModule")
    token = imports.value("@nestjs/core", "APP_FILTER")
    imports.value("./config.js", "APP_CONFIG")
    imports.type("./config.js", "AppConfig")
    imports.value("./database/constraint.filter.js", "ConstraintFilter")
    imports.value("./database/database.service.js", "DatabaseService")
    shared = ["APP_CONFIG", "DatabaseService"]
    if account_tables(project):
        imports.value("./common/accounts.service.js", "AccountsService")
        imports.value("./common/token.service.js", "TokenService")
        shared += ["AccountsService", "TokenService"]
    modules: list[str] = []
    for resource in resources(project):
        name = f"{resource.class_stem}Module"
        imports.value(relative(path, resource.file("module")), name)
        modules.append(name)
    imported = layout(concat("imports: ", brackets(modules), ","), 6)
    exported = layout(concat("exports: ", brackets(shared), ","), 6)
    providers = "".join(f"        {name},\n" for name in shared[1:])
    text = (
        "/** The application: its resources, and what all of them share. */\n"
        f"@{module}({{}})\n"
        "export class AppModule {\n"
        "  /** Make the application for a configuration. */\n"
        f"  public static forRoot(config: AppConfig): {dynamic} {{\n"
        "    return {\n"
        "      module: AppModule,\n"
        "      global: true,\n"
        f"{imported}\n"
        "      providers: [\n"
        "        { provide: APP_CONFIG, useValue: config },\n"
        f"        {{ provide: {token}, useClass: ConstraintFilter }},\n"
        f"{providers}"
        "      ],\n"
        f"{exported}\n"
        "    };\n"
        "  }\n"
        "}\n"
    )
    return File(path, imports.render() + text)


def _package(project: Project) -> File:
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


def _readme(project: Project) -> File:
    has_admins = any(actor.kind == "admin" for actor in project.analysis.actors)
    variables = [
        ("HOST`, `PORT", "127.0.0.1, 3000", "Where it listens."),
        ("DATABASE_PATH", ":memory:", "SQLite file; without one, the data live in memory only."),
    ]
    if account_tables(project):
        variables += [
            ("JWT_SECRET", "for development only", "Signs the tokens; needed in production."),
            ("ACCESS_TTL_SECONDS", "3600", "How long an access token is valid."),
            ("REFRESH_TTL_SECONDS", "604800", "How long a refresh token is valid."),
        ]
    if has_admins:
        variables.append(
            ("ADMIN_INVITE_CODE", "for development only", "Lets an admin join; see above.")
        )
    listed = "\n".join(f"| `{n}` | {default} | {text} |" for n, default, text in variables)
    endpoints = "\n".join(_endpoint(o) for r in resources(project) for o in r.operations)
    text = f"""# {_markdown(project.analysis.title)}

{_markdown(project.analysis.summary)}

A backend of NestJS, Kysely and SQLite, with a typed SDK and end-to-end tests.

## Run

```sh
npm install
npm run build
npm start        # or: npm test
```

| Variable | Default | Meaning |
|---|---|---|
{listed}

## Endpoints

| Endpoint | Callers | SDK | What it does |
|---|---|---|---|
{endpoints}

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
    return File("README.md", text)


def _endpoint(operation: Operation) -> str:
    callers = ", ".join(operation.actors) or "anyone"
    route_text = f"`{operation.http_method} /{route(operation.path)}`"
    return (
        f"| {route_text} | {callers} | `api.{operation.id}` | {_markdown(operation.description)} |"
    )


def _markdown(text: str) -> str:
    for mark in "\\`*_{}[]<>#|$":
        text = text.replace(mark, "\\" + mark)
    return text
