import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { HydratedDocument } from 'mongoose';

/** A member's account. */
@Schema({ timestamps: true })
export class Member {
  /** The address that the member signs in with. */
  @Prop({ required: true, unique: true })
  email: string;

  /** The password, hashed. */
  @Prop({ required: true })
  passwordHash: string;
}

export type MemberDocument = HydratedDocument<Member>;
export const MemberSchema = SchemaFactory.createForClass(Member);
