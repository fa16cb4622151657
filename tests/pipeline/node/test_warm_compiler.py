"""The compiler that stays, beside the one that starts afresh."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.node.compile import CompileReport, CompilerFailure, CompileTimeout, check_project
from pipeline.node.warm_compiler import WarmCompiler

WRONG = """\
/* 💣 é */ export const a: number = "x"; import { nothing } from "nowhere";
export type T = { b: { c: number } }; const q = { b: { c: "" } };\r
export const z: T = q;
"""


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / "src" / f"{name}.ts"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def content(report: CompileReport) -> dict[str, object]:
    return report.model_dump(exclude={"seconds"})


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[WarmCompiler]:
    write(tmp_path, limit="export const LIMIT = 1;", other="export const other = 1;")
    write(tmp_path, user='import { LIMIT } from "./limit.js";\nexport const n: number = LIMIT;')
    with WarmCompiler(tmp_path) as compiler:
        yield compiler


def test_its_report_is_that_of_a_fresh_compiler(warm: WarmCompiler, tmp_path: Path) -> None:
    assert warm.check().diagnostics == ()
    write(tmp_path, wrong=WRONG)
    report = warm.check()
    assert content(report) == content(check_project(tmp_path))
    assert [d.code for d in report.diagnostics] == [2322, 2307, 2322]
    assert report.missing_packages == ("nowhere",)
    write(tmp_path, broken="export const = ;")
    assert content(warm.check()) == content(check_project(tmp_path))


def test_an_edit_is_followed_to_the_files_that_import_it(
    warm: WarmCompiler, tmp_path: Path
) -> None:
    assert warm.recheck().units == 3, "at first all is new"
    assert warm.recheck().units == 0
    write(tmp_path, limit='export const LIMIT = "many";')
    report = warm.recheck()
    assert report.units == 2
    assert [(d.file, d.code) for d in report.diagnostics] == [("src/user.ts", 2322)]
    write(tmp_path, limit="export const LIMIT = 2;")
    assert content(warm.recheck()) == {**content(report), "failed_units": 0, "diagnostics": ()}


def test_files_come_and_go(warm: WarmCompiler, tmp_path: Path) -> None:
    assert warm.check().units == 3
    write(tmp_path, new='import { other } from "./other.js";\nexport const text: string = other;')
    assert [d.file for d in warm.recheck().diagnostics] == ["src/new.ts"]
    (tmp_path / "src" / "limit.ts").unlink()
    (tmp_path / "src" / "new.ts").unlink()
    assert [(d.file, d.code) for d in warm.recheck().diagnostics] == [("src/user.ts", 2307)]
    assert content(warm.check()) == content(check_project(tmp_path))


def test_a_changed_dialect_is_noticed(warm: WarmCompiler, tmp_path: Path) -> None:
    write(tmp_path, loose="export const loose: string = null;")
    assert warm.check().failed_units == 1
    (tmp_path / "tsconfig.json").write_text('{"compilerOptions": {"strict": false}}')
    assert warm.check().failed_units == 0


def test_an_empty_folder_may_fill_later(tmp_path: Path) -> None:
    with WarmCompiler(tmp_path) as compiler:
        assert (compiler.check().units, compiler.recheck().units) == (0, 0)
        write(tmp_path, a="export const a: number = '';")
        assert compiler.recheck().failed_units == 1


def test_a_slow_or_broken_compiler_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path, a="export const a = 1;")
    with pytest.raises(CompileTimeout, match=r"was stopped after 1e-06 s"):
        WarmCompiler(tmp_path, timeout_s=1e-6)
    with WarmCompiler(tmp_path) as compiler:
        assert compiler.check().units == 1
        (process,) = [p for p in psutil.Process().children() if "tsc" in p.cmdline()[0]]
        process.kill()
        write(tmp_path, a="export const a = 2;")
        with pytest.raises(CompilerFailure, match="TypeScript compiler ended with code -9"):
            compiler.check()
