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

  function create(body: object): request.Test {
    return request(app.getHttpServer()).post('/todos').set('Authorization', token).send(body);
  }

  it('creates an open todo of normal priority', async () => {
    const response = await create({ title: 'Sweep' }).expect(201);
    expect(response.body.title).toBe('Sweep');
    expect(response.body.status).toBe('open');
    expect(response.body.priority).toBe('normal');
  });

  it('refuses a title that is empty or too long', async () => {
    await create({ title: '' }).expect(400);
    await create({ title: 'x'.repeat(121) }).expect(400);
  });

  it('shows the own todos', async () => {
    const made = await create({ title: 'Sweep' });
    const response = await request(app.getHttpServer())
      .get('/todos?status=open')
      .set('Authorization', token)
      .expect(200);
    expect(response.body.data.map((todo: { id: string }) => todo.id)).toEqual([made.body.id]);
  });

  it('refuses a caller without a token', () =>
    request(app.getHttpServer()).get('/todos').expect(401));

  it('hides the todos of others', async () => {
    const made = await create({ title: 'Sweep' });
    const other = await signUp(app);
    await request(app.getHttpServer())
      .get(`/todos/${made.body.id}`)
      .set('Authorization', other)
      .expect(404);
  });

  it('completes a todo once', async () => {
    const { body } = await create({ title: 'Sweep' });
    const server = app.getHttpServer();
    const done = await request(server)
      .post(`/todos/${body.id}/complete`)
      .set('Authorization', token)
      .expect(200);
    expect(done.body.status).toBe('done');
    await request(server)
      .post(`/todos/${body.id}/complete`)
      .set('Authorization', token)
      .expect(409);
  });

  it('deletes a todo', async () => {
    const { body } = await create({ title: 'Sweep' });
    const server = app.getHttpServer();
    await request(server).delete(`/todos/${body.id}`).set('Authorization', token).expect(204);
    await request(server).get(`/todos/${body.id}`).set('Authorization', token).expect(404);
  });
});
