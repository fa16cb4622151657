"""The result of a run: its spec, its scorecard, and what was measured; typed for every reader."""

from __future__ import annotations

from engines.remedy import Remedy
from pipeline.records.journal import RunFolder
from pipeline.records.measurements import Measurements, Outcome
from pipeline.records.spec import RunSpec
from pipeline.records.stages import ArtifactName
from scoring.report import Scorecard


class Result(RunSpec, Measurements):
    """All about a run that has ended (`result.json`, written last, and what `sixfold run` prints).

    Servers that a model was shared with are counted, not named.
    """

    outcome: Outcome
    sentence: str | None = None
    """Why it failed, None if it did not."""
    remedies: tuple[Remedy, ...] = ()
    """What would help against that."""
    artifacts: dict[ArtifactName, str]
    """Paths relative to the run folder; what was not made is absent."""
    artifacts_sha256: str | None
    """Over the names and bytes of all artifact files: the run's hash; None without artifacts."""
    score: Scorecard | None
    """The same as `score.json`; None if it could not be made."""


def read_result(folder: RunFolder) -> Result | None:
    """Read `result.json`, None if the run has not ended. Raises RunFolderError if it can't be."""
    return folder.result(Result)
