import {
  Entity,
  Enum,
  Index,
  ManyToOne,
  OptionalProps,
  PrimaryKey,
  Property,
  Ref,
  Unique,
} from '@mikro-orm/core';
import { v4 } from 'uuid';
import type { Priority, Status } from '../todos/dto/todo.dto';

abstract class Base {
  /** The key. */
  @PrimaryKey({ type: 'uuid' })
  id: string = v4();

  /** When the row was made. */
  @Property()
  createdAt: Date = new Date();
}

/** A member's account. */
@Entity({ tableName: 'members' })
export class Member extends Base {
  [OptionalProps]?: 'createdAt';

  /** The address that the member signs in with. */
  @Property()
  @Unique()
  email!: string;

  /** The password, hashed. */
  @Property({ hidden: true })
  passwordHash!: string;
}

/** A list that a member sorts todos into. */
@Entity({ tableName: 'lists' })
@Unique({ properties: ['member', 'name'] })
@Index({ properties: ['member', 'createdAt'] })
export class List extends Base {
  /** The name, unique among the member's lists. */
  @Property({ length: 60 })
  name!: string;

  /** The member whose list it is. */
  @ManyToOne(() => Member, { deleteRule: 'cascade', ref: true })
  member!: Ref<Member>;
}

/** Something to do. */
@Entity({ tableName: 'todos' })
@Index({ properties: ['member', 'status'] })
@Index({ properties: ['member', 'priority'] })
@Index({ properties: ['member', 'dueDate'] })
@Index({ properties: ['member', 'createdAt'] })
export class Todo extends Base {
  [OptionalProps]?: 'createdAt' | 'priority' | 'status';

  /** What is to be done. */
  @Property({ length: 120 })
  title!: string;

  /** More about it. */
  @Property({ type: 'text', nullable: true })
  notes?: string | null;

  /** Until when. */
  @Property({ nullable: true })
  dueDate?: Date | null;

  /** How important it is. */
  @Enum({ items: ['low', 'normal', 'high'] })
  priority: Priority = 'normal';

  /** Whether it is done. */
  @Enum({ items: ['open', 'done'], default: 'open' })
  status: Status = 'open';

  /** The member whose todo it is. */
  @ManyToOne(() => Member, { deleteRule: 'cascade' })
  member!: Member;

  /** The list it is in. */
  @Index()
  @ManyToOne({ entity: () => List, nullable: true, deleteRule: 'set null' })
  list?: List | null;
}
