"""How a model is opened: what of the machine it uses. It changes speed and memory, not the task."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Literal

from engines.protocol import EngineError

KvType = Literal["f32", "f16", "bf16", "q8_0", "q4_0"]

DEFAULT_BATCH_TOKENS = 256
SMALLEST_BATCH_TOKENS = 16
MAX_PARALLEL = 16
"""As many as the smallest batch has room for; beyond 8 little is gained."""
LLAMA_DEFAULT_KV_TYPE: KvType = "f16"
QUANTIZED_KV_TYPES: tuple[KvType, ...] = ("q8_0", "q4_0")
ONLY_LLAMA = {
    "gpu_layers": "--gpu-layers: MLX has one memory for all layers",
    "flash_attention": "--flash-attention: MLX always computes attention that way",
    "threads": "--threads: MLX chooses them itself",
    "parallel": "--parallel: with MLX one form is filled after another",
    "rpc": "--rpc: an MLX model is shared between machines by mlx.launch and --distributed",
}
"""Options that an MLX model can't be opened with, and why."""
ONLY_MLX = {
    "wired_limit_bytes": "--wired-limit: llama.cpp has no such limit",
    "distributed": "--distributed: a GGUF model is shared between machines by --rpc",
}
SAME_ANSWERS = ("wired_limit_bytes",)
"""Options that change no sum and no rounding."""


class OptionError(EngineError):
    """An option has a value that makes no sense, or that the model's engine can't honour."""


@dataclass(frozen=True)
class EngineOptions:
    """Options of both engines; each says where only one of them has it.

    None leaves a choice to the engine. Raises OptionError on a value that no engine could use.
    """

    gpu_layers: int | None = None
    """Layers on the GPU; None all. llama.cpp only: MLX has one memory for both."""
    kv_type: KvType | None = None
    """Numbers in the KV cache; None is f16 in llama.cpp and the model's own type in MLX, which can
    only be asked for `q8_0` and `q4_0`."""
    flash_attention: bool | None = None
    """None lets llama.cpp choose; off can't be had with a quantized KV cache. llama.cpp only."""
    batch_tokens: int = DEFAULT_BATCH_TOKENS
    """Prompts are evaluated in chunks of so many tokens. Larger is faster on a GPU; a call can be
    cancelled only between two chunks there, and only whole chunks of a prompt are reused."""
    threads: int | None = None
    """CPU threads; None takes the fast cores. llama.cpp only."""
    fast_forward: bool = True
    """Evaluate tokens the grammar forces together with the next chosen one, not one by one."""
    parallel: int = 1
    """Forms that are filled side by side, each with a whole context of its own. It changes what is
    in a batch and so, by rounding, the answers. llama.cpp only."""
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
                f"--batch {SMALLEST_BATCH_TOKENS}."
            )
        if not 1 <= self.parallel <= MAX_PARALLEL:
            raise OptionError(
                f"{self.parallel} forms can't be filled side by side; use --parallel 1 to "
                f"{MAX_PARALLEL}."
            )
        if self.threads is not None and self.threads < 1:
            raise OptionError(f"{self.threads} threads compute nothing; use at least --threads 1.")
        if self.gpu_layers is not None and self.gpu_layers < 0:
            raise OptionError(
                f"{self.gpu_layers} layers can't be on the GPU; leave --gpu-layers out for all."
            )
        if self.flash_attention is False and self.kv_type in QUANTIZED_KV_TYPES:
            raise OptionError(
                f"A KV cache of {self.kv_type} needs flash attention. Leave it on, or choose "
                "--kv-type f16."
            )
        for server in self.rpc:
            host, _, port = server.rpartition(":")
            if not host or not port.isdigit() or not 0 < int(port) < 1 << 16:
                raise OptionError(f"{server!r} names no server; write --rpc host:port.")

    def require(self, model_format: Literal["gguf", "mlx"], name: str) -> None:
        """Refuse what the engine of a model's format can't honour. Raises OptionError."""
        refused = ONLY_MLX if model_format == "gguf" else ONLY_LLAMA
        kind = "a GGUF" if model_format == "gguf" else "an MLX"
        for option in sorted(self.chosen().keys() & refused.keys()):
            raise OptionError(
                f"{name} is {kind} model and can't be opened with {refused[option]}. "
                "Leave the option out."
            )
        if model_format == "mlx" and self.kv_type not in (None, *QUANTIZED_KV_TYPES):
            raise OptionError(
                f"{name} is an MLX model: its KV cache has the model's own type, or "
                f"{' or '.join(QUANTIZED_KV_TYPES)}, but not {self.kv_type}. "
                "Choose one of them, or leave --kv-type out."
            )

    def chosen(self) -> dict[str, int | str | bool]:
        """List what differs from the defaults.

        Servers are counted, not named: an address can tell whose machine it is.
        """
        values = asdict(self) | {"rpc": len(self.rpc)}
        return {
            field.name: values[field.name]
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }

    def answers_key(self) -> str:
        """Name what changes the last digits of the scores, and so may change answers; else ``."""
        chosen = self.chosen()
        return " ".join(
            f"{name}={chosen[name]}" for name in sorted(chosen) if name not in SAME_ANSWERS
        )
