"""What holds the backend together: the module, the accounts, and the files that never differ."""

from __future__ import annotations

from importlib.resources import files

from pipeline.ast.database import DecimalType, Table
from pipeline.ast.expression import (
    Arithmetic,
    Elapsed,
    GeneratedText,
    Portion,
    Quotient,
    StartOf,
    TimeOfDay,
    Weekday,
)
from pipeline.ast.interface import FreeObjectSchema, PercentageSource, SumSource
from pipeline.ast.walk import walk
from pipeline.derive.retention import sweeps
from pipeline.project import File, Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.nest.configuration import config_file, env_example
from pipeline.render.nest.package import package_files
from pipeline.render.nest.places import (
    account_tables,
    has_resets,
    relative,
    resources,
    schema_names,
)
from pipeline.render.nest.readme import readme
from pipeline.render.typescript import Imports, brackets, chain, quoted

_PLAIN = (
    "tsconfig.json",
    "Dockerfile",
    "eslint.config.js",
    "prisma.config.ts",
    "src/main.ts",
    "src/app.ts",
    "src/migrate.ts",
    "src/common/clock.ts",
    "src/common/ensure.ts",
    "src/common/env-file.ts",
    "src/common/environment.ts",
    "src/common/error.filter.ts",
    "src/common/health.controller.ts",
    "src/common/program.ts",
    "src/common/schemas.ts",
    "src/common/security-headers.ts",
    "src/database/constraint.filter.ts",
    "src/database/database.service.ts",
    "src/database/failures.ts",
    "src/database/migrate.ts",
    "src/database/migrations/0001-initial.ts",
    "src/database/new-migration.ts",
    "src/database/paginate.ts",
    "src/database/postgres.ts",
    "src/database/sql-expressions.ts",
    "src/database/sqlite.ts",
)
_HIDDEN = (".dockerignore", ".gitignore", ".prettierignore", ".prettierrc.json")
"""Files that would be at work in our own repository, where their names have no dot."""
_ACCOUNTS = (
    "src/common/auth.guard.ts",
    "src/common/current-actor.ts",
    "src/common/password.service.ts",
    "src/common/rate-limit.guard.ts",
    "src/common/token.service.ts",
)


_RESETS = ("src/common/mailer.ts", "src/common/password-reset.service.ts")
_MAILER = "./common/mailer.js"
_OUTBOX_PLACES = {
    ".gitignore": ("*.sqlite-*\n", "*.jsonl\n"),
    "Dockerfile": ("DATABASE_PATH=/data/database.sqlite", " OUTBOX=/data/outbox.jsonl"),
}
"""Behind which text of a fixed file something is said of mail, and what."""


def render_application(project: Project) -> tuple[File, ...]:
    """Render the fixed files, and those that depend on the actors and resources only."""
    has_accounts = bool(account_tables(project))
    has_mail = has_resets(project)
    found = [scaffold(path) for path in _PLAIN]
    found += [File(path, scaffold(path.removeprefix(".")).text) for path in _HIDDEN]
    if has_mail:
        found = [_with_outbox(file) for file in found]
        found += [scaffold(path) for path in _RESETS]
    if has_accounts:
        found += [scaffold(path) for path in _ACCOUNTS]
        found += [_actor_kind(project), _accounts_service(project)]
    if _keeps_objects(project):
        found.append(scaffold("src/common/json.ts"))
    spoken = [*walk(project.program), *walk(project.interface.schemas)]
    if any(isinstance(node, Portion | Quotient | Elapsed | PercentageSource) for node in spoken):
        found.append(scaffold("src/common/rounding.ts"))
    if any(isinstance(node, StartOf | TimeOfDay | Weekday) or _is_of_now(node) for node in spoken):
        found.append(scaffold("src/common/calendar.ts"))
    if _reckons_money(project):
        found.append(scaffold("src/common/money.ts"))
    if any(isinstance(node, GeneratedText) for node in walk(project.program)):
        found.append(scaffold("src/common/codes.ts"))
    found += [config_file(project), env_example(project), _app_module(project)]
    found += [*package_files(project), readme(project)]
    return tuple(found)


def _is_of_now(node: object) -> bool:
    """Whether it is a sum over rows of the present period."""
    return isinstance(node, SumSource) and node.period != "always"


def _with_outbox(file: File) -> File:
    """Keep mail that was not delivered out of commits, and with the data in a container."""
    before, added = _OUTBOX_PLACES.get(file.path, ("", ""))
    return File(file.path, file.text.replace(before, before + added)) if before else file


def _keeps_objects(project: Project) -> bool:
    """Whether a caller writes or sees an object of free form."""
    return any(isinstance(node, FreeObjectSchema) for node in walk(project.interface.schemas))


def _reckons_money(project: Project) -> bool:
    has_money = any(
        isinstance(column.type, DecimalType)
        for table in project.database.tables
        for column in table.columns
    )
    reckons = any(isinstance(node, Arithmetic) for node in walk(project.program))
    sums_up = any(operation.summary is not None for operation in project.interface.operations)
    sums_up |= any(isinstance(node, SumSource) for node in walk(project.interface.schemas))
    return has_money and (reckons or sums_up)


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
        "/** Whether a claim of a token names a kind of account. */\n"
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
            "  public async exists({ id }: CurrentActor, version: number): Promise<boolean> {\n"
            f"{lookup}\n    return account?.token_version === version;\n  }}\n"
        )
    else:
        cases = "".join(
            f"      case {quoted(table.name)}:\n"
            + layout(concat("return ", _account_query(table), ";"), 8)
            + "\n"
            for table in tables
        )
        body = (
            "  public async exists(actor: CurrentActor, version: number): Promise<boolean> {\n"
            "    return (await this.find(actor))?.token_version === version;\n  }\n\n"
            "  private find({ kind, id }: CurrentActor):"
            " Promise<{ token_version: number } | undefined> {\n"
            f"    switch (kind) {{\n{cases}    }}\n  }}\n"
        )
    text = (
        "/** Look accounts up by the actor they belong to. */\n"
        f"@{injectable}()\n"
        "export class AccountsService {\n"
        f"  public constructor(@{inject}(DatabaseService) private readonly db: DatabaseService) "
        "{}\n\n"
        "  /** Whether an account still exists and has not ended its sessions since. */\n"
        f"{body}}}\n"
    )
    return File(path, imports.render() + text)


def _account_query(table: Table) -> Doc:
    columns = 'select("token_version")'
    selection = [f"selectFrom({quoted(table.plural)})", columns, 'where("id", "=", id)']
    return chain("this.db", [*selection, "executeTakeFirst()"])


def _app_module(project: Project) -> File:
    path = "src/app.module.ts"
    imports = Imports(schema_names(project))
    module = imports.value("@nestjs/common", "Module")
    dynamic = imports.type("@nestjs/common", "DynamicModule")
    imports.value("./config.js", "APP_CONFIG")
    imports.type("./config.js", "AppConfig")
    shared = {"DatabaseService": "./database/database.service.js"}
    fixed = {
        "APP_FILTER": ("ConstraintFilter", "./database/constraint.filter.js"),
    }
    if account_tables(project):
        shared["AccountsService"] = "./common/accounts.service.js"
        shared["PasswordService"] = "./common/password.service.js"
        shared["TokenService"] = "./common/token.service.js"
        fixed["APP_GUARD"] = ("RateLimitGuard", "./common/rate-limit.guard.js")
    if has_resets(project):
        shared["PasswordResetService"] = "./common/password-reset.service.js"
    if sweeps(project.analysis, project.database):
        shared["RetentionService"] = "./common/retention.service.js"
    for name, place in shared.items():
        imports.value(place, name)
    bound: list[Doc] = ["{ provide: APP_CONFIG, useValue: config }"]
    for token, (name, place) in fixed.items():
        imports.value(place, name)
        bound.append(f"{{ provide: {imports.value('@nestjs/core', token)}, useClass: {name} }}")
    if has_resets(project):
        mailer, outbox = (imports.value(_MAILER, name) for name in ("Mailer", "OutboxMailer"))
        bound.append(f"{{ provide: {mailer}, useClass: {outbox} }}")
    modules: list[str] = []
    for resource in resources(project):
        name = f"{resource.class_stem}Module"
        imports.value(relative(path, resource.file("module")), name)
        modules.append(name)
    health = imports.value("./common/health.controller.js", "HealthController")
    lines = (
        concat("imports: ", brackets(modules), ","),
        concat("controllers: ", brackets([health]), ","),
        concat("providers: ", brackets([*bound, *shared]), ","),
        concat("exports: ", brackets(["APP_CONFIG", *shared]), ","),
    )
    text = (
        "/** The application: its resources, and what all of them share. */\n"
        f"@{module}({{}})\n"
        "export class AppModule {\n"
        "  /** Make the application for a configuration. */\n"
        f"  public static forRoot(config: AppConfig): {dynamic} {{\n"
        "    return {\n"
        "      module: AppModule,\n"
        "      global: true,\n"
        + "".join(f"{layout(line, 6)}\n" for line in lines)
        + "    };\n  }\n}\n"
    )
    return File(path, imports.render() + text)
