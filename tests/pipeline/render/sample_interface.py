"""Operations and schemas of the sample projects, from their tables."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.ast.database import (
    BooleanType,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    EnumType,
    IntegerType,
    PhysicalColumn,
    Table,
    TextType,
    UriType,
    UuidType,
)
from pipeline.ast.interface import (
    ArraySchema,
    BooleanSchema,
    ErrorResponse,
    Filter,
    IntegerSchema,
    ListQuery,
    NamedSchema,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    Operation,
    PathParameter,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.names import camel, pascal, words
from tests.pipeline.render.sample_database import HOSTILE


def _column_schema(column: PhysicalColumn) -> Schema:
    kind = column.type
    schema: Schema
    match kind:
        case BooleanType():
            schema = BooleanSchema(type="boolean")
        case IntegerType():
            schema = IntegerSchema(type="integer", minimum=kind.minimum, maximum=kind.maximum)
        case DecimalType():
            schema = NumberSchema(
                type="number", minimum=kind.minimum, maximum=kind.maximum, multiple_of=0.01
            )
        case DoubleType():
            schema = NumberSchema(type="number")
        case TextType():
            schema = StringSchema(
                type="string", min_length=kind.min_length, max_length=kind.max_length
            )
        case UuidType():
            schema = StringSchema(type="string", format="uuid")
        case DateType():
            schema = StringSchema(type="string", format="date")
        case DatetimeType():
            schema = StringSchema(type="string", format="date-time")
        case UriType():
            schema = StringSchema(type="string", format="uri")
        case EnumType():
            schema = StringSchema(type="string", enum=kind.values)
        case _:
            raise ValueError(f"no sample of a column of {kind.type}")
    if column.origin == "email":
        schema = StringSchema(type="string", format="email", max_length=254)
    if column.nullable:
        schema = OneOfSchema(type="one_of", options=(schema, NullSchema(type="null")))
    return schema


def _property(column: PhysicalColumn, *, required: bool) -> SchemaProperty:
    return SchemaProperty(
        name=camel(column.name),
        schema_=_column_schema(column),
        required=required,
        description=column.description,
        column=column.name,
    )


def _plain(name: str, schema: Schema, description: str, *, required: bool = True) -> SchemaProperty:
    return SchemaProperty(name=name, schema_=schema, required=required, description=description)


def _named(
    table: Table, suffix: str, role: str, description: str, properties: Iterable[SchemaProperty]
) -> NamedSchema:
    return NamedSchema.model_validate(
        {
            "name": pascal(table.name) + suffix,
            "role": role,
            "table": table.name,
            "description": description,
            "schema": ObjectSchema(type="object", properties=tuple(properties)),
        }
    )


def _entity(table: Table) -> NamedSchema:
    shown = (c for c in table.physical() if c.origin != "secret" and c.name != "deleted_at")
    properties = (_property(column, required=True) for column in shown)
    return _named(table, "", "entity", table.purpose, properties)


def _writes(table: Table, names: tuple[str, ...], *, update: bool) -> list[SchemaProperty]:
    own = {column.name: column.has_default for column in table.columns}
    found: list[SchemaProperty] = []
    for name in names:
        column = table.column(name)
        assert column is not None
        optional = update or own.get(name, column.nullable)
        found.append(_property(column, required=not optional))
    return found


def crud_schemas(
    table: Table,
    created: tuple[str, ...],
    updated: tuple[str, ...],
    filters: tuple[str, ...] = ("title", "done"),
) -> tuple[NamedSchema, ...]:
    name = pascal(table.name)
    noun = words(table.name)
    columns = [column for column in map(table.column, filters) if column is not None]
    page_size = IntegerSchema(type="integer", minimum=1, maximum=100)
    filter_schemas = [
        SchemaProperty(
            name=camel(column.name),
            schema_=_bare(_column_schema(column)),
            required=False,
            description=f"Only rows of this {words(column.name)}.",
            column=column.name,
        )
        for column in columns
    ]
    count = IntegerSchema(type="integer", minimum=0)
    return (
        _entity(table),
        _named(
            table,
            "Create",
            "create",
            f"Body to create a {noun}.",
            _writes(table, created, update=False),
        ),
        _named(
            table,
            "Update",
            "update",
            f"Body to change a {noun}.",
            _writes(table, updated, update=True),
        ),
        _named(
            table,
            "Query",
            "query",
            f"What a list of {words(table.plural)} can be asked for.",
            (
                _plain("page", IntegerSchema(type="integer", minimum=1), "Page.", required=False),
                _plain("limit", page_size, "Rows a page.", required=False),
                _plain(
                    "sort",
                    StringSchema(type="string", enum=_sort_words(_SORTS[table.name])),
                    "Order of the rows.",
                    required=False,
                ),
                *filter_schemas,
            ),
        ),
        _named(
            table,
            "Page",
            "page",
            f"One page of {words(table.plural)}.",
            (
                _plain(
                    "pagination",
                    ObjectSchema(
                        type="object",
                        properties=(
                            _plain("current", count, "Number of this page, from 1."),
                            _plain("limit", count, "Rows a page."),
                            _plain("records", count, "Rows in all."),
                            _plain("pages", count, "Pages in all."),
                        ),
                    ),
                    "Where this page is.",
                ),
                _plain(
                    "data",
                    ArraySchema(type="array", items=ReferenceSchema(type="reference", name=name)),
                    "The rows.",
                ),
            ),
        ),
    )


_SORTS = {
    "todo": ("created_at", "title", "due_on"),
    "category": ("label",),
    "post": ("created_at", "closes_at", "votes", "status"),
    "comment": ("created_at",),
    "profile": ("created_at",),
}


def _sort_words(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{column}_{way}" for column in columns for way in ("asc", "desc"))


def _bare(schema: Schema) -> Schema:
    return schema.options[0] if isinstance(schema, OneOfSchema) else schema


def account_schemas(table: Table, written: tuple[str, ...]) -> tuple[NamedSchema, ...]:
    noun = words(table.name)
    name = pascal(table.name)
    email = StringSchema(type="string", format="email", max_length=254)
    password = StringSchema(type="string", format="password", min_length=8, max_length=128)
    secret = StringSchema(type="string", min_length=1)
    moment = StringSchema(type="string", format="date-time")
    credentials = (
        _plain("email", email, "Sign-in address."),
        _plain("password", password, "Password."),
    )
    invite = (
        (_plain("inviteCode", secret, "Code that lets an admin join."),)
        if table.name == "moderator"
        else ()
    )
    return (
        _entity(table),
        _named(
            table,
            "Join",
            "join",
            f"Body to join as a {noun}.",
            (*credentials, *_writes(table, written, update=False), *invite),
        ),
        _named(table, "Login", "login", f"Body to sign in as a {noun}.", credentials),
        _named(
            table,
            "Refresh",
            "other",
            "Body to renew the tokens.",
            (_plain("refreshToken", secret, "The refresh token."),),
        ),
        _named(
            table,
            "Session",
            "session",
            f"A signed-in {noun}.",
            (
                _plain(
                    camel(table.name), ReferenceSchema(type="reference", name=name), "The account."
                ),
                _plain("accessToken", secret, "Token for the header `authorization`."),
                _plain("refreshToken", secret, "Token to renew the session."),
                _plain("expiresAt", moment, "End of the access token."),
            ),
        ),
    )


_WHEN = {
    400: "The request is malformed.",
    401: "Nobody is signed in.",
    403: "The caller may not do this.",
    404: "There is no such row.",
    409: "The request conflicts with a rule.",
    422: HOSTILE,
}
_HTTP = {"list": "GET", "read": "GET", "update": "PUT", "erase": "DELETE"}
_SUCCESS = {"create": 201, "join": 201, "erase": 204}


def make_operation(
    table: Table,
    name: str,
    kind: str,
    actors: tuple[str, ...],
    scope: str,
    *,
    errors: tuple[int, ...],
    query: ListQuery | None = None,
    rules: tuple[str, ...] = (),
) -> Operation:
    method = camel(name)
    pascal_name = pascal(table.name)
    parameter = f"{camel(table.name)}Id"
    on_row = kind in ("read", "update", "erase", "action")
    path = f"/{table.plural.replace('_', '-')}"
    if on_row:
        path += f"/{{{parameter}}}"
    if kind in ("join", "login", "refresh", "action"):
        path += "/" + name.replace("_", "-")
    request = {"create": "Create", "update": "Update", "join": "Join", "login": "Login"}.get(kind)
    if kind == "refresh":
        request = "Refresh"
    response = {"list": "Page", "join": "Session", "login": "Session", "refresh": "Session"}
    return Operation.model_validate(
        {
            "id": f"{camel(table.plural)}.{method}",
            "resource": table.plural,
            "method_name": method,
            "kind": kind,
            "http_method": _HTTP.get(kind, "POST"),
            "path": path,
            "table": table.name,
            "actors": actors,
            "guests": not actors,
            "scope": scope,
            "parameters": ((PathParameter(name=parameter, table=table.name),) if on_row else ()),
            "query": query,
            "request": pascal_name + request if request else None,
            "query_schema": f"{pascal_name}Query" if kind == "list" else None,
            "response": None if kind == "erase" else pascal_name + response.get(kind, ""),
            "success": _SUCCESS.get(kind, 200),
            "errors": tuple(ErrorResponse(status=s, when=_WHEN[s]) for s in errors),
            "requirements": ("R-1.1",),
            "rules": rules,
            "description": f"{words(name).capitalize()} {words(table.name)}: {table.purpose}"[:160],
        }
    )


def account_operations(table: Table) -> tuple[Operation, ...]:
    joins = (400, 403, 409) if table.name == "moderator" else (400, 409)
    return (
        make_operation(table, "join", "join", (), "any", errors=joins),
        make_operation(table, "login", "login", (), "any", errors=(400, 401)),
        make_operation(table, "refresh", "refresh", (), "any", errors=(400, 401)),
    )


def crud_operations(
    table: Table,
    actors: tuple[str, ...],
    scope: str,
    *,
    sorts: tuple[str, ...],
    public: bool = False,
    filters: tuple[str, ...] = ("title", "done"),
) -> tuple[Operation, ...]:
    readers = () if public else actors
    columns = [column for column in map(table.column, filters) if column is not None]
    query = ListQuery(
        filters=tuple(
            Filter(
                property=camel(column.name),
                column=column.name,
                match="contains" if isinstance(column.type, TextType) else "equals",
            )
            for column in columns
        ),
        sorts=sorts,
    )
    guarded = (401, 403)
    return (
        make_operation(table, "list", "list", readers, scope, errors=(400,), query=query),
        make_operation(table, "create", "create", actors, scope, errors=(400, *guarded, 409, 422)),
        make_operation(table, "read", "read", readers, scope, errors=(400, 404)),
        make_operation(table, "update", "update", actors, scope, errors=(400, *guarded, 404, 409)),
        make_operation(table, "erase", "erase", actors, scope, errors=(400, *guarded, 404)),
    )
