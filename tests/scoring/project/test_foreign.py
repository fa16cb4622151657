"""Projects in other styles than ours are read as completely: nestia, Prisma client, supertest."""

from __future__ import annotations

import pytest

from scoring.brief import Rule
from scoring.loading import load_brief
from scoring.matching import Subject, match
from scoring.project import read_project
from scoring.project.facts import Operation, ProjectFacts
from scoring.project.folder import Folder
from scoring.trials.trial import play_tests
from scoring.typescript.sources import Given, Row
from scoring.worlds.stage import Stage

SCHEMA = """
model User {
  id           String @id
  email        String @unique
  passwordHash String
  tasks        Task[]
}

/// A task.
model Task {
  id        String   @id
  ownerId   String
  name      String
  completed Boolean  @default(false)
  owner     User     @relation(fields: [ownerId], references: [id], onDelete: Cascade)
  @@index([ownerId])
  @@map("app_tasks")
}
"""
PLAIN = {
    "prisma/schema.prisma": SCHEMA,
    "src/auth/jwt-auth.guard.ts": "export class JwtAuthGuard {}\n",
    "src/tasks/dto/create-task.dto.ts": """
import { IsOptional, IsString, MaxLength, MinLength } from "class-validator";
export class CreateTaskDto {
  @IsString() @MinLength(1) @MaxLength(120)
  name: string;

  @IsOptional() @MaxLength(2000)
  description?: string | null;
}
""",
    "src/tasks/tasks.controller.ts": """
import {
  Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post as HttpPost, Req, UseGuards,
} from "@nestjs/common";
import { ApiNotFoundResponse } from "@nestjs/swagger";
import { JwtAuthGuard } from "../auth/jwt-auth.guard";
import { CreateTaskDto } from "./dto/create-task.dto";
import { TasksService } from "./tasks.service";

@Controller({ path: "tasks" })
@UseGuards(JwtAuthGuard)
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @HttpPost()
  create(@Req() req: any, @Body() dto: CreateTaskDto) {
    return this.tasks.create(req.user.id, dto);
  }

  @Get(":id")
  @ApiNotFoundResponse()
  async findOne(@Param("id") id: string, @Req() req: any): Promise<Task> {
    return this.tasks.findOne(id, req.user.id);
  }

  @Get()
  findAll(): Promise<Task[]> {
    return Promise.resolve([]);
  }

  @Delete(":id")
  @HttpCode(HttpStatus.NO_CONTENT)
  remove(@Param("id") id: string, @Req() req: any): Promise<void> {
    return this.tasks.remove(id, req.user.id);
  }
}
""",
    "src/tasks/tasks.service.ts": """
import { ForbiddenException, Injectable, NotFoundException } from "@nestjs/common";
import { PrismaService } from "../prisma.service";
import { CreateTaskDto } from "./dto/create-task.dto";

@Injectable()
export class TasksService {
  constructor(private prisma: PrismaService) {}

  create(userId: string, dto: CreateTaskDto) {
    return this.prisma.task.create({ data: { ...dto, ownerId: userId } });
  }

  async findOne(id: string, userId: string) {
    const where = { AND: [{ id }, { ownerId: userId }] };
    const task = await this.prisma.task.findFirst({ where });
    if (!task) throw new NotFoundException();
    return task;
  }

  async remove(id: string, userId: string) {
    const task = await this.prisma.task.findUnique({ where: { id } });
    if (!task) throw new NotFoundException();
    if (task.ownerId !== userId) throw new ForbiddenException("not yours");
    await this.prisma.task.delete({ where: { id } });
  }
}
""",
    "test/tasks.e2e-spec.ts": """
import request from "supertest";
import { app, base } from "./app";

describe("tasks", () => {
  let token: string;
  beforeEach(async () => {
    const joined = await request(app.getHttpServer())
      .post("/auth/register")
      .send({ email: "a@b.c", password: "longenough" });
    token = joined.body.token;
  });

  it("creates a task", async () => {
    const made = await request(app.getHttpServer())
      .post("/tasks")
      .set("Authorization", `Bearer ${token}`)
      .send({ name: "x".repeat(3) })
      .expect(201);
    expect(made.body.name).toBe("xxx");
  });

  it("refuses a long name", async () => {
    await request(app.getHttpServer()).post("/tasks").send({ name: "x".repeat(121) }).expect(400);
  });

  it("proves nothing", async () => {
    const body = JSON.stringify({ name: "a" });
    const answer = await fetch(`${base}/tasks`, { method: "POST", body });
    expect(true).toBe(true);
    expect(answer.status).toBe(401);
  });
});
""",
}
NESTIA = {
    "prisma/schema/main.prisma": SCHEMA,
    "src/controllers/TaskController.ts": """
import core from "@nestia/core";
import { Controller } from "@nestjs/common";
import { MemberAuth } from "../decorators/MemberAuth";
import { TaskProvider } from "../providers/TaskProvider";
import { ITask } from "../api/structures/ITask";

@Controller("/todoApp/member/tasks")
export class TaskController {
  /**
   * Change a task.
   *
   * @throws 404 There is none.
   */
  @core.TypedRoute.Put(":taskId")
  public async update(
    @MemberAuth() member: MemberPayload,
    @core.TypedParam("taskId") taskId: string & tags.Format<"uuid">,
    @core.TypedBody() body: ITask.IUpdate,
  ): Promise<ITask> {
    return TaskProvider.update({ member, taskId, body });
  }

  @core.TypedRoute.Patch()
  public async index(@core.TypedBody() body: ITask.IRequest): Promise<IPage<ITask>> {
    return typia.random<IPage<ITask>>();
  }
}
""",
    "src/providers/TaskProvider.ts": """
import { HttpException } from "@nestjs/common";
import { MyGlobal } from "../MyGlobal";
import { ITask } from "../api/structures/ITask";

export namespace TaskProvider {
  export const update = async (props: IProps) => {
    const task = await MyGlobal.prisma.app_tasks.findUnique({ where: { id: props.taskId } });
    if (task === null || task.ownerId !== props.member.id) {
      throw new HttpException("Not found", 404);
    }
    const data = { name: props.body.name };
    return MyGlobal.prisma.app_tasks.update({ where: { id: task.id }, data });
  };
}
""",
    "src/api/structures/ITask.ts": """
export interface ITask {
  id: string & tags.Format<"uuid">;
  name: string & tags.MinLength<1> & tags.MaxLength<120>;
  due?: (string & tags.Format<"date-time">) | null;
}
export namespace ITask {
  export interface IUpdate { name?: string & tags.MaxLength<120> }
  export interface IRequest { page?: number & tags.Type<"int32">; sort?: "name" | "due" }
}
""",
    "src/api/functional/todoApp/member/tasks/index.ts": """
export async function update(
  connection: IConnection,
  taskId: string,
  body: update.Body,
): Promise<update.Response> {
  return PlainFetcher.fetch(connection, { ...update.METADATA, path: update.path(taskId) }, body);
}
export namespace update {
  export type Body = ITask.IUpdate;
  export type Response = ITask;
  export const METADATA = { method: "PUT", path: "/todoApp/member/tasks/:taskId" } as const;
}
""",
    "test/features/api/test_api_task_update.ts": """
import api from "@ORGANIZATION/PROJECT-api";
import { update } from "../../../src/api/functional/todoApp/member/tasks/index";

export async function test_api_task_update(connection: api.IConnection): Promise<void> {
  const task = await update(connection, "0", { name: "a" });
  TestValidator.equals("name", task.name, "a");
  await TestValidator.error("too long", () => update(connection, "0", { name: "a".repeat(200) }));
}
""",
}  # fmt: skip


@pytest.fixture(scope="module")
def plain() -> ProjectFacts:
    return read_project(Folder(PLAIN, ()))


@pytest.fixture(scope="module")
def nestia() -> ProjectFacts:
    return read_project(Folder(NESTIA, ()))


def test_routes_of_plain_controllers(plain: ProjectFacts) -> None:
    assert [o.key for o in plain.operations] == [
        "GET /tasks",
        "POST /tasks",
        "DELETE /tasks/{}",
        "GET /tasks/{}",
    ]
    assert all(o.guarded for o in plain.operations)
    by_key = {o.key: o for o in plain.operations}
    assert by_key["GET /tasks/{}"].documented == {404}
    assert by_key["DELETE /tasks/{}"].success == 204
    assert by_key["DELETE /tasks/{}"].returns_nothing


def test_queries_of_the_prisma_client(plain: ProjectFacts) -> None:
    by_key = {o.key: o for o in plain.operations}
    (found,) = by_key["GET /tasks/{}"].behaviour.accesses
    assert found.table == "Task"
    columns = {w.column: w.value.sources for w in found.wheres}
    assert columns == {"id": {Given.PARAMETER}, "ownerId": {Given.ACTOR}}
    (made,) = by_key["POST /tasks"].behaviour.accesses
    assert made.action == "insert"
    assert made.sets["ownerId"].sources == {Given.ACTOR}
    assert by_key["DELETE /tasks/{}"].behaviour.statuses() == {403, 404}
    assert by_key["GET /tasks"].behaviour.accesses == ()


def test_classes_with_decorators(plain: ProjectFacts) -> None:
    shape = plain.shapes["CreateTaskDto"]
    name, description = shape.properties
    assert (name.minimum, name.maximum, name.optional) == (1, 120, False)
    assert (description.maximum, description.optional, description.nullable) == (2000, True, True)


def test_tests_of_a_framework(plain: ProjectFacts) -> None:
    assert [(test.name, test.line, test.function) for test in plain.tests] == [
        ("creates a task", 14, ""),
        ("refuses a long name", 23, ""),
        ("proves nothing", 27, ""),
    ]
    assert not any(test.shared_state for test in plain.tests)


def test_supertest_and_fetch(plain: ProjectFacts) -> None:
    creates, refuses, proves = play_tests(match(plain, load_brief("todo"))).each
    assert [(call.route, call.refused) for call in creates.calls] == [("POST /tasks", False)]
    assert creates.passes
    assert refuses.calls[-1].refused
    assert [text for _, text in proves.vacuous] == ["expect(true).toBe(true)"]


def _said(subject: Subject, rule: Rule, found: Operation, id: str) -> str:
    required = subject.brief.operation(id)
    assert required is not None
    return Stage(subject).judged(rule, required, found).said


def test_a_comparison_of_owners_is_ownership(plain: ProjectFacts) -> None:
    subject = match(plain, load_brief("todo"))
    rule = next(rule for rule in subject.brief.rules if rule.id == "todo-owner")
    assert subject.tables["todo"].name == "Task"
    for id, said in (("todo.read", "holds"), ("todo.erase", "wrong status")):
        found = subject.found(id)
        assert found is not None
        assert _said(subject, rule, found, id) == said  # 403 says that there is such a todo
    listed = subject.found("todo.list")
    assert listed is not None
    assert _said(subject, rule, listed, "todo.list") != "holds"
    assert not subject.is_live(listed, "list", subject.brief.entity("todo"))


def test_routes_and_providers_of_nestia(nestia: ProjectFacts) -> None:
    index, update = nestia.operations
    assert (index.key, update.key) == (
        "PATCH /todoApp/member/tasks",
        "PUT /todoApp/member/tasks/{}",
    )
    assert update.documented == {404}
    assert update.body == "ITask.IUpdate"
    assert [a.action for a in update.behaviour.accesses] == ["read", "update"]
    (refusal,) = update.behaviour.refusals
    assert refusal.statuses == {404}
    assert {Given.ACTOR, Row("Task")} <= refusal.condition.sources
    assert index.behaviour.accesses == ()


def test_types_with_tags(nestia: ProjectFacts) -> None:
    shape = nestia.sdk_shapes["ITask"]
    assert [p.name for p in shape.properties] == ["id", "name", "due"]
    name = shape.property("name")
    assert name is not None
    assert (name.minimum, name.maximum) == (1, 120)
    due = shape.property("due")
    assert due is not None
    assert (due.optional, due.nullable) == (True, True)
    sort = nestia.sdk_shapes["ITask.IRequest"].property("sort")
    assert sort is not None
    assert sort.values == ("name", "due")


def test_clients_and_tests_of_nestia(nestia: ProjectFacts) -> None:
    (client,) = nestia.clients
    assert client.route == "PUT /todoApp/member/tasks/{}"
    (test,) = nestia.tests
    assert (test.name, test.function) == ("test_api_task_update", "test_api_task_update")
    (trial,) = play_tests(match(nestia, load_brief("todo"))).each
    assert [call.route for call in trial.calls] == ["PUT /todoApp/member/tasks/{}"]
    assert trial.passes is False, "nobody is signed in"


LIMITED = PLAIN | {
    "src/app.module.ts": """
import { Module } from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import { ThrottlerGuard } from "@nestjs/throttler";
@Module({ providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }] })
export class AppModule {}
""",
    "src/open/open.controller.ts": """
import { Controller, Get, UseGuards } from "@nestjs/common";
import { ThrottlerGuard } from "@nestjs/throttler";
@Controller()
export class OpenController {
  @Get("health")
  health(): string { return "ok"; }
  @Get("news")
  @UseGuards(ThrottlerGuard)
  news(): string { return "none"; }
}
""",
}


def test_a_rate_limit_asks_nobody_who_they_are() -> None:
    operations = {o.key: o for o in read_project(Folder(LIMITED, ())).operations}
    assert not operations["GET /news"].guarded
    assert operations["GET /tasks"].guarded


def test_a_probe_of_health_is_no_operation() -> None:
    facts = read_project(Folder(LIMITED, ()))
    assert "GET /health" not in {operation.key for operation in facts.operations}
