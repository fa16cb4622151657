"""Fill forms with a GGUF model: llama.cpp's scores in the loop of `engines.decoding.decode`."""

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
from engines.llama.attention import with_attention
from engines.llama.native import NativeModel
from engines.memory import device
from engines.options import EngineOptions

ONE_THREAD_BYTES = 64 << 20
"""Models smaller than this are faster on one thread than on several that wait for each other."""


class LlamaEngine(TokenEngine):
    """A GGUF model that fills forms; see `engines.protocol.Engine`."""

    def __init__(
        self,
        path: Path,
        context_tokens: int | None = None,
        options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
        facts: Facts | None = None,
    ) -> None:
        """Load a model; see `engines.open.open_model`.

        Raises ModelFileError, ContextError, OptionError, or EngineError if this llama.cpp or a
        server lacks what an option needs.
        """
        options.require("gguf", path.name)
        facts = facts or read_facts(path)
        context = choose_context(path.name, facts.context_train_tokens, context_tokens)
        threads = options.threads
        if threads is None:
            small = facts.tensor_bytes < ONE_THREAD_BYTES
            threads = 1 if small else device.performance_cores()
        model = NativeModel(path, context, threads, with_attention(options, facts))
        think = find_format(facts.chat_template, partial(is_one_token, model))
        chat = ChatFormat(facts.chat_template, model.begin_text(), model.end_text(), think)
        info = model_info(
            path, facts, chat, vocabulary=facts.vocabulary, package="llama-cpp-python"
        )
        super().__init__(model, chat, info, fast_forward=options.fast_forward)
