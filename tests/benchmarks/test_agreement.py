"""The forms of a golden run, asked of a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.agreement import Form, Kept, Questioner, golden_forms, sampled
from benchmarks.agreement_page import Answer, apart, bootstrap, page
from engines.scripted import ScriptedEngine
from pipeline.records.options import RunOptions
from pipeline.run.golden import load_answers

OPTIONS = RunOptions(feedback=0)


@pytest.fixture(scope="module")
def all_forms() -> list[Form]:
    return golden_forms("todo")


@pytest.fixture
def forms(all_forms: list[Form]) -> list[Form]:
    return sampled(all_forms, 1)


def asked(forms: list[Form], folder: Path, answers: dict[str, Any]) -> list[Answer]:
    kept = Kept(folder)
    questioner = Questioner("script", ScriptedEngine(answers), OPTIONS, False, kept)
    for form in forms:
        questioner.ask(form, seeds=2)
    return kept.answers


def silent(answer: Answer) -> Answer:
    """Return the answer as if the model had said nothing."""
    call = answer.call.model_copy(update={"output": "{}"})
    return answer.model_copy(update={"call": call})


def test_a_golden_script_agrees_wholly(forms: list[Form], tmp_path: Path) -> None:
    answers = asked(forms, tmp_path, load_answers("todo"))
    assert [answer.agreement.f1 for answer in answers] == [1.0] * 2 * len(forms)
    assert all(answer.call.valid for answer in answers)


def test_what_is_kept_is_not_asked_again(forms: list[Form], tmp_path: Path) -> None:
    golden = load_answers("todo")
    first = asked(forms, tmp_path, golden)
    lines = (tmp_path / "answers.jsonl").read_text().splitlines()
    assert asked(forms, tmp_path, golden) == first
    assert (tmp_path / "answers.jsonl").read_text().splitlines() == lines


def test_another_answer_takes_the_place_of_the_first(forms: list[Form], tmp_path: Path) -> None:
    (first, _) = asked(forms[:1], tmp_path, load_answers("todo"))
    Kept(tmp_path).add(silent(first))
    assert [answer.agreement.f1 for answer in Kept(tmp_path).answers] == [0.0, 1.0]


def test_a_sample_is_part_of_a_larger_one(all_forms: list[Form]) -> None:
    few, more, whole = (
        {form.ask.key for form in forms}
        for forms in (sampled(all_forms, 2), sampled(all_forms, 3), all_forms)
    )
    assert few < more < whole


def test_the_page_shows_each_kind_and_what_changed(forms: list[Form], tmp_path: Path) -> None:
    after = asked(forms, tmp_path, load_answers("todo"))
    before = [silent(each) if each.kind == "database/table" else each for each in after]
    text = page(after, before)
    assert "| `database/table` | 1 | 0.00 | 1.00 | +1.00 (+1.00 to +1.00) | too few forms |" in text
    assert "| `analysis/plan` | 1 | 1.00 | 1.00 | +0.00 (+0.00 to +0.00) | too few" in text


def test_a_stage_whose_forms_are_others_now_is_compared_as_a_whole(
    forms: list[Form], tmp_path: Path
) -> None:
    after = asked(forms, tmp_path, load_answers("todo"))
    before = [
        silent(each).model_copy(update={"kind": f"{each.kind}-once"})
        if each.kind == "database/table"
        else each
        for each in after
    ]
    text = page(after, before)
    assert "| `database` as a whole | 2 and 2 | 0.50 | 1.00 | +0.50 (+0.00 to +1.00) |" in text


def test_an_interval_holds_the_mean_and_is_repeatable() -> None:
    values = [0.0, 0.2, 0.4, 1.0, 0.9]
    mean = bootstrap(values)
    assert mean.low < mean.value < mean.high
    assert mean == bootstrap(values)
    assert apart([0.0, 0.1] * 3, [0.8, 0.9] * 3).verdict == "**better**"
    assert apart([0.8, 0.9] * 3, [0.0, 0.1] * 3).verdict == "**worse**"
    assert apart([0.0, 1.0] * 3, [0.1, 0.9] * 3).verdict == "no difference seen"
    assert apart([0.0, 0.1], [0.8, 0.9]).verdict == "too few forms"
