"""Code that a reviewer would send back."""

from __future__ import annotations

import pytest

from scoring.project.quality import read_smells
from scoring.typescript.modules import read_program

BRANCHES = "\n".join(f"  if (a === {n} && b) return {n};" for n in range(9))
LONG = "\n".join(f"  total += values[{n}] * {n};" for n in range(20))


def kinds(text: str) -> list[str]:
    program = read_program({"src/a.ts": text})
    return [smell.kind for smell in read_smells(program, ["src/a.ts"])[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"export function f(a: number, b: boolean) {{\n{BRANCHES}\n  return 0;\n}}", ["complex"]),
        (
            f"export function f() {{\n{LONG}\n}}\nexport function g() {{\n{LONG}\n}}",
            ["duplicate"],
        ),
        ('import { a } from "b";\nexport const c = 1;', ["dead"]),
        ("function unused() {\n  return 1;\n}", ["dead"]),
        ("export class A {\n  private spare() {\n    return 1;\n  }\n}", ["dead"]),
        ("export const a = 1;\n// const b = a;\n", ["dead"]),
        ("export function f() {\n  return 1;\n  g();\n}\nexport function g() {}", ["dead"]),
        ("export function f(a: boolean) {\n  if (a) return 1;\n  return 2;\n}", []),
        ("// A comment; with punctuation, but prose.\nexport const a = 1;", []),
        ("export function f(a: number) {\n  switch (a) {\n    case 1:\n      return 1;\n"
         "    default:\n      return 2;\n  }\n}", []),
    ],
)  # fmt: skip
def test_smells(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected
