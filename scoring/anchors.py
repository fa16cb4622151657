"""What others score on a reference request, so that a score means something to its reader."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from scoring.record import ScoringRecord

FILE = "anchors.toml"


class Anchors(ScoringRecord):
    """Scores of projects of which one knows how good they are, with the same brief and rubric."""

    noise: float
    """Every form a random document of its schema: the mean of several seeds."""
    floor: float
    """What derivation gives by itself: the right entities and tables, every decision left empty."""
    golden: float
    """All forms as an engineer answers them."""
    built_in: float | None = None
    """The small model that comes with Sixfold."""

    @property
    def words(self) -> str:
        """Return the anchors in a line, the lowest first."""
        named = [
            ("noise", self.noise),
            ("built-in model", self.built_in),
            ("nothing decided", self.floor),
            ("golden", self.golden),
        ]
        known = sorted((value, name) for name, value in named if value is not None)
        return " · ".join(f"{name} {value:.0f}" for value, name in known)


def anchors_of(brief_sha256: str, rubric: str) -> Anchors | None:
    """Return the anchors that were measured with this brief and this edition of the rubric.

    None for any other brief: nobody has measured them.
    """
    found = files("resources") / FILE
    if not found.is_file():
        return None
    for entry in tomllib.loads(found.read_text(encoding="utf-8")).get("anchors", []):
        if entry["brief"] == brief_sha256 and entry["rubric"] == rubric:
            return Anchors.model_validate(entry["scores"])
    return None
