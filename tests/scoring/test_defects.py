"""Planted defects: each lowers the check it is about, and no other axis by more than a point."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.calibration import (
    Defect,
    PlantError,
    load_defects,
    losses,
    plant,
    recorded_rows,
    row,
)
from pipeline.node.compile import CompilerDiagnostic, CompileReport
from scoring.brief import Brief
from scoring.loading import load_brief
from scoring.project.folder import read_folder
from scoring.report import Scorecard
from scoring.rubric import AXES, score_folder
from tests.scoring.texts import score_texts

OTHER_AXES_MAX = 1.0
"""Points that a defect may cost on another axis (design/rubric)."""
DEFECTS_MIN = 40
DEFECTS = load_defects(Path(__file__).with_name("defects.toml"))
DOCUMENT = Path(__file__).parents[2] / "docs/rubric.md"
RENEW = "run `.venv/bin/python -m benchmarks.defects` and commit docs/rubric.md"


@dataclass(frozen=True)
class Reference:
    """A golden project: its files, its brief, and what it scores."""

    texts: dict[str, str]
    brief: Brief
    card: Scorecard


@pytest.fixture(scope="module")
def reference(built: Callable[[str], Path]) -> Callable[[str], Reference]:
    @functools.cache
    def read(name: str) -> Reference:
        texts, brief = read_folder(built(name)).texts, load_brief(name)
        return Reference(texts, brief, score_texts(texts, brief))

    return read


@pytest.fixture(scope="module")
def recorded() -> tuple[str, ...]:
    return recorded_rows(DOCUMENT.read_text(encoding="utf-8"))


def check_points(card: Scorecard, check: str) -> float:
    scores = [score for axis in card.axes.values() for score in axis.checks]
    found = next(score.points for score in scores if score.id == check)
    assert found is not None
    return found


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name.replace(" ", "-"))
def test_a_defect_costs_points_on_its_own_axis_only(
    defect: Defect,
    reference: Callable[[str], Reference],
    recorded: tuple[str, ...],
) -> None:
    whole = reference(defect.project)
    card = score_texts(plant(whole.texts, defect), whole.brief)
    assert check_points(card, defect.check) < check_points(whole.card, defect.check)
    assert any(f.check == defect.check for f in card.axes[defect.axis].findings)
    lost = losses(whole.card, card)
    assert lost[defect.axis] > 0
    for axis, points in lost.items():
        assert points >= 0, f"{axis} rose"
        assert axis == defect.axis or points <= OTHER_AXES_MAX, f"{axis} fell by {points}"
    assert row(defect, lost) in recorded, f"the table is not current; {RENEW}"


def test_the_table_lists_every_defect_once(recorded: tuple[str, ...]) -> None:
    assert [line.split(" | ")[0].removeprefix("| ") for line in recorded] == [
        defect.name for defect in DEFECTS
    ], RENEW
    assert len(recorded) >= DEFECTS_MIN


def test_a_defect_that_fits_nowhere_is_a_sentence(
    reference: Callable[[str], Reference],
) -> None:
    stray = Defect("stray", "api.dtos", "src/*.ts", "no such text", "")
    with pytest.raises(PlantError, match="fits nowhere"):
        plant(reference("todo").texts, stray)


def test_type_errors_in_client_code_cost_points(
    golden: Path, todo: Brief, clean: CompileReport
) -> None:
    fault = CompilerDiagnostic(
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
