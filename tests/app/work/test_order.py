"""Orders that can't be carried out are refused before anything is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.work.order import Order, OrderError, check_order
from pipeline.records.journal import RunFolderError, new_run_id


def order(tmp_path: Path, **changes: Any) -> Order:
    values: dict[str, Any] = {
        "request": "todo",
        "model": tmp_path / "model.gguf",
        "run": new_run_id(),
        "out": tmp_path / "run",
    }
    return Order(**(values | changes))


def test_a_good_order_passes_and_leaves_no_trace(tmp_path: Path) -> None:
    check_order(order(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"context_tokens": 512}, "context of 512 tokens is too small"),
        ({"max_tokens_per_call": 1}, "1 tokens per call are too few"),
    ],
)
def test_a_bad_order_is_refused(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OrderError, match=sentence):
        check_order(order(tmp_path, **changes))


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("keep")
    with pytest.raises(RunFolderError, match="not empty"):
        check_order(order(tmp_path, out=tmp_path))
