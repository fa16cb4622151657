"""What a run folder of any version of Sixfold still says: whose it is, and what can be scored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from app.library.result import read_result
from pipeline.records.journal import (
    ARTIFACTS,
    SPEC,
    OtherVersionError,
    RunFolderError,
    open_run,
    write_atomic,
)
from scoring.loading import brief_source
from scoring.report import Scorecard

BRIEF = "brief.toml"
"""In a run folder: the brief that was written after the run."""


class _KeptRequest(BaseModel):
    """The request as version 1 wrote it."""

    name: str | None = None
    title: str = ""
    brief: str | None = None


class _KeptModel(BaseModel):
    name: str = ""


class KeptSpec(BaseModel):
    """What a `spec.json` of any version says of its request; the rest of it is left alone."""

    request: str | _KeptRequest
    model: _KeptModel = _KeptModel()
    brief: str | None = None

    @property
    def title(self) -> str:
        """The request in words."""
        if isinstance(self.request, str):
            return self.request
        return self.request.name or self.request.title

    @property
    def brief_name(self) -> str | None:
        """Name of the brief that it was scored against."""
        return self.brief if isinstance(self.request, str) else self.request.brief


@dataclass(frozen=True)
class KeptArtifacts:
    """A project that a run made, and the brief that it is held to."""

    folder: Path
    brief: str | None
    """Name or file of the brief; None if nothing says what the request demands."""


def read_kept_spec(run: Path) -> KeptSpec:
    """Read what is known of a run of another version. Raises RunFolderError if nothing is."""
    try:
        return KeptSpec.model_validate_json((run / SPEC).read_bytes())
    except (OSError, ValidationError) as error:
        raise RunFolderError(
            f"{run / SPEC} does not say what was asked; score the folder {run / ARTIFACTS} instead"
        ) from error


def kept_artifacts(run: Path) -> KeptArtifacts:
    """Return what of a run folder can be scored again. Raises RunFolderError if nothing can be."""
    try:
        brief = open_run(run).spec.brief
    except OtherVersionError:
        brief = read_kept_spec(run).brief_name
    later = run / BRIEF
    if brief is None and later.is_file():
        brief = str(later)
    return KeptArtifacts(run / ARTIFACTS, brief)


def keep_score(run: Path, brief: str, card: Scorecard) -> bool:
    """Make a scorecard that of a finished run without a brief, and keep its brief; else False.

    Whoever reads the run finds the score then, and the brief to score it by again. The score of a
    run that had a brief from the start stays.
    """
    try:
        folder = open_run(run)
        result = read_result(folder)
    except OtherVersionError:
        return False
    if folder.spec.brief is not None or result is None or result.outcome != "finished":
        return False
    if card.brief is None:
        return False
    later = folder.path / BRIEF
    source = brief_source(brief)
    if not (later.is_file() and later.read_bytes() == source):
        write_atomic(later, source)
    folder.write_score(card.canonical_json())
    changes = {"brief": card.brief.name, "score": card}
    folder.write_result(result.model_copy(update=changes))
    return True
