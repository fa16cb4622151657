import { Body, Controller, HttpCode, Post } from "@nestjs/common";
import { Validated } from "../shared/validated.js";
import * as accounts from "./accounts.provider.js";
import { Credentials, type Token } from "./accounts.schema.js";

@Controller("accounts")
export class AccountsController {
  @Post("join")
  public join(@Body(new Validated(Credentials)) body: Credentials): Promise<Token> {
    return accounts.join(body);
  }

  @Post("login")
  @HttpCode(200)
  public login(@Body(new Validated(Credentials)) body: Credentials): Promise<Token> {
    return accounts.login(body);
  }
}
