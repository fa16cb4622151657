import { STATUS_CODES } from "node:http";
import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  HttpStatus,
  Logger,
} from "@nestjs/common";
import type { Response } from "express";

/** What every refused request is answered with. */
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

/** What is said of bodies that the parser refuses, by the type of its error. */
const UNREADABLE: Readonly<Record<string, string>> = {
  "charset.unsupported": "The character set of the body is not supported.",
  "encoding.unsupported": "The encoding of the body is not supported.",
  "entity.parse.failed": "The body is not valid JSON.",
  "entity.too.large": "The body is too large.",
};

/** Answer every error in one shape, whether the application, Nest or the body parser threw it. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(ErrorFilter.name);

  public catch(exception: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const body = describe(exception);
    if (body.statusCode >= 500) this.logger.error(exception);
    if (response.headersSent) {
      response.end();
      return;
    }
    if (body.statusCode === 401) response.set("WWW-Authenticate", "Bearer");
    response.status(body.statusCode).json(body);
  }
}

function describe(exception: unknown): ErrorBody {
  if (!(exception instanceof HttpException))
    return shaped(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong in the backend.");
  const details = listed(exception.getResponse());
  const message = details === undefined ? exception.message : "The request is malformed.";
  return shaped(exception.getStatus(), unreadable(exception.cause) ?? message, details);
}

function unreadable(cause: unknown): string | undefined {
  return cause instanceof Error && "type" in cause ? UNREADABLE[String(cause.type)] : undefined;
}

/** The messages of a pipe that checks what comes in; undefined for any other exception. */
function listed(response: unknown): string[] | undefined {
  if (typeof response !== "object" || response === null) return undefined;
  if (!("message" in response)) return undefined;
  return Array.isArray(response.message) ? response.message.map(String) : undefined;
}

function shaped(statusCode: number, message: string, details?: string[]): ErrorBody {
  const error = STATUS_CODES[statusCode] ?? "Error";
  return { statusCode, error, message, ...(details === undefined ? {} : { details }) };
}
