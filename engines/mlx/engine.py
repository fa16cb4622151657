"""Fill forms with an MLX model: mlx-lm's scores in the loop of `engines.decoding.decode`.

Importing this takes seconds and needs mlx-lm; `engines.open` does so only for an MLX folder. Runs
on Apple GPUs, and on the CPU of Linux, where only small models of float32 are fast enough.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from engines.chat.templates import ChatFormat
from engines.chat.thinking import find_format
from engines.context import choose_context
from engines.decoding.decode import TokenEngine, model_info
from engines.decoding.token_model import is_one_token
from engines.files.facts import Facts
from engines.files.model import read_facts
from engines.mlx.native import MlxModel
from engines.mlx.text import special_text
from engines.options import EngineOptions


class MlxEngine(TokenEngine):
    """An MLX model that fills forms; see `engines.protocol.Engine`."""

    def __init__(
        self,
        path: Path,
        context_tokens: int | None = None,
        options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
        facts: Facts | None = None,
    ) -> None:
        """Load a model's folder; see `engines.open.open_model`.

        Raises ModelFileError, ContextError, OptionError, or EngineError if the processes to share
        the model with are not there.
        """
        options.require("mlx", path.name)
        facts = facts or read_facts(path)
        context = choose_context(facts.name, facts.context_train_tokens, context_tokens)
        begin, end = (special_text(path, name) for name in ("bos_token", "eos_token"))
        model = MlxModel(path, context, options)
        think = find_format(facts.chat_template, partial(is_one_token, model))
        chat = ChatFormat(facts.chat_template, begin, end, think)
        info = model_info(path, facts, chat, vocabulary=model.vocabulary, package="mlx-lm")
        super().__init__(model, chat, info, fast_forward=options.fast_forward)
