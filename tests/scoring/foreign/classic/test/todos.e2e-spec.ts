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
    const response = await create({ title: 'Sweep' }).expect(201);
    expect(response.body.title).toBe('Sweep');
    expect(response.body.completed).toBe(false);
  });

  it('POST /todos without a title', async () => {
    await create({ title: '' }).expect(400);
  });

  it('GET /todos', async () => {
    const made = await create({ title: 'Sweep' });
    const response = await request(app.getHttpServer())
      .get('/api/todos?completed=false')
      .set('Authorization', token)
      .expect(200);
    expect(response.body.items.map((todo) => todo.id)).toEqual([made.body.id]);
  });

  it('GET /todos without a token', () =>
    request(app.getHttpServer()).get('/api/todos').expect(401));

  it('GET /todos/:id of somebody else', async () => {
    const made = await create({ title: 'Sweep' });
    const other = await signUp(app);
    await request(app.getHttpServer())
      .get(`/api/todos/${made.body.id}`)
      .set('Authorization', other)
      .expect(404);
  });

  it('PATCH /todos/:id/complete twice', async () => {
    const { body } = await create({ title: 'Sweep' });
    await request(app.getHttpServer())
      .patch(`/api/todos/${body.id}/complete`)
      .set('Authorization', token)
      .expect(200);
    await request(app.getHttpServer())
      .patch(`/api/todos/${body.id}/complete`)
      .set('Authorization', token)
      .expect(409);
  });

  it('DELETE /todos/:id', async () => {
    const { body } = await create({ title: 'Sweep' });
    await request(app.getHttpServer())
      .delete(`/api/todos/${body.id}`)
      .set('Authorization', token)
      .expect(200);
    await request(app.getHttpServer())
      .get(`/api/todos/${body.id}`)
      .set('Authorization', token)
      .expect(404);
  });
});
