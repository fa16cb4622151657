"""Facts of a model on disk, the same for every format; read without loading it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engines.memory.kv_cache import LayerCache
from engines.protocol import ModelFileError

Kind = Literal["model", "adapter", "projector", "embedding", "other"]
"""`model` writes text; `adapter` (LoRA) and `projector` (images) only add to one; `embedding`
turns texts into vectors; `other` is anything else: vocabularies, diffusion, speech."""
NOT_USABLE: Mapping[Kind, str] = {
    "adapter": "It only changes another model (LoRA). Choose the model itself.",
    "projector": "It only shows images to another model. Choose the model itself.",
    "embedding": "It turns texts into vectors and can't write. Choose a model that writes text.",
    "other": "It holds no model that writes text.",
}
"""Why what is no `model` can't be run."""

REASONING_MARKS = (
    "<think>",
    "</think>",
    "enable_thinking",
    "reasoning_content",
    "reasoning_effort",
    "<|channel|>analysis",
    "<|START_THINKING|>",
    "<seed:think>",
    "[THINK]",
)
"""What chat templates of models that think before they answer contain; those of others do not."""


@dataclass(frozen=True)
class Facts:
    """What a model's files say about it; 0 or None where they are silent."""

    name: str
    format: Literal["gguf", "mlx"]
    kind: Kind
    architecture: str
    parameters: int
    active_parameters: int
    """Those that take part in one token: with experts, only as many of them as are used."""
    quantization: str
    """GGUF: file type as llama.cpp names it (`Q4_K_M`). MLX: `4-bit`, else the number type."""
    context_train_tokens: int
    layers: int
    embedding: int
    feed_forward: int
    """Widest hidden layer of a token: of the dense feed-forward, or of its experts together."""
    heads: int
    kv_heads: int
    """Largest number of key/value heads of a layer."""
    experts: int
    experts_used: int
    vocabulary: int
    tokenizer: str
    tensor_bytes: int
    """Weights that are loaded."""
    size_bytes: int
    """All files with weights together."""
    files: tuple[Path, ...]
    """What the model's hash is of, in this order: the parts of a GGUF model, or an MLX model's
    configuration and weights."""
    chat_template: str | None
    license: str | None
    caches: tuple[LayerCache, ...]
    """What each layer keeps of the tokens it has read."""
    program: str | None = None
    """Program in the model's folder that it wants to be run by; it never is."""

    @property
    def reasoning(self) -> bool:
        """Whether the chat template knows thoughts before the answer."""
        template = self.chat_template or ""
        return any(mark in template for mark in REASONING_MARKS)

    def require_usable(self, path: Path) -> None:
        """Refuse what can't write text, or only by a program that it brings along.

        Raises ModelFileError.
        """
        if self.kind in NOT_USABLE:
            raise ModelFileError(f"{path} can't be run. {NOT_USABLE[self.kind]}")
        if self.program is not None:
            raise ModelFileError(
                f"The model in {path} wants to be run by its program {self.program}. Sixfold "
                "never runs a model's code; choose another model."
            )
