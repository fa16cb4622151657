"""The rendered backend type-checks, reads well, and answers as the programs say."""

import json
import re
from pathlib import Path

import pytest

from pipeline.node.compile import check_project
from pipeline.node.runtime import verify_project
from pipeline.project import File, Project
from pipeline.render import nest, sdk
from tests.pipeline.render.samples import forum_project, todo_project

PROJECTS = {"todo": todo_project(), "forum": forum_project()}
WALKS = Path(__file__).with_name("walks")


def write(files: tuple[File, ...], folder: Path) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


def text_of(project: Project, path: str) -> str:
    return next(file.text for file in nest.render(project) if file.path == path)


def method_of(project: Project, resource: str, name: str) -> str:
    """Return the code of a service's method, without the comment before it."""
    service = text_of(project, f"src/modules/{resource}/{resource}.service.ts")
    found = re.search(rf"  public async {name}\(.*?\n  }}\n", service, re.DOTALL)
    assert found is not None
    return found.group()


@pytest.fixture(scope="module", params=sorted(PROJECTS))
def project(request: pytest.FixtureRequest) -> Project:
    return PROJECTS[request.param]


def test_backend_and_sdk_have_no_type_error_and_nothing_unused(
    project: Project, tmp_path: Path
) -> None:
    write((*nest.render(project), *sdk.render(project)), tmp_path)
    settings = json.loads((tmp_path / "tsconfig.json").read_text())
    settings["compilerOptions"] |= {"noUnusedLocals": True, "noUnusedParameters": True}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    report = check_project(tmp_path)
    assert report.units > 30
    assert report.diagnostics == ()


def test_rendering_is_deterministic(project: Project) -> None:
    assert nest.render(project) == nest.render(project.__class__(**vars(project)))


def test_no_path_comes_twice(project: Project) -> None:
    paths = [file.path for file in (*nest.render(project), *sdk.render(project))]
    assert sorted(paths) == sorted(set(paths))


def test_code_is_never_any(project: Project) -> None:
    for file in nest.render(project):
        assert not re.search(r"\bany\b[\[\]>;,)]|as any|: any", file.text), file.path


def test_lines_keep_within_the_width_where_they_can(project: Project) -> None:
    for file in nest.render(project):
        if not file.path.endswith(".ts") or file.path.endswith("ddl.ts"):
            continue
        for line in file.text.split("\n"):
            assert len(line) <= 100 or '"' in line, (file.path, line)


def test_every_file_ends_in_one_newline(project: Project) -> None:
    for file in nest.render(project):
        assert file.text.endswith("\n"), file.path
        assert not file.text.endswith("\n\n"), file.path


@pytest.mark.parametrize("name", sorted(PROJECTS))
def test_backend_answers_through_the_sdk(name: str, tmp_path: Path) -> None:
    project = PROJECTS[name]
    write((*nest.render(project), *sdk.render(project)), tmp_path)
    parts = {"run": "run", "walk": "walk", "walks": name}
    for target, source in parts.items():
        text = (WALKS / f"{source}.ts").read_text(encoding="utf-8")
        write((File(f"test/{target}.ts", text),), tmp_path)
    assert check_project(tmp_path).diagnostics == ()
    report = verify_project(tmp_path)
    failures = {case.name: case.error for case in report.tests if not case.ok}
    assert failures == {}
    assert report.passed == report.total == 5


def test_own_row_is_found_by_key_and_caller_in_one_method() -> None:
    service = text_of(PROJECTS["todo"], "src/modules/todos/todos.service.ts")
    assert service.count('.where("id", "=", todoId)') == 1
    assert service.count("await this.findOwnTodo(this.db, actor, todoId)") == 4
    finder = service[service.index("private findOwnTodo") :]
    assert '.where("member_id", "=", actor.id)' in finder


def test_column_without_a_value_gets_its_default() -> None:
    create = method_of(PROJECTS["todo"], "todos", "create")
    assert "priority: body.priority ?? 3," in create
    assert "note: body.note ?? null," in create
    assert "done: false," in create
    nullable_with_default = method_of(PROJECTS["forum"], "posts", "create")
    assert "locked: body.locked === undefined ? true : body.locked," in nullable_with_default


def test_check_of_a_unique_value_is_skipped_where_it_is_not_given() -> None:
    update = method_of(PROJECTS["todo"], "todos", "update")
    guarded = update[update.index("if (body.title !== undefined) {") :]
    assert guarded.index('.where("title", "=", body.title)') < guarded.index("    }\n")
    assert '.where("id", "!=", todo.id)' in guarded


def test_rule_is_cited_where_it_is_enforced() -> None:
    create = method_of(PROJECTS["todo"], "todos", "create")
    rule = "// B-1.2: A member keeps at most 50 todos.\n    const { held } = await"
    assert create.count("// B-1.2") == 1
    assert create.index(rule) < create.index("ensure(held < 50,")


def test_soft_deleted_row_is_marked() -> None:
    erase = method_of(PROJECTS["forum"], "posts", "erase")
    assert "deleteFrom" not in erase
    assert ".set({ deleted_at: now() })" in erase


def test_statements_of_a_transaction_use_it_and_hand_out_the_row() -> None:
    publish = method_of(PROJECTS["forum"], "posts", "publish")
    start = "const changed = await this.db.atomically(async (trx) => {"
    inside = publish[publish.index(start) + len(start) : publish.index("    });")]
    assert "this.db" not in inside
    assert inside.rstrip().endswith("return changed;")
    assert publish.rstrip().endswith("return this.toPost(changed);\n  }")


def test_enum_sorts_in_the_order_of_its_words() -> None:
    service = text_of(PROJECTS["forum"], "src/modules/posts/posts.service.ts")
    assert 'rank("posts.status", ["draft", "published", "closed"])' in service
    assert 'status_desc: [BY_STATUS, "desc"]' in service


def test_null_never_reaches_a_column_that_has_none() -> None:
    create = method_of(PROJECTS["forum"], "comments", "create")
    assert '.where(sql<SqlBool>`${sql.ref("id")} = ${body.parentId ?? null}`)' in create


def test_framework_gives_way_to_a_resource_of_its_name() -> None:
    controller = text_of(PROJECTS["forum"], "src/modules/posts/posts.controller.ts")
    assert "Post as NestPost" in controller
    assert "@NestPost()" in controller


def test_operation_tells_who_may_call_it() -> None:
    controller = text_of(PROJECTS["forum"], "src/modules/posts/posts.controller.ts")
    handlers = controller.split("  /**\n")
    update = next(each for each in handlers if "public update(" in each)
    read = next(each for each in handlers if "public read(" in each)
    assert '@Actors("member", "moderator")' in update
    assert "@Actors" not in read


def test_admin_joins_by_invitation_before_anything_else() -> None:
    join = method_of(PROJECTS["forum"], "moderators", "join")
    body = join[join.index("{\n") + 2 :].lstrip()
    assert body.startswith("ensure(\n      body.inviteCode === this.config.adminInviteCode,")
    assert "inviteCode" not in method_of(PROJECTS["forum"], "members", "join")


def test_deleted_rows_do_not_block_a_unique_value() -> None:
    ddl = text_of(PROJECTS["forum"], "src/database/ddl.ts")
    assert '"members_email_key" ON "members" ("email") WHERE "deleted_at" IS NULL' in ddl
    assert '"moderators_email_key" ON "moderators" ("email")`' in ddl


def test_bounds_lengths_and_words_are_checks_of_the_schema() -> None:
    ddl = text_of(PROJECTS["forum"], "src/database/ddl.ts")
    assert '"nickname" TEXT NOT NULL CHECK (length("nickname") BETWEEN 2 AND 20)' in ddl
    assert '"token_version" BIGINT NOT NULL CHECK ("token_version" BETWEEN 0 AND 1000000)' in ddl
    assert """CHECK ("status" IN ('draft', 'published', 'closed'))""" in ddl
    todo = text_of(PROJECTS["todo"], "src/database/ddl.ts")
    assert '"priority" BIGINT NOT NULL CHECK ("priority" BETWEEN 1 AND 5)' in todo


def test_service_is_given_only_what_it_uses() -> None:
    todos = text_of(PROJECTS["todo"], "src/modules/todos/todos.service.ts")
    members = text_of(PROJECTS["todo"], "src/modules/members/members.service.ts")
    assert "TokenService" not in todos
    assert "TokenService" in members
    assert "APP_CONFIG" not in members


def test_project_without_accounts_has_no_trace_of_them() -> None:
    project = PROJECTS["forum"]
    open_resources = ("categories",)
    operations = tuple(
        operation.model_copy(update={"actors": (), "guests": True})
        for operation in project.interface.operations
        if operation.resource in open_resources
    )
    schemas = tuple(s for s in project.interface.schemas if s.table == "category")
    table = project.database.table("category")
    bare = Project(
        analysis=project.analysis.model_copy(update={"actors": ()}),
        database=project.database.model_copy(update={"tables": (table,)}),
        interface=project.interface.model_copy(
            update={"operations": operations, "schemas": schemas}
        ),
        tests=project.tests,
        program=project.program,
    )
    files = {file.path: file.text for file in nest.render(bare)}
    assert "src/common/auth.guard.ts" not in files
    assert "jsonwebtoken" not in files["package.json"]
    assert "jwtSecret" not in files["src/config.ts"]
    assert not any("token.service" in text for text in files.values())


def test_list_of_words_breaks_together_with_the_calls_on_it() -> None:
    structures = text_of(PROJECTS["forum"], "src/structures/post.ts")
    assert '  sort: z\n    .enum([\n      "created_at_asc",' in structures
    assert '    ])\n    .default("created_at_desc"),' in structures


def test_alternatives_of_a_condition_are_one_call() -> None:
    listing = method_of(PROJECTS["forum"], "posts", "list")
    assert '.where("deleted_at", "is", null)\n      .where((eb) =>\n        eb.or([' in listing
    assert 'eb("created_at", ">=", fromNow(-30, "days"))' in listing
