import {
  AllowNull,
  BelongsTo,
  Column,
  DataType,
  Default,
  ForeignKey,
  Model,
  PrimaryKey,
  Table,
  Unique,
} from 'sequelize-typescript';

@Table({ tableName: 'users' })
export class User extends Model {
  @PrimaryKey
  @Default(DataType.UUIDV4)
  @Column(DataType.UUID)
  id: string;

  @Unique
  @Column
  email: string;

  @Column
  passwordHash: string;
}

@Table({ tableName: 'lists' })
export class List extends Model {
  @PrimaryKey
  @Default(DataType.UUIDV4)
  @Column(DataType.UUID)
  id: string;

  @Column
  name: string;

  @ForeignKey(() => User)
  @Column(DataType.UUID)
  userId: string;

  @BelongsTo(() => User, { onDelete: 'CASCADE' })
  user: User;
}

@Table({ tableName: 'todos' })
export class Todo extends Model {
  @PrimaryKey
  @Default(DataType.UUIDV4)
  @Column(DataType.UUID)
  id: string;

  @Column
  title: string;

  @AllowNull
  @Column(DataType.TEXT)
  notes: string | null;

  @AllowNull
  @Column
  dueDate: Date | null;

  @Default('normal')
  @Column(DataType.ENUM('low', 'normal', 'high'))
  priority: 'low' | 'normal' | 'high';

  @Default('open')
  @Column(DataType.ENUM('open', 'done'))
  status: 'open' | 'done';

  @ForeignKey(() => User)
  @Column(DataType.UUID)
  userId: string;

  @ForeignKey(() => List)
  @AllowNull
  @Column(DataType.UUID)
  listId: string | null;
}
