"""What helps against a refusal: an option, and what to do with it.

Whoever shows the error names the option as its readers know it: the command line by its flag, the
window by its label. Sentences of errors say what happened and what was expected, never a flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Action = Literal["set", "raise", "lower", "omit"]


@dataclass(frozen=True)
class Remedy:
    """One change that helps, e.g. `Remedy("context_tokens", "set", 16384)`."""

    option: str
    """Name of the field that holds the option, e.g. `context_tokens`, `kv_type`, `out`."""
    action: Action = "set"
    value: bool | int | float | str | None = None
    """What to set it to, or the bound when it is to be raised or lowered; None if not known. Of a
    switch that is to be omitted, whether it was on or off."""


class UserError(Exception):
    """Base of all refusals and failures; the message is a sentence for the user."""

    def __init__(self, sentence: str, *remedies: Remedy) -> None:
        """Take a whole sentence and what would help, the best first."""
        super().__init__(sentence)
        self.remedies = remedies
