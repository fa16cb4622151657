"""Mongoose's schemas: classes, and objects."""

from __future__ import annotations

from scoring.project import read_project
from scoring.project.facts import UNENFORCED, Table
from scoring.project.folder import Folder

CLASSES = """
import { Prop, Schema, SchemaFactory } from "@nestjs/mongoose";
import mongoose from "mongoose";
/** A box. */
@Schema({ timestamps: true })
export class Box {
  @Prop({ required: true, index: true }) label: string;
  @Prop({ enum: ["small", "large"], default: "small" }) kind: string;
  @Prop({ type: mongoose.Schema.Types.ObjectId, ref: "Owner", required: true }) ownerId: string;
  @Prop([String]) tags: string[];
  @Prop() due?: Date;
}
export const BoxSchema = SchemaFactory.createForClass(Box);
BoxSchema.index({ ownerId: 1, label: 1 }, { unique: true });
@Schema({ _id: false }) export class Part { @Prop() name: string; }
"""
OBJECTS = """
import { model, Schema } from "mongoose";
const ownerSchema = new Schema({
  email: { type: String, required: [true, "needed"], unique: true },
  age: Number,
  boxes: [{ type: Schema.Types.ObjectId, ref: "Box" }],
}, { collection: "people" });
export const Owner = model("Owner", ownerSchema);
"""


def tables(text: str) -> dict[str, Table]:
    found = read_project(Folder({"src/schema.ts": text}, ())).tables
    return {table.name: table for table in found}


def test_classes() -> None:
    found = tables(CLASSES)
    assert list(found) == ["Box"]
    box = found["Box"]
    assert [(c.name, c.type, c.nullable, c.default) for c in box.columns] == [
        ("_id", "String", False, "uuid()"),
        ("label", "String", False, None),
        ("kind", "enum", False, "small"),
        ("ownerId", "String", False, None),
        ("tags", "String", True, None),
        ("due", "DateTime", True, None),
        ("createdAt", "DateTime", False, "now()"),
        ("updatedAt", "DateTime", False, "now()"),
    ]
    assert box.uniques == (("ownerId", "label"),)
    assert box.indexes == (("label",),)
    (link,) = box.foreign_keys
    assert (link.name, link.target, link.on_delete) == ("owner", "Owner", UNENFORCED)
    assert box.doc == "A box."


def test_objects() -> None:
    owner = tables(OBJECTS)["Owner"]
    assert owner.sql_name == "people"
    assert [(c.name, c.type, c.nullable, c.unique) for c in owner.columns] == [
        ("_id", "String", False, False),
        ("email", "String", False, True),
        ("age", "Int", True, False),
        ("boxes", "String", True, False),
    ]
