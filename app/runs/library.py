"""The runs on disk, as a list for people: newest first, damaged ones named, never hidden."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.journal import SPEC, RunFolderError, open_run

RunState = Literal["running", "finished", "failed", "cancelled", "interrupted", "damaged"]


@dataclass(frozen=True)
class RunEntry:
    """One run folder in the list."""

    path: Path
    state: RunState
    request: str
    model: str
    score: float | None
    problem: str | None
    """Why it failed or can't be read."""


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
        result = folder.result()
    except RunFolderError as error:
        return RunEntry(path, "damaged", path.name, "", None, str(error))
    state: RunState
    if result is not None:
        state = result.outcome
    else:
        state = "running" if folder.is_locked() else "interrupted"
    request = folder.spec.request
    return RunEntry(
        path=path,
        state=state,
        request=request.name or request.title,
        model=folder.spec.model.name,
        score=result.score["score"] if result is not None and result.score else None,
        problem=result.sentence if result is not None else None,
    )
