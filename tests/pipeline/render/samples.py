"""Two small projects for the renderers' tests: a plain todo list, and a forum full of edge cases."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast import test as ts
from pipeline.ast.analysis import (
    Acceptance,
    Actor,
    Analysis,
    Entity,
    Feature,
    Limit,
    Ownership,
    Requirement,
    Rule,
    Transition,
    Uniqueness,
)
from pipeline.ast.database import (
    BooleanType,
    Column,
    ColumnType,
    Database,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    EnumType,
    Index,
    IntegerType,
    PhysicalColumn,
    Relation,
    Table,
    TextType,
    UniqueKey,
    UriType,
    UuidType,
)
from pipeline.ast.interface import (
    ArraySchema,
    BooleanSchema,
    ErrorResponse,
    Filter,
    IntegerSchema,
    Interface,
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
from pipeline.project import Project

HOSTILE = "Ends */ here, costs ${price} `now`, is <b>bold</b> | # äöü 漢字 😀 & 'more'."
"""A description with the marks that Markdown, TypeScript, SQL and Prisma each mind."""
DIRECTIVE = "@ts-expect-error is what this text starts with."


def todo_project() -> Project:
    """Make a todo list: one member, who owns todos."""
    member = _table(
        "member",
        "members",
        "actor",
        "A person with an account.",
        columns=(_column("display_name", TextType(type="text", min_length=1, max_length=40)),),
    )
    todo = _table(
        "todo",
        "todos",
        "primary",
        "Something to be done.",
        columns=(
            _column("title", TextType(type="text", min_length=1, max_length=100)),
            _column("note", TextType(type="text", min_length=0, max_length=2000), nullable=True),
            _column("priority", IntegerType(type="integer", minimum=1, maximum=5, default=3)),
            _column("done", BooleanType(type="boolean", default=False)),
            _column("due_on", DateType(type="date"), nullable=True),
            _column("completed_at", DatetimeType(type="datetime"), nullable=True),
        ),
        relations=(_relation("member", "member", "cascade"),),
        uniques=(UniqueKey(columns=("member_id", "title"), rules=("B-1.1",)),),
        indexes=(Index(columns=("member_id", "due_on")),),
    )
    own = _where(("id", ex.Parameter(kind="parameter", name="todoId")), ("member_id", _actor()))
    operations = (
        *_account_operations(member),
        *_crud_operations(todo, ("member",), "own", sorts=("created_at", "title", "due_on")),
        _operation(
            todo, "complete", "action", ("member",), "own", errors=(401, 404, 409), rules=("B-1.3",)
        ),
    )
    writable = ("title", "note", "priority", "due_on")
    schemas = (
        *_account_schemas(member, ("display_name",)),
        *_crud_schemas(todo, writable, (*writable, "done")),
    )
    taken = _where(("member_id", _actor()), ("title", _body("title")))
    other = ex.WhereAll(
        kind="all", conditions=(*taken.conditions, _not_equal("id", _field("todo", "id")))
    )
    programs = {
        **_account_functions(member, ("display_name",)),
        "todos.list": _list_function(todo, _where(("member_id", _actor()))),
        "todos.read": (_find(todo, own), _return(todo)),
        "todos.create": (
            pg.Count(
                kind="count", variable="held", table="todo", where=_where(("member_id", _actor()))
            ),
            _require(
                _compare(ex.Variable(kind="variable", name="held"), "lt", _integer(50)),
                409,
                "Nobody keeps more than 50 todos.",
                ("B-1.2",),
            ),
            _unique("todo", taken, (), ("B-1.1",)),
            _insert(todo, (("member_id", _actor()), *((n, _body(camel(n))) for n in writable))),
            _return(todo),
        ),
        "todos.update": (
            _find(todo, own),
            _unique("todo", other, ("title",), ("B-1.1",)),
            _update(todo, (), tuple((n, _body(camel(n))) for n in (*writable, "done"))),
            _return(todo, "changed"),
        ),
        "todos.erase": (
            _find(todo, own),
            pg.Remove(kind="remove", row="todo", table="todo"),
            pg.ReturnNothing(kind="return_nothing"),
        ),
        "todos.complete": (
            _find(todo, own),
            _require(
                _compare(_field("todo", "done"), "eq", _false()),
                409,
                "The todo is completed already.",
                ("B-1.3",),
            ),
            _update(todo, (("done", _true()), ("completed_at", ex.Now(kind="now"))), ()),
            _return(todo, "changed"),
        ),
    }
    return Project(
        analysis=_analysis(
            "Todo list",
            "Members keep a list of their own todos.",
            (("member", "member"),),
            (member, todo),
            (
                Uniqueness(
                    id="B-1.1",
                    requirement="R-1.1",
                    statement="A member has no two todos of one title.",
                    kind="uniqueness",
                    attributes=("todo.title",),
                    scope="owner",
                ),
                Limit(
                    id="B-1.2",
                    requirement="R-1.1",
                    statement="A member keeps at most 50 todos.",
                    kind="limit",
                    attribute="todo.title",
                    unit="rows_per_owner",
                    minimum=0,
                    maximum=50,
                ),
                Transition(
                    id="B-1.3",
                    requirement="R-1.1",
                    statement="A todo is completed once.",
                    kind="transition",
                    attribute="todo.done",
                    source="open",
                    target="done",
                    actor="member",
                ),
                Ownership(
                    id="B-1.4",
                    requirement="R-1.1",
                    statement="A member reaches own todos only.",
                    kind="ownership",
                    entity="todo",
                    others_see="not_found",
                ),
            ),
        ),
        database=Database(tables=(member, todo)),
        interface=Interface(operations=operations, schemas=schemas),
        tests=ts.TestSuite(functions=_todo_tests()),
        program=_program(operations, programs),
    )


def forum_project() -> Project:
    """Make a forum: members and moderators, every column type, self relation, soft delete.

    Its names and texts collide with the framework's and the languages' wherever they may: a
    resource `post`, comment ends, template holes, directives of the compiler.
    """
    member = _table(
        "member",
        "members",
        "actor",
        HOSTILE,
        columns=(
            _column("nickname", TextType(type="text", min_length=2, max_length=20), HOSTILE),
            _column("born_on", DateType(type="date"), nullable=True),
        ),
        uniques=(UniqueKey(columns=("nickname",), rules=()),),
        soft_delete=True,
    )
    moderator = _table("moderator", "moderators", "actor", DIRECTIVE, columns=())
    category = _table(
        "category",
        "categories",
        "primary",
        "A shelf for posts.",
        columns=(_column("label", TextType(type="text", min_length=1, max_length=30)),),
        uniques=(UniqueKey(columns=("label",), rules=()),),
    )
    status = EnumType(type="enum", values=("draft", "published", "closed"), default="draft")
    post = _table(
        "post",
        "posts",
        "primary",
        HOSTILE,
        columns=(
            _column("headline", TextType(type="text", min_length=1, max_length=80), DIRECTIVE),
            _column("pinned", BooleanType(type="boolean", default=None)),
            _column("locked", BooleanType(type="boolean", default=True), nullable=True),
            _column("votes", IntegerType(type="integer", minimum=0, maximum=1000, default=0)),
            _column("price", DecimalType(type="decimal", minimum=0, maximum=5000), nullable=True),
            _column("rating", DoubleType(type="double")),
            _column("external_key", UuidType(type="uuid"), nullable=True),
            _column("event_day", DateType(type="date")),
            _column("closes_at", DatetimeType(type="datetime"), nullable=True),
            _column("source_link", UriType(type="uri"), nullable=True),
            _column("status", status),
        ),
        relations=(
            _relation("author", "member", "cascade"),
            _relation("category", "category", "set_null", nullable=True),
            _relation("reviewer", "moderator", "restrict", nullable=True),
        ),
        indexes=(Index(columns=("status", "event_day")),),
        soft_delete=True,
    )
    comment = _table(
        "comment",
        "comments",
        "subsidiary",
        "An answer to a post or to another comment.",
        columns=(_column("text", TextType(type="text", min_length=1, max_length=500)),),
        relations=(
            _relation("post", "post", "cascade"),
            _relation("author", "member", "cascade"),
            _relation("parent", "comment", "set_null", nullable=True),
        ),
    )
    profile = _table(
        "profile",
        "profiles",
        "subsidiary",
        "What a member tells about itself.",
        columns=(_column("motto", TextType(type="text", min_length=0, max_length=80)),),
        relations=(_relation("member", "member", "cascade", cardinality="one_to_one"),),
    )
    tables = (member, moderator, category, post, comment, profile)
    filters = ("headline", "pinned", "votes", "price", "status", "category_id", "event_day")
    operations = (
        *_account_operations(member),
        *_account_operations(moderator),
        *_crud_operations(category, ("moderator",), "any", sorts=("label",), public=True),
        *_crud_operations(
            post,
            ("member", "moderator"),
            "own",
            sorts=("created_at", "closes_at", "votes", "price"),
            public=True,
            filters=filters,
        ),
        _operation(post, "publish", "action", ("moderator",), "any", errors=(401, 403, 404, 409)),
        _operation(post, "close_all", "action", ("member",), "own", errors=(401, 403, 404)),
        *_crud_operations(comment, ("member",), "own", sorts=("created_at",)),
        _operation(profile, "create", "create", ("member",), "own", errors=(400, 401, 403, 409)),
        _operation(profile, "read", "read", (), "any", errors=(400, 404)),
    )
    written = (
        "headline",
        "pinned",
        "locked",
        "votes",
        "price",
        "rating",
        "external_key",
        "event_day",
        "closes_at",
        "source_link",
        "category_id",
    )
    schemas = (
        *_account_schemas(member, ("nickname", "born_on")),
        *_account_schemas(moderator, ()),
        *_crud_schemas(category, ("label",), ("label",)),
        *_crud_schemas(post, (*written, "status"), (*written, "status"), filters=filters),
        *_crud_schemas(comment, ("text", "post_id", "parent_id"), ("text",)),
        *_crud_schemas(profile, ("motto",), ("motto",))[:2],
    )
    post_id = ex.Parameter(kind="parameter", name="postId")
    own_post = _where(("id", post_id), ("author_id", _actor()), ("deleted_at", None))
    any_post = _where(("id", post_id), ("deleted_at", None))
    any_comment = _where(("id", ex.Parameter(kind="parameter", name="commentId")))
    own_comment = _where(
        ("id", ex.Parameter(kind="parameter", name="commentId")), ("author_id", _actor())
    )
    any_category = _where(("id", ex.Parameter(kind="parameter", name="categoryId")))
    find_category = pg.If(
        kind="if",
        condition=ex.Not(
            kind="not", operand=ex.IsNull(kind="is_null", operand=_body("categoryId"))
        ),
        then=(_find(category, _where(("id", _body("categoryId")))),),
        otherwise=(),
    )
    visible = ex.WhereAll(
        kind="all",
        conditions=(
            ex.ColumnIsNull(kind="is_null", column="deleted_at"),
            ex.WhereAny(
                kind="any",
                conditions=(
                    _not_equal("status", ex.EnumLiteral(kind="enum", value="draft")),
                    ex.WhereAll(
                        kind="all",
                        conditions=(
                            ex.ColumnIsNotNull(kind="is_not_null", column="category_id"),
                            ex.ColumnCompare(
                                kind="compare",
                                column="created_at",
                                operator="ge",
                                value=ex.Shifted(kind="shifted", amount=-30, unit="days"),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )
    own_drafts = _where(
        ("author_id", _actor()), ("status", ex.EnumLiteral(kind="enum", value="draft"))
    )
    label_taken = _where(("label", _body("label")))
    programs = {
        **_account_functions(member, ("nickname", "born_on"), ("nickname",)),
        **_account_functions(moderator, ()),
        "categories.list": _list_function(category, None),
        "categories.read": (_find(category, any_category), _return(category)),
        "categories.create": (
            _unique("category", label_taken, ()),
            _insert(category, (("label", _body("label")),)),
            _return(category),
        ),
        "categories.update": (
            _find(category, any_category),
            _unique("category", label_taken, ("label",)),
            _update(category, (), (("label", _body("label")),)),
            _return(category, "changed"),
        ),
        "categories.erase": _erase_function(category, any_category),
        "posts.list": _list_function(post, visible),
        "posts.read": (_find(post, any_post), _return(post)),
        "posts.create": (
            find_category,
            pg.Count(kind="count", variable="drafts", table="post", where=own_drafts),
            _require(
                ex.All(
                    kind="all",
                    operands=(
                        _compare(ex.Variable(kind="variable", name="drafts"), "le", _integer(9)),
                        ex.AnyOf(
                            kind="any",
                            operands=(
                                _compare(_body("eventDay"), "ge", ex.Today(kind="today")),
                                _compare(_body("pinned"), "ne", _true()),
                            ),
                        ),
                    ),
                ),
                422,
                HOSTILE,
            ),
            _insert(
                post,
                (
                    ("author_id", _actor()),
                    *((name, _body(camel(name))) for name in (*written, "status")),
                ),
            ),
            _return(post),
        ),
        "posts.update": (
            _find(post, own_post),
            _require(
                _compare(
                    _field("post", "status"), "eq", ex.EnumLiteral(kind="enum", value="draft")
                ),
                409,
                DIRECTIVE,
            ),
            _require(
                ex.Not(
                    kind="not",
                    operand=_compare(
                        _field("post", "status"), "eq", ex.EnumLiteral(kind="enum", value="closed")
                    ),
                ),
                409,
                "A closed post stays as it is.",
            ),
            find_category,
            _update(post, (), tuple((name, _body(camel(name))) for name in (*written, "status"))),
            _return(post, "changed"),
        ),
        "posts.erase": _erase_function(post, own_post),
        "posts.publish": (
            pg.Transaction(
                kind="transaction",
                body=(
                    _find(post, any_post),
                    _require(
                        ex.AnyOf(
                            kind="any",
                            operands=(
                                ex.IsNull(kind="is_null", operand=_field("post", "locked")),
                                _compare(_field("post", "votes"), "gt", _integer(3)),
                            ),
                        ),
                        409,
                        "The post is locked.",
                    ),
                    _update(
                        post,
                        (
                            ("status", ex.EnumLiteral(kind="enum", value="published")),
                            ("reviewer_id", _actor()),
                            (
                                "votes",
                                ex.Arithmetic(
                                    kind="arithmetic",
                                    left=_field("post", "votes"),
                                    operator="add",
                                    right=_integer(1),
                                ),
                            ),
                        ),
                        (),
                    ),
                ),
            ),
            _return(post, "changed"),
        ),
        "posts.closeAll": (
            _find(post, own_post),
            pg.Let(
                kind="let",
                variable="limit",
                value=ex.Conditional(
                    kind="conditional",
                    condition=_compare(_field("post", "pinned"), "eq", _true()),
                    then=_integer(5),
                    otherwise=_integer(10),
                ),
            ),
            pg.If(
                kind="if",
                condition=_compare(
                    _field("post", "votes"), "lt", ex.Variable(kind="variable", name="limit")
                ),
                then=(
                    pg.Transaction(
                        kind="transaction",
                        body=(
                            _update(
                                post,
                                (
                                    ("status", ex.EnumLiteral(kind="enum", value="closed")),
                                    ("closes_at", ex.Now(kind="now")),
                                ),
                                (),
                            ),
                            _return(post, "changed"),
                        ),
                    ),
                ),
                otherwise=(_return(post),),
            ),
        ),
        "comments.list": _list_function(comment, None),
        "comments.read": (_find(comment, any_comment), _return(comment)),
        "comments.create": (
            _find(post, _where(("id", _body("postId")), ("deleted_at", None))),
            pg.If(
                kind="if",
                condition=ex.Provided(kind="provided", property="parentId"),
                then=(
                    _find(comment, _where(("id", _body("parentId"))), variable="parent"),
                    _require(
                        _compare(_field("parent", "post_id"), "eq", _field("post", "id")),
                        409,
                        "The parent belongs to another post.",
                    ),
                ),
                otherwise=(),
            ),
            _insert(
                comment,
                (
                    ("author_id", _actor()),
                    ("post_id", _field("post", "id")),
                    ("parent_id", _body("parentId")),
                    ("text", _body("text")),
                ),
            ),
            _return(comment),
        ),
        "comments.update": (
            _find(comment, own_comment),
            _update(comment, (), (("text", _body("text")),)),
            _return(comment, "changed"),
        ),
        "comments.erase": _erase_function(comment, own_comment),
        "profiles.create": (
            pg.Transaction(
                kind="transaction",
                body=(
                    _unique("profile", _where(("member_id", _actor())), ()),
                    _insert(profile, (("member_id", _actor()), ("motto", _body("motto")))),
                    _return(profile),
                ),
            ),
        ),
        "profiles.read": (
            _find(profile, _where(("id", ex.Parameter(kind="parameter", name="profileId")))),
            _return(profile),
        ),
    }
    return Project(
        analysis=_analysis(
            "Forum & `Friends`", HOSTILE, (("member", "member"), ("moderator", "admin")), tables, ()
        ),
        database=Database(tables=tables),
        interface=Interface(operations=operations, schemas=schemas),
        tests=ts.TestSuite(functions=()),
        program=_program(operations, programs),
    )


def _table(
    name: str,
    plural: str,
    stance: str,
    purpose: str,
    *,
    columns: tuple[Column, ...],
    relations: tuple[Relation, ...] = (),
    uniques: tuple[UniqueKey, ...] = (),
    indexes: tuple[Index, ...] = (),
    soft_delete: bool = False,
) -> Table:
    return Table.model_validate(
        {
            "name": name,
            "plural": plural,
            "stance": stance,
            "entity": name,
            "purpose": purpose,
            "requirements": ("R-1.1",),
            "soft_delete": soft_delete,
            "columns": columns,
            "relations": relations,
            "uniques": uniques,
            "indexes": indexes,
        }
    )


def _column(
    name: str, type: ColumnType, description: str | None = None, *, nullable: bool = False
) -> Column:
    text = description or f"The {words(name)}."
    return Column(name=name, description=text, type=type, nullable=nullable)


def _relation(
    name: str,
    target: str,
    on_delete: str,
    *,
    nullable: bool = False,
    cardinality: str = "many_to_one",
) -> Relation:
    return Relation.model_validate(
        {
            "name": name,
            "description": f"The {words(name)} it belongs to.",
            "target": target,
            "cardinality": cardinality,
            "on_delete": on_delete,
            "nullable": nullable,
        }
    )


def _analysis(
    title: str,
    summary: str,
    actors: Iterable[tuple[str, str]],
    tables: tuple[Table, ...],
    rules: tuple[Rule, ...],
) -> Analysis:
    actor_nodes = tuple(
        Actor.model_validate({"name": n, "kind": k, "description": f"A {n}."}) for n, k in actors
    )
    return Analysis(
        title=title,
        summary=summary,
        actors=actor_nodes,
        entities=tuple(
            Entity(
                name=table.name,
                description=table.purpose,
                owner=next((r.target for r in table.relations), "none"),
                attributes=tuple(column.name for column in table.columns) or ("email",),
            )
            for table in tables
        ),
        features=(Feature(name="keeping", description=HOSTILE),),
        requirements=(
            Requirement(
                id="R-1.1",
                feature="keeping",
                pattern="event",
                actor=actor_nodes[0].name,
                entities=(tables[-1].name,),
                condition="a member sends a valid request",
                response=f"an answer is given. {HOSTILE}",
                acceptance=Acceptance(given="an account", when="it asks", then="it gets"),
            ),
        ),
        rules=rules,
    )


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
    if column.origin == "email":
        schema = StringSchema(type="string", format="email", max_length=254)
    if column.nullable:
        schema = OneOfSchema(type="one_of", options=(schema, NullSchema(type="null")))
    return schema


def _property(column: PhysicalColumn, *, required: bool) -> SchemaProperty:
    return SchemaProperty(
        name=camel(column.name),
        schema=_column_schema(column),
        required=required,
        description=column.description,
        column=column.name,
    )


def _plain(name: str, schema: Schema, description: str, *, required: bool = True) -> SchemaProperty:
    return SchemaProperty(name=name, schema=schema, required=required, description=description)


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


def _crud_schemas(
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
            schema=_bare(_column_schema(column)),
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
    "post": ("created_at", "closes_at", "votes", "price"),
    "comment": ("created_at",),
    "profile": ("created_at",),
}


def _sort_words(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{column}_{way}" for column in columns for way in ("asc", "desc"))


def _bare(schema: Schema) -> Schema:
    return schema.options[0] if isinstance(schema, OneOfSchema) else schema


def _account_schemas(table: Table, written: tuple[str, ...]) -> tuple[NamedSchema, ...]:
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


def _operation(
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


def _account_operations(table: Table) -> tuple[Operation, ...]:
    joins = (400, 403, 409) if table.name == "moderator" else (400, 409)
    return (
        _operation(table, "join", "join", (), "any", errors=joins),
        _operation(table, "login", "login", (), "any", errors=(400, 401)),
        _operation(table, "refresh", "refresh", (), "any", errors=(400, 401)),
    )


def _crud_operations(
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
        _operation(table, "list", "list", readers, scope, errors=(400,), query=query),
        _operation(table, "create", "create", actors, scope, errors=(400, *guarded, 409, 422)),
        _operation(table, "read", "read", readers, scope, errors=(400, 404)),
        _operation(table, "update", "update", actors, scope, errors=(400, *guarded, 404, 409)),
        _operation(table, "erase", "erase", actors, scope, errors=(400, *guarded, 404)),
    )


def _account_functions(
    table: Table, written: tuple[str, ...], unique: tuple[str, ...] = ()
) -> dict[str, tuple[pg.Statement, ...]]:
    row = camel(table.name)
    resource = camel(table.plural)
    live = (("deleted_at", None),) if table.soft_delete else ()
    by_email = _where(("email", _body("email")), *live)
    account = ex.Variable(kind="variable", name="accountId")
    session = pg.ReturnSession(
        kind="return_session", row=row, response=f"{pascal(table.name)}Session"
    )
    return {
        f"{resource}.join": (
            _unique(table.name, by_email, ()),
            *(
                _unique(table.name, _where((name, _body(camel(name))), *live), ())
                for name in unique
            ),
            pg.HashPassword(kind="hash_password", variable="passwordHash"),
            _insert(
                table,
                (
                    ("email", _body("email")),
                    ("password_hash", ex.Variable(kind="variable", name="passwordHash")),
                    *((name, _body(camel(name))) for name in written),
                ),
            ),
            session,
        ),
        f"{resource}.login": (
            _find(table, by_email, missing=401, message="Wrong e-mail address or password."),
            pg.VerifyPassword(kind="verify_password", row=row),
            session,
        ),
        f"{resource}.refresh": (
            pg.ReadToken(kind="read_token", variable="accountId"),
            _find(
                table,
                _where(("id", account), *live),
                missing=401,
                message="The account no longer exists.",
            ),
            session,
        ),
    }


def _list_function(table: Table, where: ex.Where | None) -> tuple[pg.Statement, ...]:
    return (
        pg.FindPage(kind="find_page", variable="page", table=table.name, where=where),
        pg.ReturnPage(kind="return_page", page="page", response=f"{pascal(table.name)}Page"),
    )


def _erase_function(table: Table, where: ex.Where) -> tuple[pg.Statement, ...]:
    return (
        _find(table, where),
        pg.Remove(kind="remove", row=camel(table.name), table=table.name),
        pg.ReturnNothing(kind="return_nothing"),
    )


def _program(
    operations: tuple[Operation, ...], programs: dict[str, tuple[pg.Statement, ...]]
) -> pg.Program:
    return pg.Program(
        functions=tuple(pg.Function(operation=o.id, statements=programs[o.id]) for o in operations)
    )


def _where(*pairs: tuple[str, ex.Expression | None]) -> ex.WhereAll:
    return ex.WhereAll(
        kind="all",
        conditions=tuple(
            ex.ColumnIsNull(kind="is_null", column=column)
            if value is None
            else ex.ColumnCompare(kind="compare", column=column, operator="eq", value=value)
            for column, value in pairs
        ),
    )


def _not_equal(column: str, value: ex.Expression) -> ex.ColumnCompare:
    return ex.ColumnCompare(kind="compare", column=column, operator="ne", value=value)


def _find(
    table: Table,
    where: ex.Where,
    *,
    variable: str | None = None,
    missing: int = 404,
    message: str | None = None,
) -> pg.Find:
    return pg.Find(
        kind="find",
        variable=variable or camel(table.name),
        table=table.name,
        where=where,
        missing=missing,
        message=message or f"The {words(table.name)} does not exist.",
    )


def _unique(
    table: str, where: ex.Where, given: tuple[str, ...], rules: tuple[str, ...] = ()
) -> pg.RequireNone:
    return pg.RequireNone(
        kind="require_none",
        table=table,
        where=where,
        given=given,
        status=409,
        message=f"There is such a {words(table)} already.",
        rules=rules,
    )


def _require(
    condition: ex.Expression, status: int, message: str, rules: tuple[str, ...] = ()
) -> pg.Require:
    return pg.Require(
        kind="require", condition=condition, status=status, message=message, rules=rules
    )


def _insert(table: Table, values: Iterable[tuple[str, ex.Expression]]) -> pg.Insert:
    return pg.Insert(
        kind="insert", variable=camel(table.name), table=table.name, values=_assigns(values)
    )


def _update(
    table: Table,
    values: Iterable[tuple[str, ex.Expression]],
    optional: Iterable[tuple[str, ex.Expression]],
) -> pg.Update:
    return pg.Update(
        kind="update",
        variable="changed",
        row=camel(table.name),
        table=table.name,
        values=_assigns(values),
        optional=_assigns(optional),
    )


def _assigns(pairs: Iterable[tuple[str, ex.Expression]]) -> tuple[pg.Assign, ...]:
    return tuple(pg.Assign(column=column, value=value) for column, value in pairs)


def _return(table: Table, row: str | None = None) -> pg.ReturnRow:
    return pg.ReturnRow(
        kind="return_row", row=row or camel(table.name), response=pascal(table.name)
    )


def _compare(left: ex.Expression, operator: ex.Operator, right: ex.Expression) -> ex.Compare:
    return ex.Compare(kind="compare", left=left, operator=operator, right=right)


def _field(row: str, column: str) -> ex.RowField:
    return ex.RowField(kind="field", row=row, column=column)


def _body(name: str) -> ex.BodyProperty:
    return ex.BodyProperty(kind="body", property=name)


def _actor() -> ex.ActorId:
    return ex.ActorId(kind="actor")


def _integer(value: int) -> ex.IntegerLiteral:
    return ex.IntegerLiteral(kind="integer", value=value)


def _true() -> ex.BooleanLiteral:
    return ex.BooleanLiteral(kind="boolean", value=True)


def _false() -> ex.BooleanLiteral:
    return ex.BooleanLiteral(kind="boolean", value=False)


def _todo_tests() -> tuple[ts.TestFunction, ...]:
    title = ex.RandomText(kind="random_text", label="Buy milk", max_length=100)
    create = ts.Call(
        kind="call",
        variable="todo",
        connection="member",
        operation="todos.create",
        parameters=(),
        values=(ts.BodyValue(property="title", value=title),),
    )
    todo_id = ex.Property(kind="property", variable="todo", path=("id",))
    read = ts.Call(
        kind="call",
        variable=None,
        connection="otherMember",
        operation="todos.read",
        parameters=(todo_id,),
        values=(),
    )
    complete = ts.Call(
        kind="call",
        variable="completed",
        connection="member",
        operation="todos.complete",
        parameters=(todo_id,),
        values=(),
    )
    sign_in = ts.SignIn(kind="sign_in", variable="member", actor="member")
    other = ts.SignIn(kind="sign_in", variable="otherMember", actor="member")
    return (
        ts.TestFunction(
            name="others_see_nothing",
            operation="todos.read",
            purpose="A member never reads a todo of somebody else.",
            requirements=("R-1.1",),
            rules=("B-1.4",),
            statements=(
                sign_in,
                other,
                create,
                ts.ExpectError(kind="expect_error", status=404, call=read),
            ),
        ),
        ts.TestFunction(
            name="complete_once",
            operation="todos.complete",
            purpose=HOSTILE,
            requirements=("R-1.1",),
            rules=("B-1.3",),
            statements=(
                sign_in,
                create,
                complete,
                ts.Assert(
                    kind="assert",
                    predicate="equal",
                    actual=ex.Property(kind="property", variable="completed", path=("done",)),
                    expected=_true(),
                    message="The todo must be done.",
                ),
                ts.Assert(
                    kind="assert",
                    predicate="is_not_null",
                    actual=ex.Property(
                        kind="property", variable="completed", path=("completedAt",)
                    ),
                    expected=None,
                    message="A completed todo knows when.",
                ),
                ts.ExpectError(kind="expect_error", status=409, call=complete),
            ),
        ),
    )
