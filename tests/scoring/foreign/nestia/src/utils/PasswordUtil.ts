import { randomBytes, scryptSync, timingSafeEqual } from "crypto";

/** Passwords, hashed with a random salt. */
export namespace PasswordUtil {
  export const hash = async (password: string): Promise<string> => {
    const salt = randomBytes(16);
    return `${salt.toString("hex")}:${scryptSync(password, salt, 32).toString("hex")}`;
  };

  export const verify = async (password: string, stored: string): Promise<boolean> => {
    const [salt, key] = stored.split(":");
    const derived = scryptSync(password, Buffer.from(salt, "hex"), 32);
    return timingSafeEqual(derived, Buffer.from(key, "hex"));
  };
}
