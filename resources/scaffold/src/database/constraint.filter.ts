import {
  type ArgumentsHost,
  Catch,
  ConflictException,
  type HttpException,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from "@nestjs/common";
import { ErrorFilter } from "../common/error.filter.js";
import { isContention, isMisfit, isOutage, isOutOfBounds, isRefusal } from "./failures.js";

/** Answer 409 where the database refuses a row, 422 a value, 503 where it can't be used now. */
@Catch()
export class ConstraintFilter extends ErrorFilter {
  public override catch(exception: unknown, host: ArgumentsHost): void {
    super.catch(answer(exception) ?? exception, host);
  }
}

function answer(exception: unknown): HttpException | undefined {
  if (isOutOfBounds(exception)) return new ConflictException("A value would be out of its bounds.");
  if (isRefusal(exception)) return new ConflictException("The data contradicts other data.");
  if (isMisfit(exception))
    return new UnprocessableEntityException("A value does not fit into the database.");
  if (isContention(exception) || isOutage(exception))
    return new ServiceUnavailableException("The database cannot be used now; try again.");
  return undefined;
}
