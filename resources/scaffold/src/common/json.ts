import { z } from "zod";

/** An object of free form. */
export type JsonObject = Record<string, unknown>;

/** An object of free form of at most `longest` characters when it is written as JSON. */
export function jsonObject(longest: number): z.ZodType<JsonObject, JsonObject> {
  return z
    .record(z.string(), z.unknown())
    .refine((value) => isShort(value, longest), `must have at most ${longest} characters as JSON`);
}

/** Write an object the way it is stored; what is absent stays so. */
export function toJson(value: JsonObject): string;
export function toJson(value: JsonObject | null): string | null;
export function toJson(value: JsonObject | undefined): string | undefined;
export function toJson(value: JsonObject | null | undefined): string | null | undefined;
export function toJson(value: JsonObject | null | undefined): string | null | undefined {
  return value === null || value === undefined ? value : JSON.stringify(value);
}

/** Read an object the way it was stored; null stays so. */
export function fromJson(text: string): JsonObject;
export function fromJson(text: string | null): JsonObject | null;
export function fromJson(text: string | null): JsonObject | null {
  return text === null ? text : (JSON.parse(text) as JsonObject);
}

function isShort(value: JsonObject, longest: number): boolean {
  try {
    return JSON.stringify(value).length <= longest;
  } catch {
    return false; // nested too deep to be written
  }
}
