import { randomBytes } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs";
import { ConfigurationError } from "./environment.js";

const PATH = ".env";
const OWNER_ONLY = 0o600;
const SECRET_BYTES = 32;

/**
 * Load `.env`, in which the real environment's variables are not replaced.
 *
 * Secrets that neither has are written to it with random values, except in production.
 */
export function prepareEnvironment(secrets: readonly string[]): void {
  if (existsSync(PATH)) process.loadEnvFile(PATH);
  const missing = secrets.filter((name) => process.env[name] === undefined);
  if (missing.length === 0 || process.env["NODE_ENV"] === "production") return;
  writeSecrets(missing);
  process.loadEnvFile(PATH);
  process.stdout.write(`Wrote ${missing.join(" and ")} to ${PATH}, with random values.\n`);
}

function writeSecrets(names: readonly string[]): void {
  const lines = names.map((name) => `${name}=${randomBytes(SECRET_BYTES).toString("base64url")}\n`);
  try {
    const before = existsSync(PATH) ? readFileSync(PATH, "utf8") : "";
    const gap = before === "" || before.endsWith("\n") ? "" : "\n";
    appendFileSync(PATH, gap + lines.join(""), { mode: OWNER_ONLY });
    chmodSync(PATH, OWNER_ONLY);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(
      names.map((name) => `${name} is not set, and ${PATH} cannot be written (${reason}).`),
    );
  }
}
