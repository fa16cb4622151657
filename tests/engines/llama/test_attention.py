"""Flash attention is off where a processor computes alone, unless something needs it."""

from __future__ import annotations

import pytest

from engines.llama.attention import has_gpu, with_attention
from engines.options import EngineOptions


@pytest.mark.parametrize(
    ("gpu", "options", "chosen"),
    [
        (False, EngineOptions(), False),
        (False, EngineOptions(gpu_layers=0), False),
        (False, EngineOptions(kv_type="f32"), False),
        (False, EngineOptions(kv_type="q8_0"), True),
        (False, EngineOptions(flash_attention=True), True),
        (False, EngineOptions(rpc=("10.0.0.7:50052",)), None),
        (True, EngineOptions(), None),
        (True, EngineOptions(gpu_layers=10), None),
        (True, EngineOptions(gpu_layers=0), False),
        (True, EngineOptions(kv_type="q4_0"), True),
        (True, EngineOptions(flash_attention=False), False),
    ],
)
def test_what_is_chosen_where_nobody_did(gpu, options, chosen):
    assert with_attention(options, gpu=gpu).flash_attention is chosen


def test_this_machine_is_asked_by_default():
    here = with_attention(EngineOptions())
    assert here == with_attention(EngineOptions(), gpu=has_gpu())
    assert with_attention(here) == here
