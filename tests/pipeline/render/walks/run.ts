import { startApp } from "../src/app.js";
import { loadConfig } from "../src/config.js";
import { walks } from "./walks.js";

const { app, url } = await startApp({ ...loadConfig(), port: 0 });
let passed = 0;
for (const [name, walk] of Object.entries(walks)) {
  try {
    await walk({ host: url });
    passed += 1;
    console.log(JSON.stringify({ name, ok: true, ms: 0 }));
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(JSON.stringify({ name, ok: false, ms: 0, error: text }));
  }
}
await app.close();
const total = Object.keys(walks).length;
console.log(JSON.stringify({ passed, total, bootMs: 0, totalMs: 0 }));
