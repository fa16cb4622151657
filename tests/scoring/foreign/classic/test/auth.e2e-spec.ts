import { INestApplication } from '@nestjs/common';
import * as request from 'supertest';
import { createApp } from './app';

describe('Auth (e2e)', () => {
  let app: INestApplication;

  beforeEach(async () => {
    app = await createApp();
  });

  afterEach(() => app.close());

  it('registers and logs in', async () => {
    const credentials = { email: 'ann@example.com', password: 'long-enough' };
    await request(app.getHttpServer()).post('/api/auth/register').send(credentials).expect(201);
    const response = await request(app.getHttpServer())
      .post('/api/auth/login')
      .send(credentials)
      .expect(200);
    expect(response.body.accessToken).toEqual(expect.any(String));
  });

  it('refuses a short password', () =>
    request(app.getHttpServer())
      .post('/api/auth/register')
      .send({ email: 'bob@example.com', password: 'short' })
      .expect(400));
});
