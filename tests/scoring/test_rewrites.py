"""The same program, written otherwise, gets the same points to the hundredth."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scoring.brief import Brief
from scoring.project.folder import read_folder
from scoring.report import Scorecard
from tests.scoring.texts import score_texts

SERVICE = "src/modules/todos/todos.service.ts"
CONTROLLER = "src/modules/todos/todos.controller.ts"
DTO = "src/structures/todo.ts"
Texts = dict[str, str]

FIND = re.compile(r"  private findOwnTodo\((?:.|\n)*?\n  \}\n")
OWN = '      .where("id", "=", todoId)\n      .where("member_id", "=", actor.id)\n'
SET = re.compile(r"\{\n( *)todo_list_id: body\.todoListId,\n(?:.*\n)*?( *)updated_at: now\(\),\n")


def replaced(texts: Texts, path: str, old: str | re.Pattern[str], new: str) -> None:
    text = texts[path]
    if isinstance(old, re.Pattern):
        assert old.search(text), old.pattern
        texts[path] = old.sub(lambda match: match.expand(new), text, count=1)
    else:
        assert old in text, old
        texts[path] = text.replace(old, new)


def condition_helper(texts: Texts) -> None:
    replaced(texts, SERVICE, OWN, "      .where(ownTodo(actor, todoId))\n")
    texts[SERVICE] += (
        "\nfunction ownTodo(actor: CurrentActor, id: string) {\n"
        '  return (eb: ExpressionBuilder<DatabaseTables, "todos">) =>\n'
        '    eb.and([eb("id", "=", id), eb("member_id", "=", actor.id)]);\n}\n'
    )


def conditional_spread(texts: Texts) -> None:
    members = {
        "todo_list_id": "todoListId", "title": "title", "notes": "notes", "due_on": "dueOn",
        "priority": "priority",
    }  # fmt: skip
    spread = "".join(
        f"...(body.{member} !== undefined && {{ {column}: body.{member} }}),\n"
        for column, member in members.items()
    )
    replaced(texts, SERVICE, SET, "{\n" + spread + "updated_at: now(),\n")


def other_names_of_dtos(texts: Texts) -> None:
    for path in texts:
        if path.startswith("src/"):
            texts[path] = re.sub(r"\bTodoCreate\b", "NewTodoRequest", texts[path])
            texts[path] = re.sub(r"\bTodoUpdate\b", "TodoChange", texts[path])


def promises(texts: Texts) -> None:
    replaced(
        texts,
        SERVICE,
        "    const todo = await this.findOwnTodo(this.db, actor, todoId);\n"
        "    return this.toTodo(todo);\n",
        "    return this.findOwnTodo(this.db, actor, todoId).then((row) => this.toTodo(row));\n",
    )


def repository(texts: Texts) -> None:
    found = FIND.search(texts[SERVICE])
    assert found is not None
    method = found[0].replace("private findOwnTodo", "public findOwn")
    replaced(texts, SERVICE, found[0], "")
    texts[SERVICE] = texts[SERVICE].replace("this.findOwnTodo(", "this.repository.findOwn(")
    replaced(
        texts,
        SERVICE,
        "private readonly db: DatabaseService) {}",
        "private readonly db: DatabaseService,\n"
        "    @Inject(TodosRepository) private readonly repository: TodosRepository) {}",
    )
    replaced(texts, SERVICE, "/** How a list", IMPORT_REPOSITORY + "/** How a list")
    replaced(texts, SERVICE, "DatabaseService, type Queries }", "DatabaseService }")
    texts["src/modules/todos/todos.repository.ts"] = (
        'import { Injectable, NotFoundException } from "@nestjs/common";\n'
        'import type { CurrentActor } from "../../common/current-actor.js";\n'
        'import type { Queries } from "../../database/database.service.js";\n'
        'import type { TodoRow } from "../../database/tables.js";\n\n'
        f"/** Finds todos. */\n@Injectable()\nexport class TodosRepository {{\n{method}}}\n"
    )


IMPORT_REPOSITORY = 'import { TodosRepository } from "./todos.repository.js";\n\n'


def renamed_files(texts: Texts) -> None:
    for path in list(texts):
        if path.startswith("src/"):
            texts[path] = texts[path].replace("./todos.service.js", "./todo-logic.js")
    texts["src/modules/todos/todo-logic.ts"] = texts.pop(SERVICE)


def guard_clauses(texts: Texts) -> None:
    replaced(
        texts,
        SERVICE,
        'ensure(todo.status === "open", HttpStatus.CONFLICT, "The todo is done already");',
        'if (todo.status !== "open") {\n'
        '        throw new HttpException("The todo is done already", '
        "HttpStatus.CONFLICT);\n      }",
    )
    replaced(texts, SERVICE, "import { HttpStatus,", "import { HttpException, HttpStatus,")


def class_validator(texts: Texts) -> None:
    old = re.compile(r"export const TodoCreate = (?:.|\n)*?\nexport type TodoCreate = .*\n")
    replaced(texts, DTO, old, CLASS.replace("\\", "\\\\"))
    texts[DTO] = "import * as v from 'class-validator';\n" + texts[DTO]
    replaced(texts, CONTROLLER, "@Body({ schema: TodoCreate }) body", "@Body() body")


CLASS = """export class TodoCreate {
  /** The list it is sorted into, if any. */
  @v.IsOptional() @v.IsUUID()
  todoListId?: string | null;

  /** What is to be done. */
  @v.IsString() @v.Length(1, 120)
  title!: string;

  /** More about it, if there is more to say. */
  @v.IsOptional() @v.IsString() @v.MaxLength(2000)
  notes?: string | null;

  /** The day it is due, if there is one. */
  @v.IsOptional() @v.IsDateString()
  dueOn?: string | null;

  /** How much it matters. */
  @v.IsOptional() @v.IsIn(["low", "normal", "high"])
  priority?: "low" | "normal" | "high";
}
"""


def destructured(texts: Texts) -> None:
    replaced(
        texts,
        SERVICE,
        re.compile(r"private toTodo\(row: TodoRow\): Todo \{(?:.|\n)*?\n  \}\n"),
        "private toTodo({ id, title, notes, priority, status, ...row }: TodoRow): Todo {\n"
        "    const rest = { dueOn: row.due_on, createdAt: row.created_at };\n"
        "    const todoListId = row.todo_list_id;\n"
        "    const shown = { id, todoListId, title, notes, priority, status, ...rest };\n"
        "    return { ...shown, updatedAt: row.updated_at };\n  }\n",
    )


def functions(texts: Texts) -> None:
    """Make the private method a function of the module."""
    found = FIND.search(texts[SERVICE])
    assert found is not None
    replaced(texts, SERVICE, found[0], "")
    texts[SERVICE] = texts[SERVICE].replace("this.findOwnTodo(", "findOwnTodo(")
    texts[SERVICE] += (
        found[0]
        .replace("  private findOwnTodo", "\nconst findOwnTodo = ")
        .replace("): Promise<TodoRow> {", "): Promise<TodoRow> => {")
    )


REWRITES = (
    condition_helper,
    conditional_spread,
    other_names_of_dtos,
    promises,
    repository,
    renamed_files,
    guard_clauses,
    class_validator,
    destructured,
    functions,
)


@pytest.fixture(scope="module")
def texts(golden: Path) -> Texts:
    return read_folder(golden).texts


@pytest.fixture(scope="module")
def card(texts: Texts, todo: Brief) -> Scorecard:
    return score_texts(texts, todo)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.__name__)
def test_a_harmless_rewrite_costs_nothing(
    rewrite: Callable[[Texts], None], texts: Texts, card: Scorecard, todo: Brief
) -> None:
    changed = dict(texts)
    rewrite(changed)
    assert changed != texts
    made = score_texts(changed, todo)
    known = [finding for axis in card.axes.values() for finding in axis.findings]
    new = [f for axis in made.axes.values() for f in axis.findings if f not in known]
    assert made.score == card.score, [(f.points, f.check, f.expected, f.found) for f in new]
    assert made.missing == card.missing
