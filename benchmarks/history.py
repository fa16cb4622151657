"""A thousand runs in the history: how long the page takes to open, without and with its index.

    .venv/bin/python -m benchmarks.history [RUN_DIR ...]

The runs named are copied; without any, one is made.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

RUNS, ROUNDS = 1000, 5
TARGET_S = 1.0


def main() -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    given = [Path(name) for name in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="sixfold-history-") as name:
        root = Path(name) / "runs"
        samples = given or [make_sample(Path(name) / "sample")]
        fill(root, samples)
        size = sum((path / "result.json").stat().st_size for path in samples) / len(samples)
        print(f"{RUNS} runs, results of {size / 1e3:.0f} kB; target {TARGET_S:g} s")
        open_page(samples[0].parent)  # Qt and fonts are loaded once
        first = [open_page(root, forget=True) for _ in range(ROUNDS)]
        again = [open_page(root) for _ in range(ROUNDS)]
    for words, times in (("without an index", first), ("with its index", again)):
        print(f"{words}: median {statistics.median(times):.2f} s, worst {max(times):.2f} s")
    print(f"the index saves {1 - statistics.median(again) / statistics.median(first):.0%}")


def make_sample(root: Path) -> Path:
    from app.work import worker
    from app.work.model_list import RANDOM_MODEL
    from app.work.order import Order
    from pipeline.records.journal import new_run_id

    run = new_run_id()
    order = Order(
        request="todo", model=RANDOM_MODEL, run=run, out=root / run, max_tokens_per_call=96
    )
    worker.carry_out(order, lambda _: None, lambda: False)
    return root / run


def fill(root: Path, samples: list[Path]) -> None:
    from pipeline.records.journal import RESULT, SPEC, new_run_id

    for number in range(RUNS):
        folder = root / new_run_id()
        folder.mkdir(parents=True)
        for name in (SPEC, RESULT):
            shutil.copy(samples[number % len(samples)] / name, folder / name)


def open_page(root: Path, *, forget: bool = False) -> float:
    from PySide6.QtWidgets import QApplication

    from app.library.index import FILE
    from app.report.theme import LIGHT
    from app.window.history.page import HistoryPage
    from app.window.parts.style_sheet import style_sheet

    application = QApplication.instance() or QApplication([])
    if forget:
        (root / FILE).unlink(missing_ok=True)
    started = time.perf_counter()
    page = HistoryPage(root, LIGHT)
    page.setStyleSheet(style_sheet(LIGHT))
    page.resize(1240, 860)
    page.show()
    application.processEvents()
    page.grab()
    taken = time.perf_counter() - started
    page.close()
    page.deleteLater()
    return taken


if __name__ == "__main__":
    main()
