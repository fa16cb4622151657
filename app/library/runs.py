"""A run on disk as a line of a list for people; a damaged one is named, never hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ulid import ULID

from app.library.kept_artifacts import read_kept_spec
from app.library.result import Result, read_result
from pipeline.records.journal import (
    OtherVersionError,
    RunFolder,
    RunFolderError,
    open_run,
)

RunState = Literal[
    "running", "finished", "failed", "cancelled", "interrupted", "damaged", "other version"
]


@dataclass(frozen=True)
class RunEntry:
    """One run folder in the list; what a run did not get to is None."""

    path: Path
    state: RunState
    request: str
    model: str
    score: float | None
    problem: str | None
    """Why it failed or can't be read, in a sentence."""
    model_sha256: str = ""
    quantization: str = ""
    seed: int | None = None
    level: str = ""
    started: datetime | None = None
    """UTC, from the run's id; None if the folder bears another name and says nothing."""
    grade: str | None = None
    well_formed: float | None = None
    """From 0 to 100, said instead of the score where no brief says what the request demands."""
    compile_share: float | None = None
    """0 to 1."""
    decode_tok_per_s: float | None = None
    peak_memory_bytes: int | None = None
    wall_s: float | None = None
    output_tokens: int | None = None

    @property
    def comparable(self) -> bool:
        """Whether it has a score to compare."""
        return self.state == "finished" and self.score is not None

    @property
    def resumable(self) -> bool:
        """Whether it stopped before its end and can continue."""
        return self.state in ("interrupted", "cancelled", "failed")

    @property
    def rescorable(self) -> bool:
        """Whether another version made it, so that its artifacts can be scored again, no more."""
        return self.state == "other version"


def read_entry(path: Path) -> RunEntry:
    """Describe one run folder; a damaged one too."""
    try:
        folder = open_run(path)
        result = read_result(folder)
    except OtherVersionError as error:
        return _of_other_version(path, error)
    except RunFolderError as error:
        return RunEntry(
            path, "damaged", path.name, "", None, str(error), started=_started(path.name)
        )
    if result is None:
        return _unfinished(folder)
    return _ended(folder, result)


def _of_other_version(path: Path, error: OtherVersionError) -> RunEntry:
    article = "an" if error.age == "older" else "a"
    sentence = f"Made by {article} {error.age} Sixfold; its artifacts can be scored again."
    try:
        spec = read_kept_spec(path)
    except RunFolderError:
        request, model = path.name, ""  # scoring it again will say what is missing
    else:
        request, model = spec.title or path.name, spec.model.name
    return RunEntry(
        path, "other version", request, model, None, sentence, started=_started(path.name)
    )


def _unfinished(folder: RunFolder) -> RunEntry:
    spec = folder.spec
    return RunEntry(
        path=folder.path,
        state="running" if folder.is_locked() else "interrupted",
        request=spec.request,
        model=spec.model.name,
        score=None,
        problem=None,
        model_sha256=spec.model.sha256,
        quantization=spec.model.quantization,
        seed=spec.seed,
        level=spec.level,
        started=_started(spec.run),
    )


def _ended(folder: RunFolder, result: Result) -> RunEntry:
    score = result.score
    return RunEntry(
        path=folder.path,
        state=result.outcome,
        request=result.request,
        model=result.model.name,
        score=score.score if score else None,
        problem=result.sentence,
        model_sha256=result.model.sha256,
        quantization=result.model.quantization,
        seed=result.seed,
        level=result.level,
        started=result.started_at,
        grade=score.grade if score else None,
        well_formed=score.well_formed.value if score and score.well_formed else None,
        compile_share=score.compile.share if score and score.compile else None,
        decode_tok_per_s=result.decode_tok_per_s,
        peak_memory_bytes=result.peak_memory_bytes,
        wall_s=result.wall_s,
        output_tokens=result.totals.output_tokens,
    )


def _started(run: str) -> datetime | None:
    try:
        return ULID.from_str(run).datetime.astimezone(UTC)
    except ValueError:
        return None
