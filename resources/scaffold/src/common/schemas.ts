import { z } from "zod";

/** A text that every database stores as it is: without NUL and halves of surrogate pairs. */
export const Text = z
  .string()
  .regex(/^[^\p{Surrogate}\0]*$/u, "must not contain NUL or a lone surrogate");

/** The key of a row. */
export const RowKey = z.guid().toLowerCase();

/** An e-mail address; addresses are compared whatever their case. */
export const Email = z
  .email()
  .regex(/^[^@]{1,64}@(?:[^.]{0,62}[^.-]\.)+[^.]{2,63}$/, "must have parts of the usual lengths")
  .toLowerCase();

/** The address of a web page; no browser runs it as a script. */
export const WebAddress = z
  .url()
  .regex(/^https?:\/\/[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]+$/, "must be an address of the web");

/** A day; the databases disagree about the year 0. */
export const Day = z.iso.date().regex(/^(?!0000)/, "must be after the year 0");

/** What else finds a row by a path: a slug, a code. */
export const RowName = z.string().min(1).max(20_000);

/** A moment in a request; stored in UTC with milliseconds, so that moments sort as texts. */
export const Moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .refine((text) => /^(?!0000)\d{4}-/.test(text), "must be between the years 1 and 9999");

/** A number in a query string. */
export const QueryNumber = z
  .string()
  .regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i, "must be a number")
  .transform(Number);

/** True or false in a query string. */
export const QueryBoolean = z.enum(["true", "false"]).transform((text) => text === "true");

/** Where a page lies in the whole list. */
export const Pagination = z.object({
  current: z.int().min(1),
  limit: z.int().min(1),
  records: z.int().min(0),
  pages: z.int().min(0),
});
export type Pagination = z.infer<typeof Pagination>;
