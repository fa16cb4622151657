"""The queue continues by itself, stops when asked, and survives whatever a worker does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window.queue.process import Patience, WorkerProcess
from app.window.queue.queue import QueueItem, RunQueue
from app.work.model_list import RANDOM_MODEL
from app.work.order import Order
from engines.options import EngineOptions
from engines.protocol import Sampler
from pipeline.records.events import CallFinished
from pipeline.records.journal import create_run, new_run_id, open_run
from pipeline.records.options import RunOptions
from pipeline.records.spec import RunSpec

ODD = Path(__file__).parent / "odd_worker.py"
WAIT_MS = 120_000


def item(root: Path, model: Path = RANDOM_MODEL) -> QueueItem:
    run = new_run_id()
    order = Order(request="todo", model=model, run=run, out=root / run, max_tokens_per_call=64)
    return QueueItem(order, f"todo, {run[-4:]}", model.stem)


def odd_queue(tmp_path: Path, mode: str) -> RunQueue:
    command = (sys.executable, str(ODD), mode)
    patience = Patience(close_ms=50)
    return RunQueue(
        tmp_path / "queue.json", None, lambda parent: WorkerProcess(parent, command, patience)
    )


def states(queue: RunQueue) -> list[str]:
    return [each.state for each in queue.items]


def wait_for_answers(qtbot: QtBot, queue: RunQueue) -> None:
    """Wait until the running worker has answered a form by itself."""
    with qtbot.waitSignal(
        queue.worker.happened,
        timeout=WAIT_MS,
        check_params_cb=lambda events: any(isinstance(e, CallFinished) and e.n > 2 for e in events),
    ):
        pass


def test_a_queue_goes_on_after_a_crash(qtbot: QtBot, tmp_path: Path) -> None:
    queue = odd_queue(tmp_path, "SIGKILL")
    queue.add([item(tmp_path), item(tmp_path)])
    qtbot.waitUntil(lambda: states(queue) == ["crashed", "crashed"], timeout=WAIT_MS)
    assert not queue.paused
    assert "out of memory" in queue.live[queue.items[0].order.run].log


def test_what_waits_can_be_cancelled_and_taken_away(qtbot: QtBot, tmp_path: Path) -> None:
    queue = odd_queue(tmp_path, "garbage")
    first, second = item(tmp_path), item(tmp_path)
    queue.pause()
    queue.add([first, second])
    queue.cancel(first.order.run)
    queue.go()
    qtbot.waitUntil(lambda: states(queue) == ["cancelled", "finished"], timeout=WAIT_MS)
    queue.remove([first.order.run])
    assert [each.order.run for each in queue.items] == [second.order.run]


def test_a_queue_is_found_again_and_waits_to_be_told(tmp_path: Path, qtbot: QtBot) -> None:
    queue = odd_queue(tmp_path, "hung")
    queue.add([item(tmp_path), item(tmp_path)])
    qtbot.waitUntil(queue.worker.is_running)
    queue.close()
    again = odd_queue(tmp_path, "garbage")
    assert again.problem == ""
    assert states(again) == ["paused", "waiting"]
    assert again.paused
    assert not again.worker.is_running()
    again.go()
    qtbot.waitUntil(lambda: states(again) == ["finished", "finished"], timeout=WAIT_MS)


def test_a_damaged_queue_file_is_told_and_not_fatal(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "queue.json").write_text('{"items": [')
    queue = odd_queue(tmp_path, "garbage")
    assert "can't be read" in queue.problem
    assert queue.items == ()


@pytest.mark.parametrize(
    ("engine", "why"),
    [({"threads": 0}, "Threads"), ({"kv_type": "q8_0", "flash_attention": False}, "KV cache")],
)
def test_a_queue_with_an_order_that_makes_no_sense_is_a_sentence(
    tmp_path: Path, qtbot: QtBot, engine: dict[str, object], why: str
) -> None:
    queue = odd_queue(tmp_path, "garbage")
    queue.pause()
    queue.add([item(tmp_path)])
    file = tmp_path / "queue.json"
    document = json.loads(file.read_text())
    document["items"][0]["order"]["engine"] |= engine
    file.write_text(json.dumps(document))
    again = odd_queue(tmp_path, "garbage")
    assert again.items == ()
    assert "can't be read" in again.problem
    assert why in again.problem


def test_a_queue_of_items_that_ended_keeps_their_scores(tmp_path: Path, qtbot: QtBot) -> None:
    queue = odd_queue(tmp_path, "garbage")
    ended = replace(item(tmp_path), state="finished", score=83.6)
    queue.pause()
    queue.add([ended])
    assert odd_queue(tmp_path, "garbage").items == (ended,)


def test_a_paused_run_goes_on_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    queue = RunQueue(tmp_path / "queue.json")
    queue.add([item(tmp_path), item(tmp_path)])
    wait_for_answers(qtbot, queue)
    queue.pause()
    qtbot.waitUntil(lambda: not queue.worker.is_running(), timeout=WAIT_MS)
    assert states(queue) == ["paused", "waiting"]
    run = queue.items[0].order.run
    answers = len(list(open_run(queue.items[0].order.out).calls()))
    assert answers >= 3
    queue.go()
    qtbot.waitUntil(lambda: queue.live[run].noted > 0, timeout=WAIT_MS)
    assert queue.live[run].notes[0].text.startswith(f"Resumed with {answers} answers")
    queue.close()
    assert states(queue) == ["paused", "waiting"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_run_killed_in_the_middle_is_resumed(
    qtbot: QtBot, tmp_path: Path, number: signal.Signals
) -> None:
    queue = RunQueue(tmp_path / "queue.json")
    queue.add([item(tmp_path)])
    wait_for_answers(qtbot, queue)
    os.kill(queue.worker.pid(), number)
    qtbot.waitUntil(lambda: states(queue) == ["crashed"], timeout=WAIT_MS)
    run = queue.items[0].order.run
    assert "Resume the run" in queue.items[0].sentence
    queue.retry(run)
    qtbot.waitUntil(lambda: queue.live[run].noted > 0, timeout=WAIT_MS)
    assert queue.live[run].notes[0].kind == "resumed"
    queue.close()
    assert states(queue) == ["paused"]


def test_a_run_whose_folder_is_deleted_ends_in_a_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    queue = RunQueue(tmp_path / "queue.json")
    queue.add([item(tmp_path)])
    wait_for_answers(qtbot, queue)
    shutil.rmtree(queue.items[0].order.out)
    qtbot.waitUntil(lambda: queue.running is None, timeout=WAIT_MS)
    assert states(queue) == ["failed"]
    assert "can't be written" in queue.items[0].sentence
    assert not queue.items[0].has_folder


def test_a_run_of_the_history_is_put_in(qtbot: QtBot, tmp_path: Path, spec: RunSpec) -> None:
    chosen = RunOptions(
        seed=1, feedback=1, engine=EngineOptions(kv_type="q8_0"), sampler=Sampler(temperature=0.7)
    )
    spec = spec.model_copy(update=chosen.option_values())
    create_run(spec, tmp_path / spec.run).close()
    queue = odd_queue(tmp_path, "garbage")
    assert queue.reopen(tmp_path / spec.run) == spec.run
    qtbot.waitUntil(lambda: states(queue) == ["finished"], timeout=WAIT_MS)
    assert queue.items[0].title == "todo, seed 1"
    assert queue.items[0].order.option_values() == chosen.option_values()
