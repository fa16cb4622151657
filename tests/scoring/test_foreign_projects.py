"""Whole hand-made projects in other styles: read completely, ranked rightly, nobody's packages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.node.compile import CompileReport
from scoring.brief import Brief
from scoring.environment import type_check
from scoring.matching import match
from scoring.project import read_project
from scoring.project.facts import ProjectFacts
from scoring.project.folder import read_folder
from scoring.report import AxisName, Scorecard
from scoring.rubric import score_folder
from scoring.trials.trial import play_tests

FOREIGN = Path(__file__).parent / "foreign"
OVERLAYS = {"nestia-stubs": "nestia", "classic-silent": "classic"}
"""Folder → the project that it is laid over."""
RANKING = ("nestia", "kysely", "classic", "classic-silent", "nestia-stubs")
OPERATIONS = {
    "nestia": 15,
    "kysely": 14,
    "classic": 13,
}
TESTS = {"nestia": 16, "kysely": 7, "classic": 12}
STUBS_MAX = 25


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("foreign")
    for name in RANKING:
        shutil.copytree(FOREIGN / OVERLAYS.get(name, name), out / name)
        if name in OVERLAYS:
            shutil.copytree(FOREIGN / name, out / name, dirs_exist_ok=True)
    return {name: out / name for name in RANKING}


@pytest.fixture(scope="module")
def facts(projects: dict[str, Path]) -> dict[str, ProjectFacts]:
    return {name: read_project(read_folder(folder)) for name, folder in projects.items()}


@pytest.fixture(scope="module")
def cards(projects: dict[str, Path], todo: Brief, clean: CompileReport) -> dict[str, Scorecard]:
    return {name: score_folder(folder, todo, clean) for name, folder in projects.items()}


def points(card: Scorecard, axis: AxisName) -> float:
    found = card.axes[axis].points
    assert found is not None
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_everything_is_found(name: str, facts: dict[str, ProjectFacts]) -> None:
    found = facts[name]
    assert len(found.operations) == OPERATIONS[name]
    assert len(found.tests) == TESTS[name]
    assert len(found.tables) == 3
    for operation in found.operations:
        assert operation.behaviour.accesses, f"{operation.handler} is not followed"
        assert found.shape(operation.response) or operation.returns_nothing, operation.handler
        assert not operation.body or found.shape(operation.body), operation.body


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_test_is_followed(name: str, facts: dict[str, ProjectFacts], todo: Brief) -> None:
    for trial in play_tests(match(facts[name], todo)).each:
        assert trial.passes, f"{trial.test.name}: {trial.why}"
        assert trial.calls or "service" in trial.test.text, f"{trial.test.name} calls nothing"


def test_no_operation_of_stubs_is_alive(facts: dict[str, ProjectFacts]) -> None:
    stubs = facts["nestia-stubs"]
    assert {o.key for o in stubs.operations} == {o.key for o in facts["nestia"].operations}
    assert not any(o.behaviour.accesses for o in stubs.operations)


def test_the_ranking(cards: dict[str, Scorecard]) -> None:
    scores = [cards[name].score or 0.0 for name in RANKING]
    assert scores == sorted(scores, reverse=True)
    assert len({round(score) for score in scores}) == len(scores)
    assert scores[0] > 95
    assert scores[-1] < STUBS_MAX


def test_tests_that_look_at_nothing_are_worth_nothing(cards: dict[str, Scorecard]) -> None:
    assert points(cards["classic"], "tests") > 5
    assert points(cards["classic-silent"], "tests") < 1
    for axis in ("requirements", "database", "api", "implementation", "sdk"):
        assert points(cards["classic"], axis) == points(cards["classic-silent"], axis)


def test_what_the_classic_project_lacks_is_found(cards: dict[str, Scorecard]) -> None:
    findings = cards["classic"].axes["implementation"].findings
    texts = " ".join(finding.expected for finding in findings)
    assert "at most 20 lists" in texts
    assert "No two lists of one member" in texts
    assert any(
        finding.file == "src/lists/lists.controller.ts" and "somebody else's" in finding.found
        for finding in findings
    )


@pytest.mark.parametrize("name", OPERATIONS)
def test_absent_packages_are_nobodys_fault(name: str, projects: dict[str, Path]) -> None:
    checked = type_check(read_folder(projects[name]), projects[name])
    assert checked.report.missing_packages
    assert checked.own.diagnostics == ()
    assert checked.report.failed_units == 0


def test_an_own_error_is_found_in_spite_of_absent_packages(
    projects: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "project"
    shutil.copytree(projects["kysely"], folder)
    file = folder / "src/lists/lists.provider.ts"
    file.write_text(file.read_text().replace("createdAt: row.created_at", "createdAt: 1"))
    checked = type_check(read_folder(folder), folder)
    assert [d.file for d in checked.own.diagnostics] == ["src/lists/lists.provider.ts"]
