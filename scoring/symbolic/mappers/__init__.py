"""Libraries that map rows to objects: their calls brought to queries, as Prisma's are."""
