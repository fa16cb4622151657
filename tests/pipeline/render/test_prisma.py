"""The Prisma schema, checked by Prisma's own parser."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.ast.database import Column, EnumType, IntegerType, Relation, Table
from pipeline.derive.keys import with_indexes
from pipeline.node import toolchain
from pipeline.project import Project
from pipeline.render import nest, prisma
from pipeline.run.golden import golden_names
from tests.pipeline.render.samples import forum_project, todo_project

_CHECK = """\
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message(text) { throw new Error(text); } };
const wasm = require("@prisma/prisma-schema-wasm");
// This version still wants the URL, which newer ones refuse: they have it from prisma.config.ts.
const provider = 'provider = "sqlite"\\n';
const given = require("node:fs").readFileSync(0, "utf8");
const text = given.replace(provider, `${provider}  url      = "file:./test.db"\\n`);
const schema = (content) => [["schema.prisma", content]];
const answer = { errors: "", formatted: "" };
try {
  wasm.validate(JSON.stringify({ prismaSchema: schema(text), noColor: true }));
} catch (error) {
  answer.errors = error.message;
}
const options = { textDocument: { uri: "file:/schema.prisma" }, options: { tabSize: 2 } };
const formatted = wasm.format(JSON.stringify(schema(given)), JSON.stringify(options));
answer.formatted = JSON.parse(formatted)[0][1];
process.stdout.write(JSON.stringify(answer));
"""


def schema_of(project: Project) -> str:
    (file,) = prisma.render(project)
    assert file.path == "prisma/schema.prisma"
    return file.text


def check(schema: str) -> dict[str, str]:
    done = subprocess.run(
        [str(toolchain.node_path()), "-e", _CHECK],
        input=schema,
        capture_output=True,
        text=True,
        cwd=toolchain.TOOLCHAIN_DIR,
        check=True,
    )
    return json.loads(done.stdout)


def with_tables(project: Project, *tables: Table) -> Project:
    database = project.database.model_copy(update={"tables": tables})
    return Project(project.analysis, database, project.interface, project.tests, project.program)


def table(name: str, plural: str, **changes: object) -> Table:
    base = Table(
        name=name,
        plural=plural,
        stance="primary",
        entity=name,
        purpose=f"Rows of {name}.",
        requirements=(),
        soft_delete=False,
        columns=(),
        relations=(),
        uniques=(),
        indexes=(),
    )
    return base.model_copy(update=changes)


def relation(name: str, target: str, cardinality: str = "many_to_one", **more: object) -> Relation:
    values = {
        "owner": False,
        "on_delete": "cascade",
        "nullable": False,
        "description": "Where to.",
    } | more
    return Relation.model_validate(
        {"name": name, "target": target, "cardinality": cardinality} | values
    )


def column(name: str, type_: object, *, nullable: bool = False) -> Column:
    return Column.model_validate(
        {"name": name, "description": "A value.", "type": type_, "nullable": nullable}
    )


@pytest.mark.parametrize("name", golden_names())
def test_prisma_has_no_complaint_about_a_golden_project(
    name: str, golden: Callable[[str], Project]
) -> None:
    schema = schema_of(golden(name))
    assert check(schema) == {"errors": "", "formatted": schema}


@pytest.mark.parametrize("make", [todo_project, forum_project])
def test_samples_are_valid_and_formatted(make) -> None:
    schema = schema_of(make())
    answer = check(schema)
    assert answer["errors"] == ""
    assert answer["formatted"] == schema


def test_bounds_are_said_where_a_field_is_described() -> None:
    schema = schema_of(forum_project())
    assert re.search(r"/// .* 2 to 20 characters\.\n  nickname ", schema)
    assert "/// Raised by signing out: tokens of a lower version have ended. From 0 to" in schema


def test_the_checker_finds_errors() -> None:
    assert "Missing" in check("model Todo {\n  id Missing @id\n}\n")["errors"]


def test_two_relations_between_the_same_tables_get_names() -> None:
    member = table("member", "members", relations=(relation("best_post", "post", "one_to_one"),))
    post = table(
        "post",
        "posts",
        relations=(
            relation("author", "member"),
            relation("reviewer", "member", on_delete="set_null", nullable=True),
            relation("previous", "post", "one_to_one", on_delete="restrict", nullable=True),
            relation("topic", "post"),
        ),
    )
    schema = schema_of(with_tables(todo_project(), member, post))
    assert check(schema) == {"errors": "", "formatted": schema}
    assert '@relation("Post.author", fields: [author_id]' in schema
    assert "posts_as_reviewer Post[]" in schema
    assert "onDelete: SetNull" in schema


def test_names_that_prisma_takes_for_itself_are_avoided() -> None:
    words = EnumType(type="enum", values=("true", "false", "null"), default="true")
    tables = (
        table("int", "ints", columns=(column("state", words), column("ints", words))),
        table("int_state", "int_states", relations=(relation("int", "int"),)),
        table("decimal", "decimals", relations=(relation("owner", "int"), relation("int", "int"))),
        table("prisma_client", "prisma_clients", columns=(column("model", words),)),
        table("date_time", "date_times", relations=(relation("enum", "decimal"),)),
    )
    schema = schema_of(with_tables(todo_project(), *tables))
    assert check(schema) == {"errors": "", "formatted": schema}
    assert "model IntModel {" in schema
    assert "enum IntStateEnum {" in schema or "enum IntModelState" in schema
    assert 'true_value  @map("true")' in schema


def test_fields_do_not_collide_with_columns() -> None:
    integer = IntegerType(type="integer", minimum=0, maximum=9, default=None)
    box = table("box", "boxes", columns=(column("parcels", integer), column("parcel", integer)))
    parcel = table(
        "parcel",
        "parcels",
        columns=(column("box", integer),),
        relations=(relation("box", "box"),),
    )
    schema = schema_of(with_tables(todo_project(), box, parcel))
    assert check(schema) == {"errors": "", "formatted": schema}
    assert "box_row Box" in schema
    assert "parcels_as_box Parcel[]" in schema


@pytest.mark.parametrize("make", [todo_project, forum_project])
def test_the_indexes_are_those_of_the_sql(make) -> None:
    project = make()
    project = replace(project, database=with_indexes(project.database, project.interface))
    ddl = next(f.text for f in nest.render(project) if f.path == "src/database/ddl.ts")
    created = re.findall(r'CREATE INDEX \S+ ON "(\w+)" \(([^)]*)\)', ddl)
    assert {(table, tuple(listed.replace('"', "").split(", "))) for table, listed in created} == {
        (table.plural, index.columns)
        for table in project.database.tables
        for index in table.indexes
    } | {("token_families", ("expires_at",))}


def test_uniques_defaults_and_delete_rules_are_stated() -> None:
    schema = schema_of(todo_project())
    assert "@@unique([member_id, title])" in schema
    assert "email         String   @unique" in schema
    assert "priority     Int       @default(3)" in schema
    assert "done         Boolean   @default(false)" in schema
    assert "onDelete: Cascade" in schema
    assert '@@map("todos")' in schema
