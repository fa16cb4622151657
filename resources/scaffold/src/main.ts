import { startApp } from "./app.js";
import { loadConfig } from "./config.js";

const { url } = await startApp(loadConfig());
process.stdout.write(`Listening on ${url}\n`);
