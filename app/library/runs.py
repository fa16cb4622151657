"""The runs on disk, as a list for people: newest first, damaged ones named, never hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ulid import ULID

from app.library.result import Result, read_result
from pipeline.records.journal import SPEC, RunFolder, RunFolderError, open_run

RunState = Literal["running", "finished", "failed", "cancelled", "interrupted", "damaged"]


@dataclass(frozen=True)
class RunEntry:
    """One run folder in the list; what a run has not come to is None."""

    path: Path
    state: RunState
    request: str
    model: str
    score: float | None
    problem: str | None
    """Why it failed or can't be read."""
    model_sha256: str = ""
    quantization: str = ""
    seed: int | None = None
    level: str = ""
    started: datetime | None = None
    """UTC, from the run's id; None if the folder bears another name and says nothing."""
    grade: str | None = None
    compile_share: float | None = None
    """0 to 1."""
    decode_tok_per_s: float | None = None
    peak_memory_bytes: int | None = None
    wall_s: float | None = None
    output_tokens: int | None = None

    @property
    def comparable(self) -> bool:
        """Tell whether it has a score to compare."""
        return self.state == "finished" and self.score is not None


def list_runs(root: Path) -> tuple[RunEntry, ...]:
    """List the run folders directly below `root`; ULIDs sort by time."""
    if not root.is_dir():
        return ()
    folders = (path for path in root.iterdir() if (path / SPEC).is_file())
    return tuple(read_entry(path) for path in sorted(folders, reverse=True))


def read_entry(path: Path) -> RunEntry:
    """Describe one run folder; a damaged one too."""
    try:
        folder = open_run(path)
        result = read_result(folder)
    except RunFolderError as error:
        return RunEntry(
            path, "damaged", path.name, "", None, str(error), started=_started(path.name)
        )
    if result is None:
        return _unfinished(folder)
    return _ended(folder, result)


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
        compile_share=score.compile_share if score else None,
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
