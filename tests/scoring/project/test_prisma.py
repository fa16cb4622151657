"""Prisma schemas, also several files."""

from __future__ import annotations

from scoring.project.prisma import read_tables

MAIN = """
/// Who signs in.
/// Second line.
model User {
  id    String @id @default(uuid()) // the key
  /// Where mail goes, "https://x" too.
  email String @unique @map("mail")
  role  Role   @default(MEMBER)
  tags  String[]
  posts Post[]
}

enum Role {
  MEMBER
  ADMIN
}
"""
POSTS = """
model Post {
  author_id Int
  number    Int
  reply_to  Int?
  at        DateTime? @default(now())
  author    User @relation(fields: [author_id], references: [id], onDelete: Cascade)
  parent    Post? @relation("R", fields: [author_id, reply_to], references: [author_id, number])
  replies   Post[] @relation("R")

  @@id([author_id, number])
  @@unique([author_id, at(sort: Desc)])
  @@index([reply_to])
  @@map("blog_posts")
}
"""


def test_models_fields_and_documentation() -> None:
    post, user = read_tables({"prisma/schema/user.prisma": MAIN, "prisma/schema/a.prisma": POSTS})
    assert (user.name, user.sql_name, user.key) == ("User", "User", ("id",))
    assert user.doc == "Who signs in.\nSecond line."
    email = user.column("email")
    assert email is not None
    assert email.unique
    assert email.doc == 'Where mail goes, "https://x" too.'
    role, tags = user.column("role"), user.column("tags")
    assert role is not None
    assert (role.type, role.values, role.default) == ("enum", ("MEMBER", "ADMIN"), "MEMBER")
    assert tags is not None
    assert tags.is_list
    assert user.column("posts") is None
    assert post.file == "prisma/schema/a.prisma"


def test_keys_and_relations() -> None:
    post, _ = read_tables({"a.prisma": POSTS, "b.prisma": MAIN})
    assert post.sql_name == "blog_posts"
    assert post.key == ("author_id", "number")
    assert post.uniques == (("author_id", "at"),)
    assert post.indexes == (("reply_to",),)
    author, parent = post.foreign_keys
    assert (author.target, author.columns, author.on_delete) == ("User", ("author_id",), "Cascade")
    assert (parent.columns, parent.nullable, parent.on_delete) == (
        ("author_id", "reply_to"),
        True,
        "SetNull",
    )


def test_broken_schemas_give_what_they_hold() -> None:
    assert read_tables({"a.prisma": "model {\n}\n"}) == ()
    (table,) = read_tables({"a.prisma": "model A {\n  id Int @id\n  ???\n}\nmodel B {\n  x Int"})
    assert [column.name for column in table.columns] == ["id"]
