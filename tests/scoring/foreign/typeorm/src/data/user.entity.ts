import { Column, CreateDateColumn, Entity, OneToMany, PrimaryGeneratedColumn } from 'typeorm';
import { TodoList } from './todo-list.entity';

/** A member's account. */
@Entity('users')
export class User {
  /** The key. */
  @PrimaryGeneratedColumn('uuid')
  id: string;

  /** The address that the member signs in with. */
  @Column({ unique: true })
  email: string;

  /** The password, hashed. */
  @Column({ name: 'password_hash', select: false })
  passwordHash: string;

  /** When the account was made. */
  @CreateDateColumn()
  createdAt: Date;

  @OneToMany(() => TodoList, (list) => list.owner)
  lists: TodoList[];
}
