"""What all end-to-end tests share: accounts that join, random values, assertions."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pipeline.ast.interface import (
    ArraySchema,
    BooleanSchema,
    ConstantSchema,
    FreeObjectSchema,
    IntegerSchema,
    Interface,
    NullSchema,
    NumberSchema,
    ObjectSchema,
    OneOfSchema,
    ReferenceSchema,
    Schema,
    SchemaProperty,
    StringSchema,
)
from pipeline.derive.e2e.arrangement import INVITE_CODE
from pipeline.derive.e2e.samples import MORNING
from pipeline.english import with_article
from pipeline.names import pascal, to_snake, words
from pipeline.project import Project
from pipeline.render.e2e.expressions import random_code, random_text_arguments
from pipeline.render.e2e.statements import parentheses
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.typescript import braces, brackets, jsdoc, number, quoted

_PASSWORD = "correct horse battery"  # noqa: S105 - what accounts of a test sign in with
_CREDENTIALS = ("email", "password")
_EMAIL = StringSchema(type="string", format="email")

_ACCOUNT = """\
/** A test: it throws if the backend does not do what it should. */
export type TestFunction = (connection: api.Connection) => Promise<void>;

/** An account that joined for a test: its connection, what joining answered, its credentials. */
export interface Account<Session> {
  connection: api.Connection;
  session: Session;
  email: string;
  password: string;
}
"""
_INVITE = """\
/** The code that lets an admin join; the tests run the application with it. */
export const ADMIN_INVITE_CODE = "@CODE@";
"""
_AUTHORIZED = """\
function authorize(connection: api.Connection, accessToken: string): api.Connection {
  const headers = { ...connection.headers, authorization: `Bearer ${accessToken}` };
  return { ...connection, headers };
}
"""
_HELPERS = {
    "expectStatus": """\
let traces = (): Promise<unknown> => Promise.resolve();

/** Say what every write leaves a trace in: a refused call must leave it as it was. */
export function watch(read: () => Promise<unknown>): void {
  traces = read;
}

/** Make a call and expect it to be refused with the status, and to write nothing. */
export async function expectStatus(status: number, call: () => Promise<unknown>): Promise<void> {
  const before = await traces();
  try {
    await call();
  } catch (error) {
    if (!(error instanceof api.HttpError)) throw error;
    strict.equal(error.status, status, `Expected status ${status}; ${error.message}`);
    strict.deepEqual(await traces(), before, "The call was refused, but it has written.");
    return;
  }
  strict.fail(`Expected status ${status}, but the call succeeded`);
}
""",
    "mailedToken": """\
const MAIL_PATIENCE_MS = 5000;
const MAIL_PAUSE_MS = 2;

/** The messages that no test has read yet. */
const mailbox: Message[] = [];

/** Keep a message for the tests, in the place of what would deliver it. */
export function keepMail(message: Message): Promise<void> {
  mailbox.push(message);
  return Promise.resolve();
}

/** Wait for the message to an address, which comes after the answer, and return its token. */
export async function mailedToken(address: string): Promise<string> {
  const signal = AbortSignal.timeout(MAIL_PATIENCE_MS);
  for await (const kept of setInterval(MAIL_PAUSE_MS, mailbox, { signal })) {
    const place = kept.findLastIndex(({ to }) => to === address);
    const [message] = place < 0 ? [] : kept.splice(place, 1);
    if (message !== undefined) return message.token;
  }
  return strict.fail(`Expected a message to ${address}, but none came`);
}
""",
    "expectAtOnce": """\
/** How calls at once must end: `succeed` of the `times` do, the others get the status. */
interface AtOnce {
  times: number;
  succeed: number;
  status: number;
}

async function statusOf(call: () => Promise<unknown>): Promise<number | "success"> {
  try {
    await call();
    return "success";
  } catch (error) {
    if (!(error instanceof api.HttpError)) throw error;
    return Number(error.status);
  }
}

/** Make calls in turn without waiting for their answers, and count how they end. */
export async function expectAtOnce(
  { times, succeed, status }: AtOnce,
  ...calls: readonly (() => Promise<unknown>)[]
): Promise<void> {
  const made = Array.from({ length: times }, (_, place) => present(calls[place % calls.length]));
  const found = await Promise.all(made.map(statusOf));
  const refused = Array.from({ length: times - succeed }, () => status);
  const expected = [...Array.from({ length: succeed }, () => "success"), ...refused];
  const message = `Expected ${succeed} of ${times} calls at once to succeed.`;
  strict.deepEqual(found.map(String).sort(), expected.map(String).sort(), message);
}
""",
    "assert": """\
/** Node's strict assertions; they don't narrow types, so a test may look at a value twice. */
export const assert = {
  /** Both are the same value. */
  equal(actual: unknown, expected: unknown, message: string): void {
    strict.deepEqual(actual, expected, message);
  },
  /** The values differ. */
  notEqual(actual: unknown, expected: unknown, message: string): void {
    strict.notDeepEqual(actual, expected, message);
  },
  /** The condition holds. */
  ok(condition: boolean, message: string): void {
    strict.ok(condition, message);
  },
};
""",
    "present": """\
/** Return the value, which must be there. */
export function present<Value>(value: Value | null | undefined): Value {
  strict.ok(value !== null && value !== undefined, "Expected a value, but there is none");
  return value;
}
""",
    "randomText": """\
/** Make a text that no other call gets: the label and random characters. */
export function randomText(label: string, maxLength = 200): string {
  const random = randomUUID().replaceAll("-", "").slice(0, 12);
  return `${label} ${random}`.trimStart().slice(0, maxLength);
}
""",
    "randomEmail": """\
/** Make a fresh e-mail address. */
export function randomEmail(): string {
  return `${randomUUID()}@example.com`;
}
""",
    "randomDigits": """\
/** Return random digits. */
export function randomDigits(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join("");
}
""",
    "untyped": """\
/** Pass a body off as any type, to send what the types forbid. */
export function untyped(body: object): never {
  return body as never;
}
""",
    "moved": """\
const MILLISECONDS = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 };

/** Move a moment, or a day, by some units, into the past if the amount is negative. */
export function moved(moment: string, amount: number, unit: keyof typeof MILLISECONDS): string {
  const time = new Date(moment).getTime() + amount * MILLISECONDS[unit];
  return new Date(time).toISOString().slice(0, moment.length);
}
""",
    "expectOrder": """\
/** Expect values to rise or fall from each to the next, and not to be all alike. */
export function expectOrder(
  values: readonly (string | number | boolean | null | undefined)[],
  order: "rising" | "falling",
  message: string,
): void {
  const given = values.filter((value) => value !== null && value !== undefined);
  strict.ok(new Set(given).size > 1, "Expected rows of different values");
  const rising = order === "rising" ? given : given.toReversed();
  strict.ok(
    rising.every((value, place) => place === 0 || present(rising[place - 1]) <= value),
    message,
  );
}
""",
    "nonEmpty": """\
/** Return the items of a list, which must not be empty. */
export function nonEmpty<Item>(items: readonly Item[]): readonly Item[] {
  strict.notEqual(items.length, 0, "Expected rows, but the list is empty");
  return items;
}
""",
}
_CLOCK = ("advanceClock", "fromNow", "now", "today")
"""What tests take from the backend's clock, so that both have the same time."""
_CLOCK_MODULE = quoted("../src/common/clock.js")


def harness(project: Project, used: Collection[str]) -> str:
    """Print `test/harness.ts` with a `join<Actor>` for each account and the helpers in `used`."""
    interface = project.interface
    sampler = _Sampler(interface)
    joins = [
        _join(sampler, operation.id, operation.table, operation.request, operation.response)
        for operation in interface.operations
        if operation.kind == "join" and operation.request and operation.response
    ]
    wanted = sampler.helpers | set(used)
    wanted |= {"present"} if wanted & {"expectOrder", "expectAtOnce"} else set()
    helpers = [text for name, text in _HELPERS.items() if name in wanted]
    shared = [name for name in _CLOCK if name in used]
    parts = [
        *([f"export {{ {', '.join(shared)} }} from {_CLOCK_MODULE};\n"] if shared else []),
        _ACCOUNT,
        *([_INVITE.replace("@CODE@", INVITE_CODE)] if sampler.invited else []),
        *joins,
    ]
    parts += [*([_AUTHORIZED] if joins else []), *helpers]
    body = "\n".join(parts)
    imports = ['import strict from "node:assert/strict";'] if "strict." in body else []
    drawn = [name for name in ("randomInt", "randomUUID") if f"{name}(" in body]
    imports += [f'import {{ {", ".join(drawn)} }} from "node:crypto";'] if drawn else []
    if "mailedToken" in wanted:
        imports.append('import { setInterval } from "node:timers/promises";')
    api = "import" if "instanceof api." in body or joins else "import type"
    imports.append(f'{api} * as api from "../sdk/index.js";')
    read = [name for name in _CLOCK if name in sampler.helpers]
    imports += [f"import {{ {', '.join(read)} }} from {_CLOCK_MODULE};"] if read else []
    if "mailedToken" in wanted:
        imports.append('import type { Message } from "../src/common/mailer.js";')
    return "\n".join([*imports, "", body])


def needs_invite(project: Project) -> bool:
    """Whether an account of the project joins by invitation."""
    return any(
        found.name == "inviteCode"
        for operation in project.interface.operations
        if operation.kind == "join" and operation.request
        for found in project.interface.object(operation.request).properties
    )


def _join(sampler: _Sampler, operation: str, table: str, request: str, response: str) -> str:
    own = [p for p in sampler.interface.object(request).properties if p.name not in _CREDENTIALS]
    password = next(
        p.schema_ for p in sampler.interface.object(request).properties if p.name == "password"
    )
    body = braces([*_CREDENTIALS, *sampler.members(own)])
    lines = [
        f"const email = {sampler.value(_EMAIL, 'E-mail')};",
        concat("const password = ", sampler.value(password, "Password"), ";"),
        concat(f"const session = await api.{operation}(connection, ", body, ");"),
        "const authorized = authorize(connection, session.accessToken);",
        "return { connection: authorized, session, email, password };",
    ]
    head = concat(
        f"export async function join{pascal(table)}",
        parentheses(["connection: api.Connection"]),
        f": Promise<Account<api.{response}>> {{",
    )
    return jsdoc([f"Join as {with_article(words(table))} that nobody else is."]) + "\n".join(
        [layout(head), *(layout(line, indent=2) for line in lines), "}\n"]
    )


class _Sampler:
    """Prints values that schemas accept, and remembers the helpers that they call."""

    def __init__(self, interface: Interface) -> None:
        self.interface = interface
        self.helpers: set[str] = set()
        self.invited = False

    def members(self, properties: Iterable[SchemaProperty]) -> list[Doc]:
        """Print the required properties with a value each."""
        return [
            concat(found.name, ": ", self._member(found)) for found in properties if found.required
        ]

    def _member(self, found: SchemaProperty) -> Doc:
        if found.name == "inviteCode":
            self.invited = True
            return "ADMIN_INVITE_CODE"
        return self.value(found.schema_, words(str(to_snake(found.name))).capitalize())

    def value(self, schema: Schema, label: str) -> Doc:
        """Print a value that the schema accepts; a text begins with the label."""
        match schema:
            case ConstantSchema(value=value):
                return quoted(value)
            case BooleanSchema():
                return "false"
            case IntegerSchema() | NumberSchema():
                lowest = schema.minimum if schema.minimum is not None else 1
                highest = schema.maximum if schema.maximum is not None else lowest
                return number(min(max(1, lowest), max(highest, lowest)))
            case StringSchema():
                return self._text(schema, label)
            case ArraySchema(items=items, min_items=least, max_items=most):
                number_of = max(least or 0, 1 if most is None else min(most, 1))
                return brackets(self.value(items, label) for _ in range(number_of))
            case FreeObjectSchema():
                return "{}"
            case ObjectSchema():
                return braces(self.members(schema.properties))
            case ReferenceSchema(name=name):
                return self.value(self.interface.named(name).schema_, label)
            case OneOfSchema(options=options):
                nullable = any(isinstance(option, NullSchema) for option in options)
                return "null" if nullable else self.value(options[0], label)
            case NullSchema():
                return "null"

    def _text(self, schema: StringSchema, label: str) -> str:
        if schema.enum:
            return quoted(schema.enum[0])
        if schema.text_pattern is not None:
            if schema.text_pattern.digits:
                self.helpers.add("randomDigits")
            return random_code(schema.text_pattern)
        match schema.format:
            case "email":
                return self._call("randomEmail")
            case "uuid":
                return "randomUUID()"
            case "date":
                return self._call("today")
            case "date-time":
                return self._call("now")
            case "time":
                return quoted(MORNING)
            case "uri":
                return '"https://example.com/"'
            case "password":
                fitted = _PASSWORD[: schema.max_length].ljust(schema.min_length or 0, "x")
                return quoted(fitted)
            case None:
                shortest, longest = schema.min_length or 0, schema.max_length or 200
                padded = label.ljust(shortest, "x") if shortest > len(label) else label
                arguments = random_text_arguments(padded, max(longest, 1))
                return self._call("randomText", arguments)

    def _call(self, name: str, arguments: str = "") -> str:
        self.helpers.add(name)
        return f"{name}({arguments})"
