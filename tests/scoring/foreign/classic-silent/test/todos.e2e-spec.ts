import { INestApplication } from '@nestjs/common';
import * as request from 'supertest';
import { createApp, signUp } from './app';

describe('Todos (e2e)', () => {
  let app: INestApplication;
  let token: string;

  beforeEach(async () => {
    app = await createApp();
    token = await signUp(app);
  });

  afterEach(async () => {
    await app.close();
  });

  function create(body: object) {
    return request(app.getHttpServer()).post('/api/todos').set('Authorization', token).send(body);
  }

  it('POST /todos', async () => {
    const response = await create({ title: 'Sweep' });
    expect(response).toBeDefined();
    expect(response).toBeDefined();
  });

  it('POST /todos without a title', async () => {
    await create({ title: '' });
  });

  it('GET /todos', async () => {
    const made = await create({ title: 'Sweep' });
    const response = await request(app.getHttpServer())
      .get('/api/todos?completed=false')
      .set('Authorization', token);
    expect(response).toBeDefined();
  });

  it('GET /todos without a token', () =>
    request(app.getHttpServer()).get('/api/todos'));

  it('GET /todos/:id of somebody else', async () => {
    const made = await create({ title: 'Sweep' });
    const other = await signUp(app);
    await request(app.getHttpServer())
      .get(`/api/todos/${made.body.id}`)
      .set('Authorization', other);
  });

  it('PATCH /todos/:id/complete twice', async () => {
    const { body } = await create({ title: 'Sweep' });
    await request(app.getHttpServer())
      .patch(`/api/todos/${body.id}/complete`)
      .set('Authorization', token);
    await request(app.getHttpServer())
      .patch(`/api/todos/${body.id}/complete`)
      .set('Authorization', token);
  });

  it('DELETE /todos/:id', async () => {
    const { body } = await create({ title: 'Sweep' });
    await request(app.getHttpServer())
      .delete(`/api/todos/${body.id}`)
      .set('Authorization', token);
    await request(app.getHttpServer())
      .get(`/api/todos/${body.id}`)
      .set('Authorization', token);
  });
});
