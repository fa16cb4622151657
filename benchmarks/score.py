"""How long scoring takes, and whether it grows linearly with the project.

Makes larger projects of a golden one: each copy is a part of its own (`src/part3`, `sdk/part3`,
`test/part3`) with routes of its own. Prints seconds and milliseconds per file, type check
included, all in one run; CPU is that of Python and the compiler together, whatever else runs:

    .venv/bin/python -m benchmarks.score     # about a minute on two cores
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.work.golden import build_golden
from scoring.environment import type_check
from scoring.loading import load_brief
from scoring.project import read_project
from scoring.project.folder import read_folder
from scoring.rubric import score_folder

COPIES = (1, 2, 4, 8, 13)
REPEATS = 3
CODE = ("src", "sdk", "test")


def multiply(golden: Path, out: Path, copies: int) -> None:
    """Write a project of `copies` parts, each with the code of the golden one."""
    for number in range(1, copies + 1):
        part = f"part{number}"
        for top in CODE:
            for path in sorted((golden / top).rglob("*.ts")):
                text = path.read_text(encoding="utf-8")
                text = re.sub(r'@Controller\("', f'@Controller("{part}/', text)
                text = re.sub(r'path: (["`])/', rf"path: \1/{part}/", text)
                text = re.sub(r'"((?:\.\./)+)(src|sdk|test)/', rf'"../\1\2/{part}/', text)
                target = out / top / part / path.relative_to(golden / top)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
    document = json.loads((golden / "openapi.json").read_text(encoding="utf-8"))
    document["paths"] = {
        f"/part{number}{path}": item
        for number in range(1, copies + 1)
        for path, item in document["paths"].items()
    }
    (out / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    schema = (golden / "prisma/schema.prisma").read_text(encoding="utf-8")
    models = "".join(re.findall(r"(?:///[^\n]*\n)*model .*?\n}\n", schema, re.DOTALL))
    names = re.findall(r"^model (\w+)", models, re.MULTILINE)
    for number in range(2, copies + 1):
        renamed = re.sub(rf"\b({'|'.join(names)})\b", rf"\1Part{number}", models)
        schema += "\n" + re.sub(r'@@map\("(\w+)"\)', rf'@@map("\1_part{number}")', renamed)
    (out / "prisma").mkdir()
    (out / "prisma/schema.prisma").write_text(schema, encoding="utf-8")
    for name in ("package.json", "tsconfig.json", "docs/requirements.md"):
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes((golden / name).read_bytes())


def _best(task: Callable[[], object]) -> float:
    """Return the shortest of some runs, in seconds."""
    times: list[float] = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        task()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Print the table."""
    brief = load_brief("todo")
    with tempfile.TemporaryDirectory() as name:
        golden = Path(name) / "golden"
        build_golden("todo", golden)
        print("files  operations  tests  read+facts  type check   whole      CPU  per file  errors")
        for copies in COPIES:
            folder = Path(name) / f"copies{copies}"
            multiply(golden, folder, copies)
            read = read_folder(folder)
            facts = read_project(read)
            checked = type_check(read, folder)
            read_s = _best(lambda f=folder: read_project(read_folder(f)))
            check_s = _best(lambda r=read, f=folder: type_check(r, f))
            before = os.times()
            score_folder(folder, brief)
            after = os.times()
            cpu_s = sum(after[:4]) - sum(before[:4])
            whole_s = _best(lambda f=folder: score_folder(f, brief))
            files = checked.report.units
            print(
                f"{files:5} {len(facts.operations):11} {len(facts.tests):6} "
                f"{read_s:9.2f} s {check_s:9.2f} s {whole_s:5.2f} s {cpu_s:6.2f} s "
                f"{1000 * whole_s / files:6.2f} ms {len(checked.own.diagnostics):7}"
            )


if __name__ == "__main__":
    main()
