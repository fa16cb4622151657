import "reflect-metadata";
import { type INestApplication, StandardSchemaValidationPipe } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { AppModule } from "./app.module.js";
import { securityHeaders } from "./common/security-headers.js";
import type { AppConfig } from "./config.js";

/** A running application and where it answers. */
export interface RunningApp {
  app: INestApplication;
  url: string;
}

/** Create the application and listen on the configured address; port 0 picks a free one. */
export async function startApp(config: AppConfig): Promise<RunningApp> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(config), {
    logger: ["error", "warn"],
    abortOnError: false,
    bodyParser: false,
  });
  app.disable("x-powered-by");
  app.set("trust proxy", config.trustedProxies);
  app.use(securityHeaders);
  if (config.corsOrigins.length > 0)
    app.enableCors({ origin: config.corsOrigins, exposedHeaders: ["Retry-After"] });
  app.useBodyParser("json", { limit: config.bodyLimitBytes });
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  await app.listen(config.port, config.host);
  return { app, url: await app.getUrl() };
}
