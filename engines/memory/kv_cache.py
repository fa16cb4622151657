"""What a model keeps of the tokens it has read, layer by layer, and how many bytes that is.

Attention keeps keys and values of every token; a sliding window only of the latest; latent
attention (DeepSeek's MLA) one short vector; layers that share a cache, nothing; linear attention
and state-space layers a state of fixed size. One formula for all layers would be up to twice too
high on models that mix them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engines.options import LLAMA_DEFAULT_KV_TYPE, KvType

LLAMA_NUMBER_BYTES: dict[KvType, Fraction] = {
    "f32": Fraction(4),
    "f16": Fraction(2),
    "bf16": Fraction(2),
    # Blocks of 32 numbers with their scale.
    "q8_0": Fraction(34, 32),
    "q4_0": Fraction(18, 32),
}
MLX_NUMBER_BYTES: dict[KvType, Fraction] = {
    # Groups of 32 numbers with a scale and an offset of two bytes each.
    "q8_0": Fraction(36, 32),
    "q4_0": Fraction(20, 32),
}
CELL_STEP = 256
"""Both llama.cpp and mlx-lm make room for tokens in steps of this many."""


@dataclass(frozen=True)
class LayerCache:
    """What one layer keeps. A layer that keeps nothing has all zeros."""

    key_width: int = 0
    """Numbers a token leaves among the keys (all heads together)."""
    value_width: int = 0
    window_tokens: int | None = None
    """Only this many of the latest tokens are looked at; None for all."""
    state_bytes: int = 0
    """Size of a recurrent state, whatever the number of tokens."""
    state_channels: int = 0
    """Numbers per token that enter a recurrent layer; they only take room while it computes."""

    @property
    def kind(self) -> str:
        """What the layer does with the past, in a word."""
        if self.key_width:
            kind = "latent" if not self.value_width else "attention"
            kind = kind if self.window_tokens is None else "window"
            return f"{kind} and state" if self.state_bytes else kind
        return "state" if self.state_bytes else "none"


def cells(tokens: int) -> int:
    """Round a number of tokens up to the step in which room is made."""
    return -(-tokens // CELL_STEP) * CELL_STEP


def number_bytes(
    model_format: Literal["gguf", "mlx"], quantization: str, kv_type: KvType | None
) -> Fraction:
    """Return the bytes of one number in the cache; MLX keeps the type that the model computes in.

    Models of full precision compute in four bytes, all others in two.
    """
    if model_format == "gguf":
        return LLAMA_NUMBER_BYTES[kv_type or LLAMA_DEFAULT_KV_TYPE]
    if kv_type in MLX_NUMBER_BYTES:
        return MLX_NUMBER_BYTES[kv_type]
    return Fraction(4 if quantization == "F32" else 2)


def cache_bytes(
    layers: Iterable[LayerCache],
    context_tokens: int,
    bytes_per_number: Fraction,
    *,
    chunk_tokens: int,
    keep_windows_whole: bool,
    lanes: int = 1,
) -> int:
    """Add up the bytes of all layers for a full context.

    A window needs room for the chunk that is being read besides its own tokens.
    `keep_windows_whole` is how our llama.cpp engine runs: windows keep every token, so that any
    prefix can be reused. `lanes` are sequences side by side, each with a whole context.
    """
    all_cells = cells(context_tokens * lanes)
    numbers = 0
    states = 0
    for layer in layers:
        held = all_cells
        if layer.window_tokens is not None and not keep_windows_whole:
            held = min(all_cells, cells(layer.window_tokens + chunk_tokens))
        numbers += held * (layer.key_width + layer.value_width)
        states += layer.state_bytes * lanes
    return int(numbers * bytes_per_number) + states
