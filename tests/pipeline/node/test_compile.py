"""The real compiler on small projects."""

import os
import sys
from pathlib import Path

import pytest

from pipeline.node import compile as compiling
from pipeline.node import toolchain
from pipeline.node.compile import (
    CompilerDiagnostic,
    CompilerFailure,
    CompileTimeout,
    check_project,
    emit_project,
    source_files,
)

OUR_TSCONFIG = """
{
  "compilerOptions": {
    "module": "nodenext", "strict": true, "noUncheckedIndexedAccess": true,
    "verbatimModuleSyntax": true, "rootDir": ".", "outDir": "dist"
  },
  "include": ["src", "sdk", "test"]
}
"""

PERMUTATIONS = """
type Orders<T, K = T> =
  [T] extends [never] ? [] : K extends K ? [K, ...Orders<Exclude<T, K>>] : never;
export const order: Orders<"a" | "b" | "c" | "d" | "e" | "f" | "g" | "h" | "i" | "j"> = [];
"""

CONTROLLER = """
import { Controller, Get, Inject } from "@nestjs/common";
import { z } from "zod";
import { LIMIT } from "./limit.js";

const Page = z.object({ limit: z.int().max(LIMIT) });
@Controller("todos")
export class TodosController {
  public constructor(@Inject(String) private readonly name: string) {}
  @Get()
  public list(): z.infer<typeof Page> {
    return { limit: this.name.length };
  }
}
"""


def write(folder: Path, **files: str) -> Path:
    """Write files whose names have ``__`` for ``/`` and ``_ts`` or ``_json`` for the suffix."""
    for name, text in files.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def nest_project(folder: Path) -> Path:
    return write(
        folder,
        package_json='{"type": "module"}',
        tsconfig_json=OUR_TSCONFIG,
        src__limit_ts="export const LIMIT = 100;",
        src__todos_ts=CONTROLLER,
        test__run_ts='import { TodosController as T } from "../src/todos.js";\nnew T("a");',
    )


def listing(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in sorted([folder, *folder.rglob("*")])
    }


def test_a_sound_project_has_no_errors_and_is_not_touched(tmp_path: Path):
    folder = nest_project(tmp_path / "a project with spaces")
    before = listing(folder)
    report = check_project(folder)
    assert (report.units, report.failed_units, report.diagnostics) == (3, 0, ())
    assert report.share == 1.0
    assert listing(folder) == before


def test_errors_are_placed_and_counted_by_file(tmp_path: Path):
    folder = write(
        nest_project(tmp_path),
        src__limit_ts='export const LIMIT: number = "many";\nexport const OTHER: boolean = 1;',
    )
    report = check_project(folder)
    assert [(d.file, d.line, d.column, d.code) for d in report.diagnostics] == [
        ("src/limit.ts", 1, 14, 2322),
        ("src/limit.ts", 2, 14, 2322),
    ]
    assert report.diagnostics[0].message == "Type 'string' is not assignable to type 'number'."
    assert (report.units, report.failed_units) == (3, 1)
    assert report.share == pytest.approx(2 / 3)
    assert report.missing_packages == ()


def test_a_message_of_several_lines_stays_one(tmp_path: Path):
    folder = write(
        tmp_path, src__a_ts="export const a: { b: { c: number } } = { b: { c: 'text' as string } };"
    )
    code = "type T = { b: { c: number } }; const x: { b: { c: string } } = { b: { c: '' } };"
    write(folder, src__b_ts=f"{code}\nexport const y: T = x;")
    (diagnostic,) = [d for d in check_project(folder).diagnostics if d.file == "src/b.ts"]
    assert diagnostic.message.splitlines()[0].startswith("Type '{ b: { c: string; }; }' is not")
    assert diagnostic.message.splitlines()[-1].endswith(
        "'string' is not assignable to type 'number'."
    )


def test_the_same_files_give_the_same_report(tmp_path: Path):
    folder = write(nest_project(tmp_path), src__limit_ts="export const LIMIT: number = '';")
    reports = [check_project(folder).model_dump(exclude={"seconds"}) for _ in range(2)]
    assert reports[0] == reports[1]


def test_a_project_of_another_dialect(tmp_path: Path):
    """Options that TypeScript 7 refuses, comments, ``extends``, aliases, no ``.js`` suffixes."""
    folder = write(
        tmp_path,
        tsconfig__base_json='{ "compilerOptions": { "target": "es5", "strict": false, } }',
        tsconfig_json="""{
          // a comment
          "extends": "./tsconfig/base.json",
          "compilerOptions": {
            "module": "commonjs", "moduleResolution": "node", "esModuleInterop": false,
            "baseUrl": "./", "paths": { "@app/*": ["src/app/*"] }, "unheardOf": true,
          },
        }""",
        src__app__names_ts="export function name(value) { return value; }",
        src__main_ts='import { name } from "@app/names";\nimport { other } from "src/other";\n'
        "export const title: string = null; name(other);",
        src__other_ts='import express = require("express");\nexport const other = express();',
    )
    report = check_project(folder)
    assert report.diagnostics == ()
    assert report.units == 3


def test_strictness_is_the_projects_own_choice(tmp_path: Path):
    write(tmp_path, src__a_ts="export const a: string = null;")
    assert check_project(tmp_path).failed_units == 1, "strict where the project does not say"
    write(tmp_path, tsconfig_json='{"compilerOptions": {"strictNullChecks": false}}')
    assert check_project(tmp_path).failed_units == 0
    write(tmp_path, tsconfig_json='{"compilerOptions": {"strict": true}}')
    assert check_project(tmp_path).failed_units == 1


def test_packages_that_are_not_installed_are_named(tmp_path: Path):
    write(
        tmp_path,
        src__a_ts='import { x } from "no-such-package/deep";\nimport { y } from "./nowhere"; x(y);',
    )
    report = check_project(tmp_path)
    assert report.missing_packages == ("no-such-package/deep",)
    assert len(report.diagnostics) == 2


def test_a_packages_own_node_modules_come_first(tmp_path: Path):
    write(
        tmp_path,
        node_modules__zod__index_ts="export const own: 1 = 1;",
        src__a_ts='import { own } from "zod";\nexport const a: 1 = own;',
    )
    assert check_project(tmp_path).diagnostics == ()


def test_the_check_can_be_narrowed_to_some_files(tmp_path: Path):
    write(tmp_path, src__a_ts="export const a: number = '';", src__b_ts="export const b = 1;")
    report = check_project(tmp_path, files=["src/b.ts"])
    assert (report.units, report.failed_units) == (1, 0)


def test_which_files_are_units(tmp_path: Path):
    nest_project(tmp_path)
    write(
        tmp_path,
        src__env__d_ts="declare const BUILD: string;",
        src__node_modules__x__index_ts="broken(",
        src___hidden__x_ts="export {};",
        dist__main_ts="broken(",
        eslint__config_ts="broken(",
        sdk__index_ts="export const build: string = BUILD;",
    )
    (tmp_path / "src" / "env.d.ts").write_text("declare const BUILD: string;")
    assert source_files(tmp_path) == (
        "sdk/index.ts",
        "src/_hidden/x.ts",
        "src/env.d.ts",
        "src/env/d.ts",
        "src/limit.ts",
        "src/todos.ts",
        "test/run.ts",
    )


def test_a_project_without_the_usual_folders_is_taken_as_a_whole(tmp_path: Path):
    write(tmp_path, main_ts="export {};", lib__a_ts="export {};", dist__b_ts="export {};")
    assert source_files(tmp_path) == ("lib/a.ts", "main.ts")


def test_an_empty_folder_has_no_units(tmp_path: Path):
    report = check_project(tmp_path)
    assert (report.units, report.share) == (0, 0.0)


def test_a_missing_folder_is_a_sentence(tmp_path: Path):
    with pytest.raises(
        CompilerFailure, match="is not a folder; name the folder of a NestJS project"
    ):
        check_project(tmp_path / "nowhere")


def test_a_compiler_that_takes_too_long_is_stopped(tmp_path: Path):
    write(tmp_path, src__a_ts="export const a = 1;")
    with pytest.raises(CompileTimeout, match=r"was stopped after 0\.001 s"):
        check_project(tmp_path, timeout_s=0.001)


def test_javascript_is_laid_out_like_the_project(tmp_path: Path):
    folder = nest_project(tmp_path / "in")
    out = tmp_path / "out"
    assert emit_project(folder, out).diagnostics == ()
    found = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert found == ["package.json", "src/limit.js", "src/todos.js", "test/run.js"]
    assert "import { LIMIT }" in (out / "src" / "todos.js").read_text()


def test_javascript_of_a_commonjs_project(tmp_path: Path):
    folder = write(tmp_path / "in", src__a_ts="export const a: number = 'x';", package_json="{}")
    report = emit_project(folder, tmp_path / "out")
    assert report.diagnostics == (
        CompilerDiagnostic(
            file="src/a.ts",
            line=1,
            column=14,
            code=2322,
            message="Type 'string' is not assignable to type 'number'.",
        ),
    )
    assert "exports.a = 'x'" in (tmp_path / "out" / "src" / "a.js").read_text()


def test_a_broken_tsconfig_or_package_is_read_as_none(tmp_path: Path):
    write(tmp_path, tsconfig_json="{{{", package_json="[]", src__a_ts="export const a = 1;")
    assert check_project(tmp_path).diagnostics == ()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_a_bomb_of_types_ends_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiling, "COMPILER_MEMORY_BYTES", 700_000_000)
    write(tmp_path, src__a_ts=PERMUTATIONS)
    with pytest.raises(CompilerFailure, match="types that multiply"):
        check_project(tmp_path)


def test_before_setup_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path, src__a_ts="export const a = 1;")
    monkeypatch.setattr(toolchain, "TOOLCHAIN_DIR", tmp_path)
    with pytest.raises(toolchain.ToolchainError, match="run `make setup`"):
        check_project(tmp_path)


def test_the_toolchain_is_the_pinned_one():
    assert os.access(toolchain.node_path(), os.X_OK)
    assert os.access(toolchain.tsc_path(), os.X_OK)
    assert (toolchain.node_modules_dir() / "zod").is_dir()
    assert toolchain.sandbox_guard_path().is_file()
