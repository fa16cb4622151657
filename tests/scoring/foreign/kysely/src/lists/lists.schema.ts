import { z } from "zod";
import { pageQuery } from "../shared/page.js";

export const ListBody = z.object({ name: z.string().trim().min(1).max(60) });
export type ListBody = z.infer<typeof ListBody>;

export const ListQuery = z.object({
  ...pageQuery,
  sort: z.enum(["name", "created_at"]).default("created_at"),
});
export type ListQuery = z.infer<typeof ListQuery>;

export interface List {
  id: string;
  name: string;
  createdAt: string;
}
