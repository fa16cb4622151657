import { index, pgEnum, pgTable, text, timestamp, unique, uuid, varchar } from 'drizzle-orm/pg-core';

export const priority = pgEnum('priority', ['low', 'normal', 'high']);
export const status = pgEnum('status', ['open', 'done']);

const stamps = {
  /** When the row was made. */
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
};

/** The accounts of members. */
export const members = pgTable('members', {
  /** The key. */
  id: uuid('id').primaryKey().defaultRandom(),
  /** The address that the member signs in with. */
  email: text('email').notNull().unique(),
  /** The password, hashed. */
  passwordHash: text('password_hash').notNull(),
  ...stamps,
});

/** The lists that members sort todos into. */
export const lists = pgTable(
  'lists',
  {
    /** The key. */
    id: uuid('id').primaryKey().defaultRandom(),
    /** The name, unique among the member's lists. */
    name: varchar('name', { length: 60 }).notNull(),
    /** The member whose list it is. */
    memberId: uuid('member_id')
      .notNull()
      .references(() => members.id, { onDelete: 'cascade' }),
    ...stamps,
  },
  (t) => [unique().on(t.memberId, t.name), index('lists_created').on(t.memberId, t.createdAt)],
);

/** What is to be done. */
export const todos = pgTable(
  'todos',
  {
    /** The key. */
    id: uuid('id').primaryKey().defaultRandom(),
    /** The member whose todo it is. */
    memberId: uuid('member_id')
      .notNull()
      .references(() => members.id, { onDelete: 'cascade' }),
    /** The list it is in. */
    listId: uuid('list_id').references(() => lists.id, { onDelete: 'set null' }),
    /** What is to be done. */
    title: varchar('title', { length: 120 }).notNull(),
    /** More about it. */
    notes: text('notes'),
    /** Until when. */
    dueDate: timestamp('due_date', { withTimezone: true }),
    /** How important it is. */
    priority: priority('priority').notNull().default('normal'),
    /** Whether it is done. */
    status: status('status').notNull().default('open'),
    ...stamps,
  },
  (t) => ({
    byStatus: index('todos_status').on(t.memberId, t.status),
    byPriority: index('todos_priority').on(t.memberId, t.priority),
    byDue: index('todos_due').on(t.memberId, t.dueDate),
    byCreation: index('todos_created').on(t.memberId, t.createdAt.desc()),
    byList: index('todos_list').on(t.listId),
  }),
);

export type Todo = typeof todos.$inferSelect;
export type List = typeof lists.$inferSelect;
