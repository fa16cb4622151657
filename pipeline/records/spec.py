"""What decides what a run does (`spec.json`)."""

from __future__ import annotations

from engines.protocol import ModelInfo
from pipeline.records.options import RunOptions
from pipeline.records.record import Record

RECORD_VERSION = 3
"""Raised when a record changes; folders of another version can be scored again, no more."""


class Versions(Record):
    """Versions of everything of ours that shapes a result."""

    app: str
    rubric: str
    prompts_sha256: str
    forms_sha256: str


class Machine(Record):
    """The machine a run was made on; never its name nor its owner's."""

    chip: str
    cores: int
    memory_bytes: int
    os: str
    gpu_memory_bytes: int | None = None
    """Memory that the GPU may use, None where it is not known."""


class RunSpec(RunOptions):
    """All that decides what a run does (`spec.json`): the same spec gives the same run.

    What the options left open, the context and the forms side by side, is decided here.
    """

    version: int = RECORD_VERSION
    run: str
    """ULID of the run."""
    model: ModelInfo
    request: str
    """Name of the reference request, or the title of a person's own text."""
    title: str
    text: str
    """The request as the run read it."""
    brief: str | None
    """Name of the brief it is scored against; None if nothing says what it demands."""
    versions: Versions
    machine: Machine
