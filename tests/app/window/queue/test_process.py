"""A worker may do what it likes: the window hears of it in a sentence and lives on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window.queue.process import Ended, Patience, WorkerProcess
from app.work.order import Order, Resumption
from pipeline.records.events import Event, Heartbeat, Logged, RunFailed

ODD = Path(__file__).parent / "odd_worker.py"
QUICK = Patience(terminate_ms=50, kill_ms=200, silent_ms=100, hung_ms=400)
WAIT_MS = 30_000


def odd(mode: str, *more: str, patience: Patience = QUICK) -> WorkerProcess:
    return WorkerProcess(None, (sys.executable, str(ODD), mode, *more), patience)


def order(folder: Path) -> Order:
    return Order(request="todo", model=folder / "m.gguf", run="R", out=folder / "run")


def end_of(qtbot: QtBot, worker: WorkerProcess, folder: Path) -> Ended:
    with qtbot.waitSignal(worker.ended, timeout=WAIT_MS) as ended:
        worker.start(order(folder))
    assert ended.args is not None
    assert not worker.is_running()
    return ended.args[0]


def test_garbage_is_quoted_and_does_no_harm(qtbot: QtBot, tmp_path: Path) -> None:
    worker = odd("garbage", patience=Patience())
    events: list[Event] = []
    words: list[str] = []
    worker.happened.connect(events.extend)
    worker.complained.connect(words.append)
    assert end_of(qtbot, worker, tmp_path) == Ended("finished")
    assert [event.type for event in events] == ["log", "run_finished"]
    assert sum("no event" in line for line in words) == 3


def test_a_line_without_end_is_no_event(qtbot: QtBot, tmp_path: Path) -> None:
    worker = odd("endless-line", patience=Patience())
    assert end_of(qtbot, worker, tmp_path).how == "finished"


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGABRT", "SIGSEGV"])
def test_a_crash_is_told_with_its_last_words(qtbot: QtBot, tmp_path: Path, signal: str) -> None:
    ended = end_of(qtbot, odd(signal, patience=Patience()), tmp_path)
    assert ended.how == "crashed"
    assert "crashed" in ended.sentence
    assert ended.sentence.endswith("It last said: GGML_ASSERT: out of memory")


def test_an_end_without_a_word_is_no_success(qtbot: QtBot, tmp_path: Path) -> None:
    ended = end_of(qtbot, odd("exit", patience=Patience()), tmp_path)
    assert ended.how == "crashed"
    assert "stopped with exit code 3" in ended.sentence


def test_a_hung_worker_is_noticed_and_ended(qtbot: QtBot, tmp_path: Path) -> None:
    worker = odd("hung")
    silences: list[bool] = []
    worker.fell_silent.connect(silences.append)
    ended = end_of(qtbot, worker, tmp_path)
    assert ended.how == "crashed"
    assert "was silent for" in ended.sentence
    assert silences == [True, False]


def test_a_worker_that_does_not_stop_is_made_to(qtbot: QtBot, tmp_path: Path) -> None:
    worker = odd("hung", patience=Patience(terminate_ms=50, kill_ms=200))
    with qtbot.waitSignal(worker.happened, timeout=WAIT_MS):
        worker.start(order(tmp_path))
    with qtbot.waitSignal(worker.ended, timeout=WAIT_MS) as ended:
        worker.cancel()
    assert ended.args is not None
    assert ended.args[0].how == "cancelled"


def test_a_worker_that_is_not_there(qtbot: QtBot, tmp_path: Path) -> None:
    ended = end_of(qtbot, WorkerProcess(None, ("/nowhere/sixfold",)), tmp_path)
    assert ended.how == "crashed"
    assert "can't be started" in ended.sentence


def test_the_real_worker_tells_why_a_run_can_not_go_on(qtbot: QtBot, tmp_path: Path) -> None:
    worker = WorkerProcess()
    events: list[Event] = []
    worker.happened.connect(events.extend)
    with qtbot.waitSignal(worker.ended, timeout=WAIT_MS) as ended:
        worker.start(Resumption(resume=tmp_path))
    assert ended.args is not None
    assert ended.args[0].how == "failed"
    assert "is not a run folder" in ended.args[0].sentence
    assert [type(e) for e in events if not isinstance(e, Heartbeat | Logged)] == [RunFailed]
