import { tags } from "typia";

/** What a member's token says. */
export interface MemberPayload {
  type: "member";
  id: string & tags.Format<"uuid">;
}
