"""What each layer of a GGUF model keeps of the tokens it has read.

Follows llama.cpp 0.3.36's memory (`llama_model::create_memory`, `llama_hparams`): which layers have
a key/value cache, of what width, with which window, and which have a recurrent state instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engines.files.gguf_header import Header, Items
from engines.memory.kv_cache import LayerCache

WINDOW_PATTERNS = {
    "afmoe": 4,
    "cohere2": 4,
    "cohere2moe": 4,
    "exaone4": 4,
    "exaone-moe": 4,
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "gpt-oss": 2,
    "laguna": 4,
    "llama4": 4,
    "mellum": 4,
    "muse-glimmer": 4,
    "olmo2": 4,
    "plamo3": 8,
    "smallthinker": 4,
}
"""Every n-th layer attends to all tokens, the others to a window; where the file does not say."""
WINDOW_TOKENS = {
    "exaone4": 4096,
    "exaone-moe": 128,
    "gemma2": 4096,
    "llama4": 8192,
    "smallthinker": 4096,
}
FIRST_LAYER_IS_WHOLE = frozenset({"cohere2moe", "laguna", "smallthinker"})
WINDOWS_IGNORED = frozenset({"phi3", "phimoe"})
SHARED_FROM = {"gemma3n": 20}
"""From this layer on, layers use the cache of an earlier one; where the file does not say."""
BOTH_KINDS = frozenset({"falcon-h1"})
"""Every layer has attention and a state side by side."""
STATE_NUMBER_BYTES = 4  # states are kept in F32
BLOCK = re.compile(r"blk\.(\d+)\.(.+)")
STATE_TENSORS = ("ssm_", "shortconv.", "time_mix_")
LAYER_LIMIT = 512  # LLAMA_MAX_LAYERS


@dataclass(frozen=True)
class _Widths:
    """Numbers per key and value head, in whole layers and in windows."""

    key: int
    value: int
    window_key: int
    window_value: int


def layer_caches(header: Header) -> tuple[LayerCache, ...]:
    """Describe what each layer keeps; layers that only predict further tokens keep nothing."""
    architecture = header.text("general.architecture")
    total = min(header.number(f"{architecture}.block_count"), LAYER_LIMIT)
    ahead = header.number(f"{architecture}.nextn_predict_layers")
    count = max(total - ahead, 0)
    windows = _windows(header, architecture, count)
    stateful = _stateful(header, count)
    heads = header.numbers(f"{architecture}.attention.head_count", count) or (0,) * count
    kv_heads = header.numbers(f"{architecture}.attention.head_count_kv", count) or heads
    widths = _widths(header, architecture)
    latent = header.number(f"{architecture}.attention.key_length_mla") > 0
    state = _state_bytes(header, architecture)
    channels = _state_channels(header, architecture)
    shared_from = _shared_from(header, architecture, count)
    caches: list[LayerCache] = []
    for layer in range(count):
        attends = layer not in stateful or architecture in BOTH_KINDS
        if layer >= shared_from or not attends:
            caches.append(_state(layer, stateful, state, channels))
            continue
        in_window = windows[layer] is not None
        key = widths.window_key if in_window else widths.key
        value = widths.window_value if in_window else widths.value
        caches.append(
            LayerCache(
                key_width=key * kv_heads[layer],
                value_width=0 if latent else value * kv_heads[layer],
                window_tokens=windows[layer],
                state_bytes=state if layer in stateful else 0,
                state_channels=channels if layer in stateful else 0,
            )
        )
    return tuple(caches)


def _state(layer: int, stateful: frozenset[int], size_bytes: int, channels: int) -> LayerCache:
    if layer not in stateful:
        return LayerCache()
    return LayerCache(state_bytes=size_bytes, state_channels=channels)


def _widths(header: Header, architecture: str) -> _Widths:
    heads = header.number(f"{architecture}.attention.head_count")
    even = header.number(f"{architecture}.embedding_length") // heads if heads else 0
    key = header.number(f"{architecture}.attention.key_length") or even
    value = header.number(f"{architecture}.attention.value_length") or even
    return _Widths(
        key=key,
        value=value,
        window_key=header.number(f"{architecture}.attention.key_length_swa") or key,
        window_value=header.number(f"{architecture}.attention.value_length_swa") or value,
    )


def _windows(header: Header, architecture: str, count: int) -> tuple[int | None, ...]:
    """Return the window of each layer in tokens; None for a layer that attends to all."""
    everywhere: tuple[int | None, ...] = (None,) * count
    key = f"{architecture}.attention.sliding_window"
    said = header.number(key)
    if architecture in WINDOWS_IGNORED or (key in header.metadata and said == 0):
        return everywhere
    window = said or WINDOW_TOKENS.get(architecture, 0)
    if window <= 0:
        return everywhere
    pattern_key = f"{architecture}.attention.sliding_window_pattern"
    if isinstance(header.metadata.get(pattern_key), Items):
        flags = header.numbers(pattern_key, count) or ()
        return tuple(window if flag else None for flag in flags)
    period = header.number(pattern_key) or WINDOW_PATTERNS.get(architecture, 0)
    if period <= 0 or (architecture == "exaone4" and count != 64):
        return everywhere
    whole = 0 if architecture in FIRST_LAYER_IS_WHOLE else period - 1
    return tuple(None if layer % period == whole else window for layer in range(count))


def _stateful(header: Header, count: int) -> frozenset[int]:
    """Find the layers with a recurrent state by the tensors they have."""
    found: set[int] = set()
    for tensor in header.tensors:
        named = BLOCK.match(tensor.name)
        if named is not None and named[2].startswith(STATE_TENSORS) and int(named[1]) < count:
            found.add(int(named[1]))
    return frozenset(found)


def _state_bytes(header: Header, architecture: str) -> int:
    """Size of one layer's state: what the convolution remembers, and the state itself.

    `llama_hparams::n_embd_r` and `n_embd_s`.
    """
    embedding = header.number(f"{architecture}.embedding_length")
    kernel = header.number(f"{architecture}.ssm.conv_kernel")
    wkv = header.number(f"{architecture}.wkv.head_size")
    if wkv:
        shifts = header.number(f"{architecture}.token_shift_count") or 2
        return STATE_NUMBER_BYTES * embedding * (shifts + wkv)
    short = header.number(f"{architecture}.shortconv.l_cache")
    if short:
        return STATE_NUMBER_BYTES * embedding * (short - 1)
    head = header.number(f"{architecture}.kda.head_dim")
    if head:
        heads = header.number(f"{architecture}.attention.head_count")
        return STATE_NUMBER_BYTES * heads * head * (3 * max(kernel - 1, 0) + head)
    state = header.number(f"{architecture}.ssm.state_size")
    inner = header.number(f"{architecture}.ssm.inner_size")
    convolution = max(kernel - 1, 0) * _state_channels(header, architecture)
    return STATE_NUMBER_BYTES * (convolution + state * inner)


def _state_channels(header: Header, architecture: str) -> int:
    """Return the numbers per token that go through the convolution of a state-space layer."""
    state = header.number(f"{architecture}.ssm.state_size")
    groups = header.number(f"{architecture}.ssm.group_count")
    return header.number(f"{architecture}.ssm.inner_size") + 2 * groups * state


def _shared_from(header: Header, architecture: str, count: int) -> int:
    """Return the first layer that uses the cache of another."""
    shared = header.number(f"{architecture}.attention.shared_kv_layers")
    return count - shared if shared else min(SHARED_FROM.get(architecture, count), count)
