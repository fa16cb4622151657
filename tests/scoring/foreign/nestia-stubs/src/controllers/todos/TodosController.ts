import core from "@nestia/core";
import { Controller } from "@nestjs/common";
import typia, { tags } from "typia";

import { IPage } from "../../api/structures/IPage";
import { ITodo } from "../../api/structures/ITodo";
import { MemberAuth } from "../../decorators/MemberAuth";
import { MemberPayload } from "../../decorators/MemberPayload";

@Controller("todo/member/todos")
export class TodosController {
  /**
   * Show the own todos.
   *
   * @throws 400 A value is malformed
   * @throws 401 There is no valid token
   */
  @core.TypedRoute.Patch()
  public async index(
    @MemberAuth() member: MemberPayload,
    @core.TypedBody() body: ITodo.IRequest,
  ): Promise<IPage<ITodo>> {
    return typia.random<IPage<ITodo>>();
  }

  /**
   * Show one todo.
   *
   * @throws 401 There is no valid token
   * @throws 404 There is no such todo
   */
  @core.TypedRoute.Get(":todoId")
  public async at(
    @MemberAuth() member: MemberPayload,
    @core.TypedParam("todoId") todoId: string & tags.Format<"uuid">,
  ): Promise<ITodo> {
    return typia.random<ITodo>();
  }

  /**
   * Make a todo.
   *
   * @throws 400 A value is missing or malformed
   * @throws 401 There is no valid token
   * @throws 404 There is no such list
   */
  @core.TypedRoute.Post()
  public async create(
    @MemberAuth() member: MemberPayload,
    @core.TypedBody() body: ITodo.ICreate,
  ): Promise<ITodo> {
    return typia.random<ITodo>();
  }

  /**
   * Change a todo.
   *
   * @throws 400 A value is malformed
   * @throws 401 There is no valid token
   * @throws 404 There is no such todo, or no such list
   */
  @core.TypedRoute.Put(":todoId")
  public async update(
    @MemberAuth() member: MemberPayload,
    @core.TypedParam("todoId") todoId: string & tags.Format<"uuid">,
    @core.TypedBody() body: ITodo.IUpdate,
  ): Promise<ITodo> {
    return typia.random<ITodo>();
  }

  /**
   * Delete a todo.
   *
   * @throws 401 There is no valid token
   * @throws 404 There is no such todo
   */
  @core.TypedRoute.Delete(":todoId")
  public async erase(
    @MemberAuth() member: MemberPayload,
    @core.TypedParam("todoId") todoId: string & tags.Format<"uuid">,
  ): Promise<void> {
    return;
  }

  /**
   * Complete a todo.
   *
   * @throws 401 There is no valid token
   * @throws 404 There is no such todo
   * @throws 409 It is done already
   */
  @core.TypedRoute.Post(":todoId/complete")
  public async complete(
    @MemberAuth() member: MemberPayload,
    @core.TypedParam("todoId") todoId: string & tags.Format<"uuid">,
  ): Promise<ITodo> {
    return typia.random<ITodo>();
  }

  /**
   * Open a todo again.
   *
   * @throws 401 There is no valid token
   * @throws 404 There is no such todo
   * @throws 409 It is open already
   */
  @core.TypedRoute.Post(":todoId/reopen")
  public async reopen(
    @MemberAuth() member: MemberPayload,
    @core.TypedParam("todoId") todoId: string & tags.Format<"uuid">,
  ): Promise<ITodo> {
    return typia.random<ITodo>();
  }
}
