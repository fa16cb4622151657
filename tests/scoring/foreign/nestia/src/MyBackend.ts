import { INestApplication } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

import { MyModule } from "./MyModule";

/** Start the server. */
export const open = async (port: number): Promise<INestApplication> => {
  const application = await NestFactory.create(MyModule, { logger: false });
  await application.listen(port);
  return application;
};
