"""Models that their user runs although they seem not to fit, kept in the data folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from app.library.user_data import data_folder
from pipeline.records.journal import RunFolderError, write_atomic
from pipeline.records.record import Record

FILE = "fit-overrides.json"


class Overrides(Record):
    """The models by absolute path, with the size in bytes: another file has another size."""

    version: int = 1
    models: dict[str, int] = Field(default_factory=dict[str, int])


def is_overridden(model: Path, size_bytes: int) -> bool:
    """Whether this model may be run whatever its fit."""
    return _read().models.get(_key(model)) == size_bytes


def remember(model: Path, size_bytes: int, *, overridden: bool) -> None:
    """Remember, or forget, that a model may be run. Raises RunFolderError if that can't be kept."""
    models = {path: size for path, size in _read().models.items() if path != _key(model)}
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


def _read() -> Overrides:
    """Read what is remembered; a file that can't be read remembers nothing."""
    try:
        return Overrides.model_validate_json((data_folder() / FILE).read_bytes())
    except (OSError, ValidationError):
        return Overrides()


def _key(model: Path) -> str:
    return str(model.absolute())
