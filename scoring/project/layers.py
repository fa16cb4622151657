"""What a project is built with that is not read: then what it does there is not known.

That is nobody's fault: checks that need it are missing, and the reason says what is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scoring.project.facts import Operation, ProjectFacts, Table, Unread
from scoring.typescript.modules import Class, Module, Program, original_name

_DATA = {
    "sequelize": "Sequelize", "sequelize-typescript": "Sequelize", "@nestjs/sequelize": "Sequelize",
    "objection": "Objection", "knex": "Knex", "nestjs-knex": "Knex", "nest-knexjs": "Knex",
    "bookshelf": "Bookshelf", "waterline": "Waterline", "slonik": "Slonik",
    "@databases/pg": "@databases", "dynamoose": "Dynamoose", "nestjs-dynamoose": "Dynamoose",
    "@aws-sdk/client-dynamodb": "DynamoDB", "@aws-sdk/lib-dynamodb": "DynamoDB",
    "firebase-admin": "Firebase", "@google-cloud/firestore": "Firestore",
    "@supabase/supabase-js": "Supabase", "neo4j-driver": "Neo4j", "nest-neo4j": "Neo4j",
    "cassandra-driver": "Cassandra", "couchbase": "Couchbase", "ottoman": "Ottoman",
    "mongodb": "MongoDB's driver", "typegoose": "Typegoose", "@typegoose/typegoose": "Typegoose",
    "mysql2": "SQL in texts", "mysql2/promise": "SQL in texts", "pg": "SQL in texts",
    "pg-promise": "SQL in texts", "postgres": "SQL in texts", "better-sqlite3": "SQL in texts",
    "sqlite3": "SQL in texts", "node:sqlite": "SQL in texts", "mssql": "SQL in texts",
}  # fmt: skip
"""Packages whose queries are not read."""
_SCHEMAS = {
    "kysely": "Kysely", "typeorm": "TypeORM", "@nestjs/typeorm": "TypeORM",
    "@mikro-orm/core": "MikroORM", "drizzle-orm": "Drizzle", "mongoose": "Mongoose",
    "@prisma/client": "Prisma",
}  # fmt: skip
"""Packages whose queries are read, if their tables are."""
_MESSAGES = {
    "MessagePattern": "microservices", "EventPattern": "microservices", "GrpcMethod": "gRPC",
    "SubscribeMessage": "WebSockets",
}  # fmt: skip
_TRPC = ("@trpc/server", "nestjs-trpc", "@ts-rest/nest")
_FOLLOWED_SHARE = 0.5
"""A layer of which half of the operations' queries are read is one that is read."""
_BY_DATA = (
    "implementation.implemented",
    "implementation.acts",
    "implementation.rules",
    "implementation.queries",
)
_BY_TABLES = ("database.", "api.dtos", *_BY_DATA)
_BY_API = ("api.", "implementation.", "sdk.", "tests.")
_NEEDS: dict[str, tuple[str, ...]] = {"data": _BY_DATA, "tables": _BY_TABLES, "api": _BY_API}
_TEXTS = {
    "data": "Data access with {} is not read",
    "tables": "Tables of {} are not read",
    "api": "Operations of {} are not read",
}


def read_layers(
    program: Program,
    tables: Sequence[Table],
    operations: Sequence[Operation],
    server: Iterable[str],
) -> tuple[Unread, ...]:
    """Return the layers of a project that are not read; `server` are the paths of its backend."""
    modules = [program.modules[path] for path in server]
    imported = sorted({link.specifier for m in modules for link in m.imports.values()})
    found: list[Unread] = []
    api = _api(modules, imported, operations)
    if api is not None:
        found.append(Unread("api", api))
    followed = sum(bool(operation.behaviour.accesses) for operation in operations)
    unread = next((_DATA[name] for name in imported if name in _DATA), None)
    known = next((_SCHEMAS[name] for name in imported if name in _SCHEMAS), None)
    blind = followed < _FOLLOWED_SHARE * len(operations) or not operations
    if unread is not None and blind and (known is None or not tables):
        found.append(Unread("data", unread))
    name = unread if unread is not None and known is None else known
    if not tables and name is not None:
        found.append(Unread("tables", name))
    return tuple(found)


def unmeasured(check: str, facts: ProjectFacts) -> str | None:
    """Return why a check cannot be made of what was read; None if it can."""
    for unread in facts.unread:
        if check.startswith(_NEEDS[unread.layer]):
            return _TEXTS[unread.layer].format(unread.name)
    return None


def notice(facts: ProjectFacts, points: int) -> str | None:
    """Say in a line what is not read and what it means for the score; None if all is read.

    `points` are those that could not be measured, of 100; 0 where there is no score.
    """
    if not facts.unread:
        return None
    texts = [_TEXTS[unread.layer].format(unread.name) for unread in facts.unread]
    shown = [text if index == 0 else text[0].lower() + text[1:] for index, text in enumerate(texts)]
    lost = f"; {points} points could not be measured" if points else ""
    return f"{' and '.join(shown)}{lost}."


def _api(
    modules: Sequence[Module], imported: Sequence[str], operations: Sequence[Operation]
) -> str | None:
    """Return by what else than controllers the backend is called, if mostly by that."""
    counts: dict[str, int] = {}
    for module in modules:
        for owner in module.classes.values():
            for name, count in _called(module, owner).items():
                counts[name] = counts.get(name, 0) + count
    name = max(counts, key=lambda each: counts[each], default=None)
    if name is not None and counts[name] > len(operations):
        return name
    if not operations and any(each.startswith(_TRPC) for each in imported):
        return "tRPC"
    return None


def _called(module: Module, owner: Class) -> dict[str, int]:
    resolves = any(original_name(module, mark.name) == "Resolver" for mark in owner.decorators)
    found: dict[str, int] = {}
    for method in owner.methods.values():
        for mark in method.decorators:
            bare = original_name(module, mark.name).rsplit(".", 1)[-1]
            name = _MESSAGES.get(bare)
            if resolves and bare in ("Query", "Mutation"):
                name = "GraphQL"
            if name is not None:
                found[name] = found.get(name, 0) + 1
    return found
