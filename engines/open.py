"""Open a model on disk with the engine that can run it."""

from __future__ import annotations

from pathlib import Path

from engines.files.facts import Facts
from engines.files.model import read_facts
from engines.llama.engine import LlamaEngine
from engines.options import EngineOptions
from engines.protocol import Engine, EngineError


def open_model(
    path: Path,
    context_tokens: int | None = None,
    options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    facts: Facts | None = None,
) -> Engine:
    """Open a GGUF model file with llama.cpp, or an MLX model's folder with mlx-lm.

    `context_tokens` None takes the default; `facts` is what was read of the model before, None has
    it read. Raises ModelFileError if the model can't be used, ContextError if the context is too
    small, too large or does not fit into memory, EngineError if an option can't be had.
    """
    facts = facts or read_facts(path)
    if facts.format == "gguf":
        return LlamaEngine(path, context_tokens, options, facts)
    try:
        # Only here: the import takes seconds, and not every machine has MLX.
        from engines.mlx.engine import MlxEngine
    except ImportError as error:
        raise EngineError(
            f"{path} is an MLX model, but MLX is not installed here ({error}). "
            "Run make setup, or choose a GGUF model."
        ) from error
    return MlxEngine(path, context_tokens, options, facts)
