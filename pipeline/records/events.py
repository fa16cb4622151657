"""What happens during a run, line by line (`events.jsonl`)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from engines.protocol import Stop, Usage
from engines.remedy import Remedy
from pipeline.records.calls import Diagnostic, StageSummary
from pipeline.records.measurements import Power
from pipeline.records.record import Record
from pipeline.records.stages import ArtifactName, StageName


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
    """The run continues after a stop: what follows repeats all of it, from its first stage."""

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
    stop: Stop = "end"
    """Why the answer ended."""
    diagnostics: tuple[Diagnostic, ...] = ()


class Adjusted(EventBase):
    """A rule mended a form without asking the model again."""

    type: Literal["adjusted"] = "adjusted"
    stage: StageName
    form: str
    diagnostics: tuple[Diagnostic, ...]


class Lost(EventBase):
    """A form stayed invalid and was dropped; the run continues without it."""

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
    """Of 100; None without a brief, or if the project could not be type-checked."""
    grade: str | None
    well_formed: float | None = None
    """From 0 to 100 where there is no brief."""


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
