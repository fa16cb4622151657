"""Carry out one run: open the model, build, score, and leave a finished run folder.

The command line calls `carry_out` in its own process. The window starts a child (`app.work.child`),
which speaks JSON Lines on what was standard output and never imports Qt.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

import pipeline
import resources
from app.library.progress import Progress
from app.library.result import Result
from app.library.user_data import runs_folder
from app.work import memory, power
from app.work.memory_fit import plan_model
from app.work.opening import open_planned
from app.work.order import Order, Resumption, check_order
from app.work.samples import Samples
from engines.memory.device import describe
from engines.protocol import (
    Cancelled,
    Engine,
    EngineError,
    ModelFileError,
)
from engines.remedy import Remedy, UserError
from pipeline.asking.levels import refusal
from pipeline.node.compile import CompilerFailure
from pipeline.node.toolchain import ToolchainError
from pipeline.records.calls import add_up
from pipeline.records.events import (
    Event,
    Heartbeat,
    Logged,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunResumed,
    RunStarted,
    Scored,
)
from pipeline.records.journal import (
    SPEC,
    RunFolder,
    RunFolderError,
    create_run,
    hash_files,
    open_stopped,
    resume_run,
)
from pipeline.records.measurements import Compliance, Outcome
from pipeline.records.spec import Machine, RunSpec, Versions
from pipeline.records.stages import ArtifactName
from pipeline.run.requests import load_request
from pipeline.run.run import build
from scoring.loading import load_brief
from scoring.project.folder import ScoringError
from scoring.report import Scorecard
from scoring.rubric import RUBRIC_ID, RUBRIC_VERSION, score_folder

Emit = Callable[[Event], None]
IsCancelled = Callable[[], bool]

EXIT_DONE, EXIT_FAILED, EXIT_REFUSED, EXIT_CANCELLED = 0, 1, 2, 130
EXIT_CODES: dict[Outcome, int] = {
    "finished": EXIT_DONE,
    "failed": EXIT_FAILED,
    "cancelled": EXIT_CANCELLED,
}
JOB: TypeAdapter[Order | Resumption] = TypeAdapter(Order | Resumption)
"""What a worker process is asked to do."""
HEARTBEAT_S = 1.0
MEMORY_S = 0.25
"""Four times a second: enough to see a model load, cheap beside it."""
POWER_S = 30.0
"""Heat comes slowly, and asking starts other programs."""
CANCEL_GRACE_S = 3.0
"""Time that a worker whose parent is gone gets to close its run folder."""
REFUSALS = (UserError,)
"""Errors before the run starts: the input's fault, exit code 2."""
FAILURES = (
    EngineError,
    RunFolderError,
    ToolchainError,
    CompilerFailure,
    ScoringError,
)
"""Errors that a run can meet and that carry their own sentence."""


class Reporter:
    """Stamps events with their time, keeps them and passes them on, from any thread."""

    def __init__(self, show: Emit, spent_s: float = 0.0) -> None:
        """Take the function that shows events; a folder may be `attach`ed later.

        `spent_s` are the seconds that earlier attempts of a run took.
        """
        self.progress = Progress()
        self._show = show
        self._folder: RunFolder | None = None
        self._lock = threading.RLock()
        self._start_s = time.monotonic() - spent_s

    def attach(self, folder: RunFolder) -> None:
        """Keep the events from now on in a run folder."""
        with self._lock:
            self._folder = folder

    def __call__(self, event: Event) -> None:
        """Report one event. Raises RunFolderError if it can't be kept."""
        with self._lock:
            stamped = event.model_copy(update={"t_s": round(self.elapsed_s(), 4)})
            self.progress.apply(stamped)
            self._show(stamped)
            if self._folder is not None:
                self._folder.append(stamped)

    def elapsed_s(self) -> float:
        """Seconds that the run has taken, earlier attempts included."""
        return time.monotonic() - self._start_s


def carry_out(order: Order, emit: Emit, cancelled: IsCancelled) -> Result:
    """Do all that an order asks for.

    Raises one of `REFUSALS` if the order can't be started; then nothing was written. Whatever
    happens later ends in a `Result`, which is also in the run folder.
    """
    started_at = datetime.now(UTC)
    report = Reporter(emit)
    check_order(order)
    request = load_request(order.request)
    plan = plan_model(order.model, runs_folder(), order.context_tokens, order.engine)
    engine = open_planned(plan, report)
    try:
        refused = refusal(order.level, order.think_tokens, engine.info)
        if refused is not None:
            raise refused
        if cancelled():
            raise Cancelled("The run was cancelled before it started")
        decided = {"context_tokens": engine.context_tokens, "engine": plan.options}
        spec = RunSpec(
            run=order.run,
            model=engine.info,
            request=request.name or request.title,
            title=request.title,
            text=request.text,
            brief=request.brief,
            versions=versions(),
            machine=machine(),
            **order.option_values() | decided,
        )
        _prepare(spec, engine, report, cancelled)
        with create_run(spec, order.out) as folder:
            report.attach(folder)
            return execute(spec, engine, folder, report, cancelled, started_at)
    finally:
        engine.close()


def resume(path: Path, emit: Emit, cancelled: IsCancelled) -> Result:
    """Continue a run that was stopped, as it was ordered.

    No answer that the folder has is asked for again; tokens and time are carried forward. Raises
    one of `REFUSALS` if it can't: no run folder, a finished one, another model file.
    """
    spec = open_stopped(path).spec
    model = Path(spec.model.path)
    plan = plan_model(model, runs_folder(), spec.context_tokens, spec.engine)
    engine = open_planned(plan, emit)
    try:
        if engine.info.sha256 != spec.model.sha256:
            raise ModelFileError(
                f"{model} is not the file that the run was made with: its sha256 begins with "
                f"{engine.info.sha256[:8]}, not with {spec.model.sha256[:8]}. Put that file back"
            )
        with resume_run(path) as folder:
            earlier = tuple(folder.events())
            started_at = datetime.fromtimestamp((path / SPEC).stat().st_mtime, UTC)
            report = Reporter(emit, spent_s=max((event.t_s for event in earlier), default=0.0))
            report.attach(folder)
            _prepare(spec, engine, report, cancelled)
            report(RunResumed(answers=sum(1 for _ in folder.calls())))
            return execute(spec, engine, folder, report, cancelled, started_at)
    finally:
        engine.close()


def _prepare(spec: RunSpec, engine: Engine, emit: Emit, cancelled: IsCancelled) -> None:
    """Rest and warm up as the spec says, before anything is measured. Raises Cancelled."""
    if spec.cool_down_s:
        emit(Logged(level="info", text=f"Resting for {spec.cool_down_s:g} s"))
        power.cool_down(spec.cool_down_s, cancelled)
    if spec.warm_up:
        emit(Logged(level="info", text="Warming up"))
        power.warm_up(engine, cancelled)


def execute(
    spec: RunSpec,
    engine: Engine,
    folder: RunFolder,
    report: Reporter,
    cancelled: IsCancelled,
    started_at: datetime,
) -> Result:
    """Build and score one run in its folder and write `result.json` last."""
    report(
        RunStarted(
            run=spec.run,
            folder=str(folder.path),
            request=spec.request,
            model=spec.model.name,
        )
    )
    end = _Ending()
    report(power.measure())
    with Samples(memory.measure, report, MEMORY_S), Samples(power.measure, report, POWER_S):
        try:
            built = build(spec, engine, folder, report, cancelled)
            end.artifacts = dict(built.artifacts)
            end.compliance = built.compliance
            end.score = _score(spec, folder, report)
        except Cancelled:
            end.outcome = "cancelled"
        except FAILURES as error:
            end.fail(str(error), _remedies(error))
            _log_traceback(folder, error)
        except Exception as error:  # noqa: BLE001 - the boundary: a fault of ours ends in a sentence
            end.fail(f"Something unexpected failed: {type(error).__name__}")
            _log_traceback(folder, error)
    return _close(spec, folder, report, started_at, end)


def versions() -> Versions:
    """Return the versions of everything of ours that shapes a result.

    The forms' version is the hash of the package `pipeline`, their only source.
    """
    return Versions(
        app=version("sixfold"),
        rubric=f"{RUBRIC_ID} v{RUBRIC_VERSION}",
        prompts_sha256=hash_files(Path(resources.__file__).parent / "prompts") or "",
        forms_sha256=hash_files(Path(pipeline.__file__).parent, "*.py") or "",
    )


def machine() -> Machine:
    """Return what this machine is; never its name or its owner's."""
    facts = describe()
    return Machine(
        chip=facts.chip,
        cores=facts.cores,
        memory_bytes=facts.memory_bytes,
        os=facts.system,
        gpu_memory_bytes=facts.gpu_memory_bytes,
    )


@dataclass
class _Ending:
    outcome: Outcome = "finished"
    sentence: str | None = None
    artifacts: dict[ArtifactName, str] = field(default_factory=dict[ArtifactName, str])
    remedies: tuple[Remedy, ...] = ()
    score: Scorecard | None = None
    compliance: Compliance | None = None

    def fail(self, sentence: str, remedies: tuple[Remedy, ...] = ()) -> None:
        self.outcome, self.sentence, self.remedies = "failed", sentence, remedies


def _score(spec: RunSpec, folder: RunFolder, report: Reporter) -> Scorecard:
    report(Logged(level="info", text="Scoring the artifacts"))
    name = spec.brief
    card = score_folder(folder.artifacts, load_brief(name) if name is not None else None)
    folder.write_score(card.canonical_json())
    found = card.well_formed.value if card.well_formed is not None else None
    report(Scored(score=card.score, grade=card.grade, well_formed=found))
    return card


def _close(
    spec: RunSpec, folder: RunFolder, report: Reporter, started_at: datetime, end: _Ending
) -> Result:
    report(memory.measure())
    report(power.measure())
    progress = report.progress
    stages = progress.summaries()
    result = Result(
        **_shown(spec),
        outcome=end.outcome,
        sentence=end.sentence,
        remedies=end.remedies,
        stages=stages,
        totals=add_up(stages),
        lost=progress.lost,
        peak_memory_bytes=progress.peak_memory_bytes,
        ttft_s=progress.speed.ttft_s,
        prefill_tok_per_s=progress.speed.prefill_tok_per_s,
        decode_tok_per_s=progress.speed.decode_tok_per_s,
        power=progress.power,
        wall_s=report.elapsed_s(),
        started_at=started_at,
        finished_at=datetime.now(UTC),
        artifacts=end.artifacts,
        artifacts_sha256=hash_files(folder.artifacts),
        score=end.score,
        compliance=end.compliance,
    )
    match end.outcome:
        case "finished":
            report(RunFinished())
        case "cancelled":
            report(RunCancelled())
        case "failed":
            report(RunFailed(sentence=end.sentence or "", remedies=end.remedies))
    folder.write_result(result)
    return result


def _shown(spec: RunSpec) -> dict[str, Any]:
    """Return a spec's fields as a result has them: without the addresses of other machines."""
    return dict(spec) | {"engine": spec.engine.without_addresses()}


def _remedies(error: Exception) -> tuple[Remedy, ...]:
    return error.remedies if isinstance(error, UserError) else ()


def _log_traceback(folder: RunFolder, error: Exception) -> None:
    try:
        with folder.stderr_log.open("a", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
    except OSError:  # the folder is gone, or the disk is full: whoever started it still sees it
        traceback.print_exception(error)


# --- the worker process --------------------------------------------------------------------------


def main(order_file: Path) -> int:
    """Run as a worker process: order in, JSON Lines out, death with the parent.

    Returns 0 done, 1 failed, 2 refused, 130 cancelled.
    """
    channel = os.dup(1)
    os.dup2(2, 1)  # what libraries print must not mix with the events
    os.environ["GGML_NO_BACKTRACE"] = "1"
    send = _Channel(channel)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=_watch_parent, args=(stop,), name="parent", daemon=True).start()
    threading.Thread(target=_beat, args=(send,), name="heartbeat", daemon=True).start()
    try:
        job = JOB.validate_json(order_file.read_bytes())
    except (OSError, ValidationError) as error:
        send(RunFailed(sentence=f"The order {order_file} can't be read: {error}", exit_code=2))
        return EXIT_REFUSED
    try:
        if isinstance(job, Resumption):
            result = resume(job.resume, send, stop.is_set)
        else:
            result = carry_out(job, send, stop.is_set)
    except Cancelled:
        send(RunCancelled())
        return EXIT_CANCELLED
    except REFUSALS as error:
        send(RunFailed(sentence=str(error), remedies=_remedies(error), exit_code=2))
        return EXIT_REFUSED
    return EXIT_CODES[result.outcome]


class _Channel:
    """The worker's private way to its parent; a parent that no longer reads ends nothing here."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        line = event.model_dump_json().encode() + b"\n"
        with self._lock:
            try:
                while line:
                    line = line[os.write(self._handle, line) :]
            except BrokenPipeError:
                return  # The parent watcher sees the same and ends the process.


def _beat(send: _Channel) -> None:
    while True:
        time.sleep(HEARTBEAT_S)
        send(Heartbeat())


def _watch_parent(stop: threading.Event) -> None:
    # os.read, not sys.stdin: a buffered reader in a daemon thread aborts Python at its end.
    while os.read(0, 4096):
        stop.set()  # any message means: cancel
    stop.set()
    time.sleep(CANCEL_GRACE_S)
    os._exit(EXIT_CANCELLED)
