"""Code that multiplies: the readers stay within bounds, and so does the compiler."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring import environment
from scoring.brief import Brief
from scoring.project import read_project
from scoring.project.folder import Folder
from scoring.project.shapes import read_shapes
from scoring.rubric import score_folder
from scoring.typescript.modules import read_program

STEPS = 40
"""Each step doubles: without bounds, this is a million millions."""


def doubled(first: str, line: str) -> str:
    return "\n".join([first, *(line.format(new=n, old=n - 1) for n in range(1, STEPS))])


ALIASES = doubled(
    "export type T0 = { x: string };",
    "export type T{new} = T{old} & T{old} & {{ a{new}: T{old}; b{new}: T{old} | null }};",
)
CLASSES = doubled(
    "export class C0 { x: string; }",
    "export class C{new} extends IntersectionType(C{old}, C{old}) {{ a{new}: C{old}; }}",
)
CONSTANTS = doubled(
    "const o0 = { where: { id: 1 } };",
    "const o{new} = {{ ...o{old}, a{new}: o{old}, b{new}: [o{old}, o{old}] }};",
)
CALLS = doubled(
    "function f0(a: any): any { return a; }",
    "function f{new}(a: any): any {{ return [f{old}(a), f{old}([a, a])]; }}",
)
LISTS = "let v: any = [1];" + "v = [v, v, { a: v, b: v, ...v }];" * STEPS
CONTROLLER = f"""
import {{ Controller, Get }} from "@nestjs/common";
{CONSTANTS}
{CALLS}
@Controller("x")
export class Bomb {{
  @Get("a") a() {{ {LISTS} return f{STEPS - 1}([v, o{STEPS - 1}]); }}
}}
"""


@pytest.mark.parametrize("text", [ALIASES, CLASSES, CONTROLLER], ids=["aliases", "classes", "code"])
def test_what_doubles_at_each_step_is_read_within_bounds(text: str) -> None:
    facts = read_project(Folder({"src/bomb.ts": text}, ()))
    assert len(facts.operations) + len(facts.shapes) > 0


def test_schemas_that_name_themselves_are_read() -> None:
    """Zod allows it by getters and `z.lazy`; a model may also write it where it is an error."""
    members = ", ".join(f"m{number}: Tree" for number in range(20))
    text = (
        f"export const Tree = z.object({{ name: z.string(), {members} }});\n"
        "export const A = z.object({ b: B, list: z.array(A) });\n"
        "export const B = z.object({ a: A, again: B.nullable() });\n"
        "export const C = D.extend({ x: C });\nexport const D = C.partial();\n"
    )
    shapes = read_shapes(read_program({"src/a.ts": text}).modules.values())
    assert len(shapes["Tree"].properties) == 21
    assert [(p.name, p.type) for p in shapes["B"].properties] == [("a", "ref"), ("again", "ref")]


def test_types_that_name_themselves_keep_their_members() -> None:
    text = (
        "export type Tree = { left: Tree; right: Tree | null; up: Tree[]; name: Name };\n"
        "type Name = Other; type Other = Name;\n"
        "export interface A extends B { a: A }\nexport interface B extends A { b: string }\n"
    )
    shapes = read_shapes(read_program({"src/a.ts": text}).modules.values())
    assert [p.name for p in shapes["Tree"].properties] == ["left", "right", "up", "name"]
    assert {p.name for p in shapes["A"].properties} == {"a", "b"}


def test_types_that_multiply_stop_the_compiler_not_the_score(
    tmp_path: Path, todo: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All permutations of sixteen letters are more than any machine holds."""
    monkeypatch.setattr(environment, "TIMEOUT_S", 2.0)
    letters = " | ".join(f"'{letter}'" for letter in "abcdefghijklmnop")
    (tmp_path / "src").mkdir()
    (tmp_path / "src/bomb.ts").write_text(
        "type All<T, K = T> = [T] extends [never] ? [] : K extends K ? "
        f"[K, ...All<Exclude<T, K>>] : never;\nexport const p: All<{letters}> = [];\n"
    )
    card = score_folder(tmp_path, todo)
    if card.score is None:
        assert "compiler" in card.missing[0].reason
        assert "src/bomb.ts" not in card.missing[0].reason
    else:
        assert card.compile is not None
        assert card.compile.failed == 1


def test_a_type_without_end_is_an_error_at_its_line(tmp_path: Path, todo: Brief) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/endless.ts").write_text(
        "export const one: number = 1;\n"
        "type Endless<T> = T extends never ? T : Endless<[T]>;\n"
        "export const never: Endless<1> = 0;\n"
    )
    card = score_folder(tmp_path, todo)
    assert card.compile is not None
    assert [(e.file, e.line) for e in card.compile.diagnostics] == [("src/endless.ts", 2)]
    assert card.compile.failed == 1
    assert card.score == 0


def test_bytes_that_are_no_text_are_named_not_checked(tmp_path: Path, todo: Brief) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "good.ts").write_text("export const one: number = 1;\n")
    (source / "bytes.ts").write_bytes(bytes(range(256)) * 64)
    (source / "zeros.ts").write_bytes(b"\0" * 100_000)
    (source / "deep.ts").write_text("export const deep = " + "(" * 20_000 + ")" * 20_000 + ";\n")
    card = score_folder(tmp_path, todo)
    assert [note.what for note in card.notes] == ["src/bytes.ts"]
    assert card.compile is not None
    assert card.compile.failed == 3
    assert card.score == 0
