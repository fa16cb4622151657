import "reflect-metadata";
import { type INestApplication, StandardSchemaValidationPipe } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module.js";
import type { AppConfig } from "./config.js";

/** A running application and where it answers. */
export interface RunningApp {
  app: INestApplication;
  url: string;
}

/** Create the application and listen on the configured address; port 0 picks a free one. */
export async function startApp(config: AppConfig): Promise<RunningApp> {
  const app = await NestFactory.create(AppModule.forRoot(config), { logger: ["error", "warn"] });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  app.enableShutdownHooks();
  await app.listen(config.port, config.host);
  return { app, url: await app.getUrl() };
}
