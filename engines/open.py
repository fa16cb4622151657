"""Open a model on disk with the engine that can run it."""

from __future__ import annotations

from pathlib import Path

from engines.llama import LlamaEngine
from engines.protocol import Engine


def open_model(path: Path, context_tokens: int | None = None) -> Engine:
    """Open a GGUF model file.

    `context_tokens` None chooses a size that suits the model. Raises ModelFileError if the file
    can't be used, ContextError if the context is too small, too large or does not fit into memory;
    both say what to do.
    """
    return LlamaEngine(path, context_tokens)
