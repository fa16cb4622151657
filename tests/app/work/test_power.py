"""Samples of power, rest and warm-up."""

from __future__ import annotations

import pytest

from app.work.model_list import RANDOM_MODEL
from app.work.power import WARM_UP, cool_down, measure, warm_up
from engines.open import open_model
from engines.protocol import Cancelled


def test_the_machine_can_be_asked() -> None:
    assert measure().type == "power"


def test_a_rest_can_be_cancelled_and_ends() -> None:
    with pytest.raises(Cancelled):
        cool_down(3600.0, lambda: True)
    asked: list[None] = []
    cool_down(0.01, lambda: bool(asked.append(None)))
    assert asked


def test_a_warm_up_evaluates_a_whole_chunk() -> None:
    engine = open_model(RANDOM_MODEL, 4096)
    warm_up(engine, lambda: False)
    assert engine.complete(WARM_UP).usage.cached_tokens >= 256
    engine.close()
