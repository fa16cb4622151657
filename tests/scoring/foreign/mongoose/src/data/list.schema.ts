import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { HydratedDocument, Types } from 'mongoose';
import { Member } from './member.schema';

/** A list that a member sorts todos into. */
@Schema({ timestamps: true, collection: 'lists' })
export class List {
  /** The name, unique among the member's lists. */
  @Prop({ required: true, maxlength: 60 })
  name: string;

  /** The member whose list it is. */
  @Prop({ type: Types.ObjectId, ref: Member.name, required: true })
  member: Types.ObjectId;

  /** When it was made. */
  createdAt: Date;
}

export type ListDocument = HydratedDocument<List>;
export const ListSchema = SchemaFactory.createForClass(List);
ListSchema.index({ member: 1, name: 1 }, { unique: true });
ListSchema.index({ member: 1, createdAt: -1 });
