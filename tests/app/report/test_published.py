"""The published figures are a dated reference, complete and unchanged."""

from __future__ import annotations

import pytest

from app.report.published import (
    NEAREST_PROJECT,
    cost_of,
    nearest_cost,
    projects,
    published_models,
    published_runs,
)


def test_all_44_runs_are_there() -> None:
    assert len(published_runs()) == 44
    assert projects() == ("todo", "reddit", "erp", "shopping")
    assert {run.project for run in published_runs()} == set(NEAREST_PROJECT.values())


def test_means_are_those_that_were_published() -> None:
    means = {each.model: each.mean for each in published_models()}
    assert means["gpt-5.4-mini"] == 83.0
    assert means["qwen3.5-122b-a10b"] == 79.75
    assert means["gpt-5.4-nano"] == 63.75
    assert [each.mean for each in published_models()] == sorted(means.values(), reverse=True)


def test_costs_are_medians() -> None:
    todo = cost_of("todo")
    assert (todo.runs, todo.calls, todo.input_tokens, todo.output_tokens) == (
        11, 690, 20_620_387, 726_002,
    )  # fmt: skip


def test_a_request_without_a_likeness_has_no_reference() -> None:
    assert nearest_cost("board") is None
    with pytest.raises(ValueError, match="no project 'board'"):
        cost_of("board")
