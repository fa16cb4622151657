"""Models that their user runs although they seem not to fit, kept in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from app.library.user_data import data_folder
from pipeline.records.journal import RunFolderError, write_atomic
from pipeline.records.record import Record

FILE = "fit-overrides.json"


class Overrides(Record):
    """The models by absolute path, with the size in bytes: another file has another size."""

    version: Literal[1] = 1
    models: dict[str, int] = Field(default_factory=dict[str, int])


def is_overridden(model: Path, size_bytes: int) -> bool:
    """Whether this model may be run whatever its fit."""
    kept, _ = load_overrides()
    return kept.models.get(_key(model)) == size_bytes


def remember(model: Path, size_bytes: int, *, overridden: bool) -> None:
    """Remember, or forget, that a model may be run.

    Raises RunFolderError if that can't be kept, or what is kept can't be read: it is not lost then.
    """
    kept, problem = load_overrides()
    if problem:
        raise RunFolderError(f"{problem}. Repair or delete that file first")
    models = {path: size for path, size in kept.models.items() if path != _key(model)}
    if overridden:
        models[_key(model)] = size_bytes
    folder = data_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFolderError(
            f"The folder {folder} for choices can't be made: {error.strerror}. "
            "Name another one in SIXFOLD_DATA"
        ) from error
    write_atomic(folder / FILE, Overrides(models=models).model_dump_json(indent=1))


def load_overrides() -> tuple[Overrides, str]:
    """Read what is remembered; the second value is a sentence if it can't be read, else empty."""
    file = data_folder() / FILE
    try:
        return Overrides.model_validate_json(file.read_bytes()), ""
    except (FileNotFoundError, NotADirectoryError):
        return Overrides(), ""
    except (OSError, ValidationError) as error:
        why = str(error).splitlines()[0]
        return Overrides(), f"The models to run anyway in {file} can't be read: {why}"


def _key(model: Path) -> str:
    return str(model.absolute())
