import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { Inject, Injectable } from "@nestjs/common";
import { APP_CONFIG, type AppConfig } from "../config.js";

const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** Memory of scrypt for each unit of cost: 128 bytes times its block size of 8. */
const BLOCK_BYTES = 1024;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

/** Hash passwords with scrypt; each hash says its cost, so that the cost may be raised. */
@Injectable()
export class PasswordService {
  /** The hash of a password that nobody knows. */
  private readonly decoy: Promise<string>;

  public constructor(@Inject(APP_CONFIG) private readonly config: AppConfig) {
    this.decoy = this.hash(randomBytes(KEY_BYTES).toString("hex"));
  }

  /** Hash a password with a random salt. */
  public async hash(password: string): Promise<string> {
    const cost = this.config.passwordCost;
    const salt = randomBytes(SALT_BYTES);
    const key = await derive(password, salt, KEY_BYTES, work(cost));
    return `${cost}:${salt.toString("hex")}:${key.toString("hex")}`;
  }

  /**
   * Whether a password belongs to a stored hash.
   *
   * Without one, as for an account that is not there, the answer is no after the same work.
   */
  public async verify(password: string, stored: string | undefined): Promise<boolean> {
    const known = stored ?? (await this.decoy);
    const [cost, salt, key] = known.split(":");
    if (cost === undefined || salt === undefined || key === undefined) return false;
    const expected = Buffer.from(key, "hex");
    const actual = await derive(
      password,
      Buffer.from(salt, "hex"),
      expected.length,
      work(Number(cost)),
    );
    return timingSafeEqual(expected, actual) && stored !== undefined;
  }
}

/** Allow scrypt the memory that its cost takes; Node allows 32 MiB if nothing is said. */
function work(cost: number): ScryptOptions {
  return { N: cost, maxmem: 2 * BLOCK_BYTES * cost };
}
