"""Entity classes of TypeORM and MikroORM are tables."""

from __future__ import annotations

from scoring.project import read_project
from scoring.project.facts import Table
from scoring.project.folder import Folder

TYPEORM = """
import { Column, CreateDateColumn, DeleteDateColumn, Entity, Index, JoinColumn, ManyToMany,
  ManyToOne, OneToMany, OneToOne, PrimaryGeneratedColumn, Unique } from "typeorm";

export enum Kind { SMALL = "small", LARGE = "large" }

export abstract class Base {
  @PrimaryGeneratedColumn() id: number;
  @CreateDateColumn({ name: "created_at" }) createdAt: Date;
}

/** Who owns boxes. */
@Entity()
export class Owner extends Base {
  @Column({ type: "varchar", unique: true, comment: "The name." }) name: string;
  @OneToMany(() => Box, (box) => box.owner) boxes: Box[];
}

@Entity({ name: "boxes" })
@Unique("owner_label", ["owner", "label"])
@Index(["kind", "price"], { unique: false })
export class Box extends Base {
  @Column("text", { nullable: true }) label: string | null;
  @Column({ type: "enum", enum: Kind, default: Kind.SMALL }) kind: Kind;
  @Column({ type: "decimal", precision: 10, scale: 2, default: 0 }) price: string;
  @Column("simple-array") tags: string[];
  @Column({ default: false }) open: boolean;
  @Index() @Column({ type: "bigint" }) weight: string;
  @DeleteDateColumn() deletedAt: Date | null;
  @Column({ name: "owner_id" }) ownerKey: number;
  @ManyToOne("Owner", { onDelete: "CASCADE", nullable: false })
  @JoinColumn({ name: "owner_id" }) owner: Owner;
  @OneToOne(() => Box, { nullable: true, onDelete: "SET NULL" }) @JoinColumn() lid: Box | null;
  @ManyToMany(() => Owner) readers: Owner[];
}
"""


def tables(text: str) -> dict[str, Table]:
    found = read_project(Folder({"src/entities.ts": text}, ())).tables
    return {table.name: table for table in found}


def test_columns_of_typeorm() -> None:
    box = tables(TYPEORM)["Box"]
    assert box.sql_name == "boxes"
    assert box.key == ("id",)
    assert [(c.name, c.type, c.nullable, c.default) for c in box.columns] == [
        ("id", "Int", False, "autoincrement()"),
        ("createdAt", "DateTime", False, "now()"),
        ("label", "String", True, None),
        ("kind", "enum", False, "small"),
        ("price", "Decimal", False, "0"),
        ("tags", "String", False, None),
        ("open", "Boolean", False, "false"),
        ("weight", "BigInt", False, None),
        ("deletedAt", "DateTime", True, None),
        ("ownerKey", "Int", False, None),
        ("lidId", "String", True, None),
    ]
    assert box.columns[3].values == ("small", "large")
    assert [c.name for c in box.columns if c.is_list] == ["tags"]


def test_keys_of_typeorm() -> None:
    found = tables(TYPEORM)
    owner, lid = found["Box"].foreign_keys
    assert (owner.target, owner.columns, owner.on_delete, owner.nullable) == (
        "Owner", ("ownerKey",), "Cascade", False,
    )  # fmt: skip
    assert (lid.target, lid.columns, lid.on_delete, lid.unique) == (
        "Box", ("lidId",), "SetNull", True,
    )  # fmt: skip
    assert found["Box"].uniques == (("ownerKey", "label"),)
    assert found["Box"].indexes == (("kind", "price"), ("weight",))
    assert found["Owner"].uniques == (("name",),)
    assert found["Owner"].doc == "Who owns boxes."
    name = found["Owner"].column("name")
    assert name is not None
    assert name.doc == "The name."


MIKRO = """
import { Entity, Enum, ManyToOne, PrimaryKey, Property, Unique } from "@mikro-orm/core";
@Entity({ tableName: "box" })
@Unique({ properties: ["owner", "label"] })
export class Box {
  @PrimaryKey({ type: "uuid", defaultRaw: "gen_random_uuid()" }) id!: string;
  @Property({ columnType: "varchar(60)" }) label!: string;
  @Property() note?: string;
  @Enum(() => Kind) kind: Kind = Kind.SMALL;
  @Property({ onCreate: () => new Date() }) createdAt!: Date;
  @Property({ persist: false }) shown!: string;
  @ManyToOne({ entity: () => Owner, deleteRule: "cascade" }) owner!: Owner;
  @ManyToOne(() => Owner, { nullable: true }) reader?: Owner;
}
@Entity() export class Owner { @PrimaryKey() id!: number; }
export enum Kind { SMALL = "small", LARGE = "large" }
"""


def test_entities_of_mikro_orm() -> None:
    box = tables(MIKRO)["Box"]
    assert [(c.name, c.type, c.nullable) for c in box.columns] == [
        ("id", "String", False),
        ("label", "String", False),
        ("note", "String", True),
        ("kind", "enum", False),
        ("createdAt", "DateTime", False),
        ("ownerId", "String", False),
        ("readerId", "String", True),
    ]
    assert box.columns[3].default == "small"
    assert [(k.name, k.on_delete, k.nullable) for k in box.foreign_keys] == [
        ("owner", "Cascade", False),
        ("reader", "SetNull", True),
    ]
    assert box.uniques == (("ownerId", "label"),)
