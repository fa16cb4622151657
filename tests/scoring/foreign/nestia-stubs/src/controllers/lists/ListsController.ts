import { TypedBody, TypedParam, TypedRoute } from "@nestia/core";
import { Controller } from "@nestjs/common";
import typia, { tags } from "typia";

import { IPage } from "../../api/structures/IPage";
import { ITodoList } from "../../api/structures/ITodoList";
import { MemberAuth } from "../../decorators/MemberAuth";
import { MemberPayload } from "../../decorators/MemberPayload";

@Controller("todo/member/lists")
export class ListsController {
  /**
   * Show the own lists.
   *
   * @throws 400 A value is malformed
   * @throws 401 There is no valid token
   */
  @TypedRoute.Patch()
  public async index(
    @MemberAuth() member: MemberPayload,
    @TypedBody() body: ITodoList.IRequest,
  ): Promise<IPage<ITodoList>> {
    return typia.random<IPage<ITodoList>>();
  }

  /**
   * Show one list.
   *
   * @throws 401 There is no valid token
   * @throws 404 There is no such list
   */
  @TypedRoute.Get(":listId")
  public async at(
    @MemberAuth() member: MemberPayload,
    @TypedParam("listId") listId: string & tags.Format<"uuid">,
  ): Promise<ITodoList> {
    return typia.random<ITodoList>();
  }

  /**
   * Make a list.
   *
   * @throws 400 The name is missing or malformed
   * @throws 401 There is no valid token
   * @throws 409 There is a list of this name, or there are 20
   */
  @TypedRoute.Post()
  public async create(
    @MemberAuth() member: MemberPayload,
    @TypedBody() body: ITodoList.ICreate,
  ): Promise<ITodoList> {
    return typia.random<ITodoList>();
  }

  /**
   * Rename a list.
   *
   * @throws 400 The name is malformed
   * @throws 401 There is no valid token
   * @throws 404 There is no such list
   * @throws 409 There is a list of this name
   */
  @TypedRoute.Put(":listId")
  public async update(
    @MemberAuth() member: MemberPayload,
    @TypedParam("listId") listId: string & tags.Format<"uuid">,
    @TypedBody() body: ITodoList.IUpdate,
  ): Promise<ITodoList> {
    return typia.random<ITodoList>();
  }

  /**
   * Delete a list; its todos stay.
   *
   * @throws 401 There is no valid token
   * @throws 404 There is no such list
   */
  @TypedRoute.Delete(":listId")
  public async erase(
    @MemberAuth() member: MemberPayload,
    @TypedParam("listId") listId: string & tags.Format<"uuid">,
  ): Promise<void> {
    return;
  }
}
