import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as api from "../sdk/index.js";
import { authorized, refused, type Walk } from "./walk.js";

const password = "correct horse";
const inviteCode = "invite-code-of-the-walks";

function freshEmail(): string {
  return `${randomUUID()}@example.com`;
}

async function joinMember(connection: api.Connection): Promise<api.Connection> {
  const nickname = randomUUID().slice(0, 12);
  const body = { email: freshEmail(), password, nickname };
  return authorized(connection, (await api.members.join(connection, body)).accessToken);
}

async function joinModerator(connection: api.Connection): Promise<api.Connection> {
  const body = { email: freshEmail(), password, inviteCode };
  return authorized(connection, (await api.moderators.join(connection, body)).accessToken);
}

function draft(headline: string): api.PostCreate {
  return { headline, pinned: true, rating: 4.5, eventDay: "2999-12-31" };
}

/** What a forum must do when it is called through its SDK. */
export const walks: Record<string, Walk> = {
  async everyTypeOfColumn(connection) {
    const member = await joinMember(connection);
    const plain = await api.posts.create(member, draft("Plain"));
    assert.deepEqual(
      [plain.pinned, plain.locked, plain.votes, plain.price, plain.status],
      [true, true, 0, null, "draft"],
    );
    const values = {
      locked: null,
      votes: 7,
      price: 19.99,
      rating: 0.1,
      externalKey: randomUUID(),
      sourceLink: "https://example.com/a?b=c",
      status: "published",
    } as const;
    const full = { ...draft('It\'s ${full} `of` "marks" 😀'), ...values };
    const moment = "2030-05-01T12:00:00+02:00";
    const post = await api.posts.create(member, { ...full, closesAt: moment });
    const { categoryId, closesAt } = post;
    assert.deepEqual({ ...post, ...full }, post);
    assert.deepEqual([categoryId, closesAt], [null, "2030-05-01T10:00:00.000Z"]);
    const changed = await api.posts.update(member, plain.id, { pinned: false, locked: false });
    assert.deepEqual([changed.pinned, changed.locked], [false, false]);
  },

  async kindsOfAccounts(connection) {
    const member = await joinMember(connection);
    const moderator = await joinModerator(connection);
    const uninvited = { email: freshEmail(), password, inviteCode: "guess" };
    await refused(403, () => api.moderators.join(connection, uninvited));
    await refused(403, () => api.categories.create(member, { label: "Mine" }));
    const category = await api.categories.create(moderator, { label: randomUUID().slice(0, 8) });
    assert.equal((await api.categories.read(connection, category.id)).label, category.label);
    await refused(409, () => api.categories.create(moderator, { label: category.label }));
    const post = await api.posts.create(member, { ...draft("In it"), categoryId: category.id });
    await refused(404, () =>
      api.posts.create(member, { ...draft("Nowhere"), categoryId: randomUUID() }),
    );
    await api.categories.erase(moderator, category.id);
    assert.equal((await api.posts.read(connection, post.id)).categoryId, null);
  },

  async transactionsAndRules(connection) {
    const member = await joinMember(connection);
    const moderator = await joinModerator(connection);
    const post = await api.posts.create(member, draft("To publish"));
    await refused(409, () => api.posts.publish(moderator, post.id));
    await api.posts.update(member, post.id, { votes: 4 });
    const published = await api.posts.publish(moderator, post.id);
    assert.deepEqual([published.status, published.votes], ["published", 5]);
    await refused(409, () => api.posts.update(member, post.id, { votes: 5 }));
    const late = { ...draft("Too late"), eventDay: "2000-01-01" };
    await refused(422, () => api.posts.create(member, late));
    const profile = await api.profiles.create(member, { motto: "" });
    assert.equal((await api.profiles.read(connection, profile.id)).motto, "");
    await refused(409, () => api.profiles.create(member, { motto: "Again" }));
  },

  async deletedRows(connection) {
    const member = await joinMember(connection);
    const post = await api.posts.create(member, draft("To delete"));
    const comment = await api.comments.create(member, { postId: post.id, text: "First" });
    const answer = { postId: post.id, text: "Second", parentId: comment.id };
    assert.equal((await api.comments.create(member, answer)).parentId, comment.id);
    await refused(404, () => api.comments.create(member, { ...answer, parentId: null }));
    await api.posts.erase(member, post.id);
    await refused(404, () => api.posts.read(connection, post.id));
    await refused(404, () => api.comments.create(member, { postId: post.id, text: "Late" }));
  },

  async orders(connection) {
    const member = await joinMember(connection);
    const label = randomUUID();
    for (const status of ["closed", "published", "closed"] as const)
      await api.posts.create(member, { ...draft(label), status });
    const { data } = await api.posts.list(connection, { headline: label, sort: "status_asc" });
    assert.deepEqual(
      data.map(({ status }) => status),
      ["published", "closed", "closed"],
    );
    const pinned = await api.posts.list(connection, { headline: label, pinned: false });
    assert.equal(pinned.pagination.records, 0);
  },
};
