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


@pytest.mark.parametrize(
    ("kv_heads", "cache", "chosen"),
    [
        (8, LayerCache(8 * 128, 8 * 128), False),
        (8, LayerCache(8 * 128, 8 * 128, window_tokens=512), True),
        (4, LayerCache(4 * 256, 4 * 256), True),
        (1, LayerCache(576), True),
    ],
    ids=["128", "128 in windows", "256", "latent"],
)
def test_wide_heads_and_windows_are_as_fast_fused(facts, kv_heads, cache, chosen):
    wide = replace(facts, kv_heads=kv_heads, caches=(cache, LayerCache(state_bytes=64)))
    assert with_attention(EngineOptions(), wide, gpu=False).flash_attention is chosen
    typed = EngineOptions(flash_attention=not chosen)
    assert with_attention(typed, wide, gpu=False) == typed


def test_this_machine_is_asked_by_default(facts):
    here = with_attention(EngineOptions(), facts)
    assert here == with_attention(EngineOptions(), facts, gpu=has_gpu())
    assert with_attention(here, facts) == here
