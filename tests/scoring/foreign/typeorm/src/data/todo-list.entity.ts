import {
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { User } from './user.entity';

/** A list that a member sorts todos into. */
@Entity({ name: 'todo_lists' })
@Unique(['ownerId', 'name'])
@Index(['ownerId', 'createdAt'])
export class TodoList {
  /** The key. */
  @PrimaryGeneratedColumn('uuid')
  id: string;

  /** The name, unique among the member's lists. */
  @Column({ type: 'varchar', length: 60 })
  name: string;

  /** The member whose list it is. */
  @Column({ name: 'owner_id', type: 'uuid' })
  ownerId: string;

  @ManyToOne(() => User, (user) => user.lists, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'owner_id' })
  owner: User;

  /** When the list was made. */
  @CreateDateColumn()
  createdAt: Date;
}
