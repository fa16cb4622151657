"""A run in progress: how far it is, the forms being filled, what is worth a note."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from app.library.progress import Progress
from pipeline.english import counted
from pipeline.records.events import (
    Adjusted,
    CallFinished,
    CallStarted,
    Event,
    Logged,
    Lost,
    MemorySampled,
    RunResumed,
    TextStreamed,
)
from pipeline.records.stages import StageName

POINTS_KEPT = 512
"""Of a series: about one for two pixels of a chart. Then of every two the larger one stays, so that
no peak is lost."""
MOST_PARTS = 50_000
"""Of a form: more than any has; a worker out of control can't fill the memory."""
NOTES_KEPT = 2000
LOG_CHARACTERS = 20_000
RATE_AFTER_S = 0.25
"""A rate over less time says nothing."""
ENDED: dict[Literal["looped", "cut"], str] = {
    "looped": "The answer repeated itself, which was ended",
    "cut": "The answer was longer than the request can hold, and the form was closed",
}
"""What a note says of an answer that did not end by itself."""

NoteKind = Literal["invalid", "retry", "adjusted", "lost", "looped", "cut", "resumed"]


@dataclass(frozen=True)
class Note:
    """Something out of the ordinary."""

    t_s: float
    kind: NoteKind
    stage: StageName | None
    form: str
    text: str


@dataclass
class LiveCall:
    """A form that is being filled."""

    n: int
    stage: StageName
    form: str
    round: int
    started_s: float
    parts: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    """Pieces of text in order; True if the grammar forced them."""
    characters: int = 0
    first_s: float | None = None
    """When the first text arrived."""


@dataclass
class Series:
    """Values over the time of a run, thinned out when they become many."""

    points: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def add(self, t_s: float, value: float) -> None:
        """Add a value."""
        self.points.append((t_s, value))
        if len(self.points) > POINTS_KEPT:
            pairs = zip(self.points[::2], self.points[1::2], strict=False)
            self.points = [max(pair, key=lambda point: point[1]) for pair in pairs]


class LiveRun:
    """Takes events in; views read it a few times a second."""

    def __init__(self, title: str, model: str) -> None:
        """Start before the first event."""
        self.title = title
        self.model = model
        self.progress = Progress()
        self.calls: dict[int, LiveCall] = {}
        """Open calls by number; several when forms are filled side by side."""
        self.last_call: LiveCall | None = None
        self.notes: deque[Note] = deque(maxlen=NOTES_KEPT)
        self.noted = 0
        """Notes ever, those that had to go too."""
        self.log = ""
        self.memory, self.system = Series(), Series()
        self.decode, self.prefill = Series(), Series()
        self.silent = False
        self._tokens_per_character: float | None = None

    @property
    def shown_call(self) -> LiveCall | None:
        """The call to look at: the oldest open one, else the last that ended."""
        return self.calls[min(self.calls)] if self.calls else self.last_call

    def apply(self, event: Event) -> None:
        """Take in the next event."""
        self.progress.apply(event)
        match event:
            case TextStreamed(n=n):
                call = self.calls.get(n)
                if call is not None:
                    if len(call.parts) < MOST_PARTS:
                        call.parts.append((event.text, event.forced))
                    call.characters += len(event.text)
                    call.first_s = event.t_s if call.first_s is None else call.first_s
            case CallStarted():
                self.calls[event.n] = LiveCall(
                    event.n, event.stage, event.form, event.round, event.t_s
                )
                if event.round:
                    text = f"Asked again with its errors marked, round {event.round}"
                    self._note(event.t_s, "retry", event.stage, event.form, text)
            case CallFinished():
                self._finish(event)
            case Adjusted():
                for found in event.diagnostics:
                    self._note(event.t_s, "adjusted", event.stage, event.form, found.why)
            case Lost():
                self._note(event.t_s, "lost", event.stage, event.form, event.reason)
            case MemorySampled():
                self.memory.add(event.t_s, event.rss_bytes)
                self.system.add(event.t_s, event.system_used_bytes)
            case RunResumed():
                self.calls.clear()
                text = f"Resumed with {counted(event.answers, 'answer')} from before"
                self._note(event.t_s, "resumed", None, "", text)
            case Logged():
                self.complain(f"{event.level}: {event.text}\n")
            case _:
                pass

    def complain(self, words: str) -> None:
        """Add to the log what the worker wrote to stderr."""
        self.log = (self.log + words)[-LOG_CHARACTERS:]

    def decode_now(self) -> float | None:
        """Estimate the tokens per second of the open calls from their text.

        Tokens are counted when a call ends; until then characters stand for them, at the rate of
        the calls so far. None before there is such a rate, or text.
        """
        if self._tokens_per_character is None or not self.calls:
            return None
        rates = [
            call.characters / (self.progress.t_s - call.first_s)
            for call in self.calls.values()
            if call.first_s is not None and self.progress.t_s - call.first_s > RATE_AFTER_S
        ]
        return sum(rates) * self._tokens_per_character if rates else None

    def _finish(self, event: CallFinished) -> None:
        call = self.calls.pop(event.n, None)
        usage = event.usage
        if call is not None:
            self.last_call = call
            if call.characters and usage.output_tokens:
                self._tokens_per_character = usage.output_tokens / call.characters
        if usage.decode_s > 0:
            self.decode.add(event.t_s, usage.decode_tok_per_s)
        if usage.prefill_s > 0 and usage.evaluated_tokens:
            self.prefill.add(event.t_s, usage.prefill_tok_per_s)
        if event.stop in ("looped", "cut"):
            self._note(event.t_s, event.stop, event.stage, event.form, ENDED[event.stop])
        for found in event.diagnostics:
            self._note(event.t_s, "invalid", event.stage, event.form, found.why)

    def _note(
        self, t_s: float, kind: NoteKind, stage: StageName | None, form: str, text: str
    ) -> None:
        self.notes.append(Note(t_s, kind, stage, form, text))
        self.noted += 1
