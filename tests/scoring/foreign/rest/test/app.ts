import { INestApplication, ValidationPipe } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import * as request from 'supertest';
import { AppModule } from '../src/app.module';

let counter = 0;

export async function createApp(): Promise<INestApplication> {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication();
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
  return app.init();
}

export async function signUp(app: INestApplication): Promise<string> {
  counter += 1;
  const response = await request(app.getHttpServer())
    .post('/auth/register')
    .send({ email: `user${counter}@example.com`, password: 'long-enough' })
    .expect(201);
  return `Bearer ${response.body.accessToken}`;
}
