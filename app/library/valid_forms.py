"""How many forms were valid: at the first try, after feedback, and at the other levels of help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from app.library.result import Result
from pipeline.english import counted
from pipeline.records.events import CallFinished, Event, RunResumed
from pipeline.run.ladder import LADDER, Ladder


@dataclass(frozen=True)
class ValidForms:
    """Forms valid so far, of all that were asked."""

    title: str
    valid: int
    forms: int
    low: float | None = None
    """Ends of an interval of the share, 0 to 1; None where there is none."""
    high: float | None = None

    @property
    def share(self) -> float:
        """Valid forms per form, 0 to 1; 0 without forms."""
        return self.valid / self.forms if self.forms else 0.0


def find_ladder(run: Path, result: Result) -> Ladder | None:
    """Find a ladder of the same model file and request: in the run's folder, else beside it."""
    for file in _files(run):
        try:
            made = Ladder.model_validate_json(file.read_bytes())
        except (OSError, ValidationError):
            continue  # a ladder of another version, or one that is being written
        if made.model.sha256 == result.model.sha256 and made.request == result.request:
            return made
    return None


def valid_by_level(ladder: Ladder) -> tuple[ValidForms, ...]:
    """Return the valid forms of each level: all stages together, at the first try."""
    return tuple(
        ValidForms(f"Level {each.level}", first.valid, first.forms, first.low, first.high)
        for each in ladder.rungs
        if each.stage is None
        for first in each.by_round[:1]
    )


def _files(run: Path) -> Iterator[Path]:
    yield from sorted(run.glob(f"*/{LADDER}"))
    yield from sorted(run.parent.glob(f"*/{LADDER}"), reverse=True)


def valid_by_round(events: Iterable[Event], feedback: int) -> tuple[ValidForms, ...]:
    """Count from the first try to the last round of feedback that the run allowed."""
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
        ValidForms(
            title=_title(round_),
            valid=sum(first <= round_ for first in valid_in.values()),
            forms=len(forms),
        )
        for round_ in range(feedback + 1)
    )


def _title(round_: int) -> str:
    if round_ == 0:
        return "First try"
    return f"After {counted(round_, 'round')} of feedback"
