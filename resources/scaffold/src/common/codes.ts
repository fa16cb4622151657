import { randomInt } from "node:crypto";

/** Without letters and digits that are easily mistaken for each other. */
const ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
const SUFFIX_LENGTH = 6;

/** A random code: 8 characters have 850 billion values. */
export function randomCode(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** The text as it stands in addresses, of `maxLength` at most; a random code if nothing is left. */
export function slugOf(text: string, maxLength: number): string {
  const letters = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = letters.match(/[\p{L}\p{N}]+/gu) ?? [];
  const slug = words.join("-").slice(0, maxLength).replace(/-$/u, "");
  return slug === "" ? randomCode(SUFFIX_LENGTH) : slug;
}

/** The same with a random end, which keeps it unique. */
export function endedSlugOf(text: string, maxLength: number): string {
  return `${slugOf(text, maxLength - SUFFIX_LENGTH - 1)}-${randomCode(SUFFIX_LENGTH)}`;
}
