"""Every golden project is close to full marks with its own brief."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.run.golden import golden_names
from scoring.loading import load_brief
from scoring.project.folder import read_folder
from tests.scoring.texts import score_texts

GOLDEN_MIN = 97.0


@pytest.mark.parametrize("name", golden_names())
def test_a_golden_project_scores_nearly_everything(name: str, built: Callable[[str], Path]) -> None:
    brief = load_brief(name)
    assert brief.has_facts
    card = score_texts(read_folder(built(name)).texts, brief)
    found = [f for axis in card.axes.values() for f in axis.findings]
    assert card.measured == 100
    assert card.score is not None
    assert card.score >= GOLDEN_MIN, [(f.points, f.check, f.expected, f.found) for f in found]
    assert all(card.matched.tables.values())
    assert all(card.matched.operations.values())
