"""Started in a folder that has packages with the names of ours, nothing of it is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.report.theme import LIGHT
from app.window.compare.page import ComparePage
from app.window.history.page import HistoryPage
from app.window.queue.queue import QueueItem, RunQueue
from app.window.result.verify_view import VerifyView
from app.work.child import child_command
from app.work.model_list import RANDOM_MODEL
from app.work.order import Order
from pipeline.records.events import CallFinished
from pipeline.records.journal import RESULT, new_run_id
from tests.app.other_version import make_other_version

ROOT = Path(__file__).parents[2]
OURS = ("app", "engines", "pipeline", "resources", "scoring")
TRAP = 'import os\nos.write(2, b"IMPORTED FROM THE CURRENT FOLDER\\n")\nos._exit(86)\n'
SCRIPT = Path(sys.executable).parent / "sixfold"
WAIT_MS = 120_000

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen platform has none


def lay_traps(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text(TRAP)


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder whose packages end every process that imports them."""
    folder = tmp_path / "foreign"
    lay_traps(folder, OURS)
    monkeypatch.chdir(folder)
    return folder


def start(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.usefixtures("foreign")
def test_the_traps_work() -> None:
    assert start(sys.executable, "-m", "app", "requests").returncode == 86


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize("command", [child_command(), (str(SCRIPT),)], ids=["child", "script"])
def test_a_run_from_the_command_line(command: tuple[str, ...]) -> None:
    options = ("--model", str(RANDOM_MODEL), "--out", "run", "--max-tokens-per-call", "64")
    done = start(*command, "run", "todo", *options, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["outcome"] == "finished"


@pytest.mark.parametrize("path", [str(ROOT), f"{ROOT}{os.pathsep}"], ids=["safe", "here"])
def test_without_an_app_of_its_own_the_folder_is_left(tmp_path: Path, path: str) -> None:
    lay_traps(tmp_path, OURS[1:])
    command = (sys.executable, "-m", "app", "requests", "--json")
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_run_from_the_window(qtbot: QtBot, foreign: Path) -> None:
    run = new_run_id()
    order = Order(
        request="todo", model=RANDOM_MODEL, run=run, out=foreign / run, max_tokens_per_call=64
    )
    queue = RunQueue(foreign / "queue.json")
    with qtbot.waitSignal(
        queue.worker.happened,
        timeout=WAIT_MS,
        check_params_cb=lambda events: any(isinstance(e, CallFinished) for e in events),
    ):
        queue.add([QueueItem(order, "todo", "demo")])
    queue.close()
    assert [item.state for item in queue.items] == ["paused"]


def test_a_verification_from_the_window(qtbot: QtBot, foreign: Path) -> None:
    view = VerifyView(LIGHT)
    qtbot.addWidget(view)
    project = foreign / "project"
    (project / "test").mkdir(parents=True)
    (project / "test" / "run.ts").write_text("process.exit(3);\n")
    view.show_project(project)
    view.start()
    qtbot.waitUntil(lambda: not view.is_running(), timeout=WAIT_MS)
    assert "IMPORTED" not in view.log.toPlainText()
    assert view.outcome.text() == "It could not be verified"
    assert "ended before it had booted" in view.counts.text()


@pytest.mark.usefixtures("foreign")
def test_a_comparison_from_the_window(qtbot: QtBot, runs: Path) -> None:
    old = min(path for path in runs.iterdir() if path.is_dir())
    document = json.loads((old / RESULT).read_text())
    document["score"]["rubric"]["sha256"] = "0" * 64
    (old / RESULT).write_text(json.dumps(document))
    page = ComparePage(runs, LIGHT)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: page.report is not None, timeout=WAIT_MS)
    assert page.report is not None
    assert "1 run was scored again" in page.report.notes[0]


@pytest.mark.usefixtures("foreign")
def test_scoring_again_from_the_window(qtbot: QtBot, finished_run: Path) -> None:
    page = HistoryPage(make_other_version(finished_run).parent, LIGHT)
    qtbot.addWidget(page)
    assert page.show_run(finished_run)
    page.other_version.score()
    qtbot.waitUntil(page.other_version.score_button.isEnabled, timeout=WAIT_MS)
    assert " of 100" in page.other_version.outcome.text()
