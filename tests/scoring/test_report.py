"""The scorecard is whole in its JSON, and says what share and what loss each part has."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.node.compile import CompilerDiagnostic, CompileReport
from scoring.brief import Brief
from scoring.report import AXIS_NAMES, AxisScore, CompileResult, Scorecard
from scoring.rubric import AXES, score_folder


@pytest.fixture(scope="module")
def card(golden: Path, todo: Brief, tmp_path_factory: pytest.TempPathFactory) -> Scorecard:
    """Score a project with a type error, without its document, with bytes that are no text."""
    fault = CompilerDiagnostic(
        file="src/main.ts", line=3, column=1, code=2322, message="not assignable"
    )
    report = CompileReport(
        units=60, failed_units=1, diagnostics=(fault,), missing_packages=("rare",), seconds=0.1
    )
    folder = tmp_path_factory.mktemp("card") / "project"
    for path in golden.rglob("*"):
        if path.is_file() and path.name != "requirements.md" and "node_modules" not in path.parts:
            target = folder / path.relative_to(golden)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (folder / "src/odd.ts").write_bytes(b"// \xff\n")
    return score_folder(folder, todo, report)


def test_a_card_is_the_same_after_its_json(card: Scorecard) -> None:
    again = Scorecard.model_validate_json(card.canonical_json())
    assert again == card
    assert again.canonical_json() == card.canonical_json()
    assert card.notes
    assert card.axes["requirements"].findings


def test_a_card_without_a_brief_or_a_compiler_is_the_same_as_well(golden: Path) -> None:
    clean = CompileReport(units=0, failed_units=0, diagnostics=(), missing_packages=(), seconds=0.0)
    card = score_folder(golden, None, clean)
    assert card.missing
    assert Scorecard.model_validate_json(card.canonical_json()) == card
    bare = card.model_copy(update={"compile": None, "score": None, "grade": None})
    assert Scorecard.model_validate_json(bare.canonical_json()) == bare


def test_fields_that_no_card_has_are_refused(card: Scorecard) -> None:
    text = card.canonical_json().replace('"measured"', '"mesured"', 1)
    with pytest.raises(ValidationError, match="mesured"):
        Scorecard.model_validate_json(text)


def test_shares_and_losses(card: Scorecard) -> None:
    assert tuple(card.axes) == AXIS_NAMES == tuple(AXES)
    assert card.compile is not None
    assert card.compile.share == pytest.approx(59 / 60)
    for axis in card.axes.values():
        assert axis.points is not None
        assert axis.share == pytest.approx(axis.points / axis.max)
        assert axis.lost == pytest.approx(sum(check.lost for check in axis.checks))
        assert axis.lost == pytest.approx(sum(finding.points for finding in axis.findings))


def test_what_was_not_measured_has_no_share() -> None:
    axis = AxisScore(points=None, max=0, checks=(), findings=())
    assert (axis.share, axis.lost) == (None, 0.0)
    assert CompileResult(units=0, failed=0, diagnostics=(), missing_packages=()).share is None
