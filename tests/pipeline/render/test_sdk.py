"""The SDK has a typed function for each operation, and keeps its promises in the types."""

import re
from pathlib import Path

import pytest

from pipeline.node.compile import check_project
from pipeline.project import File, Project
from pipeline.render import nest, sdk
from tests.pipeline.render.samples import forum_project, todo_project

PROJECTS = {"todo": todo_project(), "forum": forum_project()}
CLIENT = """
import * as api from "../sdk/index.js";

/** Use each kind of function, and what its types promise. */
export async function client(connection: api.Connection): Promise<string[]> {
  const page: api.TodoPage = await api.todos.list(connection, { sort: "title_asc", done: false });
  const todo: api.Todo = await api.todos.create(connection, { title: "Read" });
  await api.todos.update(connection, todo.id, { note: null });
  const nothing: void = await api.todos.erase(connection, todo.id);
  try {
    await api.todos.complete(connection, todo.id);
  } catch (error) {
    const status: 401 | 404 | 409 = (error as api.todos.CompleteError).status;
    return [String(status), String(nothing)];
  }
  return page.data.map(({ title }) => title);
}
"""
MISUSE = """
import * as api from "../sdk/index.js";

/** Misuse each function in a way that only its types can tell. */
export async function misuse(connection: api.Connection): Promise<void> {
  // @ts-expect-error The title is missing.
  await api.todos.create(connection, {});
  // @ts-expect-error A todo has no owner to choose.
  await api.todos.create(connection, { title: "x", memberId: "x" });
  // @ts-expect-error There is no such order.
  await api.todos.list(connection, { sort: "colour" });
  // @ts-expect-error The key is missing.
  await api.todos.read(connection);
  const todo = await api.todos.read(connection, "key");
  // @ts-expect-error The note may be null.
  todo.note.length;
}
"""


def write(files: tuple[File, ...], folder: Path) -> None:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


@pytest.fixture(scope="module", params=sorted(PROJECTS))
def project(request: pytest.FixtureRequest) -> Project:
    return PROJECTS[request.param]


def test_sdk_stands_alone_and_serves_its_clients(tmp_path: Path) -> None:
    project = PROJECTS["todo"]
    settings = [f for f in nest.render(project) if f.path in ("tsconfig.json", "package.json")]
    write((*settings, *sdk.render(project)), tmp_path)
    write((File("test/client.ts", CLIENT), File("test/misuse.ts", MISUSE)), tmp_path)
    assert check_project(tmp_path).diagnostics == ()


def test_every_operation_has_its_function(project: Project) -> None:
    texts = {file.path: file.text for file in sdk.render(project)}
    for operation in project.interface.operations:
        path = f"sdk/functional/{operation.resource.replace('_', '-')}.ts"
        assert f"export function {operation.method_name}(" in texts[path], operation.id


def test_every_promised_status_is_documented_and_typed(project: Project) -> None:
    texts = {file.path: file.text for file in sdk.render(project)}
    for operation in project.interface.operations:
        text = texts[f"sdk/functional/{operation.resource.replace('_', '-')}.ts"]
        end = text.index(f"export function {operation.method_name}(")
        head = text[text.rindex("export type", 0, end) : end]
        assert " | ".join(map(str, operation.statuses())) in head
        for error in operation.errors:
            assert f"@throws {{HttpError}} {error.status}: " in head


def test_nothing_is_any_or_unknown(project: Project) -> None:
    for file in sdk.render(project):
        code = re.sub(r"/\*\*.*?\*/", "", file.text, flags=re.DOTALL)
        assert not re.search(r"\b(any|unknown)\b", code), file.path


def test_key_in_a_path_is_encoded() -> None:
    todos = next(f.text for f in sdk.render(PROJECTS["todo"]) if f.path.endswith("todos.ts"))
    assert "path: `/todos/${encodeURIComponent(todoId)}/complete`" in todos


def test_members_of_a_query_may_all_be_left_out() -> None:
    structures = next(
        f.text for f in sdk.render(PROJECTS["forum"]) if f.path == "sdk/structures.ts"
    )
    query = structures[structures.index("export interface PostQuery {") :]
    members = re.findall(r"^  (\w+\??): ", query[: query.index("\n}")], re.MULTILINE)
    assert len(members) > 5
    assert all(member.endswith("?") for member in members)
