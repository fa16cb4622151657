import { z } from "zod";
import { pageQuery } from "../shared/page.js";

const Priority = z.enum(["low", "normal", "high"]);

export const NewTodo = z.object({
  title: z.string().trim().min(1).max(120),
  notes: z.string().max(2000).nullish(),
  dueAt: z.iso.datetime().nullish(),
  priority: Priority.default("normal"),
  listId: z.uuid().nullish(),
});
export type NewTodo = z.infer<typeof NewTodo>;

export const TodoChange = NewTodo.partial();
export type TodoChange = z.infer<typeof TodoChange>;

export const TodoQuery = z.object({
  ...pageQuery,
  status: z.enum(["open", "done"]).optional(),
  priority: Priority.optional(),
  listId: z.uuid().optional(),
  words: z.string().optional(),
  sort: z.enum(["due_at", "priority", "created_at"]).default("created_at"),
});
export type TodoQuery = z.infer<typeof TodoQuery>;

export interface Todo {
  id: string;
  listId: string | null;
  title: string;
  notes: string | null;
  dueAt: string | null;
  priority: "low" | "normal" | "high";
  completedAt: string | null;
  createdAt: string;
}
