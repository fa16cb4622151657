import { z } from "zod";

export const pageQuery = {
  page: z.coerce.number().int().min(1).default(1),
  size: z.coerce.number().int().min(1).max(100).default(20),
};

export interface Page<Row> {
  rows: Row[];
  total: number;
}
