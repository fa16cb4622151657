import { tags } from "typia";

/** An account. */
export interface IMember {
  /** Primary key. */
  id: string & tags.Format<"uuid">;
  /** Address to sign in with. */
  email: string & tags.Format<"email">;
  /** When the account was made. */
  created_at: string & tags.Format<"date-time">;
}

export namespace IMember {
  /** An account with its tokens. */
  export interface IAuthorized extends IMember {
    token: IToken;
  }

  /** Tokens. */
  export interface IToken {
    access: string;
    refresh: string;
  }

  /** Who signs up. */
  export interface IJoin {
    email: string & tags.Format<"email">;
    password: string & tags.MinLength<8>;
  }

  /** Who signs in. */
  export interface ILogin {
    email: string & tags.Format<"email">;
    password: string;
  }

  /** A token to renew. */
  export interface IRefresh {
    refresh: string;
  }
}
