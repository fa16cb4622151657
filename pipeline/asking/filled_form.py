"""A form that the model filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FilledForm:
    """A valid form as the model wrote it."""

    document: Any
    ended: bool
    """False if its budget ended it."""
