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
    await request(app.getHttpServer()).post('/api/auth/register').send(credentials);
    const response = await request(app.getHttpServer())
      .post('/api/auth/login')
      .send(credentials);
    expect(response).toBeDefined();
  });

  it('refuses a short password', () =>
    request(app.getHttpServer())
      .post('/api/auth/register')
      .send({ email: 'bob@example.com', password: 'short' }));
});
