"""A project that is spoilt in all it does scores next to nothing, whatever it looks like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.run.golden import golden_names
from scoring.loading import load_brief
from scoring.project.folder import read_folder
from tests.scoring.sabotage import sabotaged
from tests.scoring.texts import score_texts

MOST = 20


@pytest.mark.parametrize("name", golden_names())
def test_a_sabotaged_project_scores_next_to_nothing(
    name: str, built: Callable[[str], Path]
) -> None:
    texts = read_folder(built(name)).texts
    brief = load_brief(name)
    spoilt = sabotaged(texts, brief)
    changed = {path.split("/")[0] for path in texts if texts[path] != spoilt[path]}
    assert {"src", "test", "docs"} <= changed
    assert (score_texts(spoilt, brief).score or 0.0) <= MOST
