import { z } from "zod";

export const Credentials = z.object({ email: z.email(), password: z.string().min(8) });
export type Credentials = z.infer<typeof Credentials>;

export interface Token {
  id: string;
  token: string;
}
