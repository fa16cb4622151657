import { TypedBody, TypedRoute } from "@nestia/core";
import { Controller } from "@nestjs/common";
import typia from "typia";

import { IMember } from "../../api/structures/IMember";

@Controller("auth/member")
export class AuthController {
  /**
   * Sign up.
   *
   * @param body Address and password
   * @returns The account with its tokens
   * @throws 400 A value is missing or malformed
   * @throws 409 The address is taken
   */
  @TypedRoute.Post("join")
  public async join(@TypedBody() body: IMember.IJoin): Promise<IMember.IAuthorized> {
    return typia.random<IMember.IAuthorized>();
  }

  /**
   * Sign in.
   *
   * @throws 400 A value is missing or malformed
   * @throws 401 Address or password is wrong
   */
  @TypedRoute.Post("login")
  public async login(@TypedBody() body: IMember.ILogin): Promise<IMember.IAuthorized> {
    return typia.random<IMember.IAuthorized>();
  }

  /**
   * Renew the tokens.
   *
   * @throws 401 The token is not valid
   */
  @TypedRoute.Post("refresh")
  public async refresh(@TypedBody() body: IMember.IRefresh): Promise<IMember.IAuthorized> {
    return typia.random<IMember.IAuthorized>();
  }
}
