"""Drizzle's tables."""

from __future__ import annotations

from scoring.project import read_project
from scoring.project.facts import Table
from scoring.project.folder import Folder

TEXT = """
import { foreignKey, index, integer, pgEnum, pgTable, primaryKey, serial, sqliteTable, text,
  timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
export const kind = pgEnum("kind", ["small", "large"]);
/** Who owns boxes. */
export const owners = pgTable("owners", { id: serial("id").primaryKey(), name: text().unique() });
export const boxes = pgTable("app_boxes", {
  /** The owner. */
  ownerId: integer("owner_id").notNull().references(() => owners.id, { onDelete: "cascade" }),
  readerId: integer("reader_id"),
  label: text("label", { enum: ["a", "b"] }).default("a").notNull(),
  kind: kind("kind").notNull(),
  open: integer("open", { mode: "boolean" }).notNull().default(false),
  due: integer({ mode: "timestamp" }),
  createdAt: timestamp("created_at").defaultNow().notNull(),
}, (t) => [
  primaryKey({ columns: [t.ownerId, t.label] }),
  uniqueIndex("u").on(t.readerId, t.label),
  index("i").on(t.createdAt.desc()),
  foreignKey({ columns: [t.readerId], foreignColumns: [owners.id] }).onDelete("set null"),
]);
"""


def tables() -> dict[str, Table]:
    found = read_project(Folder({"src/schema.ts": TEXT}, ())).tables
    return {table.name: table for table in found}


def test_columns() -> None:
    boxes = tables()["boxes"]
    assert boxes.sql_name == "app_boxes"
    assert [(c.name, c.type, c.nullable, c.default) for c in boxes.columns] == [
        ("ownerId", "Int", False, None),
        ("readerId", "Int", True, None),
        ("label", "enum", False, "a"),
        ("kind", "enum", False, None),
        ("open", "Boolean", False, "false"),
        ("due", "DateTime", True, None),
        ("createdAt", "DateTime", False, "now()"),
    ]
    assert boxes.columns[0].doc == "The owner."
    assert boxes.columns[3].values == ("small", "large")


def test_keys() -> None:
    found = tables()
    boxes = found["boxes"]
    assert boxes.key == ("ownerId", "label")
    assert boxes.uniques == (("readerId", "label"),)
    assert boxes.indexes == (("createdAt",),)
    assert [(k.name, k.target, k.columns, k.on_delete) for k in boxes.foreign_keys] == [
        ("owner", "owners", ("ownerId",), "Cascade"),
        ("reader", "owners", ("readerId",), "SetNull"),
    ]
    assert found["owners"].key == ("id",)
    assert found["owners"].doc == "Who owns boxes."
