/** Where the tools of Prisma find the schema and the database. */
export default {
  schema: "prisma/schema.prisma",
  datasource: { url: process.env["DATABASE_URL"] ?? "file:./database.sqlite" },
};
