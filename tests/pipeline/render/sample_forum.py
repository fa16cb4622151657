"""A forum full of edge cases: every column type, and names and texts that collide."""

from __future__ import annotations

from pipeline.ast import expression as ex
from pipeline.ast import program as pg
from pipeline.ast import test as ts
from pipeline.ast.database import (
    BooleanType,
    Database,
    DatetimeType,
    DateType,
    DecimalType,
    DoubleType,
    EnumType,
    Index,
    IntegerType,
    TextType,
    UniqueKey,
    UriType,
    UuidType,
)
from pipeline.ast.interface import (
    Interface,
)
from pipeline.names import camel
from pipeline.project import Project
from tests.pipeline.render.sample_database import (
    DIRECTIVE,
    HOSTILE,
    make_analysis,
    make_column,
    make_relation,
    make_table,
)
from tests.pipeline.render.sample_interface import (
    account_operations,
    account_schemas,
    crud_operations,
    crud_schemas,
    make_operation,
)
from tests.pipeline.render.sample_program import (
    account_functions,
    actor_id,
    body,
    compare,
    erase_function,
    find,
    insert,
    integer,
    list_function,
    make_program,
    not_equal,
    require,
    require_none,
    return_row,
    row_field,
    truth,
    update,
    where_all,
)


def forum_project() -> Project:
    """Make a forum: members and moderators, every column type, self relation, soft delete.

    Its names and texts collide with the framework's and the languages' wherever they may: a
    resource `post`, comment ends, template holes, directives of the compiler.
    """
    member = make_table(
        "member",
        "members",
        "actor",
        HOSTILE,
        columns=(
            make_column("nickname", TextType(type="text", min_length=2, max_length=20), HOSTILE),
            make_column("born_on", DateType(type="date"), nullable=True),
        ),
        uniques=(UniqueKey(columns=("nickname",), rules=()),),
        soft_delete=True,
    )
    moderator = make_table("moderator", "moderators", "actor", DIRECTIVE, columns=())
    category = make_table(
        "category",
        "categories",
        "primary",
        "A shelf for posts.",
        columns=(make_column("label", TextType(type="text", min_length=1, max_length=30)),),
        uniques=(UniqueKey(columns=("label",), rules=()),),
    )
    status = EnumType(type="enum", values=("draft", "published", "closed"), default="draft")
    post = make_table(
        "post",
        "posts",
        "primary",
        HOSTILE,
        columns=(
            make_column("headline", TextType(type="text", min_length=1, max_length=80), DIRECTIVE),
            make_column("pinned", BooleanType(type="boolean", default=None)),
            make_column("locked", BooleanType(type="boolean", default=True), nullable=True),
            make_column("votes", IntegerType(type="integer", minimum=0, maximum=1000, default=0)),
            make_column(
                "price", DecimalType(type="decimal", minimum=0, maximum=5000), nullable=True
            ),
            make_column("rating", DoubleType(type="double")),
            make_column("external_key", UuidType(type="uuid"), nullable=True),
            make_column("event_day", DateType(type="date")),
            make_column("closes_at", DatetimeType(type="datetime"), nullable=True),
            make_column("source_link", UriType(type="uri"), nullable=True),
            make_column("status", status),
        ),
        relations=(
            make_relation("author", "member", "cascade", owner=True),
            make_relation("category", "category", "set_null", nullable=True),
            make_relation("reviewer", "moderator", "restrict", nullable=True),
        ),
        indexes=(Index(columns=("status", "event_day")),),
        soft_delete=True,
    )
    comment = make_table(
        "comment",
        "comments",
        "subsidiary",
        "An answer to a post or to another comment.",
        columns=(make_column("text", TextType(type="text", min_length=1, max_length=500)),),
        relations=(
            make_relation("post", "post", "cascade"),
            make_relation("author", "member", "cascade", owner=True),
            make_relation("parent", "comment", "set_null", nullable=True),
        ),
    )
    profile = make_table(
        "profile",
        "profiles",
        "subsidiary",
        "What a member tells about itself.",
        columns=(make_column("motto", TextType(type="text", min_length=0, max_length=80)),),
        relations=(
            make_relation("member", "member", "cascade", owner=True, cardinality="one_to_one"),
        ),
    )
    tables = (member, moderator, category, post, comment, profile)
    filters = ("headline", "pinned", "votes", "price", "status", "category_id", "event_day")
    operations = (
        *account_operations(member),
        *account_operations(moderator),
        *crud_operations(category, ("moderator",), "any", sorts=("label",), public=True),
        *crud_operations(
            post,
            ("member", "moderator"),
            "own",
            sorts=("created_at", "closes_at", "votes", "status"),
            public=True,
            filters=filters,
        ),
        make_operation(
            post, "publish", "action", ("moderator",), "any", errors=(401, 403, 404, 409)
        ),
        make_operation(post, "close_all", "action", ("member",), "own", errors=(401, 403, 404)),
        *crud_operations(comment, ("member",), "own", sorts=("created_at",)),
        make_operation(
            profile, "create", "create", ("member",), "own", errors=(400, 401, 403, 409)
        ),
        make_operation(profile, "read", "read", (), "any", errors=(400, 404)),
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
        *account_schemas(member, ("nickname", "born_on")),
        *account_schemas(moderator, ()),
        *crud_schemas(category, ("label",), ("label",)),
        *crud_schemas(post, (*written, "status"), (*written, "status"), filters=filters),
        *crud_schemas(comment, ("text", "post_id", "parent_id"), ("text",)),
        *crud_schemas(profile, ("motto",), ("motto",))[:2],
    )
    post_id = ex.Parameter(kind="parameter", name="postId")
    own_post = where_all(("id", post_id), ("author_id", actor_id()), ("deleted_at", None))
    any_post = where_all(("id", post_id), ("deleted_at", None))
    any_comment = where_all(("id", ex.Parameter(kind="parameter", name="commentId")))
    own_comment = where_all(
        ("id", ex.Parameter(kind="parameter", name="commentId")), ("author_id", actor_id())
    )
    any_category = where_all(("id", ex.Parameter(kind="parameter", name="categoryId")))
    find_category = pg.If(
        kind="if",
        condition=ex.Not(kind="not", operand=ex.IsNull(kind="is_null", operand=body("categoryId"))),
        then=(find(category, where_all(("id", body("categoryId")))),),
        otherwise=(),
    )
    visible = ex.WhereAll(
        kind="all",
        conditions=(
            ex.ColumnIsNull(kind="is_null", column="deleted_at"),
            ex.WhereAny(
                kind="any",
                conditions=(
                    not_equal("status", ex.EnumLiteral(kind="enum", value="draft")),
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
    own_drafts = where_all(
        ("author_id", actor_id()), ("status", ex.EnumLiteral(kind="enum", value="draft"))
    )
    label_taken = where_all(("label", body("label")))
    programs = {
        **account_functions(member, ("nickname", "born_on"), ("nickname",)),
        **account_functions(moderator, ()),
        "categories.list": list_function(category, None),
        "categories.read": (find(category, any_category), return_row(category)),
        "categories.create": (
            require_none("category", label_taken, ()),
            insert(category, (("label", body("label")),)),
            return_row(category),
        ),
        "categories.update": (
            find(category, any_category),
            require_none("category", label_taken, ("label",)),
            update(category, (), (("label", body("label")),)),
            return_row(category, "changed"),
        ),
        "categories.erase": erase_function(category, any_category),
        "posts.list": list_function(post, visible),
        "posts.read": (find(post, any_post), return_row(post)),
        "posts.create": (
            find_category,
            pg.Count(kind="count", variable="drafts", table="post", where=own_drafts),
            require(
                ex.All(
                    kind="all",
                    operands=(
                        compare(ex.Variable(kind="variable", name="drafts"), "le", integer(9)),
                        ex.AnyOf(
                            kind="any",
                            operands=(
                                compare(body("eventDay"), "ge", ex.Today(kind="today")),
                                compare(body("pinned"), "ne", truth()),
                            ),
                        ),
                    ),
                ),
                422,
                HOSTILE,
            ),
            insert(
                post,
                (
                    ("author_id", actor_id()),
                    *((name, body(camel(name))) for name in (*written, "status")),
                ),
            ),
            return_row(post),
        ),
        "posts.update": (
            find(post, own_post),
            require(
                compare(
                    row_field("post", "status"), "eq", ex.EnumLiteral(kind="enum", value="draft")
                ),
                409,
                DIRECTIVE,
            ),
            require(
                ex.Not(
                    kind="not",
                    operand=compare(
                        row_field("post", "status"),
                        "eq",
                        ex.EnumLiteral(kind="enum", value="closed"),
                    ),
                ),
                409,
                "A closed post stays as it is.",
            ),
            find_category,
            update(post, (), tuple((name, body(camel(name))) for name in (*written, "status"))),
            return_row(post, "changed"),
        ),
        "posts.erase": erase_function(post, own_post),
        "posts.publish": (
            pg.Transaction(
                kind="transaction",
                body=(
                    find(post, any_post),
                    require(
                        ex.AnyOf(
                            kind="any",
                            operands=(
                                ex.IsNull(kind="is_null", operand=row_field("post", "locked")),
                                compare(row_field("post", "votes"), "gt", integer(3)),
                            ),
                        ),
                        409,
                        "The post is locked.",
                    ),
                    update(
                        post,
                        (
                            ("status", ex.EnumLiteral(kind="enum", value="published")),
                            ("reviewer_id", actor_id()),
                            (
                                "votes",
                                ex.Arithmetic(
                                    kind="arithmetic",
                                    left=row_field("post", "votes"),
                                    operator="add",
                                    right=integer(1),
                                ),
                            ),
                        ),
                        (),
                    ),
                ),
            ),
            return_row(post, "changed"),
        ),
        "posts.closeAll": (
            find(post, own_post),
            ex.Let(
                kind="let",
                variable="limit",
                value=ex.Conditional(
                    kind="conditional",
                    condition=compare(row_field("post", "pinned"), "eq", truth()),
                    then=integer(5),
                    otherwise=integer(10),
                ),
            ),
            pg.If(
                kind="if",
                condition=compare(
                    row_field("post", "votes"), "lt", ex.Variable(kind="variable", name="limit")
                ),
                then=(
                    pg.Transaction(
                        kind="transaction",
                        body=(
                            update(
                                post,
                                (
                                    ("status", ex.EnumLiteral(kind="enum", value="closed")),
                                    ("closes_at", ex.Now(kind="now")),
                                ),
                                (),
                            ),
                            return_row(post, "changed"),
                        ),
                    ),
                ),
                otherwise=(return_row(post),),
            ),
        ),
        "comments.list": list_function(comment, None),
        "comments.read": (find(comment, any_comment), return_row(comment)),
        "comments.create": (
            find(post, where_all(("id", body("postId")), ("deleted_at", None))),
            pg.If(
                kind="if",
                condition=ex.Provided(kind="provided", property="parentId"),
                then=(
                    find(comment, where_all(("id", body("parentId"))), variable="parent"),
                    require(
                        compare(row_field("parent", "post_id"), "eq", row_field("post", "id")),
                        409,
                        "The parent belongs to another post.",
                    ),
                ),
                otherwise=(),
            ),
            insert(
                comment,
                (
                    ("author_id", actor_id()),
                    ("post_id", row_field("post", "id")),
                    ("parent_id", body("parentId")),
                    ("text", body("text")),
                ),
            ),
            return_row(comment),
        ),
        "comments.update": (
            find(comment, own_comment),
            update(comment, (), (("text", body("text")),)),
            return_row(comment, "changed"),
        ),
        "comments.erase": erase_function(comment, own_comment),
        "profiles.create": (
            pg.Transaction(
                kind="transaction",
                body=(
                    require_none("profile", where_all(("member_id", actor_id())), ()),
                    insert(profile, (("member_id", actor_id()), ("motto", body("motto")))),
                    return_row(profile),
                ),
            ),
        ),
        "profiles.read": (
            find(profile, where_all(("id", ex.Parameter(kind="parameter", name="profileId")))),
            return_row(profile),
        ),
    }
    return Project(
        analysis=make_analysis(
            "Forum & `Friends`", HOSTILE, (("member", "member"), ("moderator", "admin")), tables, ()
        ),
        database=Database(tables=tables),
        interface=Interface(operations=operations, schemas=schemas),
        tests=ts.TestSuite(functions=()),
        program=make_program(operations, programs),
    )
