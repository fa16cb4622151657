"""The records of a run: what was asked, what happened, what came out: all its folder holds.

Every record is frozen and versioned by `RECORD_VERSION`, which `spec.json` and `result.json` carry.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, TypeAdapter

from engines.protocol import Message, ModelInfo, Usage
from engines.remedy import Remedy
from pipeline.records.options import Level, RunOptions
from pipeline.records.record import Record

RECORD_VERSION = 2
"""Raised when a record changes; folders of another version can be scored again, no more."""

StageName = Literal["analysis", "database", "interface", "test", "program", "sdk"]
STAGES: tuple[StageName, ...] = ("analysis", "database", "interface", "test", "program", "sdk")

ArtifactName = Literal["requirements", "database", "openapi", "tests", "implementation", "sdk"]
ARTIFACTS: tuple[ArtifactName, ...] = (
    "requirements",
    "database",
    "openapi",
    "tests",
    "implementation",
    "sdk",
)


class Diagnostic(Record):
    """One complaint of a checker about one place in a form."""

    pointer: str
    """JSON pointer into the form, `` for the whole of it."""
    expected: str
    found: str
    why: str
    suggestion: str
    severity: Literal["error", "adjusted"] = "error"
    """`error` sends the form back; `adjusted` was mended by a rule and only noted."""


# --- spec.json ---------------------------------------------------------------------------------


class Versions(Record):
    """Versions of everything of ours that shapes a result."""

    app: str
    rubric: str
    prompts_sha256: str
    forms_sha256: str


class Machine(Record):
    """The machine a run was made on; never its name nor its owner's."""

    chip: str
    cores: int
    memory_bytes: int
    os: str
    gpu_memory_bytes: int | None = None
    """Memory that the GPU may use, None where it is not known."""


class Power(Record):
    """What slows a machine down; None where it does not say."""

    on_battery: bool | None = None
    low_power_mode: bool | None = None
    speed_limit_percent: int | None = None
    """Share of its full speed that the processor may run at; 100 if nothing holds it back."""
    thermal_pressure: int | None = None
    """0 nominal, then in macOS' steps: 1 moderate, 2 heavy, 3 trapping, 4 sleeping."""

    def joined(self, other: Power) -> Power:
        """Return what was true at any time of two samples, the lowest speed and the most heat."""
        speeds = (self.speed_limit_percent, other.speed_limit_percent)
        heats = (self.thermal_pressure, other.thermal_pressure)
        return Power(
            on_battery=_ever(self.on_battery, other.on_battery),
            low_power_mode=_ever(self.low_power_mode, other.low_power_mode),
            speed_limit_percent=min((s for s in speeds if s is not None), default=None),
            thermal_pressure=max((h for h in heats if h is not None), default=None),
        )


def _ever(first: bool | None, second: bool | None) -> bool | None:
    return None if first is None and second is None else bool(first or second)


class RunSpec(RunOptions):
    """All that decides what a run does (`spec.json`): the same spec gives the same run.

    What the options left open, the context and the forms side by side, is decided here.
    """

    version: int = RECORD_VERSION
    run: str
    """ULID of the run."""
    model: ModelInfo
    request: str
    """Name of the reference request, or the title of a person's own text."""
    title: str
    text: str
    """The request as the run read it."""
    brief: str | None
    """Name of the brief it is scored against; None scores it against its own analysis."""
    versions: Versions
    machine: Machine


# --- calls/<n>.json, stages --------------------------------------------------------------------


class CallRecord(Record):
    """One answer of the model, with all that led to it (`calls/<n>.json`)."""

    n: int
    """Number of the call in the run, from 1."""
    stage: StageName
    form: str
    """Key of the form, e.g. `database/table/todo`."""
    input_hash: str
    """sha256 over prompt, grammar, model, sampler and seed: same hash, same answer."""
    level: Level = "narrowed"
    """How it was asked and read; with `valid` and `round` this is a step of the ladder."""
    schema_sha256: str | None
    """Of the form's narrowed schema, that an answer is held against at every level."""
    prompt: tuple[Message, ...]
    output: str
    """The answer as the model gave it."""
    thinking: str = ""
    """What the model thought before it, without the markers."""
    valid: bool
    round: int
    """0 for the first try, then the round of feedback."""
    diagnostics: tuple[Diagnostic, ...]
    usage: Usage
    constraint_active: bool
    stop: Literal["end", "budget", "length"]


class Counts(Record):
    """A number of calls, added up. `calls` counts every answer, those of retries too."""

    calls: int = 0
    valid_first_try: int = 0
    """Forms valid in round 0."""
    valid: int = 0
    """Forms valid in the end, after feedback."""
    retries: int = 0
    """Answers in a round of feedback; `calls - retries` is the number of forms."""
    prompt_tokens: int = 0
    """All tokens of all prompts, cached ones too."""
    cached_tokens: int = 0
    forced_tokens: int = 0
    sampled_tokens: int = 0
    thinking_tokens: int = 0
    """Tokens of think blocks; no part of the output."""
    seconds: float = 0.0

    def after(self, call: CallRecord | CallFinished) -> Self:
        """Return the counts with one more call."""
        usage = call.usage
        return self.model_copy(
            update={
                "calls": self.calls + 1,
                "valid_first_try": self.valid_first_try + (call.valid and call.round == 0),
                "valid": self.valid + call.valid,
                "retries": self.retries + (call.round > 0),
                "prompt_tokens": self.prompt_tokens + usage.prompt_tokens,
                "cached_tokens": self.cached_tokens + usage.cached_tokens,
                "forced_tokens": self.forced_tokens + usage.forced_tokens,
                "sampled_tokens": self.sampled_tokens + usage.sampled_tokens,
                "thinking_tokens": self.thinking_tokens + usage.thinking_tokens,
                "seconds": self.seconds + usage.total_s,
            }
        )

    @property
    def forms(self) -> int:
        """Forms that the model was asked to fill."""
        return self.calls - self.retries

    @property
    def output_tokens(self) -> int:
        """Tokens of all answers, forced and sampled."""
        return self.forced_tokens + self.sampled_tokens


class StageSummary(Counts):
    """One stage of the pipeline, done."""

    name: StageName


def add_up(stages: Iterable[Counts]) -> Counts:
    """Sum the counts of several stages."""
    parts = tuple(stages)
    sums = {name: sum(getattr(part, name) for part in parts) for name in Counts.model_fields}
    return Counts.model_validate(sums)


# --- events.jsonl ------------------------------------------------------------------------------


class EventBase(Record):
    """Something that happened. Made without a time: whoever sends it on stamps it."""

    t_s: float = 0.0
    """Seconds since the run started."""


class RunStarted(EventBase):
    """The model is being opened; the run folder exists."""

    type: Literal["run_started"] = "run_started"
    run: str
    folder: str
    request: str
    model: str


class RunResumed(EventBase):
    """The run goes on after a stop: what follows tells all of it again, from its first stage."""

    type: Literal["run_resumed"] = "run_resumed"
    answers: int
    """Answers that the folder has already; they are not asked for again."""


class StageStarted(EventBase):
    """A stage begins."""

    type: Literal["stage_started"] = "stage_started"
    stage: StageName
    calls_expected: int | None = None
    """Forms it will ask for, None while that depends on an answer."""


class CallStarted(EventBase):
    """A form goes to the model."""

    type: Literal["call_started"] = "call_started"
    n: int
    stage: StageName
    form: str
    round: int = 0
    prompt_tokens: int | None = None
    calls_expected: int | None = None
    """Forms the stage will ask for, as known now."""


class TextStreamed(EventBase):
    """A piece of the answer. Live only: the folder keeps the whole answer in `calls/`."""

    type: Literal["text"] = "text"
    n: int
    text: str
    forced: bool


class CallFinished(EventBase):
    """An answer is there and has been checked."""

    type: Literal["call_finished"] = "call_finished"
    n: int
    stage: StageName
    form: str
    valid: bool
    round: int
    usage: Usage
    diagnostics: tuple[Diagnostic, ...] = ()


class Adjusted(EventBase):
    """A rule mended a form without asking the model again."""

    type: Literal["adjusted"] = "adjusted"
    stage: StageName
    form: str
    diagnostics: tuple[Diagnostic, ...]


class Lost(EventBase):
    """A form stayed invalid and was dropped; the run goes on without it."""

    type: Literal["lost"] = "lost"
    stage: StageName
    form: str
    reason: str


class ArtifactWritten(EventBase):
    """One of the six artifacts is on disk."""

    type: Literal["artifact"] = "artifact"
    name: ArtifactName
    path: str
    """Relative to the run folder."""


class StageFinished(EventBase):
    """A stage is done."""

    type: Literal["stage_finished"] = "stage_finished"
    summary: StageSummary


class MemorySampled(EventBase):
    """Memory of the worker and of the machine."""

    type: Literal["memory"] = "memory"
    rss_bytes: int
    peak_bytes: int
    system_used_bytes: int
    system_total_bytes: int


class PowerSampled(EventBase):
    """Power and heat of the machine, at the start, every half minute and at the end."""

    type: Literal["power"] = "power"
    power: Power


class Logged(EventBase):
    """A line for people."""

    type: Literal["log"] = "log"
    level: Literal["info", "warning", "error"]
    text: str


class Heartbeat(EventBase):
    """The worker lives. Live only."""

    type: Literal["heartbeat"] = "heartbeat"


class Scored(EventBase):
    """The artifacts have been scored."""

    type: Literal["score"] = "score"
    score: float | None
    """Of 100; None if the project could not be type-checked."""
    grade: str | None


class RunFinished(EventBase):
    """The run is done; `result.json` is written."""

    type: Literal["run_finished"] = "run_finished"


class RunFailed(EventBase):
    """The run ended with a failure."""

    type: Literal["run_failed"] = "run_failed"
    sentence: str
    remedies: tuple[Remedy, ...] = ()
    exit_code: int = 1
    """1 if the job failed, 2 if it could not start because of its input."""


class RunCancelled(EventBase):
    """The run was cancelled; what it had made is kept."""

    type: Literal["run_cancelled"] = "run_cancelled"


Event = Annotated[
    RunStarted
    | RunResumed
    | StageStarted
    | CallStarted
    | TextStreamed
    | CallFinished
    | Adjusted
    | Lost
    | ArtifactWritten
    | StageFinished
    | MemorySampled
    | PowerSampled
    | Logged
    | Heartbeat
    | Scored
    | RunFinished
    | RunFailed
    | RunCancelled,
    Field(discriminator="type"),
]

LIVE_ONLY = (TextStreamed, Heartbeat)
"""Events that are shown while they happen and not kept."""

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def parse_event(line: str | bytes) -> Event:
    """Read one line of `events.jsonl`. Raises pydantic.ValidationError."""
    return _EVENT.validate_json(line)


# --- instruction compliance ---------------------------------------------------------------------


class Instruction(Record):
    """Something that a prompt asks and that no grammar forces."""

    text: str
    obeyed: int
    cases: int
    """How often there was something to obey."""


class Compliance(Record):
    """Instructions of the prompts that the model obeyed. Reported, never scored."""

    share: float
    """Cases obeyed of all cases, 0 to 1."""
    cases: int
    instructions: tuple[Instruction, ...]


# --- result.json -------------------------------------------------------------------------------

Outcome = Literal["finished", "failed", "cancelled"]


class Measurements(Record):
    """What was counted and measured while a run was made."""

    stages: tuple[StageSummary, ...]
    totals: Counts
    lost: int
    """Forms dropped because they stayed invalid."""
    peak_memory_bytes: int | None
    """Peak resident memory of the worker process; None if it was not measured."""
    ttft_s: float | None
    """Time to first token of the first call."""
    prefill_tok_per_s: float | None
    """Evaluated prompt tokens per second over all calls; None before the first."""
    decode_tok_per_s: float | None
    """Output tokens, forced ones too, per second over all calls; None before the first."""
    power: Power | None = None
    """The worst that was sampled: on battery at any time, the lowest speed, the most heat."""
    wall_s: float
    started_at: datetime
    finished_at: datetime
    """UTC, as `started_at`."""
    compliance: Compliance | None = None
    """Instructions obeyed; None if the run did not reach its end."""
