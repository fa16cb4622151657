import * as api from "../sdk/index.js";
import { randomText } from "./harness.js";

const CONNECTIONS = 20;
const [, , seconds = "10", ...hosts] = process.argv;
const times: number[] = [];
const failures: Record<string, number> = {};

async function member(host: string): Promise<api.Connection> {
  const body = { email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery" };
  const { accessToken } = await api.members.join({ host }, body);
  return { host, headers: { authorization: `Bearer ${accessToken}` } };
}

async function create(connection: api.Connection, deadline: number): Promise<void> {
  while (performance.now() < deadline) {
    const start = performance.now();
    try {
      await api.todos.create(connection, { title: randomText("title") });
      times.push(performance.now() - start);
    } catch (error) {
      const status = error instanceof api.HttpError ? String(error.status) : "nothing";
      failures[status] = (failures[status] ?? 0) + 1;
    }
  }
}

/** Everybody makes a list of the same name for one member through each host: one is made. */
async function race(round: number): Promise<boolean> {
  const [host = ""] = hosts;
  const { headers = {} } = await member(host);
  const made = Array.from({ length: 10 }, async (_, place) => {
    const connection = { host: hosts[place % hosts.length] ?? host, headers };
    return api.todoLists.create(connection, { name: `List ${round}` }).then(
      () => 201,
      (error: unknown) => (error instanceof api.HttpError ? error.status : 0),
    );
  });
  const statuses = await Promise.all(made);
  return statuses.filter((s) => s === 201).length === 1 && statuses.every((s) => s < 500);
}

const connections: api.Connection[] = [];
for (let place = 0; place < CONNECTIONS; place += 1)
  connections.push(await member(hosts[place % hosts.length] ?? ""));
const began = performance.now();
const deadline = began + Number(seconds) * 1000;
await Promise.all(connections.map((connection) => create(connection, deadline)));
const elapsed = (performance.now() - began) / 1000;
times.sort((a, b) => a - b);
let exact = 0;
for (let round = 0; round < 20; round += 1) exact += Number(await race(round));
const p99 = times[Math.floor(times.length * 0.99)] ?? 0;
const made = times.length;
const line = { made, perSecond: made / elapsed, p99, failures, exact };
console.log(JSON.stringify(line));
