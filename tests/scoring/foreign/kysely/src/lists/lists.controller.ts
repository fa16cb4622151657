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
import * as lists from "./lists.provider.js";
import { type List, ListBody, ListQuery } from "./lists.schema.js";

@Controller("lists")
@UseGuards(SessionGuard)
export class ListsController {
  @Get()
  public list(
    @CurrentSession() session: Session,
    @Query(new Validated(ListQuery)) query: ListQuery,
  ): Promise<Page<List>> {
    return lists.list(session.accountId, query);
  }

  @Get(":id")
  public read(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
  ): Promise<List> {
    return lists.read(accountId, id);
  }

  @Post()
  public create(
    @CurrentSession() { accountId }: Session,
    @Body(new Validated(ListBody)) body: ListBody,
  ): Promise<List> {
    return lists.create(accountId, body);
  }

  @Put(":id")
  public update(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
    @Body(new Validated(ListBody)) body: ListBody,
  ): Promise<List> {
    return lists.update(accountId, id, body);
  }

  @Delete(":id")
  @HttpCode(204)
  public erase(
    @CurrentSession() { accountId }: Session,
    @Param("id", ParseUUIDPipe) id: string,
  ): Promise<void> {
    return lists.erase(accountId, id);
  }
}
