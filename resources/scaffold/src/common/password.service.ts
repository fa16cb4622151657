import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { Inject, Injectable } from "@nestjs/common";
import { APP_CONFIG, type AppConfig } from "../config.js";

const SALT_BYTES = 16;
const KEY_BYTES = 32;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Hash passwords with scrypt; each hash tells its cost, so that the cost may be raised. */
@Injectable()
export class PasswordService {
  public constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {}

  /** Hash a password with a random salt. */
  public async hash(password: string): Promise<string> {
    const cost = this.config.passwordCost;
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(password, salt, KEY_BYTES, { N: cost });
    return `${cost}:${salt.toString("hex")}:${key.toString("hex")}`;
  }

  /** Tell whether a password belongs to a stored hash. */
  public async verify(password: string, stored: string): Promise<boolean> {
    const [cost, salt, key] = stored.split(":");
    if (cost === undefined || salt === undefined || key === undefined) return false;
    const expected = Buffer.from(key, "hex");
    const options = { N: Number(cost) };
    const actual = await derive(password, Buffer.from(salt, "hex"), expected.length, options);
    return timingSafeEqual(expected, actual);
  }
}
