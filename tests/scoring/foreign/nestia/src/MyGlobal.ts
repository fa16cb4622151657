import { PrismaClient } from "@prisma/client";
import dotenv from "dotenv";

dotenv.config();

/** What every part of the server shares. */
export class MyGlobal {
  public static readonly prisma: PrismaClient = new PrismaClient();

  /** The key that tokens are signed with. */
  public static get secret(): string {
    const secret = process.env.JWT_SECRET_KEY;
    if (secret === undefined) throw new Error("JWT_SECRET_KEY is not set.");
    return secret;
  }
}
