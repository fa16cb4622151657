import { inspect } from "node:util";
import { type AppConfig, loadConfig, SECRETS } from "../config.js";
import { prepareEnvironment } from "./env-file.js";
import { ConfigurationError } from "./environment.js";

/** Load `.env`, with secrets if it has none, and read the configuration. */
export function prepare(): AppConfig {
  prepareEnvironment(SECRETS);
  return loadConfig();
}

/** Say why the program cannot continue, and end it. */
export function fail(error: unknown): never {
  const reason = error instanceof ConfigurationError ? error.message : inspect(error);
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
