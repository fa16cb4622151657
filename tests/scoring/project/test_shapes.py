"""DTOs in zod and TypeScript."""

from __future__ import annotations

from scoring.project.facts import Property
from scoring.project.shapes import read_shapes, type_name
from scoring.typescript.modules import read_program
from scoring.typescript.syntax import parse, walk

ZOD = """
import { z } from "zod";
const MAX = 120;
const Title = z.string().trim().min(1).max(MAX);
export const Todo = z.object({
  id: z.uuid(),
  title: Title,
  notes: z.string().max(2_000).nullable(),
  priority: z.enum(["low", "high"]).default("low"),
  owner: Member,
  tags: z.array(z.string()),
  count: z.coerce.number().int().min(0).optional(),
});
export const TodoUpdate = Todo.pick({ title: true, notes: true }).partial();
export const TodoMore = Todo.omit({ id: true }).extend({ extra: z.boolean() });
"""
TYPES = """
interface Base { id: string }
/** A todo. */
export interface Todo extends Base {
  title: string;
  due?: string | null;
  state: "open" | "done";
  tags: Array<string>;
  list: List | null;
  free: unknown;
}
"""


def members(text: str, name: str) -> dict[str, Property]:
    shapes = read_shapes(read_program({"a.ts": text}).modules.values())
    return {p.name: p for p in shapes[name].properties}


def test_zod_objects() -> None:
    todo = members(ZOD, "Todo")
    assert (todo["title"].minimum, todo["title"].maximum) == (1, 120)
    assert (todo["notes"].maximum, todo["notes"].nullable) == (2000, True)
    assert (todo["priority"].values, todo["priority"].default) == (("low", "high"), "low")
    assert todo["priority"].optional
    assert (todo["owner"].type, todo["owner"].reference) == ("ref", "Member")
    assert (todo["tags"].type, todo["tags"].reference) == ("array", "string")
    assert (todo["count"].type, todo["count"].minimum, todo["count"].optional) == (
        "integer",
        0,
        True,
    )
    assert todo["id"].format == "uuid"


def test_zod_derivations() -> None:
    update = members(ZOD, "TodoUpdate")
    assert set(update) == {"title", "notes"}
    assert all(member.optional for member in update.values())
    more = members(ZOD, "TodoMore")
    assert "id" not in more
    assert more["extra"].type == "boolean"


def test_interfaces() -> None:
    todo = members(TYPES, "Todo")
    assert set(todo) == {"id", "title", "due", "state", "tags", "list", "free"}
    assert (todo["due"].optional, todo["due"].nullable) == (True, True)
    assert todo["state"].values == ("open", "done")
    assert (todo["tags"].type, todo["tags"].reference) == ("array", "string")
    assert (todo["list"].reference, todo["list"].nullable) == ("List", True)
    assert todo["free"].type == "any"


def test_names_of_answers() -> None:
    def name(declared: str) -> str:
        root = parse(f"function f(): {declared} {{}}")
        node = next(n for n in walk(root) if n.type == "function_declaration")
        return type_name(node.get("return_type"))

    assert name("Promise<Todo>") == "Todo"
    assert name("Promise<Todo[] | null>") == "Todo"
    assert name("void") == "void"
