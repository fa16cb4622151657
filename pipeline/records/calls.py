"""One answer of the model (`calls/<n>.json`), and answers added up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol, Self

from engines.protocol import Message, Stop, Usage
from pipeline.records.options import Level
from pipeline.records.record import Record
from pipeline.records.stages import StageName


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
    thinking_looped: bool = False
    """Whether the thoughts were ended because they repeated themselves."""
    valid: bool
    round: int
    """0 for the first try, then the round of feedback."""
    diagnostics: tuple[Diagnostic, ...]
    usage: Usage
    constraint_active: bool
    stop: Stop
    """Why the answer ended."""


class CountedCall(Protocol):
    """What is counted of a call: its record has it, and so has the event of its end."""

    @property
    def valid(self) -> bool: ...  # noqa: D102
    @property
    def round(self) -> int: ...  # noqa: D102
    @property
    def usage(self) -> Usage: ...  # noqa: D102
    @property
    def stop(self) -> Stop: ...  # noqa: D102


class Counts(Record):
    """A number of calls, added up. `calls` counts every answer, those of retries too."""

    calls: int = 0
    valid_first_try: int = 0
    """Forms valid in round 0."""
    valid: int = 0
    """Forms valid in the end, after feedback."""
    retries: int = 0
    """Answers in a round of feedback; `calls - retries` is the number of forms."""
    looped: int = 0
    """Answers that were ended because they repeated themselves."""
    cut: int = 0
    """Answers that were ended because they were longer than their forms need."""
    prompt_tokens: int = 0
    """All tokens of all prompts, cached ones too."""
    cached_tokens: int = 0
    forced_tokens: int = 0
    sampled_tokens: int = 0
    thinking_tokens: int = 0
    """Tokens of think blocks; no part of the output."""
    seconds: float = 0.0

    def after(self, call: CountedCall) -> Self:
        """Return the counts with one more call."""
        usage = call.usage
        return self.model_copy(
            update={
                "calls": self.calls + 1,
                "valid_first_try": self.valid_first_try + (call.valid and call.round == 0),
                "valid": self.valid + call.valid,
                "retries": self.retries + (call.round > 0),
                "looped": self.looped + (call.stop == "looped"),
                "cut": self.cut + (call.stop == "cut"),
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
    def ended_early(self) -> str:
        """How many answers did not end by themselves, in words; empty if all did."""
        parts = ((self.looped, "looped"), (self.cut, "cut"))
        return ", ".join(f"{number} {word}" for number, word in parts if number)

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
