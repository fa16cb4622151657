import { tags } from "typia";

import { IPage } from "./IPage";

/** A list that a member sorts todos into. */
export interface ITodoList {
  /** Primary key. */
  id: string & tags.Format<"uuid">;
  /** Its name. */
  name: string & tags.MinLength<1> & tags.MaxLength<60>;
  /** When it was made. */
  created_at: string & tags.Format<"date-time">;
}

export namespace ITodoList {
  /** Which lists are wanted. */
  export interface IRequest extends IPage.IRequest {
    sort?: "name" | "created_at";
  }

  /** A new list. */
  export interface ICreate {
    name: string & tags.MinLength<1> & tags.MaxLength<60>;
  }

  /** A change of a list. */
  export interface IUpdate {
    name?: string & tags.MinLength<1> & tags.MaxLength<60>;
  }
}
