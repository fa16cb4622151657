import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { HydratedDocument, Types } from 'mongoose';
import { List } from './list.schema';
import { Member } from './member.schema';

/** Something to do. */
@Schema({ timestamps: true })
export class Todo {
  /** What is to be done. */
  @Prop({ required: true, maxlength: 120 })
  title: string;

  /** More about it. */
  @Prop({ type: String, maxlength: 2000 })
  notes?: string | null;

  /** Until when. */
  @Prop({ type: Date })
  dueDate?: Date | null;

  /** How important it is. */
  @Prop({ type: String, enum: ['low', 'normal', 'high'], default: 'normal' })
  priority: 'low' | 'normal' | 'high';

  /** Whether it is done. */
  @Prop({ type: String, enum: ['open', 'done'], default: 'open' })
  status: 'open' | 'done';

  /** The member whose todo it is. */
  @Prop({ type: Types.ObjectId, ref: 'Member', required: true })
  member: Types.ObjectId;

  /** The list it is in. */
  @Prop({ type: Types.ObjectId, ref: List.name, default: null })
  list: Types.ObjectId | null;

  /** When it was made. */
  createdAt: Date;
}

export type TodoDocument = HydratedDocument<Todo>;
export const TodoSchema = SchemaFactory.createForClass(Todo);
TodoSchema.index({ member: 1, status: 1 });
TodoSchema.index({ member: 1, priority: 1 });
TodoSchema.index({ member: 1, dueDate: 1 });
TodoSchema.index({ member: 1, createdAt: -1 });
TodoSchema.index({ list: 1 });
