"""One option of a run: the words its readers see, its bounds, and what it changes.

A field annotated with an `Option` is an option on the command line and in the window, is kept in
the run's spec, and is shown on the card when it differs from its default.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

from engines.remedy import Action

ModelFormat = Literal["gguf", "mlx"]
BYTES_PER_GB = 10**9
FORMATS: Mapping[ModelFormat, str] = {"gguf": "GGUF", "mlx": "MLX"}


@dataclass(frozen=True)
class Option:
    """A choice that a run offers."""

    label: str
    """Its name in the window and on the card, e.g. `KV cache`."""
    help: str
    """What it does, in one sentence or two."""
    at_least: float | None = None
    at_most: float | None = None
    unit: Literal["", "tokens", "s", "GB"] = ""
    """What its number counts; bytes are shown and typed in GB."""
    only: ModelFormat | None = None
    """The format of model that has it; None if both have."""
    otherwise: str = ""
    """Why the other format does not have it, e.g. `MLX chooses them itself`."""
    same_answers: bool = False
    """Whether it changes no sum and no rounding, and so no answer."""
    takes_memory: bool = False
    """Whether the memory of this machine depends on it."""

    @property
    def whole_help(self) -> str:
        """What it does, and for which models."""
        return self.help if self.only is None else f"{self.help} {FORMATS[self.only]} only."

    def violation(self, value: object) -> tuple[str, Action, float] | None:
        """Return how a number leaves the bounds: a sentence and what helps; None if it does not."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        least, most, refused = self.at_least, self.at_most, f"{self.label} can't be {value:g}"
        if least is not None and not value >= least:
            return f"{refused}; it must be at least {least:g}.", "raise", least
        if most is not None and not value <= most:
            return f"{refused}; it must be at most {most:g}.", "lower", most
        return None


@functools.cache
def options_of(holder: type) -> Mapping[str, Option]:
    """Return the options among the annotated fields of a class, by field, in their order."""
    hints = get_type_hints(holder, include_extras=True)
    return {
        name: found
        for name, hint in hints.items()
        if get_origin(hint) is Annotated and (found := option_in(get_args(hint)))
    }


def option_in(notes: Iterable[object]) -> Option | None:
    """Return the option among the notes of an annotation, None if there is none."""
    return next((note for note in notes if isinstance(note, Option)), None)
