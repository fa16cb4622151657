"""A finished run to show: a real run folder written through the journal."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
import shiboken6
from PySide6.QtCore import QProcess, QThread, QTimer
from pytestqt.qtbot import QtBot

from app.library.preferences import Preferences, save_preferences
from app.library.result import Result
from app.report.theme import LIGHT
from app.window.main_window import MainWindow
from app.work import model_list
from app.work.child import WORKER
from engines.protocol import ModelInfo, Usage
from pipeline.records.calls import StageSummary, add_up
from pipeline.records.events import (
    CallFinished,
    CallStarted,
    MemorySampled,
    RunFinished,
    RunStarted,
    Scored,
    StageFinished,
    StageStarted,
)
from pipeline.records.journal import create_run, hash_files
from pipeline.records.spec import Machine, RunSpec, Versions
from pipeline.records.stages import ARTIFACTS, STAGES
from scoring.report import Counted, Scorecard, WellFormed
from scoring.wellformed import LOOKS
from tests.app.compared_runs import write_compared_runs

AXES = {
    "requirements": (8.5, 10),
    "database": (13.0, 15),
    "api": (17.5, 20),
    "tests": (14.2, 20),
    "implementation": (21.4, 25),
    "sdk": (9.0, 10),
}


@pytest.fixture(scope="session")
def random_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of own models that holds the one of random weights and no other."""
    folder = tmp_path_factory.mktemp("models")
    (folder / model_list.RANDOM_FILE).symlink_to(model_list.RANDOM_MODEL)
    return folder


@pytest.fixture(autouse=True)
def _random_is_built_in(random_alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test depend on whether set-up could fetch the trained model."""
    monkeypatch.setattr(model_list, "MODELS", random_alone)


def scorecard() -> Scorecard:
    """Return a scorecard in which every lost point has one finding."""
    total = round(sum(points for points, _ in AXES.values()), 2)
    card = {
        "rubric": {"id": "sixfold-2", "version": 1, "sha256": "5" * 64},
        "brief": {"name": "todo", "sha256": "6" * 64},
        "measured": 100,
        "missing": [],
        "notes": [],
        "score": total,
        "ungated": total,
        "grade": "B",
        "compile": {"units": 31, "failed": 0, "diagnostics": [], "missing_packages": []},
        "matched": {"tables": {}, "operations": {}},
        "counted": dict.fromkeys(Counted.model_fields, 0),
        "axes": {
            name: {
                "points": points,
                "max": most,
                "checks": [],
                "findings": [
                    {
                        "check": f"{name}.rules",
                        "points": round(most - points, 2),
                        "file": "src/todo.service.ts",
                        "line": 42,
                        "expected": "the owner <is> checked",
                        "found": "no condition on member_id",
                    }
                ],
            }
            for name, (points, most) in AXES.items()
        },
    }
    return Scorecard.model_validate(card)


def unbriefed() -> Scorecard:
    """Return the scorecard of the same project without a brief."""
    parts = [
        {"name": look.name, "title": look.title, "asks": look.asks, "looked_at": 10, "right": 9,
         "share": 0.9}
        for look in LOOKS
    ]  # fmt: skip
    odd = {"part": "rules", "found": "B-1.2 is no <sentence>", "file": "docs/a.md", "line": 12}
    found = WellFormed.model_validate({"value": 87.4, "parts": parts, "oddities": [odd]})
    changes = {"brief": None, "score": None, "ungated": None, "grade": None, "measured": 47}
    return scorecard().model_copy(update={**changes, "well_formed": found})


@pytest.fixture
def run_without_brief(tmp_path: Path, spec: RunSpec) -> Path:
    """Write a finished run whose request has no brief and give its folder."""
    own = spec.model_copy(update={"brief": None, "request": "A shop", "title": "A shop"})
    return write_run(tmp_path / "runs" / spec.run, own, score=unbriefed())


@pytest.fixture(autouse=True)
def own_choices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the choices of whoever runs the tests out of them, and theirs out of his."""
    folder = tmp_path / "choices"
    monkeypatch.setenv("SIXFOLD_DATA", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread, a ticking timer of ours or a worker behind."""
    threads = set(threading.enumerate())
    before = {id(timer) for timer in _ticking()} if "qapp" in request.fixturenames else set()
    yield
    assert set(threading.enumerate()) <= threads
    if "qapp" in request.fixturenames:
        left = [timer for timer in _ticking() if id(timer) not in before]
        assert left == [], [f"{timer.parent()!r}, {timer.interval()} ms" for timer in left]
    workers = (child for child in psutil.Process().children() if child.is_running())
    assert [child.pid for child in workers if WORKER in child.cmdline()] == []


def _ticking() -> list[QTimer]:
    timers = (each for each in gc.get_objects() if type(each) is QTimer)
    return [each for each in timers if shiboken6.isValid(each) and each.isActive()]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder and an empty home, and make both the ones that hold."""
    folder = tmp_path / "data"
    monkeypatch.setenv("SIXFOLD_DATA", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    save_preferences(folder, Preferences(welcomed=True, max_tokens_per_call=64))
    return folder


@pytest.fixture
def window(qtbot: QtBot, data: Path, tmp_path: Path) -> Iterator[MainWindow]:
    """Return a window; when it is closed nothing that it started may be left."""
    threads = set(threading.enumerate())
    made = MainWindow(data, LIGHT)
    qtbot.addWidget(made, before_close_func=lambda _: _stop(made))
    made.show()
    made.shelf.scan()
    qtbot.waitUntil(lambda: made.shelf.scanned)
    yield made
    _stop(made)
    made.close()
    assert set(threading.enumerate()) <= threads
    assert not [timer for timer in made.findChildren(QTimer) if timer.isActive()]
    assert not [thread for thread in made.findChildren(QThread) if thread.isRunning()]
    idle = QProcess.ProcessState.NotRunning
    assert not [each for each in made.findChildren(QProcess) if each.state() != idle]


def _stop(window: MainWindow) -> None:
    """End what runs; a window that is closed in mid-run asks, and nobody is there to answer."""
    window.queue.pause()
    window.queue.close()


@pytest.fixture
def spec() -> RunSpec:
    """Return the spec of a run of a real model's size."""
    return RunSpec(
        run="01KAJ4Y5T3G2N8Q7W6E5R4D3CX",
        model=ModelInfo(
            name="Qwen3 30B A3B Instruct 2507",
            path="/models/qwen3-30b-a3b-q4_k_m.gguf",
            sha256="3f9a1c77" + "0" * 56,
            format="gguf",
            architecture="qwen3moe",
            parameters=30_500_000_000,
            quantization="Q4_K_M",
            context_train_tokens=262144,
            vocabulary=151936,
            size_bytes=18_600_000_000,
            chat_template=True,
            engine="llama-cpp-python 0.3.36",
        ),
        request="todo",
        title="Todo lists, private to each member",
        text="…",
        brief="todo",
        seed=1,
        context_tokens=8192,
        max_tokens_per_call=1024,
        versions=Versions(
            app="0.1.0", rubric="sixfold-2", prompts_sha256="0" * 64, forms_sha256="0" * 64
        ),
        machine=Machine(
            chip="Apple M2 Max",
            cores=12,
            memory_bytes=64 * 2**30,
            os="macOS 14.5",
            gpu_memory_bytes=48 * 2**30,
        ),
    )


@pytest.fixture
def finished_run(tmp_path: Path, spec: RunSpec) -> Path:
    """Write a whole finished run and give its folder."""
    return write_run(tmp_path / "runs" / spec.run, spec)


@pytest.fixture
def result(spec: RunSpec) -> Result:
    """Return the result of the finished run."""
    return make_result(spec, artifacts_sha256="9e1d4b20" + "0" * 56)


def make_result(spec: RunSpec, artifacts_sha256: str | None, **changes: Any) -> Result:
    """Make a result that belongs to a spec."""
    stages = tuple(
        StageSummary(
            name=name,
            calls=14,
            valid_first_try=12,
            valid=13,
            retries=1,
            prompt_tokens=30_000,
            cached_tokens=21_000,
            forced_tokens=3_100,
            sampled_tokens=5_250,
            seconds=121.5,
        )
        for name in STAGES[:-1]
    )
    values: dict[str, Any] = {
        **dict(spec),
        "outcome": "finished",
        "stages": stages,
        "totals": add_up(stages),
        "lost": 0,
        "peak_memory_bytes": 19_870_000_000,
        "ttft_s": 0.412,
        "prefill_tok_per_s": 812.4,
        "decode_tok_per_s": 71.3,
        "wall_s": 742.0,
        "started_at": datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
        "finished_at": datetime(2026, 11, 21, 9, 12, 22, tzinfo=UTC),
        "artifacts": {name: f"artifacts/{name}" for name in ARTIFACTS},
        "artifacts_sha256": artifacts_sha256,
        "score": scorecard(),
    }
    return Result(**(values | changes))


def write_run(path: Path, spec: RunSpec, **changes: Any) -> Path:
    """Write a finished run of three calls a stage into `path`."""
    with create_run(spec, path) as folder:
        start = RunStarted(run=spec.run, folder=str(path), request="todo", model=spec.model.name)
        folder.append(start)
        for index, stage in enumerate(STAGES[:-1]):
            folder.append(StageStarted(stage=stage, calls_expected=1, t_s=index * 2.0))
            form = f"{stage}/form"
            folder.append(CallStarted(n=index + 1, stage=stage, form=form, t_s=index * 2.0))
            usage = Usage(prompt_tokens=100, sampled_tokens=40, prefill_s=0.1, decode_s=0.5)
            folder.append(
                CallFinished(
                    n=index + 1, stage=stage, form=form, valid=True, round=0, usage=usage,
                    t_s=index * 2.0 + 1,
                )
            )  # fmt: skip
            folder.append(StageFinished(summary=StageSummary(name=stage, calls=1, valid=1)))
        folder.append(
            MemorySampled(
                rss_bytes=10**9, peak_bytes=2 * 10**9, system_used_bytes=8 * 10**9,
                system_total_bytes=64 * 10**9, t_s=11.0,
            )
        )  # fmt: skip
        folder.write_artifacts({"docs/requirements.md": "# Requirements\n"})
        folder.write_score(scorecard().canonical_json())
        folder.append(Scored(score=83.6, grade="B", t_s=12.0))
        folder.append(RunFinished(t_s=12.5))
        folder.write_result(make_result(spec, hash_files(folder.artifacts), **changes))
    return path


@pytest.fixture
def runs(finished_run: Path, tmp_path: Path) -> Path:
    """Return a folder of scored runs of two models, two requests and two seeds."""
    return write_compared_runs(finished_run, tmp_path / "compared")
