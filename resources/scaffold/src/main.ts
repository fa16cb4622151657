import type { INestApplication } from "@nestjs/common";
import { startApp } from "./app.js";
import { fail, prepare } from "./common/program.js";

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

try {
  const { app, url } = await startApp(prepare());
  stopOn("SIGTERM", app);
  stopOn("SIGINT", app);
  process.stdout.write(`Listening on ${url}\n`);
} catch (error) {
  fail(error);
}
