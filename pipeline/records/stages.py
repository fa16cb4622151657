"""The stages of a run and the artifacts that they make, by name and in order."""

from __future__ import annotations

from typing import Literal

StageName = Literal["analysis", "database", "interface", "test", "program", "sdk"]
STAGES: tuple[StageName, ...] = ("analysis", "database", "interface", "test", "program", "sdk")
ArtifactName = Literal["requirements", "database", "openapi", "tests", "implementation", "sdk"]
ARTIFACTS: tuple[ArtifactName, ...] = (
    "requirements",
    "database",
    "openapi",
    "tests",
    "implementation",
    "sdk",
)
