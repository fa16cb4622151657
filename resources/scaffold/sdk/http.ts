/** Where requests go, and as whom: sign in, then put `Bearer <accessToken>` into the headers. */
export interface Connection {
  host: string;
  headers?: Record<string, string>;
}

/** What the backend says about a refused request. */
export interface ErrorBody {
  /** The HTTP status. */
  statusCode: number;
  /** The name of the status. */
  error: string;
  /** What is wrong, in one sentence. */
  message: string;
  /** Each mistake, where a body, a query or a parameter is malformed. */
  details?: string[];
}

/** A response that is no success; an operation's type of it names the promised statuses. */
export class HttpError<Status extends number = number> extends Error {
  public override readonly name = "HttpError";

  public constructor(
    public readonly method: string,
    public readonly path: string,
    public readonly status: Status,
    public readonly body: ErrorBody,
  ) {
    const reasons = [body.message, ...(body.details ?? [])].join(" ");
    super(`${method} ${path} answered ${status}: ${reasons}`);
  }
}

/** One request, before it is sent. */
export interface RequestOptions {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  query?: object;
  body?: object;
}

/** Send one request and return the decoded answer; throws {@link HttpError} if it is refused. */
export async function request<Answer>(
  connection: Connection,
  { method, path, query = {}, body }: RequestOptions,
): Promise<Answer> {
  const url = new URL(path, connection.host);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const response = await fetch(url, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...connection.headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new HttpError(method, path, response.status, errorBody(response, text));
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

function errorBody(response: Response, text: string): ErrorBody {
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  if (isJson) return JSON.parse(text) as ErrorBody;
  const { status, statusText } = response;
  return { statusCode: status, error: statusText, message: text || statusText };
}
