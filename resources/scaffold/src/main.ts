import { inspect } from "node:util";
import type { INestApplication } from "@nestjs/common";
import { startApp } from "./app.js";
import { prepareEnvironment } from "./common/env-file.js";
import { ConfigurationError } from "./common/environment.js";
import { loadConfig, SECRETS } from "./config.js";

/** How long open requests may take once the process is asked to end. */
const GRACE_MS = 10_000;

/** Take no new requests, finish those in progress, close the database, and end. */
function stopOn(signal: NodeJS.Signals, app: INestApplication): void {
  process.once(signal, () => {
    process.stdout.write(`${signal}: finishing the requests in progress.\n`);
    setTimeout(() => {
      process.stderr.write(`Ended with requests in progress after ${GRACE_MS / 1000} s.\n`);
      process.exit(1);
    }, GRACE_MS).unref();
    void app.close().then(() => process.exit(0), fail);
  });
}

function fail(error: unknown): never {
  const reason = error instanceof ConfigurationError ? error.message : inspect(error);
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

try {
  prepareEnvironment(SECRETS);
  const { app, url } = await startApp(loadConfig());
  stopOn("SIGTERM", app);
  stopOn("SIGINT", app);
  process.stdout.write(`Listening on ${url}\n`);
} catch (error) {
  fail(error);
}
