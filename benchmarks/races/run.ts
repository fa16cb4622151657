import { startApp } from "../src/app.js";
import { loadConfig } from "../src/config.js";
import { CASES } from "./cases.js";

const ROUNDS = 20;
const CONFIG = loadConfig({
  ...process.env,
  PORT: "0",
  DATABASE_PATH: ":memory:",
  JWT_SECRET: "a secret of the races, and of nothing else",
  PASSWORD_COST: "1024",
  ACCOUNT_REQUESTS_PER_MINUTE: "0",
  ADMIN_INVITE_CODE: "invite-for-tests",
});

const began = performance.now();
const { app, url } = await startApp(CONFIG);
const bootMs = performance.now() - began;
let passed = 0;
for (const [name, run] of CASES) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    const error = await run({ host: url }).then(
      () => undefined,
      (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
    );
    const ok = error === undefined;
    passed += Number(ok);
    console.log(JSON.stringify({ name, ok, ms: performance.now() - start, error }));
  }
}
await app.close();
const total = CASES.length * ROUNDS;
console.log(JSON.stringify({ passed, total, bootMs, totalMs: performance.now() - began }));
