"""The README: how to run the backend, and what it offers."""

from __future__ import annotations

from pipeline.ast.interface import Operation
from pipeline.project import File, Project
from pipeline.render.nest.configuration import settings, variables_table
from pipeline.render.nest.controller import route
from pipeline.render.nest.package import package_name
from pipeline.render.nest.places import has_resets, resources

_README = """# {title}

{summary}

A backend of NestJS and Kysely, with a typed SDK and end-to-end tests. It keeps its data in SQLite,
or in PostgreSQL if `DATABASE_URL` names a database; migrations make and change the tables.

## Run

```sh
npm ci
npm run build
npm start             # or: npm test
npm run lint          # and: npm run format
```

The tests run on PostgreSQL, too: `DATABASE_URL=postgres://… npm test`, with an empty database.

## Configure

Variables are read from the environment and from `.env`; `.env.example` shows all of them. A wrong
value ends the start with a sentence that says what is expected.

| Variable | Default | Meaning |
|---|---|---|
{variables}
{secrecy}
## Change the tables

```sh
npm run migration add-labels    # writes src/database/migrations/0002-add-labels.ts
npm run build
npm run migrate                 # the start of the backend does the same
```

The first migration makes the tables of `src/database/ddl.ts`; what has been deployed is changed by
a further migration only.

## Deploy

```sh
docker build -t {package} .
docker run -p 3000:3000 -v data:/data {secrets}{package}
```

`GET /health` answers 200 while the database answers, 503 otherwise. On SIGTERM the backend takes no
new requests, finishes those in progress and ends. Set `TRUSTED_PROXIES` behind a proxy, and
`CORS_ORIGINS` for pages of another origin.

## Endpoints

| Endpoint | Callers | SDK | What it does |
|---|---|---|---|
{endpoints}
{mail}
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
| `src/database/` | tables, their types, migrations, and the connection |
| `sdk/` | a typed client |
| `test/` | end-to-end tests through the SDK |
"""


_SECRECY = """
Secrets are random by default: the first start writes them to `.env`. With `NODE_ENV=production`
nothing is written, and they have to be given.
"""


_MAIL = """
## Mail

Who forgot a password is mailed a token that sets a new one, once and within an hour; the database
keeps its hash alone. Nothing is delivered yet: `OutboxMailer` in `src/common/mailer.ts` writes each
message as a line of JSON to the file that `OUTBOX` names, which its owner alone may read. Replace
this class by your provider: whatever implements `Mailer` and is named in `src/app.module.ts`.

Messages are sent once the request has been answered, so that no answer, nor the time it takes, says
whether an address is known. One that can't be sent is logged; whoever waits for it asks again. The
tests take the messages from `Mailer`, and neither write nor deliver them.
"""


def readme(project: Project) -> File:
    """Render the README."""
    secrets = [setting.variable for setting in settings(project) if setting.is_secret]
    text = _README.format(
        title=_markdown(project.analysis.title),
        summary=_markdown(project.analysis.summary),
        variables=variables_table(project),
        package=package_name(project),
        secrecy=_SECRECY if secrets else "",
        secrets="".join(f"-e {variable}=… " for variable in secrets),
        mail=_MAIL if has_resets(project) else "",
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
