"""What the parts of the backend read out of the ASTs alike."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ast import expression as ex
from pipeline.ast.interface import (
    FlagSource,
    NamedSchema,
    ObjectSchema,
    Operation,
    ReferenceSchema,
)
from pipeline.ast.walk import walk
from pipeline.project import Project
from pipeline.render.nest.places import sort_columns


@dataclass(frozen=True)
class Uses:
    """What of a request an operation's program needs."""

    actor: bool
    parameters: tuple[str, ...]
    body: bool
    query: bool


def uses(project: Project, operation: Operation) -> Uses:
    """Return what of a request an operation's program needs."""
    statements = project.program.function(operation.id).statements
    nodes = list(walk(statements))
    kinds = kinds_of(operation, project)
    named = {node.name for node in nodes if isinstance(node, ex.Parameter)}
    reads_body = {
        "body",
        "provided",
        "hash_password",
        "verify_password",
        "read_token",
        "read_reset",
    }
    reads_query = {"find_page", "return_summary", "query"}
    return Uses(
        actor=bool(kinds & {"actor", "actor_is", "caller_is"}) or shows_flags(project, operation),
        parameters=tuple(p.name for p in operation.parameters if p.name in named),
        body=operation.request is not None
        and (bool(kinds & reads_body) or needs_invitation(project, operation)),
        query=operation.query_schema is not None and bool(kinds & reads_query),
    )


def needs_invitation(project: Project, operation: Operation) -> bool:
    """Whether an operation lets an admin join, who needs the invite code for it."""
    kinds = {actor.name: actor.kind for actor in project.analysis.actors}
    return operation.kind == "join" and kinds.get(operation.table) == "admin"


def kinds_of(operation: Operation, project: Project) -> set[str]:
    """Return the kinds of statements and expressions in an operation's program."""
    statements = project.program.function(operation.id).statements
    return {getattr(node, "kind", "") for node in walk(statements)}


def list_orders(project: Project, operation: Operation) -> dict[str, tuple[str, str]]:
    """Return what each `sort` value of a list operation means; empty if it has no choice."""
    if operation.query_schema is None:
        return {}
    schema = project.interface.named(operation.query_schema).schema_
    if not isinstance(schema, ObjectSchema):
        return {}
    sort = next((p.schema_ for p in schema.properties if p.name == "sort"), None)
    values = getattr(sort, "enum", ())
    return sort_columns(project.database.table(operation.table), values)


def page_entity(project: Project, response: str) -> str:
    """Return the schema of the rows in a page. Raises ValueError if it is no page."""
    properties = project.interface.object(response).properties
    data = next((p.schema_ for p in properties if p.name == "data"), None)
    name = getattr(getattr(data, "items", None), "name", None)
    if not isinstance(name, str):
        raise ValueError(f"{response}.data is no list of a named schema.")
    return name


def shows_flags(project: Project, operation: Operation) -> bool:
    """Whether an answer says of each row what it is to the caller."""
    if operation.response is None:
        return False
    schema = project.interface.named(operation.response)
    if schema.role == "page":
        schema = project.interface.named(page_entity(project, schema.name))
    properties = schema.schema_.properties if isinstance(schema.schema_, ObjectSchema) else ()
    return any(isinstance(each.source, FlagSource) for each in properties)


def session_members(schema: NamedSchema) -> tuple[tuple[str, str], ...]:
    """List the properties of a session that hold an account, with the account's schema."""
    if not isinstance(schema.schema_, ObjectSchema):
        return ()
    return tuple(
        (each.name, each.schema_.name)
        for each in schema.schema_.properties
        if isinstance(each.schema_, ReferenceSchema)
    )
