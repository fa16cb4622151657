"""How a model is opened: what of the machine it uses. It changes speed and memory, not the task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KvType = Literal["f32", "f16", "bf16", "q8_0", "q4_0"]

DEFAULT_BATCH_TOKENS = 256
SMALLEST_BATCH_TOKENS = 16


class OptionError(ValueError):
    """An option has a value that makes no sense, whatever the model; the message says which."""


@dataclass(frozen=True)
class EngineOptions:
    """Options of both engines; each says where only one of them has it.

    Raises OptionError on a value that no engine could use.
    """

    gpu_layers: int | None = None
    """Layers on the GPU; None all. llama.cpp only: MLX has one memory for both."""
    kv_type: KvType = "f16"
    """Numbers in the KV cache. MLX keeps the model's own type unless this is `q8_0` or `q4_0`."""
    flash_attention: bool | None = None
    """None lets llama.cpp choose; off can't be had with a quantized KV cache. llama.cpp only."""
    batch_tokens: int = DEFAULT_BATCH_TOKENS
    """Prompts are evaluated in chunks of so many tokens. Larger is faster on a GPU; a call can be
    cancelled only between two chunks there, and only whole chunks of a prompt are reused."""
    threads: int | None = None
    """CPU threads; None takes the fast cores. llama.cpp only."""
    fast_forward: bool = True
    """Evaluate tokens the grammar forces together with the next chosen one, not one by one."""
    rpc: tuple[str, ...] = ()
    """Servers `host:port` of llama.cpp's RPC that hold a part of the layers. The protocol has
    neither a password nor encryption: only for a network whose every machine is trusted."""
    distributed: bool = False
    """Share every layer with the other processes that `mlx.launch` started. MLX only; as with
    `rpc`, only for a trusted network."""
    wired_limit_bytes: int | None = None
    """Memory MLX may keep from being swapped out; None what the system recommends."""

    def __post_init__(self) -> None:
        if self.batch_tokens < SMALLEST_BATCH_TOKENS:
            raise OptionError(
                f"Batches of {self.batch_tokens} tokens are too small; use at least "
                f"{SMALLEST_BATCH_TOKENS}."
            )
        if self.threads is not None and self.threads < 1:
            raise OptionError(f"{self.threads} threads compute nothing; use at least 1.")
        if self.gpu_layers is not None and self.gpu_layers < 0:
            raise OptionError(
                f"{self.gpu_layers} layers can't be on the GPU; leave the option out for all."
            )
        if self.flash_attention is False and self.kv_type in ("q8_0", "q4_0"):
            raise OptionError(
                f"A KV cache of {self.kv_type} needs flash attention. Leave it on, or choose f16."
            )
        for server in self.rpc:
            host, _, port = server.rpartition(":")
            if not host or not port.isdigit() or not 0 < int(port) < 1 << 16:
                raise OptionError(f"{server!r} names no server; write host:port.")
