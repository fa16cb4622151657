import { HttpException, type HttpStatus } from "@nestjs/common";

/** Refuse the request with a status and a message unless the condition holds. */
export function ensure(condition: boolean, status: HttpStatus, message: string): void {
  if (!condition) throw new HttpException(message, status);
}
