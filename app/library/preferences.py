"""What a person chose once and for all, kept in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from pipeline.records.journal import RunFolderError, write_atomic
from pipeline.records.options import DEFAULT_MAX_TOKENS_PER_CALL, MIN_MAX_TOKENS_PER_CALL
from pipeline.records.record import Record

FILE, RUNS = "preferences.json", "runs"
"""File of the choices and default folder for runs, both in the data folder."""
Scheme = Literal["system", "light", "dark"]


class Preferences(Record):
    """All choices, each with its default."""

    version: Literal[1] = 1
    scheme: Scheme = "system"
    runs: Path | None = None
    """Folder for runs; None keeps them in the data folder."""
    model_folders: tuple[Path, ...] = ()
    """Folders to look for models in, beside those of known programs."""
    model_files: tuple[Path, ...] = ()
    """Models that were dropped on the window one by one."""
    max_tokens_per_call: int = Field(
        default=DEFAULT_MAX_TOKENS_PER_CALL, ge=MIN_MAX_TOKENS_PER_CALL
    )
    keep_awake: bool = True
    notify: bool = True
    welcomed: bool = False
    """Whether the first-run page has been seen."""

    def runs_below(self, data: Path) -> Path:
        """Return the folder for runs, given the data folder."""
        return self.runs or data / RUNS


def load_preferences(folder: Path) -> tuple[Preferences, str]:
    """Read the choices; the second value is a sentence if they could not be read, else empty."""
    try:
        return Preferences.model_validate_json((folder / FILE).read_bytes()), ""
    except FileNotFoundError:
        return Preferences(), ""
    except (OSError, ValidationError) as error:
        problem = f"The preferences in {folder / FILE} can't be read, so the defaults apply: "
        return Preferences(), problem + str(error).splitlines()[0]


def save_preferences(folder: Path, preferences: Preferences) -> None:
    """Keep the choices. Raises RunFolderError if they can't be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(f"The folder {folder} can't be made: {error.strerror}") from error
    write_atomic(folder / FILE, preferences.model_dump_json(indent=2))
