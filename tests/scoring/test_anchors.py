from __future__ import annotations

import pytest

from pipeline.run.golden import golden_names
from scoring.anchors import anchors_of
from scoring.loading import load_brief
from scoring.rubric import EDITION

NOISE_MAX = 10
FLOOR_MAX = 60


@pytest.mark.parametrize("name", golden_names())
def test_the_anchors_of_a_reference_brief_are_current_and_in_order(name: str) -> None:
    anchors = anchors_of(load_brief(name).sha256, EDITION)
    assert anchors is not None, (
        "run `python -m benchmarks.anchors` and commit resources/anchors.toml"
    )
    assert 0 <= anchors.noise < anchors.floor < anchors.golden <= 100
    assert anchors.noise <= NOISE_MAX
    assert anchors.floor <= FLOOR_MAX
    assert anchors.words.startswith("noise ")


def test_nobody_has_measured_a_changed_brief() -> None:
    assert anchors_of("0" * 64, EDITION) is None
    assert anchors_of(load_brief("todo").sha256, "sixfold-1 v9") is None
