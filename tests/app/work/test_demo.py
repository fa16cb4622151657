"""The demo is the same run wherever it is started."""

from __future__ import annotations

from pathlib import Path

from app.work.demo import DEMO_REQUEST, DEMO_SEED, demo_order
from app.work.model_list import BUILTIN_MODEL
from pipeline.records.options import RunOptions


def test_each_demo_is_another_run_of_the_same_order(tmp_path: Path) -> None:
    first, second = demo_order(tmp_path), demo_order(tmp_path)
    assert first.run != second.run
    assert first.out == tmp_path / first.run
    assert (first.request, first.model) == (DEMO_REQUEST, BUILTIN_MODEL)
    assert first.option_values() == RunOptions(seed=DEMO_SEED).option_values()
    assert demo_order(tmp_path, 64).max_tokens_per_call == 64
