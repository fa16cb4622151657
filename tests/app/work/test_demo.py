"""The demo is the same run wherever it is started, and says what its model is."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.commands import run_command_line
from app.work import model_list, worker
from app.work.demo import (
    ABOUT_RANDOM,
    ABOUT_TRAINED,
    DEMO_REQUEST,
    DEMO_SEED,
    about_demo,
    demo_order,
)
from app.work.model_list import TRAINED_FILE, builtin_model
from app.work.order import Order, OrderError
from pipeline.records.options import RunOptions


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the trained model be there, as far as anything looks at its name."""
    (tmp_path / "own").mkdir()
    path = tmp_path / "own" / TRAINED_FILE
    path.touch()
    monkeypatch.setattr(model_list, "MODELS", path.parent)
    return path


def test_each_demo_is_another_run_of_the_same_order(tmp_path: Path) -> None:
    first, second = demo_order(tmp_path), demo_order(tmp_path)
    assert first.run != second.run
    assert first.out == tmp_path / first.run
    assert (first.request, first.model) == (DEMO_REQUEST, builtin_model())
    assert first.option_values() == RunOptions(seed=DEMO_SEED).option_values()
    assert demo_order(tmp_path, 64).max_tokens_per_call == 64


def test_the_demo_runs_on_the_trained_model_where_it_is(fetched: Path, tmp_path: Path) -> None:
    assert demo_order(tmp_path).model == fetched
    assert about_demo() == ABOUT_TRAINED
    fetched.unlink()
    assert demo_order(tmp_path).model == fetched.parent / "sixfold-random.gguf"
    assert about_demo() == ABOUT_RANDOM


def test_the_command_says_what_its_model_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(order: Order, *_: object) -> None:
        raise OrderError("Seen enough")

    monkeypatch.setattr(worker, "carry_out", refuse)
    assert run_command_line(["demo", "--runs", str(tmp_path)]) == 2
    assert capsys.readouterr().out.replace("\n", " ").strip() == ABOUT_RANDOM
