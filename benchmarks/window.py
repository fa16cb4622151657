"""Measure the window: first paint, fluency under a flood of events, a chart's frame, idle memory.

    .venv/bin/python -m benchmarks.window

Prints one line each; the limits are those of the window's specification. It runs without a screen,
so the figures are those of the program, not of a graphics card. Run it on a calm machine.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QElapsedTimer, QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.library.live import Series
from app.library.preferences import Preferences, save_preferences
from app.report import numbers
from app.report.theme import LIGHT
from app.window.application import make_application
from app.window.main_window import MainWindow
from app.window.queue.chart import Chart, Trace
from app.window.queue.process import WorkerProcess
from app.window.queue.queue import QueueItem
from app.work.model_list import RANDOM_MODEL
from app.work.order import Order
from pipeline.records.journal import new_run_id

FLOOD = (
    Path(__file__).resolve().parent.parent / "tests" / "app" / "window" / "queue" / "odd_worker.py"
)
FLOOD_S = 8.0
TICK_MS = 16
FRAMES = 200
IDLE_S = 3.0
LIMITS = {"first paint s": 1.5, "p99 of a 16 ms timer ms": 25, "chart ms": 3, "idle memory MB": 250}
MEGABYTE = 1e6
OPEN = (
    "import time; began = time.perf_counter()\n"
    "from app.window.application import make_application\n"
    "from app.window.main_window import MainWindow\n"
    "from app.library.user_data import data_folder\n"
    "application = make_application()\n"
    "window = MainWindow(data_folder()); window.show()\n"
    "application.processEvents(); window.grab(); print(time.perf_counter() - began)\n"
    "window.start(); window.shelf.wait(); window.close()\n"
)


def first_paint_s() -> float:
    """Start the program three times; the median from the first import to the first picture."""
    times = sorted(
        float(
            subprocess.run(
                [sys.executable, "-c", OPEN], capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(3)
    )  # fmt: skip
    return times[1]


def wait(application: QApplication, seconds: float) -> None:
    timer = QElapsedTimer()
    timer.start()
    while timer.elapsed() < seconds * 1000:
        application.processEvents()
        time.sleep(0.005)


def ticks_under_flood_ms(window: MainWindow) -> tuple[list[float], list[float], int]:
    """Watch the run page while a worker sends events as fast as it can.

    Gives the gaps between ticks, the processor time that the window itself took in each, which
    other programs on the machine can't lengthen, and the number of events.
    """
    run = new_run_id()
    order = Order(request="todo", model=RANDOM_MODEL, run=run, out=window.runs / run)
    window.pages.show_page("run")
    gaps: list[float] = []
    busy: list[float] = []
    spent_s = time.thread_time()
    events = 0
    clock = QElapsedTimer()

    def tick() -> None:
        nonlocal spent_s
        now_s = time.thread_time()
        busy.append((now_s - spent_s) * 1000)
        spent_s = now_s
        gaps.append(clock.nsecsElapsed() / 1e6)
        clock.restart()

    def count(batch: list[object]) -> None:
        nonlocal events
        events += len(batch)

    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=TICK_MS)
    timer.timeout.connect(tick)
    window.queue.worker.happened.connect(count)
    clock.start()
    timer.start()
    window.pages.run_page.composer.ordered.emit([QueueItem(order, "flood", "none")])

    loop = QEventLoop()
    QTimer.singleShot(int(FLOOD_S * 1000), loop.quit)
    loop.exec()
    timer.stop()
    return gaps[5:], busy[5:], events


def chart_frames_ms() -> list[float]:
    """Draw a chart of two noisy series, as wide as it ever is."""
    chart = Chart(LIGHT, "Memory", numbers.size)
    chart.resize(900, chart.sizeHint().height())
    chart.show()
    series = (Series(), Series())
    noise = random.Random(1)
    for sample in range(40_000):
        for each in series:
            each.add(sample / 4, noise.random() * 2e10)
    took: list[float] = []
    for _ in range(FRAMES):
        began = time.perf_counter()
        traces = tuple(Trace("x", part, each.points) for part, each in enumerate(series))
        chart.show_traces(traces, 2e10, "limit")
        chart.grab()
        took.append((time.perf_counter() - began) * 1000)
    return took


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def show(what: str, value: float, note: str = "") -> None:
    limit = LIMITS[what]
    verdict = "ok" if value <= limit else "MISSED"
    print(f"{what:<26}{value:8.2f}   limit {limit:>6}   {verdict}   {note}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["SIXFOLD_DATA"] = str(folder / "data")
        save_preferences(folder / "data", Preferences(welcomed=True))
        show("first paint s", first_paint_s())
        application = make_application()
        flood = (sys.executable, str(FLOOD), "flood", str(FLOOD_S))
        window = MainWindow(
            folder / "data", LIGHT, None, lambda parent: WorkerProcess(parent, flood)
        )
        window.resize(1440, 900)
        window.show()
        window.start()
        wait(application, IDLE_S)
        for key in ("run", "models"):
            window.pages.show_page(key)
        wait(application, 0.5)
        memory = psutil.Process().memory_info().rss / MEGABYTE
        show("idle memory MB", memory, "resident, models and queue shown")
        gaps, busy, events = ticks_under_flood_ms(window)
        note = (
            f"{events / FLOOD_S:,.0f} events/s, largest {max(gaps):.0f}; "
            f"own processor time between ticks p99 {share(busy, 0.99):.1f}"
        )
        show("p99 of a 16 ms timer ms", share(gaps, 0.99), note)
        window.queue.close()
        window.close()
        frames = chart_frames_ms()
        show("chart ms", share(frames, 0.5), f"p99 {share(frames, 0.99):.2f}")


if __name__ == "__main__":
    main()
