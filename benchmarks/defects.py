"""Plant each defect in its golden project and write what it costs into docs/rubric.md.

    .venv/bin/python -m benchmarks.defects

`tests/scoring/test_defects.py` compares every line with what it measures.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from app.work.golden import build_golden
from benchmarks.calibration import TABLE_END, TABLE_START, load_defects, losses, plant, row, table
from pipeline.node.compile import CompileReport
from scoring.brief import Brief
from scoring.environment import Checked
from scoring.loading import load_brief
from scoring.project import read_project
from scoring.project.folder import Folder, read_folder
from scoring.report import Scorecard
from scoring.rubric import score_facts

ROOT = Path(__file__).parent.parent
DEFECTS = ROOT / "tests/scoring/defects.toml"
DOCUMENT = ROOT / "docs/rubric.md"
CLEAN = CompileReport(units=60, failed_units=0, diagnostics=(), missing_packages=(), seconds=0.0)
"""Type errors are the gate's affair; the table is about the checks."""


def score(texts: dict[str, str], brief: Brief) -> Scorecard:
    """Score texts without asking the compiler."""
    read = Folder(texts, ())
    return score_facts(read, read_project(read), brief, Checked(CLEAN, ()))


def main() -> None:
    """Measure every defect and write the table."""
    defects = load_defects(DEFECTS)
    texts: dict[str, dict[str, str]] = {}
    references: dict[str, Scorecard] = {}
    briefs = {name: load_brief(name) for name in {defect.project for defect in defects}}
    with tempfile.TemporaryDirectory() as folder:
        for name, brief in briefs.items():
            build_golden(name, Path(folder) / name)
            texts[name] = read_folder(Path(folder) / name).texts
            references[name] = score(texts[name], brief)
    rows: list[str] = []
    for defect in defects:
        spoiled = plant(texts[defect.project], defect)
        card = score(spoiled, briefs[defect.project])
        rows.append(row(defect, losses(references[defect.project], card)))
    text = DOCUMENT.read_text(encoding="utf-8")
    inside = re.compile(f"{re.escape(TABLE_START)}.*?{re.escape(TABLE_END)}", re.DOTALL)
    DOCUMENT.write_text(inside.sub(lambda _: table(rows), text), encoding="utf-8")
    print(f"{len(rows)} defects; the table is in {DOCUMENT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
