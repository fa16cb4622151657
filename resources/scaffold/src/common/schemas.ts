import { z } from "zod";

/** A key in a path. */
export const RowKey = z.uuid();

/** What else finds a row by a path: a slug, a code. */
export const RowName = z.string().min(1).max(20_000);

/** A moment in a request; stored in UTC with milliseconds, so that moments sort as texts. */
export const Moment = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString());

/** A number in a query string. */
export const QueryNumber = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, "must be a number")
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
