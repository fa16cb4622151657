"""A model on disk, in either format: its facts and its hash, each by one function."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from engines.files import gguf, mlx_folder
from engines.files.facts import Facts
from engines.protocol import ModelFileError

HASH_CHUNK_BYTES = 1 << 20


def read_facts(path: Path) -> Facts:
    """Read the facts of a model that can be run: a GGUF file, or an MLX folder.

    Takes milliseconds; a run reads them once and hands them on. Raises ModelFileError if there is
    no such model, IncompleteFileError if files or their ends are missing.
    """
    facts = mlx_folder.read_facts(path) if path.is_dir() else gguf.read_facts(path)
    facts.require_usable(path)
    return facts


def sha256_of(files: Iterable[Path]) -> str:
    """Hash the files of a model, one after the other; about 1 s per GB. Raises ModelFileError."""
    digest = hashlib.sha256()
    for each in files:
        try:
            with each.open("rb") as file:
                while chunk := file.read(HASH_CHUNK_BYTES):
                    digest.update(chunk)
        except OSError as error:
            raise ModelFileError(f"{each} can't be read: {error.strerror}.") from error
    return digest.hexdigest()
