import * as api from "../sdk/index.js";

/** What happens at once, and how it must end: it throws where it ends otherwise. */
export type Case = [name: string, run: (connection: api.Connection) => Promise<void>];

/** How often each status was answered; 2xx are one. */
export type Ending = Readonly<Record<string, number>>;

async function statusOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "success";
  } catch (error) {
    return error instanceof api.HttpError ? String(error.status) : "nothing";
  }
}

/** Make some values one after the other. */
export async function list<Made>(
  length: number,
  make: (place: number) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let place = 0; place < length; place += 1) made.push(await make(place));
  return made;
}

/** Make the calls at once and count how they end. */
export async function atOnce(calls: readonly (() => Promise<unknown>)[]): Promise<Ending> {
  const counted: Record<string, number> = {};
  for (const status of await Promise.all(calls.map(statusOf)))
    counted[status] = (counted[status] ?? 0) + 1;
  return counted;
}

function words(ending: Ending): string {
  return Object.keys(ending)
    .sort()
    .map((status) => `${ending[status]} × ${status}`)
    .join(", ");
}

/** Expect calls to have ended so. */
export function raced(found: Ending, wanted: Ending): void {
  if (words(found) !== words(wanted)) throw new Error(words(found));
}

/** Expect a number that is read afterwards. */
export function expected(what: string, found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${what} ${found} instead of ${wanted}`);
}
