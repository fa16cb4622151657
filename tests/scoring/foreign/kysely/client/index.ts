import type { Credentials, Token } from "../src/accounts/accounts.schema.js";
import type { List, ListBody } from "../src/lists/lists.schema.js";
import type { Page } from "../src/shared/page.js";
import type { NewTodo, Todo, TodoChange } from "../src/todos/todos.schema.js";

/** An answer other than 2xx. */
export class ApiError extends Error {
  public constructor(public readonly status: number) {
    super(`status ${status}`);
  }
}

/** Everything that the service can do. */
export class Client {
  public constructor(
    private readonly host: string,
    private readonly token?: string,
  ) {}

  /** Sign up. */
  public join(body: Partial<Credentials>): Promise<Token> {
    return this.send("POST", "/accounts/join", body);
  }

  /** Sign in. */
  public login(body: Credentials): Promise<Token> {
    return this.send("POST", "/accounts/login", body);
  }

  /** The own lists. */
  public lists(): Promise<Page<List>> {
    return this.send("GET", "/lists");
  }

  /** Make a list. */
  public createList(body: ListBody): Promise<List> {
    return this.send("POST", "/lists", body);
  }

  /** Rename a list. */
  public renameList(id: string, body: ListBody): Promise<List> {
    return this.send("PUT", `/lists/${id}`, body);
  }

  /** Delete a list. */
  public eraseList(id: string): Promise<void> {
    return this.send("DELETE", `/lists/${id}`);
  }

  /** The own todos. */
  public todos(): Promise<Page<Todo>> {
    return this.send("GET", "/todos");
  }

  public readTodo(id: string): Promise<Todo> {
    return this.send("GET", `/todos/${id}`);
  }

  /** Make a todo. */
  public createTodo(body: Partial<NewTodo>): Promise<Todo> {
    return this.send("POST", "/todos", body);
  }

  /** Change a todo. */
  public updateTodo(id: string, body: TodoChange): Promise<Todo> {
    return this.send("PUT", `/todos/${id}`, body);
  }

  /** Complete a todo. */
  public completeTodo(id: string): Promise<any> {
    return this.send("POST", `/todos/${id}/complete`);
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.host}${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!response.ok) throw new ApiError(response.status);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
}
