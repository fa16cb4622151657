import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
} from 'typeorm';
import { TodoList } from './todo-list.entity';
import { User } from './user.entity';

export enum TodoStatus {
  OPEN = 'open',
  DONE = 'done',
}

export enum TodoPriority {
  LOW = 'low',
  NORMAL = 'normal',
  HIGH = 'high',
}

/** Something to do. */
@Entity('todos')
@Index(['owner', 'status'])
@Index(['owner', 'priority'])
@Index(['owner', 'dueDate'])
@Index(['owner', 'createdAt'])
@Index(['list'])
export class Todo {
  /** The key. */
  @PrimaryGeneratedColumn('uuid')
  id: string;

  /** What is to be done. */
  @Column({ length: 120 })
  title: string;

  /** More about it. */
  @Column('text', { nullable: true })
  notes: string | null;

  /** Until when. */
  @Column({ type: 'timestamptz', nullable: true })
  dueDate: Date | null;

  /** How important it is. */
  @Column({ type: 'enum', enum: TodoPriority, default: TodoPriority.NORMAL })
  priority: TodoPriority;

  /** Whether it is done. */
  @Column({ type: 'enum', enum: TodoStatus, default: TodoStatus.OPEN })
  status: TodoStatus;

  /** The member whose todo it is. */
  @ManyToOne(() => User, { nullable: false, onDelete: 'CASCADE' })
  @JoinColumn()
  owner: User;

  /** The list it is in. */
  @ManyToOne(() => TodoList, { nullable: true, onDelete: 'SET NULL' })
  list: TodoList | null;

  /** When it was made. */
  @CreateDateColumn()
  createdAt: Date;
}
