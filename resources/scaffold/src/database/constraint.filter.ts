import { type ArgumentsHost, Catch, ConflictException } from "@nestjs/common";
import { BaseExceptionFilter } from "@nestjs/core";

/** Primary result code of SQLite for a violated constraint; extended codes end in this byte. */
const SQLITE_CONSTRAINT = 19;
const PRIMARY_CODE_MASK = 0xff;

/** Answer 409 where a row is refused by a key, a check or a relation of the database. */
@Catch()
export class ConstraintFilter extends BaseExceptionFilter {
  public override catch(exception: unknown, host: ArgumentsHost): void {
    const conflict = new ConflictException("The data contradicts other data.");
    super.catch(isConstraintViolation(exception) ? conflict : exception, host);
  }
}

function isConstraintViolation(exception: unknown): boolean {
  return (
    exception instanceof Error &&
    "errcode" in exception &&
    typeof exception.errcode === "number" &&
    (exception.errcode & PRIMARY_CODE_MASK) === SQLITE_CONSTRAINT
  );
}
