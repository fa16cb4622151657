import { DynamicExecutor } from "@nestia/e2e";

import { open } from "../src/MyBackend";

const PORT = 37_001;

/** Start the server and run every test function. */
async function main(): Promise<void> {
  const backend = await open(PORT);
  const report = await DynamicExecutor.validate({
    prefix: "test",
    location: __dirname + "/features",
    parameters: () => [{ host: `http://127.0.0.1:${PORT}` }],
  });
  await backend.close();
  const failed = report.executions.filter((one) => one.error !== null);
  if (failed.length > 0) process.exit(-1);
}
main().catch(() => process.exit(-1));
