"""What each layer of an MLX model keeps of the tokens it has read: the caches of mlx-lm 0.32.2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, cast

from engines.files.safetensors import Array
from engines.memory.kv_cache import LayerCache

LAYER = re.compile(r"(?:^|\.)(?:layers|blocks|h)\.(\d+)\.(.+)")
LAYER_LIMIT = 512
NUMBER_LIMIT = 1 << 40
DEFAULT_GROUP = 64
WINDOWED = frozenset(
    "afmoe cohere2 exaone4 exaone_moe gemma3 gemma3_text gemma3n gemma4 gemma4_text gpt_oss laguna "
    "llama mellum mimo_v2_flash ministral3 mistral3 olmo3 step3p5".split()
)
"""Model types whose sliding windows mlx-lm honours with a rotating cache."""
WINDOW_PATTERNS = {
    "cohere2": 4,
    "exaone4": 4,
    "gemma3": 6,
    "gemma3_text": 6,
    "gemma4": 5,
    "gemma4_text": 5,
    "gpt_oss": 2,
    "olmo3": 4,
}
"""Every n-th layer attends to all tokens, where the configuration does not list the layers."""
WINDOW_TOKENS = {"gemma3": 512, "gemma3_text": 512}
EXPANDED_LATENT = frozenset({"deepseek_v2", "minicpm3"})
"""Types with latent attention whose cache mlx-lm keeps unfolded, per head."""
STATE_PARTS = ("linear_attn.", "mamba.", "mixer.conv1d", "conv.conv")
ACTIVATION_BYTES = 2
STATE_NUMBER_BYTES = 4


@dataclass(frozen=True)
class Config:
    """A `config.json`; numbers of the language part are found wherever they stand."""

    EXPERTS: ClassVar = ("num_experts", "n_routed_experts", "num_local_experts")
    EXPERTS_USED: ClassVar = ("num_experts_per_tok", "num_experts_per_token", "top_k_experts")

    values: Mapping[str, object]

    @property
    def architecture(self) -> str:
        """The model's type, e.g. `qwen3_moe`."""
        value = self.values.get("model_type")
        return value if isinstance(value, str) else ""

    def number(self, *names: str) -> int:
        """Return the first of several whole numbers that is there; 0 if none is."""
        for values in (self._text, self.values):
            for name in names:
                value = values.get(name)
                if isinstance(value, int) and 0 <= value < NUMBER_LIMIT:
                    return int(value)
        return 0

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, empty if there is none."""
        for values in (self._text, self.values):
            value = values.get(name)
            if isinstance(value, list):
                return tuple(t for t in cast("list[object]", value) if isinstance(t, str))
        return ()

    def packing(self, tensor: str) -> tuple[int, int]:
        """Return bits and group size of a quantized tensor's weights; 0 bits if not quantized."""
        known = self._quantization
        own = known.get(tensor)
        chosen = cast("dict[str, object]", own) if isinstance(own, dict) else known
        bits, group = chosen.get("bits"), chosen.get("group_size")
        return (
            bits if isinstance(bits, int) and 0 < bits <= 32 else 0,
            group if isinstance(group, int) and 0 < group <= 1024 else DEFAULT_GROUP,
        )

    @property
    def packing_mode(self) -> str:
        """How numbers are packed: `affine`, `mxfp4`, …"""
        mode = self._quantization.get("mode", "affine")
        return mode if isinstance(mode, str) else "affine"

    @property
    def _quantization(self) -> Mapping[str, object]:
        return self._object("quantization") or self._object("quantization_config")

    @property
    def _text(self) -> Mapping[str, object]:
        """The part about the language model, if the model has others."""
        return self._object("text_config")

    def _object(self, name: str) -> Mapping[str, object]:
        value = self.values.get(name)
        return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def layer_caches(config: Config, arrays: tuple[Array, ...]) -> tuple[LayerCache, ...]:
    """Describe what each layer keeps; empty if the configuration has no number of layers."""
    count = min(config.number("num_hidden_layers", "n_layers", "n_layer"), LAYER_LIMIT)
    rows: dict[int, dict[str, int]] = {}
    for array in arrays:
        named = LAYER.search(array.name)
        if named is not None and array.shape:
            rows.setdefault(int(named[1]), {})[named[2]] = array.shape[0]
    windows = _windows(config, count)
    shared_from = count - config.number("num_kv_shared_layers")
    return tuple(
        LayerCache()
        if layer >= shared_from
        else _layer(config, rows.get(layer, {}), windows[layer])
        for layer in range(count)
    )


def _layer(config: Config, rows: Mapping[str, int], window: int | None) -> LayerCache:
    state = _state_bytes(config) if any(n.startswith(STATE_PARTS) for n in rows) else 0
    latent = next((n for name, n in rows.items() if "kv_a_proj_with_mqa.weight" in name), 0)
    if latent and config.architecture not in EXPANDED_LATENT:
        return LayerCache(key_width=latent)
    heads = config.number("num_attention_heads")
    if latent:
        rotated = config.number("qk_nope_head_dim") + config.number("qk_rope_head_dim")
        return LayerCache(heads * rotated, heads * config.number("v_head_dim"))
    if state and not any(name.startswith(("self_attn.", "attention.")) for name in rows):
        return LayerCache(state_bytes=state)
    embedding = config.number("hidden_size", "d_model", "n_embd")
    head = config.number("head_dim") or (embedding // heads if heads else 0)
    width = (config.number("num_key_value_heads") or heads) * head
    key = next((n for name, n in rows.items() if name.endswith("k_proj.weight")), width)
    value = next((n for name, n in rows.items() if name.endswith("v_proj.weight")), key)
    return LayerCache(key, value, window, state)


def _windows(config: Config, count: int) -> tuple[int | None, ...]:
    everywhere: tuple[int | None, ...] = (None,) * count
    kind = config.architecture
    window = config.number("sliding_window", "sliding_window_size") or WINDOW_TOKENS.get(kind, 0)
    if kind not in WINDOWED or not window:
        return everywhere
    types = config.texts("layer_types")
    if types:
        types += ("full_attention",) * (count - len(types))
        return tuple(window if t == "sliding_attention" else None for t in types[:count])
    period = config.number("sliding_window_pattern") or WINDOW_PATTERNS.get(kind, 0)
    if not period:
        return everywhere
    return tuple(None if layer % period == period - 1 else window for layer in range(count))


def _state_bytes(config: Config) -> int:
    """Size of one layer's recurrent state: gated delta nets, else Mamba's."""
    value_heads = config.number("linear_num_value_heads")
    kernel = config.number("linear_conv_kernel_dim", "mamba_d_conv", "conv_kernel", "conv_L_cache")
    if value_heads:
        key_width = config.number("linear_key_head_dim")
        value_width = config.number("linear_value_head_dim")
        channels = 2 * config.number("linear_num_key_heads") * key_width + value_heads * value_width
        states = value_heads * key_width * value_width
    else:
        inner = config.number("mamba_n_heads", "mamba_num_heads") * config.number(
            "mamba_d_head", "mamba_head_dim"
        )
        width = config.number("mamba_d_state", "ssm_state_size")
        channels = inner + 2 * config.number("mamba_n_groups", "n_groups") * width
        states = inner * width
        channels = channels or config.number("hidden_size")
    return ACTIVATION_BYTES * max(kernel - 1, 0) * channels + STATE_NUMBER_BYTES * states
