import { tags } from "typia";

import { IPage } from "./IPage";

/** Something to do. */
export interface ITodo {
  /** Primary key. */
  id: string & tags.Format<"uuid">;
  /** The list it is in. */
  list_id: (string & tags.Format<"uuid">) | null;
  /** What is to be done. */
  title: string & tags.MinLength<1> & tags.MaxLength<120>;
  /** More about it. */
  notes: (string & tags.MaxLength<2000>) | null;
  /** When it is due. */
  due_at: (string & tags.Format<"date-time">) | null;
  /** How much it matters. */
  priority: ITodo.Priority;
  /** Whether it is done. */
  status: "open" | "done";
  created_at: string & tags.Format<"date-time">;
  updated_at: string & tags.Format<"date-time">;
}

export namespace ITodo {
  /** How much a todo matters. */
  export type Priority = "low" | "normal" | "high";

  /** Which todos are wanted. */
  export interface IRequest extends IPage.IRequest {
    status?: "open" | "done";
    priority?: Priority;
    list_id?: string & tags.Format<"uuid">;
    search?: string;
    sort?: "due_at" | "priority" | "created_at";
  }

  /** A new todo. */
  export interface ICreate {
    list_id?: (string & tags.Format<"uuid">) | null;
    title: string & tags.MinLength<1> & tags.MaxLength<120>;
    notes?: (string & tags.MaxLength<2000>) | null;
    due_at?: (string & tags.Format<"date-time">) | null;
    priority?: Priority;
  }

  /** A change of a todo. */
  export type IUpdate = Partial<ICreate>;
}
