"""Where a run stands: its events summed up, alike for the terminal, the window and the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engines.protocol import Usage
from pipeline.records.calls import StageSummary
from pipeline.records.events import (
    Adjusted,
    ArtifactWritten,
    CallFinished,
    CallStarted,
    Event,
    Lost,
    MemorySampled,
    PowerSampled,
    RunCancelled,
    RunFailed,
    RunFinished,
    RunResumed,
    RunStarted,
    Scored,
    StageFinished,
    StageStarted,
    TextStreamed,
)
from pipeline.records.measurements import Power
from pipeline.records.stages import STAGES, ArtifactName, StageName

TAIL_CHARACTERS = 4000
"""How much of the streamed text is kept to be shown."""

StageState = Literal["waiting", "running", "done", "stopped"]


@dataclass
class StageProgress:
    """One stage in progress."""

    state: StageState = "waiting"
    calls_expected: int | None = None
    started_s: float = 0.0
    answered: StageSummary | None = None
    """Counts of its calls so far; the stage's own summary once it is done."""
    adjusted: int = 0
    lost: int = 0

    def seconds_left(self, t_s: float) -> float | None:
        """Estimate from the forms so far how long the stage still takes; None if not known."""
        forms = self.answered.forms if self.answered is not None else 0
        if self.state != "running" or not forms or not self.calls_expected:
            return None
        return (t_s - self.started_s) / forms * max(0, self.calls_expected - forms)


@dataclass(frozen=True)
class Speed:
    """Tokens and seconds over all calls so far."""

    evaluated_tokens: int = 0
    prefill_s: float = 0.0
    output_tokens: int = 0
    decode_s: float = 0.0
    ttft_s: float | None = None
    """Of the first call."""

    def after(self, usage: Usage) -> Speed:
        """Add one call."""
        return Speed(
            evaluated_tokens=self.evaluated_tokens + usage.evaluated_tokens,
            prefill_s=self.prefill_s + usage.prefill_s,
            output_tokens=self.output_tokens + usage.output_tokens,
            decode_s=self.decode_s + usage.decode_s,
            ttft_s=usage.ttft_s if self.ttft_s is None else self.ttft_s,
        )

    @property
    def prefill_tok_per_s(self) -> float | None:
        """Evaluated prompt tokens per second, None before the first call."""
        return self.evaluated_tokens / self.prefill_s if self.prefill_s > 0 else None

    @property
    def decode_tok_per_s(self) -> float | None:
        """Output tokens per second, None before the first call."""
        return self.output_tokens / self.decode_s if self.decode_s > 0 else None


@dataclass
class Progress:
    """Everything that the events so far say about a run; `apply` takes the next one."""

    run: str = ""
    folder: str = ""
    request: str = ""
    model: str = ""
    t_s: float = 0.0
    stages: dict[StageName, StageProgress] = field(
        default_factory=lambda: {name: StageProgress() for name in STAGES}
    )
    speed: Speed = Speed()
    memory: MemorySampled | None = None
    peak_memory_bytes: int | None = None
    power: Power | None = None
    """The worst that was sampled."""
    form: str = ""
    """Key of the form that the model fills now."""
    call: int = 0
    tail: str = ""
    """End of the text streamed for that form."""
    artifacts: dict[ArtifactName, str] = field(default_factory=dict[ArtifactName, str])
    score: Scored | None = None
    end: RunFinished | RunFailed | RunCancelled | None = None

    @property
    def lost(self) -> int:
        """Forms dropped because they stayed invalid."""
        return sum(stage.lost for stage in self.stages.values())

    def summaries(self) -> tuple[StageSummary, ...]:
        """Return the counts of all stages that began, in order."""
        return tuple(stage.answered for stage in self.stages.values() if stage.answered)

    def apply(self, event: Event) -> None:
        """Take in the next event."""
        self.t_s = max(self.t_s, event.t_s)
        match event:
            case RunStarted():
                self.run, self.folder = event.run, event.folder
                self.request, self.model = event.request, event.model
            case RunResumed():
                self.stages = {name: StageProgress() for name in STAGES}
                self.speed, self.end = Speed(), None
            case StageStarted(stage=name):
                stage = self.stages[name]
                stage.state, stage.started_s = "running", event.t_s
                stage.calls_expected = event.calls_expected
                stage.answered = StageSummary(name=name)
            case CallStarted():
                if event.calls_expected is not None:
                    self.stages[event.stage].calls_expected = event.calls_expected
                self.form, self.call, self.tail = event.form, event.n, ""
            case TextStreamed():
                self.tail = (self.tail + event.text)[-TAIL_CHARACTERS:]
            case CallFinished():
                self.speed = self.speed.after(event.usage)
                stage = self.stages[event.stage]
                stage.answered = (stage.answered or StageSummary(name=event.stage)).after(event)
            case Adjusted():
                self.stages[event.stage].adjusted += 1
            case Lost():
                self.stages[event.stage].lost += 1
            case ArtifactWritten():
                self.artifacts[event.name] = event.path
            case StageFinished(summary=summary):
                self.stages[summary.name].state = "done"
                self.stages[summary.name].answered = summary
            case MemorySampled():
                self.memory = event
                self.peak_memory_bytes = max(self.peak_memory_bytes or 0, event.peak_bytes)
            case PowerSampled():
                sampled = event.power
                self.power = sampled if self.power is None else self.power.joined(sampled)
            case Scored():
                self.score = event
            case RunFinished() | RunFailed() | RunCancelled():
                self.end = event
                self.form = ""
                for stage in self.stages.values():
                    if stage.state == "running":
                        stage.state = "stopped"
            case _:
                pass
