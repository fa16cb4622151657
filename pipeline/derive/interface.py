"""Operations: method, path, parameters, bodies and promised errors of each entry, derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pipeline import names
from pipeline.ast.analysis import Analysis, Rule
from pipeline.ast.database import Database, Table
from pipeline.ast.interface import (
    ErrorResponse,
    Exposure,
    Interface,
    NamedSchema,
    ObjectSchema,
    Operation,
    OperationEntry,
    PathParameter,
)
from pipeline.derive import dto
from pipeline.derive.ownership import foreign_status, owner_column, owners_of
from pipeline.english import with_article

RULE_STATUS: Mapping[str, int] = {
    "uniqueness": 409,
    "permission": 403,
    "transition": 409,
    "visibility": 404,
    "restriction": 409,
    "state": 409,
    "membership": 403,
    "deadline": 409,
    "ordering": 422,
}
"""What a broken rule of a kind answers; limits and ownership say it themselves."""

OTHER_ACCOUNT = "Another kind of account is signed in."

ROW_KINDS = ("read", "update", "erase", "restore", "action")
"""Operations on one row, whose key is in the path."""

_METHODS = {"list": "GET", "read": "GET", "create": "POST", "update": "PUT", "erase": "DELETE"}


def derive_interface(
    analysis: Analysis,
    database: Database,
    entries: Mapping[str, Iterable[OperationEntry]],
    exposures: Mapping[str, Exposure],
) -> Interface:
    """Make the interface of settled entries and exposures, both by table name."""
    operations: list[Operation] = []
    schemas: list[NamedSchema] = []
    for table in database.tables:
        found = list(entries.get(table.name, ()))
        exposure = exposures[table.name]
        schemas.append(dto.entity_schema(table, exposure))
        if table.stance == "actor":
            operations += _account_operations(analysis, table)
            schemas += dto.account_schemas(table, exposure, invited=is_invited(analysis, table))
        for entry in found:
            operation, own_schemas = _operation(analysis, database, table, entry, exposure)
            operations.append(operation)
            schemas += own_schemas
    return Interface(operations=tuple(operations), schemas=tuple(schemas))


def is_invited(analysis: Analysis, table: Table) -> bool:
    """Whether joining as this account takes an invite code: admins are not made by anybody."""
    return any(a.name == table.name and a.kind == "admin" for a in analysis.actors)


def rule_status(rule: Rule) -> int | None:
    """Return the status that a request against the rule gets, None if the rule refuses nothing."""
    if rule.kind == "limit":
        return 409 if rule.unit == "rows_per_owner" else 400
    if rule.kind == "ownership":
        return 403 if rule.others_see == "forbidden" else 404
    return RULE_STATUS.get(rule.kind)


def _operation(
    analysis: Analysis,
    database: Database,
    table: Table,
    entry: OperationEntry,
    exposure: Exposure,
) -> tuple[Operation, list[NamedSchema]]:
    single = entry.kind in ROW_KINDS
    resource = table.plural
    entity = names.pascal(table.name)
    method = names.camel(entry.name) if entry.kind == "action" else entry.kind
    parameter = PathParameter(name=f"{names.camel(table.name)}Id", table=table.name)
    path = f"/{names.kebab(resource)}" + (f"/{{{parameter.name}}}" if single else "")
    if entry.kind in ("action", "restore"):
        path += f"/{names.kebab(entry.name if entry.kind == 'action' else entry.kind)}"
    owner = owner_column(table, entry.actors[0]) if entry.scope == "own" else None
    request: NamedSchema | None = None
    extra: list[NamedSchema] = []
    query = None
    response: str | None = entity
    if entry.kind == "create":
        request = dto.create_schema(table, exposure, owner)
    elif entry.kind == "update":
        request = dto.update_schema(table, exposure)
    elif entry.kind == "action" and entry.input:
        request = dto.action_schema(table, method, entry.input)
    elif entry.kind == "list":
        query = dto.list_query(table, exposure)
        extra = [dto.query_schema(table, query), dto.page_schema(table)]
        response = extra[1].name
    elif entry.kind == "erase":
        response = None
    operation = Operation(
        id=f"{names.camel(resource)}.{method}",
        resource=resource,
        method_name=method,
        kind=entry.kind,
        http_method=_METHODS.get(entry.kind, "POST"),  # pyright: ignore[reportArgumentType]
        path=path,
        table=table.name,
        actors=_accounts(analysis, entry),
        guests=_guests(analysis, entry),
        scope=entry.scope,
        parameters=(parameter,) if single else (),
        query=query,
        request=request.name if request else None,
        query_schema=extra[0].name if query else None,
        response=response,
        success={"create": 201, "erase": 204}.get(entry.kind, 200),
        errors=_errors(analysis, database, table, entry, request, single=single),
        requirements=entry.requirements,
        rules=entry.rules,
        description=entry.description,
    )
    return operation, [schema for schema in (request, *extra) if schema]


def _errors(
    analysis: Analysis,
    database: Database,
    table: Table,
    entry: OperationEntry,
    request: NamedSchema | None,
    *,
    single: bool,
) -> tuple[ErrorResponse, ...]:
    noun = names.words(table.name)
    errors: list[ErrorResponse] = []

    def promise(status: int, when: str, rules: tuple[str, ...] = ()) -> None:
        errors.append(ErrorResponse(status=status, when=when, rules=rules))

    if request or entry.kind == "list":
        promise(400, "A value is missing, malformed or out of bounds.")
    elif single:
        promise(400, "The key in the path is not a UUID.")
    accounts = _accounts(analysis, entry)
    if _guests(analysis, entry):
        if accounts:
            promise(401, "An access token is given that is not valid.")
    else:
        promise(401, "There is no valid access token.")
        if len(analysis.accounts()) > len(accounts):
            promise(403, OTHER_ACCOUNT)
    owners = owners_of(table, entry.actors) if entry.scope == "own" else {}
    if single:
        promise(404, f"There is no such {noun}.")
        if owners and foreign_status(analysis, table) == 403:
            promise(403, f"The {noun} belongs to somebody else.")
    body = request.schema_ if request else None
    given: set[str | None] = (
        {p.column for p in body.properties} if isinstance(body, ObjectSchema) else set()
    )
    for relation in table.relations:
        if relation.column in given:
            promise(404, f"There is no such {names.words(relation.name)}.")
    if request or entry.kind == "restore":
        for key in table.unique_keys():
            if "email" not in key and (entry.kind != "action" or given.intersection(key)):
                promise(409, f"{conflict(table, key)}.", unique_rules(table, key))
    if entry.kind == "erase":
        for other in restricting(database, table):
            promise(409, f"There are still {names.words(other.plural)} of it.")
    cited = [rule for rule in analysis.rules if rule.id in entry.rules]
    for rule in cited:
        status = rule_status(rule)
        if status == 404 and not single:
            continue  # a list leaves out what its caller may not see, and a new row is one's own
        if status is not None:
            promise(status, rule.statement, (rule.id,))
    errors.sort(key=lambda error: error.status)
    return tuple(dict.fromkeys(errors))


def _accounts(analysis: Analysis, entry: OperationEntry) -> tuple[str, ...]:
    accounts = {actor.name for actor in analysis.accounts()}
    return tuple(actor for actor in entry.actors if actor in accounts)


def _guests(analysis: Analysis, entry: OperationEntry) -> bool:
    return len(_accounts(analysis, entry)) < len(entry.actors)


def unique_rules(table: Table, key: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ids of the rules that a unique key serves."""
    return next((unique.rules for unique in table.uniques if unique.columns == key), ())


def conflict(table: Table, key: Sequence[str]) -> str:
    """Say what is wrong where another row has the same unique key."""
    if len(key) > 1:
        return f"There is such {with_article(names.words(table.name))} already"
    return f"The {names.words(key[0].removesuffix('_id'))} is taken"


def restricting(database: Database, table: Table) -> tuple[Table, ...]:
    """Return the tables whose rows keep a row of `table` from being erased."""
    return tuple(
        other
        for other in database.tables
        if any(r.target == table.name and r.on_delete == "restrict" for r in other.relations)
    )


def _account_operations(analysis: Analysis, table: Table) -> list[Operation]:
    name, noun = names.pascal(table.name), names.words(table.name)
    invalid = (400, "A value is missing, malformed or out of bounds.")
    taken = [(409, "An account has this e-mail address.", ())]
    taken += [
        (409, f"{conflict(table, key)}.", rules)
        for key in table.unique_keys()
        if "email" not in key
        for rules in [unique_rules(table, key)]
    ]
    refused = [(403, "The invite code is wrong.", ())] if is_invited(analysis, table) else []
    table_of = {
        "join": (201, f"Join as {noun} and sign in.", f"{name}Join", [*refused, *taken]),
        "login": (
            200,
            f"Sign in as {noun}.",
            f"{name}Login",
            [(401, "The e-mail address or the password is wrong.", ())],
        ),
        "refresh": (
            200,
            "Renew the session.",
            f"{name}Refresh",
            [(401, "The refresh token is not valid.", ())],
        ),
    }
    others = len(analysis.accounts()) > 1
    logout = Operation(
        id=f"{names.camel(table.plural)}.logout",
        resource=table.plural,
        method_name="logout",
        kind="logout",
        http_method="POST",
        path=f"/{names.kebab(table.plural)}/logout",
        table=table.name,
        actors=(table.name,),
        guests=False,
        scope="any",
        parameters=(),
        query=None,
        request=None,
        query_schema=None,
        response=None,
        success=204,
        errors=(
            ErrorResponse(status=401, when="There is no valid access token."),
            *([ErrorResponse(status=403, when=OTHER_ACCOUNT)] if others else []),
        ),
        requirements=table.requirements,
        rules=(),
        description="Sign out: the tokens of all sessions end.",
    )
    return [
        Operation(
            id=f"{names.camel(table.plural)}.{kind}",
            resource=table.plural,
            method_name=kind,
            kind=kind,  # pyright: ignore[reportArgumentType]
            http_method="POST",
            path=f"/{names.kebab(table.plural)}/{kind}",
            table=table.name,
            actors=(),
            guests=True,
            scope="any",
            parameters=(),
            query=None,
            request=request,
            query_schema=None,
            response=f"{name}Session",
            success=success,
            errors=tuple(
                ErrorResponse(status=status, when=when, rules=rules)
                for status, when, rules in [(*invalid, ()), *errors]
            ),
            requirements=table.requirements,
            rules=(),
            description=text,
        )
        for kind, (success, text, request, errors) in table_of.items()
    ] + [logout]
