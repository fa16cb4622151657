import type { Generated } from "kysely";

export type Timestamp = string;

export interface AccountTable {
  id: string;
  email: string;
  password: string;
  created_at: Generated<Timestamp>;
}

export interface TodoListTable {
  id: string;
  account_id: string;
  name: string;
  created_at: Generated<Timestamp>;
}

export interface TodoTable {
  id: string;
  account_id: string;
  list_id: string | null;
  title: string;
  notes: string | null;
  due_at: string | null;
  priority: Generated<"low" | "normal" | "high">;
  completed_at: string | null;
  created_at: Generated<Timestamp>;
}

export interface Tables {
  accounts: AccountTable;
  todo_lists: TodoListTable;
  todos: TodoTable;
}
