"""Flash attention is off where a processor computes alone, unless something needs or wants it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engines.files.facts import Facts
from engines.files.model import read_facts
from engines.llama.attention import has_gpu, with_attention
from engines.memory.kv_cache import LayerCache
from engines.options import EngineOptions


@pytest.fixture(scope="module")
def facts(model_path) -> Facts:
    return read_facts(model_path)


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
def test_what_is_chosen_where_nobody_did(facts, gpu, options, chosen):
    assert with_attention(options, facts, gpu=gpu).flash_attention is chosen


def test_windows_are_passed_over_by_flash_attention_alone(facts):
    windowed = replace(facts, caches=(LayerCache(64, 64, window_tokens=512), LayerCache(64, 64)))
    assert with_attention(EngineOptions(), windowed, gpu=False).flash_attention is True
    typed = EngineOptions(flash_attention=False)
    assert with_attention(typed, windowed, gpu=False) == typed


def test_this_machine_is_asked_by_default(facts):
    here = with_attention(EngineOptions(), facts)
    assert here == with_attention(EngineOptions(), facts, gpu=has_gpu())
    assert with_attention(here, facts) == here
