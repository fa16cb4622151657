import {
  type ArgumentsHost,
  Catch,
  ConflictException,
  UnprocessableEntityException,
} from "@nestjs/common";
import { ErrorFilter } from "../common/error.filter.js";

/** Primary result code of SQLite for a violated constraint; extended codes end in this byte. */
const SQLITE_CONSTRAINT = 19;
const PRIMARY_CODE_MASK = 0xff;

/** How PostgreSQL's codes of violated constraints begin, and of values that don't fit. */
const POSTGRES_CONSTRAINT = "23";
const POSTGRES_DATA = "22";
const POSTGRES_CODE = /^[0-9A-Z]{5}$/;

/** Answer 409 where a row is refused by a key, a check or a relation of the database. */
@Catch()
export class ConstraintFilter extends ErrorFilter {
  public override catch(exception: unknown, host: ArgumentsHost): void {
    super.catch(refusal(exception) ?? exception, host);
  }
}

function refusal(exception: unknown): ConflictException | UnprocessableEntityException | undefined {
  if (!(exception instanceof Error)) return undefined;
  const isConflict =
    "errcode" in exception && typeof exception.errcode === "number"
      ? (exception.errcode & PRIMARY_CODE_MASK) === SQLITE_CONSTRAINT
      : postgresCode(exception).startsWith(POSTGRES_CONSTRAINT);
  if (isConflict) return new ConflictException("The data contradicts other data.");
  if (postgresCode(exception).startsWith(POSTGRES_DATA))
    return new UnprocessableEntityException("A value does not fit into the database.");
  return undefined;
}

function postgresCode(exception: Error): string {
  if (!("code" in exception) || typeof exception.code !== "string") return "";
  return POSTGRES_CODE.test(exception.code) ? exception.code : "";
}
