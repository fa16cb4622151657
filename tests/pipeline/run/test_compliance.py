"""Instructions that no grammar forces: golden forms obey them, and what is left out counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.scripted import ScriptedEngine
from pipeline.asking.filled_form import FilledForm
from pipeline.asking.harness import Harness
from pipeline.project import Project
from pipeline.records.measurements import Compliance
from pipeline.records.options import RunOptions
from pipeline.run.compliance import measure
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design

REQUEST = load_request("todo").text
Forms = dict[str, FilledForm]


@pytest.fixture(scope="module")
def golden() -> tuple[Forms, Project]:
    options = RunOptions(seed=0, feedback=0, max_tokens_per_call=1 << 20)
    engine = ScriptedEngine(load_answers("todo"))
    harness = Harness(engine, options, lambda _: None, lambda _: None, lambda: False)
    project = design(harness, REQUEST, lambda _stage, _ast: None)
    return harness.forms, project


def share(made: Compliance | None, words: str) -> float:
    assert made is not None
    (found,) = [each for each in made.instructions if words in each.text]
    return found.obeyed / found.cases


def test_golden_forms_obey(golden: tuple[Forms, Project]) -> None:
    made = measure(REQUEST, *golden)
    assert made is not None
    assert len(made.instructions) >= 10
    assert made.share > 0.95


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("database/tables", "each entity has a table"),
        ("interface/todo", "each rule is cited by an operation"),
        ("test/scenarios/todo", "each operation has a test"),
        ("test/scenarios/todo", "each rule has a test"),
    ],
)
def test_what_is_left_out_is_counted(golden: tuple[Forms, Project], form: str, words: str) -> None:
    forms, project = golden
    less = {key: each for key, each in forms.items() if key != form}
    assert share(measure(REQUEST, less, project), words) < share(
        measure(REQUEST, forms, project), words
    )


def test_a_form_that_its_budget_ended_did_not_stay_inside(
    golden: tuple[Forms, Project],
) -> None:
    forms, project = golden
    cut = {key: replace(each, ended=False) for key, each in forms.items()}
    assert share(measure(REQUEST, cut, project), "ends by itself") == 0


def test_without_forms_there_is_nothing_to_measure(golden: tuple[Forms, Project]) -> None:
    assert measure(REQUEST, {}, golden[1]) is None
