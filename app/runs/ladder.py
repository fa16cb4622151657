"""How many forms were valid at the first try, and after each round of feedback."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import CallFinished, Event, RunResumed


@dataclass(frozen=True)
class Rung:
    """Forms valid so far, of all that were asked."""

    title: str
    valid: int
    forms: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.valid / self.forms if self.forms else 0.0


def rungs_of(events: Iterable[Event], feedback: int) -> tuple[Rung, ...]:
    """Climb from the first try to the last round of feedback that the run allowed."""
    forms: set[str] = set()
    valid_in: dict[str, int] = {}
    for event in events:
        if isinstance(event, RunResumed):
            forms, valid_in = set(), {}
        if isinstance(event, CallFinished):
            forms.add(event.form)
            if event.valid:
                valid_in[event.form] = min(event.round, valid_in.get(event.form, event.round))
    return tuple(
        Rung(
            title=_title(round_),
            valid=sum(first <= round_ for first in valid_in.values()),
            forms=len(forms),
        )
        for round_ in range(feedback + 1)
    )


def _title(round_: int) -> str:
    if round_ == 0:
        return "First try"
    return f"After {round_} round{'s' if round_ > 1 else ''} of feedback"
