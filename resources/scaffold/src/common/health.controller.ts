import { Controller, Get, Inject, Logger, ServiceUnavailableException } from "@nestjs/common";
import { sql } from "kysely";
import { DatabaseService } from "../database/database.service.js";

/** Whether the backend can serve requests. */
export interface Health {
  status: "ok";
}

/** What load balancers and containers ask. */
@Controller("health")
export class HealthController {
  private readonly logger = new Logger(HealthController.name);

  public constructor(@Inject(DatabaseService) private readonly db: DatabaseService) {}

  /**
   * Say that the backend runs and its database answers.
   *
   * @throws 503: The database does not answer.
   */
  @Get()
  public async check(): Promise<Health> {
    try {
      await sql`select 1`.execute(this.db);
    } catch (error) {
      this.logger.error(error);
      throw new ServiceUnavailableException("The database does not answer.");
    }
    return { status: "ok" };
  }
}
