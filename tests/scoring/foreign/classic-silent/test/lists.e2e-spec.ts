import { INestApplication } from '@nestjs/common';
import * as request from 'supertest';
import { createApp, signUp } from './app';

describe('Lists (e2e)', () => {
  let app: INestApplication;
  let token: string;

  beforeEach(async () => {
    app = await createApp();
    token = await signUp(app);
  });

  afterEach(() => app.close());

  it('creates, renames and reads a list', async () => {
    const server = app.getHttpServer();
    const made = await request(server)
      .post('/api/lists')
      .set('Authorization', token)
      .send({ name: 'Home' });
    await request(server)
      .patch(`/api/lists/${made.body.id}`)
      .set('Authorization', token)
      .send({ name: 'House' });
    const read = await request(server)
      .get(`/api/lists/${made.body.id}`)
      .set('Authorization', token);
    expect(read).toBeDefined();
  });

  it('refuses a name that is too long', async () => {
    await request(app.getHttpServer())
      .post('/api/lists')
      .set('Authorization', token)
      .send({ name: 'x'.repeat(61) });
  });
});
