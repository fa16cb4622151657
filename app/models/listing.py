"""Find model files in folders and say what they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import resources
from engines.gguf import Facts, facts, read_header
from engines.protocol import ModelFileError

BUILTIN_MODEL = (
    Path(resources.__file__).resolve().parent.parent / ".tools" / "models" / "sixfold-demo.gguf"
)
"""The small demo model that `make setup` makes."""
DEFAULT_FOLDERS = (BUILTIN_MODEL.parent, Path("models"))
"""Where models are looked for if no folder is named."""


@dataclass(frozen=True)
class Listed:
    """One model file: its facts, or why it can't be used."""

    path: Path
    facts: Facts | None
    problem: str | None


def find_models(folders: Iterable[Path]) -> tuple[Listed, ...]:
    """List the GGUF files below some folders, at any depth, sorted by path; each file once."""
    files = {
        file.resolve(): file
        for folder in folders
        if folder.is_dir()
        for file in folder.rglob("*.gguf")
        if file.is_file()
    }
    return tuple(_read(file) for _, file in sorted(files.items()))


def _read(file: Path) -> Listed:
    try:
        return Listed(file, facts(read_header(file), file), None)
    except ModelFileError as error:
        return Listed(file, None, str(error))
