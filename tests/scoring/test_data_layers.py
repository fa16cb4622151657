"""One backend, written with many data layers: each is read, or missing; none is accused."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.brief import Brief, Limit
from scoring.checks import database, implementation
from scoring.checks.verdict import Verdict
from scoring.matching import Subject, match
from scoring.project import read_project
from scoring.project.facts import ProjectFacts
from scoring.project.folder import Folder, read_folder
from scoring.project.layers import notice, unmeasured
from scoring.worlds.stage import with_deeds
from tests.scoring.foreign_projects import READ, lay_out

SERVICES = {"list": "src/lists/lists.service.ts", "todo": "src/todos/todos.service.ts"}
MUTANTS = (
    ("typeorm", "list", "findOneBy({ id, ownerId })", "findOneBy({ id })", "list-owner"),
    ("typeorm", "list", ">= LISTS_MAX", "> LISTS_MAX", "list-quota"),
    ("typeorm", "list", "{ ownerId, name: dto.name }", "{ ownerId, name: ownerId }",
     "list-name-unique"),
    ("typeorm", "todo", "owner: { id: userId } };", "};", "todo-owner"),
    ("typeorm", "todo", "todo.status = TodoStatus.DONE;", "", "complete-open"),
    ("typeorm", "todo", "{ id, ownerId: userId }", "{ id }", "own-list"),
    ("mikro", "todo", "todo.status !== 'open'", "todo.status === 'open'", "complete-open"),
    ("mikro", "todo", "List, { id, member: memberId }", "List, { id }", "own-list"),
    ("mikro", "todo", "nativeDelete(Todo, { id, member: memberId })", "nativeDelete(Todo, { id })",
     "todo-owner"),
    ("mikro", "list", "member: memberId })) >= 20", "member: memberId })) >= 21", "list-quota"),
    ("drizzle", "todo", "eq(todos.memberId, memberId)]", "]", "todo-owner"),
    ("drizzle", "todo", "and(eq(lists.id, id), eq(lists.memberId, memberId))", "eq(lists.id, id)",
     "own-list"),
    ("drizzle", "list", "held >= 20", "held >= 2", "list-quota"),
    ("drizzle", "list", "if (same)", "if (!same)", "list-name-unique"),
    ("mongoose", "todo", "todo.member.toString() !== memberId", "false", "todo-owner"),
    ("mongoose", "todo", "{ _id: id, member: memberId }", "{ _id: id }", "own-list"),
    ("mongoose", "todo", "{ $set: { status: 'open' } }", "{ $set: { status: 'done' } }",
     "reopen-done"),
    ("mongoose", "list", "countDocuments({ member })) >= 20", "countDocuments({})) >= 20",
     "list-quota"),
)  # fmt: skip
"""Project, service, text, what it becomes, and the rule that is not kept then."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Folder]:
    out = tmp_path_factory.mktemp("layers")
    names = (*READ, "builder", "graphql", "sequelize", "sql")
    return {name: read_folder(lay_out(name, out)) for name in names}


@pytest.fixture(scope="module")
def facts(folders: dict[str, Folder]) -> dict[str, ProjectFacts]:
    return {name: read_project(folder) for name, folder in folders.items()}


def faults(verdicts: tuple[Verdict, ...]) -> list[str]:
    return [f"{v.expected}: {v.found}" for v in verdicts if v.loss]


def decided(subject: Subject) -> tuple[Verdict, ...]:
    """Decide all rules but the limits, which schemas keep."""
    kept = tuple(rule for rule in subject.brief.rules if not isinstance(rule, Limit))
    brief = subject.brief.model_copy(update={"rules": kept})
    return implementation.rules(match(subject.facts, brief))


@pytest.mark.parametrize("name", READ)
def test_a_layer_is_read_whole(name: str, facts: dict[str, ProjectFacts], todo: Brief) -> None:
    found = facts[name]
    subject = with_deeds(match(found, todo))
    assert len(found.operations) == 14
    assert len(found.tables) == 3
    assert found.unread == ()
    for check in (implementation.implemented, implementation.rules, implementation.acts):
        assert faults(check(subject)) == []
    for check in (database.entities, database.relations, database.constraints, database.indexes):
        assert faults(check(subject)) == []
    assert faults(database.documentation(subject)) == []


@pytest.mark.parametrize(
    ("name", "service", "old", "new", "rule"), MUTANTS, ids=[f"{m[0]}-{m[4]}" for m in MUTANTS]
)
def test_what_is_broken_is_noticed(
    name: str, service: str, old: str, new: str, rule: str, folders: dict[str, Folder], todo: Brief
) -> None:
    path = SERVICES[service]
    text = folders[name].texts[path]
    assert old in text
    changed = Folder(folders[name].texts | {path: text.replace(old, new)}, ())
    subject = match(read_project(changed), todo)
    broken = next(each.text for each in todo.rules if each.id == rule)
    assert any(broken in fault for fault in faults(decided(subject)))


def test_a_query_that_is_built_step_by_step_is_not_readable(
    facts: dict[str, ProjectFacts], todo: Brief
) -> None:
    subject = with_deeds(match(facts["builder"], todo))
    verdicts = implementation.rules(subject)
    assert faults(verdicts) == []
    assert [v.file for v in verdicts if v.unread] == ["src/todos/todos.service.ts"]
    assert faults(implementation.queries(subject)) == []
    assert faults(implementation.implemented(subject)) == []


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("sequelize", "Sequelize", "Data access with Sequelize is not read and tables of Sequelize"
         " are not read; 41 points could not be measured."),
        ("sql", "SQL in texts", "Data access with SQL in texts is not read and tables of SQL in"
         " texts are not read; 41 points could not be measured."),
    ],
)  # fmt: skip
def test_a_layer_that_is_not_read_is_missing(
    name: str, data: str, line: str, facts: dict[str, ProjectFacts], todo: Brief
) -> None:
    found = facts[name]
    for check in (*implementation.CHECKS[:4], *database.CHECKS):
        reason = unmeasured(check.id, found)
        assert reason is not None
        assert data in reason
    for id in ("requirements.stated", "api.operations", "tests.exercised", "sdk.reachable"):
        assert unmeasured(id, found) is None
    assert match(found, todo).liveness == 1.0
    assert notice(found, 41) == line


def test_operations_of_graphql_are_missing(facts: dict[str, ProjectFacts], todo: Brief) -> None:
    found = facts["graphql"]
    assert found.operations == ()
    assert unmeasured("api.operations", found) == "Operations of GraphQL are not read"
    assert unmeasured("implementation.acts", found) is not None
    assert unmeasured("database.entities", found) is None
    assert faults(database.entities(match(found, todo))) == []
    assert notice(found, 78) == (
        "Operations of GraphQL are not read; 78 points could not be measured."
    )


def test_nothing_is_missing_where_all_is_read(facts: dict[str, ProjectFacts]) -> None:
    assert notice(facts["typeorm"], 0) is None
    assert unmeasured("implementation.acts", facts["typeorm"]) is None


def test_packages_of_a_read_layer_are_no_layer(folders: dict[str, Folder]) -> None:
    """Drizzle is handed a pool of `pg`; that makes no SQL of it."""
    path = "src/data/data.module.ts"
    assert "from 'pg'" in folders["drizzle"].texts[path]
    assert read_project(folders["drizzle"]).unread == ()


def test_the_folder_of_a_client_is_no_backend(tmp_path: Path) -> None:
    folder = lay_out("typeorm", tmp_path)
    web = folder / "web"
    web.mkdir()
    (web / "package.json").write_text('{ "dependencies": { "react": "19.0.0" } }')
    (web / "App.tsx").write_text("export const App = () => <p>{missing}</p>;\n")
    assert not [path for path in read_folder(folder).texts if path.startswith("web/")]
    (web / "package.json").write_text(
        '{ "dependencies": { "react": "19.0.0", "@nestjs/core": "11.0.0" } }'
    )
    assert "web/App.tsx" in read_folder(folder).texts
