"""Whether attention is computed by one fused step (flash attention), where nobody chose.

Fused, the scores of all tokens are never held at once, which saves memory anywhere and time on a
GPU. On a processor llama.cpp's fused step takes one token of the cache after the other, and matrix
products are faster, but where heads are wide or tokens are hidden by windows, which the fused step
passes over: docs/measured/engines.md.
"""

from __future__ import annotations

import functools
from dataclasses import replace

import llama_cpp as native

from engines.files.facts import Facts
from engines.options import QUANTIZED_KV_TYPES, EngineOptions

WIDE_HEAD = 256
"""Numbers of a key from which on the fused step is no slower on a processor."""


@functools.cache
def has_gpu() -> bool:
    """Whether this llama.cpp can compute on a GPU of this machine."""
    return bool(native.llama_supports_gpu_offload())


def with_attention(
    options: EngineOptions, facts: Facts, *, gpu: bool | None = None
) -> EngineOptions:
    """Return the options with flash attention chosen for a GGUF model, where they leave it open.

    A quantized cache needs it, and a processor alone is faster without, unless the model has
    wide heads or windows. With a GPU, or with layers
    on other machines, the choice stays llama.cpp's (None), which is on wherever it can be. `gpu`
    None asks this machine.
    """
    if options.flash_attention is not None:
        return options
    if options.kv_type in QUANTIZED_KV_TYPES:
        return replace(options, flash_attention=True)
    offloads = has_gpu() if gpu is None else gpu
    if options.rpc or (offloads and options.gpu_layers != 0):
        return options
    widest = max((cache.key_width for cache in facts.caches), default=0) // max(facts.kv_heads, 1)
    windows = any(cache.window_tokens for cache in facts.caches)
    return replace(options, flash_attention=widest >= WIDE_HEAD or windows)
