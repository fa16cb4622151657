"""What the backend reads of its environment: one table, shown as code, as a file and as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.project import File, Project
from pipeline.render.layout import concat, layout
from pipeline.render.nest.places import account_tables, has_resets
from pipeline.render.typescript import Imports, brackets, jsdoc, quoted

INVITE_CODE = "ADMIN_INVITE_CODE"


@dataclass(frozen=True)
class Setting:
    """An environment variable, and the member of the configuration that it becomes."""

    variable: str
    field: str
    type: str
    check: str
    """What the variable must be: a schema of `src/common/environment.ts`."""
    meaning: str
    default: str | int | None = None
    """What stands for a variable that is not set; None if nothing does."""
    optional: bool = False
    """Whether the backend runs without it."""
    hidden: bool = False
    """Whether its value is kept out of messages."""

    @property
    def is_secret(self) -> bool:
        """Whether the first start writes it to `.env` with a random value."""
        return self.hidden and not self.optional

    @property
    def shown_default(self) -> str:
        """Say what holds where the variable is not set."""
        if self.is_secret:
            return "random, written to `.env`"
        return "none" if self.default in (None, "") else str(self.default)


_BASIC = (
    Setting("HOST", "host", "string", "text", "Address to listen on.", "127.0.0.1"),
    Setting(
        "PORT",
        "port",
        "number",
        "whole(0, 65_535)",
        "Port to listen on; 0 picks a free one.",
        3000,
    ),
    Setting(
        "DATABASE_PATH",
        "databasePath",
        "string",
        "text",
        "SQLite file; `:memory:` keeps the data as long as the process runs.",
        "database.sqlite",
    ),
    Setting(
        "DATABASE_URL",
        "databaseUrl",
        "string | undefined",
        "postgresUrl",
        "PostgreSQL database to use instead, such as postgres://user:password@host/name.",
        optional=True,
        hidden=True,
    ),
    Setting(
        "CORS_ORIGINS",
        "corsOrigins",
        "string[]",
        "origins",
        "Origins of web pages that may call the backend, such as http://localhost:5173, with commas"
        " between them.",
        "",
    ),
    Setting(
        "TRUSTED_PROXIES",
        "trustedProxies",
        "number",
        "whole(0, 10)",
        "Proxies in front of the backend, which say whom they speak for.",
        0,
    ),
    Setting(
        "BODY_LIMIT_BYTES",
        "bodyLimitBytes",
        "number",
        "whole(1024, 104_857_600)",
        "Largest body of a request.",
        102_400,
    ),
)
_OF_ACCOUNTS = (
    Setting(
        "JWT_SECRET",
        "jwtSecret",
        "string",
        "secret(32)",
        "Secret that signs the tokens.",
        hidden=True,
    ),
    Setting(
        "ACCESS_TTL_SECONDS",
        "accessTtlSeconds",
        "number",
        "whole(1, 31_536_000)",
        "How long an access token is valid.",
        3600,
    ),
    Setting(
        "REFRESH_TTL_SECONDS",
        "refreshTtlSeconds",
        "number",
        "whole(1, 315_360_000)",
        "How long a refresh token is valid.",
        604_800,
    ),
    Setting(
        "PASSWORD_COST",
        "passwordCost",
        "number",
        "powerOfTwo(1024, 1_048_576)",
        "Work that hashing a password takes (scrypt's N), a power of two.",
        16_384,
    ),
    Setting(
        "ACCOUNT_REQUESTS_PER_MINUTE",
        "accountRequestsPerMinute",
        "number",
        "whole(0, 1_000_000)",
        "How often one address may join, sign in or renew a session within a minute;"
        " 0 sets no limit.",
        20,
    ),
)
_OF_ADMINS = (
    Setting(
        INVITE_CODE,
        "adminInviteCode",
        "string",
        "secret(12)",
        "Code that lets an admin join.",
        hidden=True,
    ),
)


_OF_MAIL = (
    Setting(
        "OUTBOX",
        "outbox",
        "string",
        "text",
        "File to which mail is written, a line of JSON a message, until a provider delivers it.",
        "./outbox.jsonl",
    ),
)


def settings(project: Project) -> tuple[Setting, ...]:
    """Return what this backend reads of its environment."""
    has_admins = any(actor.kind == "admin" for actor in project.analysis.actors)
    return (
        *_BASIC,
        *(_OF_ACCOUNTS if account_tables(project) else ()),
        *(_OF_ADMINS if has_admins else ()),
        *(_OF_MAIL if has_resets(project) else ()),
    )


def config_file(project: Project) -> File:
    """Render `src/config.ts`: only what the backend reads of its environment."""
    found = settings(project)
    secrets = [setting for setting in found if setting.is_secret]
    fields = "".join(f"{jsdoc([s.meaning], indent=2)}  {s.field}: {s.type};\n" for s in found)
    values = "".join(f"    {s.field}: read.{s.variable},\n" for s in found)
    text = (
        "/** Configuration of the application. */\n"
        f"export interface AppConfig {{\n{fields}}}\n\n"
        "/** Injection token of {@link AppConfig}. */\n"
        'export const APP_CONFIG = Symbol("APP_CONFIG");\n\n'
        "/** Variables that the first start gives random values. */\n"
        f"{_names('export const SECRETS', secrets)}\n\n"
        "/** Variables whose values no message shows. */\n"
        f"{_names('const HIDDEN', [s for s in found if s.hidden])}\n\n"
        "/** What the environment must be. */\n"
        f"const Environment = z.object({{\n{_checks(found)}}});\n\n"
        "/** Read the configuration; throws a ConfigurationError with all mistakes. */\n"
        "export function loadConfig(env: NodeJS.ProcessEnv = process.env): AppConfig {\n"
        "  const read = readEnvironment(Environment, env, HIDDEN);\n"
        f"  return {{\n{values}  }};\n"
        "}\n"
    )
    return File("src/config.ts", _imports(found) + text)


def _imports(found: Sequence[Setting]) -> str:
    imports = Imports()
    imports.value("zod", "z")
    environment = "./common/environment.js"
    for name in ("readEnvironment", *(setting.check.partition("(")[0] for setting in found)):
        imports.value(environment, name)
    return imports.render()


def _names(head: str, listed: Sequence[Setting]) -> str:
    names = brackets([quoted(setting.variable) for setting in listed])
    return layout(concat(f"{head}: readonly string[] = ", names, ";"))


def _checks(found: Sequence[Setting]) -> str:
    return "".join(f"  {s.variable}: {s.check}{_ending(s)},\n" for s in found)


def _ending(setting: Setting) -> str:
    if setting.optional:
        return ".optional()"
    match setting.default:
        case None:
            return ""
        case "":
            return ".default([])"
        case str(text):
            return f".default({quoted(text)})"
        case int(number):
            return f".default({number:_})" if number > 9999 else f".default({number})"


def env_example(project: Project) -> File:
    """Render `.env.example`: each variable with its default, as a comment."""
    parts: list[str] = [
        "# Copy what you change to .env; variables of the real environment go before it."
    ]
    for setting in settings(project):
        value = "" if setting.default is None else str(setting.default)
        note = " Without one, the first start writes a random one." if setting.is_secret else ""
        parts.append(f"# {setting.meaning}{note}\n# {setting.variable}={value}")
    return File(".env.example", "\n\n".join(parts) + "\n")


def variables_table(project: Project) -> str:
    """Write the rows of the README's table of variables."""
    return "\n".join(
        f"| `{s.variable}` | {s.shown_default} | {s.meaning} |" for s in settings(project)
    )
