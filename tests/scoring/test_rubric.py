"""The whole: bands, invariances, what is missing, and folders that are no project."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.node.compile import CompilerDiagnostic, CompileReport
from scoring import environment, rubric
from scoring.brief import Brief
from scoring.environment import Checked, type_check
from scoring.loading import load_brief
from scoring.project.folder import FILE_MAX_BYTES, Folder, ScoringError, read_folder
from scoring.rubric import AXES, grade, rubric_ref, score_folder

SMALL = """
name = "books"

[[actors]]
name = "librarian"
kind = "member"

[[entities]]
name = "book"
attributes = [{ name = "isbn", types = ["text"] }, { name = "shelf", types = ["text"] }]

[[operations]]
id = "book.read"
entity = "book"
action = "read"
methods = ["GET"]
path = "/books/{bookId}"
actors = ["librarian"]
errors = [404]

[[rules]]
id = "isbn"
kind = "limit"
text = "An ISBN has 13 characters."
entity = "book"
attribute = "isbn"
maximum = 13
operations = ["book.read"]
words = [["isbn"], ["13"]]
"""
GOLDEN_MIN = 97
STUBS_MAX = 25
SCAFFOLD_MAX = 15


def test_the_rubric_has_a_hundred_points() -> None:
    points = {axis: sum(check.points for check in checks) for axis, checks in AXES.items()}
    assert points == {
        "requirements": 10,
        "database": 12,
        "api": 15,
        "tests": 20,
        "implementation": 38,
        "sdk": 5,
    }
    ids = [check.id for checks in AXES.values() for check in checks]
    assert len(set(ids)) == len(ids)
    assert len(rubric_ref().sha256) == 64


def test_the_golden_project_and_its_type_check(golden: Path, todo: Brief) -> None:
    card = score_folder(golden, todo)
    assert card.score is not None
    assert card.score >= GOLDEN_MIN
    assert card.grade == "A"
    assert card.compile is not None
    assert card.compile.failed == 0
    assert card.compile.units > 50
    assert card.canonical_json() == score_folder(golden, todo).canonical_json()
    assert str(golden) not in card.canonical_json()


def test_findings_add_up_to_what_is_lost(copy: Callable[[], Path], todo: Brief) -> None:
    folder = copy()
    shutil.rmtree(folder / "src/modules/todo-lists")
    (folder / "docs/requirements.md").unlink()
    card = score_folder(folder, todo)
    assert card.score is not None
    assert card.ungated is not None
    assert card.score < card.ungated < 80
    for axis in card.axes.values():
        assert axis.points is not None
        lost = sum(finding.points for finding in axis.findings)
        assert lost == pytest.approx(axis.max - axis.points, abs=1e-9)
        assert [f.points for f in axis.findings] == sorted(
            (f.points for f in axis.findings), reverse=True
        )


def test_an_empty_folder_has_no_points(tmp_path: Path, todo: Brief) -> None:
    card = score_folder(tmp_path, todo)
    assert card.score == 0
    assert card.ungated == 0
    assert card.grade == "F"


@pytest.mark.parametrize("answer", ["{} as never", "JSON.parse(String(Math.random())) as never"])
def test_handlers_that_make_answers_up_are_worth_little(
    answer: str, copy: Callable[[], Path], todo: Brief, clean: CompileReport
) -> None:
    folder = copy()
    for path in (folder / "src/modules").rglob("*.controller.ts"):
        text = path.read_text()
        path.write_text(re.sub(r"return this\.service\.[^;]*;", f"return {answer};", text))
    card = score_folder(folder, todo, clean)
    assert card.score is not None
    assert card.score <= STUBS_MAX
    assert card.axes["implementation"].points == 0


def test_a_scaffold_is_worth_little(
    copy: Callable[[], Path], todo: Brief, clean: CompileReport
) -> None:
    folder = copy()
    for name in ("src/modules", "src/structures", "sdk/functional", "test/features", "docs"):
        shutil.rmtree(folder / name)
    (folder / "openapi.json").unlink()
    schema = folder / "prisma/schema.prisma"
    schema.write_text(schema.read_text().split("///")[0])
    card = score_folder(folder, todo, clean)
    assert card.score is not None
    assert card.score <= SCAFFOLD_MAX


def test_a_fine_answer_to_another_request_is_worth_little(
    golden: Path, tmp_path: Path, clean: CompileReport
) -> None:
    brief = tmp_path / "books.toml"
    brief.write_text(SMALL)
    card = score_folder(golden, load_brief(brief), clean)
    assert card.score is not None
    assert card.score <= SCAFFOLD_MAX
    found = {f.found for axis in card.axes.values() for f in axis.findings}
    assert any("most of it is not there" in text for text in found)


def test_prose_adds_nothing(copy: Callable[[], Path], todo: Brief, clean: CompileReport) -> None:
    folder = copy()
    before = score_folder(folder, todo, clean)
    document = folder / "docs/requirements.md"
    text = document.read_text()
    (folder / "docs/again.md").write_text(re.sub(r"\b[RB]-\d+\.\d+", "", text) * 2)
    assert score_folder(folder, todo, clean).axes == before.axes
    document.write_text(text + text)
    doubled = score_folder(folder, todo, clean)
    assert doubled.score is not None
    assert before.score is not None
    assert doubled.score < before.score


def test_guard_clauses_are_no_stubs(
    copy: Callable[[], Path], todo: Brief, clean: CompileReport
) -> None:
    folder = copy()
    service = folder / "src/modules/todos/todos.service.ts"
    text = service.read_text()
    guarded = text.replace(
        "return this.toTodo(todo);",
        "if (!todo) return null as never;\n    return this.toTodo(todo);",
    )
    assert guarded != text
    before = score_folder(folder, todo, clean)
    service.write_text(guarded)
    after = score_folder(folder, todo, clean)
    assert after.axes["implementation"].points == before.axes["implementation"].points


def test_names_of_files_do_not_matter(
    copy: Callable[[], Path], todo: Brief, clean: CompileReport
) -> None:
    folder = copy()
    before = score_folder(folder, todo, clean)
    for old, new in (
        ("src/modules/todos/todos.service", "src/modules/todos/a-service"),
        ("src/structures/todo", "src/structures/zz-dto"),
    ):
        (folder / f"{old}.ts").rename(folder / f"{new}.ts")
        for path in (folder / "src").rglob("*.ts"):
            base, renamed = old.rsplit("/", 1)[-1], new.rsplit("/", 1)[-1]
            path.write_text(path.read_text().replace(f"/{base}.js", f"/{renamed}.js"))
    after = score_folder(folder, todo, clean)
    assert after.score == before.score


def test_names_of_things_do_not_matter(
    copy: Callable[[], Path], todo: Brief, clean: CompileReport
) -> None:
    """Lists become folders, the helper that refuses gets another name, chains another layout."""
    folder = copy()
    before = score_folder(folder, todo, clean)
    renamed = (
        (r"todo_list", "folder"),
        (r"todo-list", "folder"),
        (r"todoList", "folder"),
        (r"TodoList", "Folder"),
        (r"\bensure\b", "must"),
        (r"findOwnTodo\b", "lookUp"),
        (r"\n +\.", "."),
    )
    for path in [p for p in folder.rglob("*") if p.suffix in (".ts", ".prisma")]:
        text = path.read_text()
        for old, new in renamed:
            text = re.sub(old, new, text)
        path.write_text(text)
    for path in sorted(folder.rglob("*todo-list*"), reverse=True):
        path.rename(path.with_name(path.name.replace("todo-list", "folder")))
    (folder / "src/common/ensure.ts").rename(folder / "src/common/must.ts")
    openapi = folder / "openapi.json"
    openapi.write_text(openapi.read_text().replace("todo-list", "folder"))
    after = score_folder(folder, todo, clean)
    assert after.score == before.score
    assert {a: x.points for a, x in after.axes.items()} == {
        a: x.points for a, x in before.axes.items()
    }


def test_without_a_brief_its_checks_are_missing(golden: Path, clean: CompileReport) -> None:
    card = score_folder(golden, None, clean)
    assert card.brief is None
    assert card.measured == 100 - sum(
        check.points for checks in AXES.values() for check in checks if check.needs_brief
    )
    assert (card.score, card.grade) == (None, None)
    stated = card.axes["requirements"].checks[0]
    assert stated.points is None
    assert stated.missing is not None
    assert {"requirements.stated", "implementation.rules"} <= {m.what for m in card.missing}


def test_a_missing_compiler_is_no_zero(
    golden: Path, todo: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(read: Folder, folder: Path) -> Checked:
        raise rubric.ToolchainError("The TypeScript compiler is not installed.")

    monkeypatch.setattr(rubric, "type_check", fail)
    card = score_folder(golden, todo)
    assert card.score is None
    assert card.grade is None
    assert card.compile is None
    assert card.ungated is not None
    assert any("not installed" in missing.reason for missing in card.missing)


def test_the_gate_counts_units_but_not_missing_packages(golden: Path, todo: Brief) -> None:
    def diagnostic(file: str, code: int, message: str) -> CompilerDiagnostic:
        return CompilerDiagnostic(file=file, line=1, column=1, code=code, message=message)

    report = CompileReport(
        units=10,
        failed_units=2,
        diagnostics=(
            diagnostic("src/main.ts", 2307, "Cannot find module 'rare'"),
            diagnostic("src/app.ts", 2322, 'Type in import("/tmp/sixfold-compile-x1/project/a")'),
        ),
        missing_packages=("rare",),
        seconds=0.1,
    )
    card = score_folder(golden, todo, report)
    assert card.compile is not None
    assert card.compile.failed == 1
    assert [d.environment for d in card.compile.diagnostics] == [True, False]
    assert "sixfold-compile" not in card.canonical_json()
    assert card.score == pytest.approx(0.9 * (card.ungated or 0), abs=0.01)


def test_grades() -> None:
    assert [grade(s) for s in (100, 90, 89.99, 70, 60, 59.99, 0)] == list("AABCDFF")


def test_no_folder_is_a_sentence(tmp_path: Path, todo: Brief) -> None:
    with pytest.raises(ScoringError, match=r"does not exist"):
        score_folder(tmp_path / "nowhere", todo)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ScoringError, match=r"is not a folder"):
        score_folder(file, todo)


def test_hostile_folders_are_read_within_bounds(
    copy: Callable[[], Path], tmp_path: Path, todo: Brief, clean: CompileReport
) -> None:
    folder = copy()
    secret = tmp_path / "outside.ts"
    secret.write_text("export const outside = 1;")
    (folder / "src/loop").symlink_to(folder / "src", target_is_directory=True)
    (folder / "src/out.ts").symlink_to(secret)
    (folder / "src/big.ts").write_bytes(b"/" * (FILE_MAX_BYTES + 1))
    (folder / "src/broken.ts").write_bytes(b"export const a = '\xff\xfe';\n")
    (folder / "src/bomb.ts").write_text("type A = " + "Array<" * 20_000 + "1" + ">" * 20_000 + ";")
    (folder / "src/deep.ts").write_text("export const b = " + "(" * 5_000 + "1" + ")" * 5_000 + ";")
    card = score_folder(folder, todo, clean)
    reasons = {note.what: note.reason for note in card.notes}
    assert set(reasons) == {"src/out.ts", "src/big.ts", "src/broken.ts"}
    assert "link" in reasons["src/out.ts"]
    assert "MB" in reasons["src/big.ts"]
    assert "UTF-8" in reasons["src/broken.ts"]
    assert card.score is not None
    assert card.score >= GOLDEN_MIN


def test_hostile_files_do_not_reach_the_compiler(tmp_path: Path) -> None:
    """A link out of the folder and a file that is too large are as if they were not there."""
    folder = tmp_path / "project"
    (folder / "src").mkdir(parents=True)
    (tmp_path / "outside.ts").write_text("export const outside: number = 'text';")
    (folder / "src/out.ts").symlink_to(tmp_path / "outside.ts")
    (folder / "src/loop").symlink_to(folder, target_is_directory=True)
    with (folder / "src/big.ts").open("wb") as big:
        big.truncate(50_000_000)
    (folder / "src/a.ts").write_text(
        'import { outside } from "./out";\nexport const a = outside;\n'
    )
    checked = type_check(read_folder(folder), folder)
    assert checked.report.units == 1
    assert [(d.file, d.code) for d in checked.own.diagnostics] == [("src/a.ts", 2307)]


def test_a_project_that_cannot_be_checked_is_not_scored(
    tmp_path: Path, todo: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.ts").write_text("export const a = 1;")
    monkeypatch.setattr(environment, "TIMEOUT_S", 0.001)
    card = score_folder(tmp_path, todo)
    assert card.score is None
    assert [m.what for m in card.missing] == ["compile", "sdk.compiles"]
    assert "was stopped after 0.001 s" in card.missing[0].reason
    assert str(tmp_path) not in card.canonical_json()
