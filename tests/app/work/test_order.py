"""Orders that can't be carried out are refused before anything is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.work.order import Order, OrderError, check_order
from engines.remedy import Remedy
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


def test_a_context_without_room_is_refused_with_what_helps(tmp_path: Path) -> None:
    with pytest.raises(OrderError, match="context of 512 tokens is too small") as refused:
        check_order(order(tmp_path, context_tokens=512))
    assert refused.value.remedies == (Remedy("context_tokens", "raise", 4096),)


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("keep")
    with pytest.raises(RunFolderError, match="not empty"):
        check_order(order(tmp_path, out=tmp_path))
