"""Fill forms with an MLX model: mlx-lm's scores in the loop of `engines.decoding.decode`.

Importing this takes seconds and needs mlx-lm; `engines.open` does so only for an MLX folder. Runs
on Apple GPUs, and on the CPU of Linux, where only small models of float32 are fast enough.
"""

from __future__ import annotations

import importlib.metadata
from functools import partial
from pathlib import Path

from engines.chat.templates import ChatFormat
from engines.chat.thinking import find_format
from engines.decoding.decode import TokenEngine, context_size, is_one_token
from engines.files.mlx_folder import read_facts, require_no_code, sha256_of
from engines.mlx.native import MlxModel
from engines.mlx.text import special_text
from engines.options import EngineOptions
from engines.protocol import ModelInfo


class MlxEngine(TokenEngine):
    """An MLX model that fills forms; see `engines.protocol.Engine`."""

    def __init__(
        self,
        path: Path,
        context_tokens: int | None = None,
        options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    ) -> None:
        """Load a model's folder.

        `context_tokens` None means 8192, or what the model was trained for if that is less.
        Raises ModelFileError, ContextError, OptionError, or EngineError if the processes to share
        the model with are not there.
        """
        options.require("mlx", path.name)
        known = read_facts(path)
        known.require_writer(path)
        require_no_code(path)
        context_tokens = context_size(known.name, known.context_train_tokens, context_tokens)
        begin, end = (special_text(path, name) for name in ("bos_token", "eos_token"))
        model = MlxModel(path, context_tokens, options)
        think = find_format(known.chat_template, partial(is_one_token, model))
        chat = ChatFormat(known.chat_template, begin, end, think)
        info = ModelInfo(
            name=known.name,
            path=str(path),
            sha256=sha256_of(path),
            format="mlx",
            architecture=known.architecture,
            parameters=known.parameters,
            quantization=known.quantization,
            context_train_tokens=known.context_train_tokens,
            vocabulary=model.vocabulary,
            size_bytes=known.size_bytes,
            chat_template=chat.has_template,
            engine=f"mlx-lm {importlib.metadata.version('mlx-lm')}",
            license=known.license,
            tools=chat.offers_tools,
            thinks=think is not None,
        )
        super().__init__(model, chat, info, fast_forward=options.fast_forward)
