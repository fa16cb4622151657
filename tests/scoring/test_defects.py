"""Planted defects: each lowers the check it is about, and no other axis by more than a point."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.compile import CompileReport, Diagnostic
from scoring.brief import Brief
from scoring.report import Scorecard
from scoring.rubric import AXES, score_folder

OTHER_AXES_MAX = 1.0
"""Points that a defect may cost on another axis (design/rubric)."""


@dataclass(frozen=True)
class Defect:
    """One edit: in `file`, the first match of `pattern` becomes `replacement`."""

    name: str
    check: str
    file: str
    pattern: str
    replacement: str
    count: int = 1


DEFECTS = tuple(
    Defect(**raw)
    for raw in tomllib.loads(Path(__file__).with_name("defects.toml").read_text(encoding="utf-8"))[
        "defects"
    ]
)


@pytest.fixture(scope="module")
def reference(golden: Path, todo: Brief, clean: CompileReport) -> Scorecard:
    return score_folder(golden, todo, clean)


def plant(folder: Path, defect: Defect) -> None:
    done = 0
    for path in sorted(folder.glob(defect.file)):
        text = path.read_text(encoding="utf-8")
        spoiled, hits = re.subn(defect.pattern, defect.replacement, text, count=defect.count)
        path.write_text(spoiled, encoding="utf-8")
        done += hits
    assert done, f"nothing in {defect.file} matches {defect.pattern}"


def points(card: Scorecard, axis: str) -> float:
    found = card.axes[axis].points
    assert found is not None
    return found


def check_points(card: Scorecard, check: str) -> float:
    scores = card.axes[check.split(".")[0]].checks
    found = next(score.points for score in scores if score.id == check)
    assert found is not None
    return found


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name.replace(" ", "-"))
def test_a_defect_costs_points_on_its_own_axis_only(
    defect: Defect,
    copy: Callable[[], Path],
    reference: Scorecard,
    todo: Brief,
    clean: CompileReport,
) -> None:
    folder = copy()
    plant(folder, defect)
    card = score_folder(folder, todo, clean)
    own = defect.check.split(".")[0]
    assert check_points(card, defect.check) < check_points(reference, defect.check)
    assert points(card, own) < points(reference, own)
    assert any(finding.check == defect.check for finding in card.axes[own].findings)
    for axis in AXES:
        moved = points(reference, axis) - points(card, axis)
        assert moved >= 0, f"{axis} rose"
        assert axis == own or moved <= OTHER_AXES_MAX, f"{axis} fell by {moved}"


def test_type_errors_in_client_code_cost_points(
    golden: Path, todo: Brief, clean: CompileReport
) -> None:
    fault = Diagnostic(
        file="sdk/functional/todos.ts", line=3, column=1, code=2322, message="not assignable"
    )
    card = score_folder(golden, todo, clean.model_copy(update={"diagnostics": (fault,)}))
    assert check_points(card, "sdk.compiles") < 2
    assert card.score is not None
    assert card.ungated is not None
    assert card.score < card.ungated


def test_every_check_has_a_defect() -> None:
    covered = {defect.check for defect in DEFECTS} | {"sdk.compiles"}
    assert covered == {check.id for checks in AXES.values() for check in checks}
