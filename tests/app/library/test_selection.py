"""Runs count by today's rubric only; what does not count is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.library.result import Result, read_result
from app.library.selection import (
    CompareError,
    Report,
    compare_runs,
    contestants,
    needs_scoring_again,
    read_report,
)
from pipeline.records.journal import RESULT, RunFolder, open_run
from scoring.report import Scorecard


def names(report: Report) -> list[str]:
    return [each.contestant for each in report.comparison.standings]


def result_of(path: Path) -> Result:
    result = read_result(open_run(path))
    assert result is not None
    return result


def edit(path: Path, **changes: object) -> None:
    document = json.loads((path / RESULT).read_text())
    (path / RESULT).write_text(json.dumps(document | changes))


def of_old_rubric(path: Path) -> None:
    document = json.loads((path / RESULT).read_text())
    document["score"]["rubric"]["sha256"] = "0" * 64
    document["score"]["score"] = 1.0
    (path / RESULT).write_text(json.dumps(document))


def test_two_models_on_the_same_requests(runs: Path) -> None:
    report = compare_runs(list(runs.iterdir()))
    assert names(report) == ["Qwen3 30B", "Gemma 3 12B"]
    first = report.comparison.standings[0].score
    assert first.mean == pytest.approx(72.25)
    assert (first.cells, first.requests, first.basis) == (4, 2, "requests")
    (pair,) = report.comparison.differences
    assert pair.separated
    assert pair.difference is not None
    assert pair.difference.mean == pytest.approx(12.825)
    assert report.left_out == ()
    assert report.notes == ()
    assert read_report(report.model_dump_json()) == report


def test_runs_of_another_rubric_are_scored_again(runs: Path) -> None:
    old = next(path for path in runs.iterdir() if result_of(path).request == "todo")
    before = compare_runs(list(runs.iterdir()))
    good = result_of(old).score
    of_old_rubric(old)
    assert needs_scoring_again(old)
    again: list[Path] = []

    def rescored(folder: RunFolder) -> Scorecard:
        again.append(folder.path)
        assert good is not None
        return good

    after = compare_runs(list(runs.iterdir()), rescored)
    assert again == [old]
    assert after.comparison == before.comparison
    assert "scored again" in after.notes[0]


def test_what_does_not_count_is_said(runs: Path) -> None:
    cancelled, without_score, without_brief, unfinished = (
        path for path in runs.iterdir() if result_of(path).seed == 1
    )
    edit(cancelled, outcome="cancelled")
    edit(without_score, score=None)
    edit(without_brief, brief=None)
    (unfinished / RESULT).unlink()
    report = compare_runs(list(runs.iterdir()))
    assert {each.run: each.reason for each in report.left_out} == {
        cancelled.name: "it has not finished",
        without_score.name: "it has no score",
        without_brief.name: "no brief says what its request demands, so it has no score",
        unfinished.name: "it has not finished",
    }
    assert [each.runs for each in report.comparison.standings] == [2, 2]


def test_one_model_alone_is_refused_with_the_reasons(runs: Path) -> None:
    paths = [path for path in runs.iterdir() if result_of(path).model.name == "Qwen3 30B"]
    (paths[0] / RESULT).unlink()
    with pytest.raises(CompareError, match="two models") as refused:
        compare_runs(paths)
    assert f"{paths[0].name} does not count: it has not finished." in str(refused.value)


def test_contestants_are_named_by_what_tells_them_apart(runs: Path) -> None:
    results = [result_of(path) for path in sorted(runs.iterdir())]
    one = results[0]
    assert set(contestants(results).values()) == {"Qwen3 30B", "Gemma 3 12B"}
    free = one.model_copy(update={"run": "other", "level": "free"})
    assert contestants([one, free]) == {
        one.run: "Qwen3 30B, level narrowed",
        "other": "Qwen3 30B, level free",
    }
    thinks = one.model_copy(update={"run": "other", "think_tokens": 500})
    assert contestants([one, thinks])["other"] == "Qwen3 30B, thinking 500 tokens"
    brief = one.model_copy(update={"run": "other", "max_tokens_per_call": 64})
    assert contestants([one, brief])["other"] == "Qwen3 30B, answer limit 64 tokens"


def test_engine_options_that_change_answers_make_another_contestant(runs: Path) -> None:
    plain = result_of(next(iter(runs.iterdir())))
    chosen: dict[str, dict[str, Any]] = {
        "cache": {"kv_type": "q8_0", "threads": 2},
        "pinned": {"threads": 1, "flash_attention": False},
        "shared": {"rpc": ("server-1:50052", "server-2:50052")},
        "lanes": {"parallel": 4},
        "wired": {"wired_limit_bytes": 1 << 30},
    }
    others = [
        plain.model_copy(update={"run": name, "engine": replace(plain.engine, **options)})
        for name, options in chosen.items()
    ]
    named = contestants([plain, *others])
    assert named == {
        plain.run: plain.model.name,
        "cache": f"{plain.model.name}, KV cache q8_0, threads 2",
        "pinned": f"{plain.model.name}, threads 1",
        "shared": f"{plain.model.name}, 2 RPC servers",
        "lanes": plain.model.name,
        "wired": plain.model.name,
    }


def test_other_prompts_are_noted(runs: Path) -> None:
    path = next(iter(runs.iterdir()))
    versions = result_of(path).versions.model_dump() | {"prompts_sha256": "1" * 64}
    edit(path, versions=versions)
    (note,) = compare_runs(list(runs.iterdir())).notes
    assert "different versions of the prompts" in note


def test_something_else_is_no_report() -> None:
    with pytest.raises(CompareError, match="can't be read"):
        read_report("{}")
