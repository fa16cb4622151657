"""What briefs, scorecards and comparisons are made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ScoringRecord(BaseModel):
    """A frozen record of typed fields; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
