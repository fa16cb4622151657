import { z } from "zod";

const DIGITS = /^\d{1,15}$/;
const POSTGRES_URL = /^postgres(?:ql)?:\/\/\S+$/;

/** The environment is not what the application needs: one sentence for each mistake. */
export class ConfigurationError extends Error {
  public override readonly name = "ConfigurationError";

  public constructor(mistakes: readonly string[]) {
    super(mistakes.join("\n"));
  }
}

/** A text with something in it. */
export const text = expecting("a text", (value) => value.trim() !== "");

/** A whole number in digits. */
export function whole(least: number, most: number) {
  return expecting(`a whole number from ${least} to ${most}`, (value) =>
    isWithin(value, least, most),
  ).transform(Number);
}

/** A power of two in digits. */
export function powerOfTwo(least: number, most: number) {
  return expecting(
    `a power of two from ${least} to ${most}`,
    (value) => isWithin(value, least, most) && Number.isInteger(Math.log2(Number(value))),
  ).transform(Number);
}

/** A text that nobody can guess. */
export function secret(least: number) {
  return expecting(`at least ${least} random characters`, (value) => value.length >= least);
}

/** The URL of a PostgreSQL database, on a host or by a socket. */
export const postgresUrl = expecting(
  "the URL of a PostgreSQL database such as postgres://user:password@host/name",
  (value) => POSTGRES_URL.test(value) && URL.canParse(value.replace("@/", "@localhost/")),
);

/** Origins of web pages, with commas between them. */
export const origins = expecting(
  "origins such as https://example.com, with commas between them",
  (value) => listed(value).every(isOrigin),
).transform(listed);

/** Read the environment by its schema; throws {@link ConfigurationError} with all mistakes. */
export function readEnvironment<Environment extends z.ZodObject>(
  schema: Environment,
  env: NodeJS.ProcessEnv,
  hidden: readonly string[],
): z.infer<Environment> {
  const read = schema.safeParse(env);
  if (read.success) return read.data;
  const mistakes = new Map<string, string>();
  for (const { path, message } of read.error.issues) {
    const name = String(path[0]);
    const state = describe(env[name], hidden.includes(name));
    mistakes.set(name, `${name} ${state}; expected ${message}.`);
  }
  throw new ConfigurationError([...mistakes.values()]);
}

function describe(value: string | undefined, isHidden: boolean): string {
  if (value === undefined) return "is not set";
  if (value === "") return "is empty";
  return isHidden ? `has ${value.length} characters, not shown here` : `is "${value}"`;
}

function expecting(expected: string, isRight: (value: string) => boolean) {
  return z.string(expected).refine(isRight, expected);
}

function isWithin(value: string, least: number, most: number): boolean {
  return DIGITS.test(value) && Number(value) >= least && Number(value) <= most;
}

function listed(value: string): string[] {
  return value.split(",").map((part) => part.trim());
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? new URL(value).origin === value
    : false;
}
