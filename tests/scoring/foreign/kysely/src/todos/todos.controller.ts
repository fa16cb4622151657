import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Post,
  Put,
  Query,
  UseGuards,
} from "@nestjs/common";
import type { Page } from "../shared/page.js";
import { CurrentSession, type Session, SessionGuard } from "../shared/session.js";
import { Validated } from "../shared/validated.js";
import * as todos from "./todos.provider.js";
import { NewTodo, type Todo, TodoChange, TodoQuery } from "./todos.schema.js";

@Controller("todos")
@UseGuards(SessionGuard)
export class TodosController {
  @Get()
  public list(
    @CurrentSession() { accountId }: Session,
    @Query(new Validated(TodoQuery)) query: TodoQuery,
  ): Promise<Page<Todo>> {
    return todos.list(accountId, query);
  }

  @Get(":id")
  public read(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
  ): Promise<Todo> {
    return todos.read(accountId, id);
  }

  @Post()
  public create(
    @CurrentSession() { accountId }: Session,
    @Body(new Validated(NewTodo)) body: NewTodo,
  ): Promise<Todo> {
    return todos.create(accountId, body);
  }

  @Put(":id")
  public update(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
    @Body(new Validated(TodoChange)) body: TodoChange,
  ): Promise<Todo> {
    return todos.update(accountId, id, body);
  }

  @Delete(":id")
  @HttpCode(204)
  public erase(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
  ): Promise<void> {
    return todos.erase(accountId, id);
  }

  @Post(":id/complete")
  @HttpCode(200)
  public complete(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
  ): Promise<Todo> {
    return todos.complete(accountId, id);
  }

  @Post(":id/reopen")
  @HttpCode(200)
  public reopen(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
  ): Promise<Todo> {
    return todos.reopen(accountId, id);
  }
}
