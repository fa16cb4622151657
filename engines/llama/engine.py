"""Fill forms with a GGUF model: llama.cpp's scores in the loop of `engines.decoding.decode`."""

from __future__ import annotations

import importlib.metadata
from functools import partial
from pathlib import Path

from engines.chat.templates import ChatFormat
from engines.chat.thinking import find_format
from engines.decoding.decode import TokenEngine, context_size, is_one_token
from engines.files.gguf import facts, read_header, sha256_of
from engines.llama.native import NativeModel
from engines.memory import device
from engines.options import EngineOptions
from engines.protocol import ModelInfo

ONE_THREAD_BYTES = 64 << 20
"""Models smaller than this are faster on one thread than on several that wait for each other."""


class LlamaEngine(TokenEngine):
    """A GGUF model that fills forms; see `engines.protocol.Engine`."""

    def __init__(
        self,
        path: Path,
        context_tokens: int | None = None,
        options: EngineOptions = EngineOptions(),  # noqa: B008 - frozen
    ) -> None:
        """Load a model.

        `context_tokens` None means 8192, or what the model was trained for if that is less.
        Raises ModelFileError, ContextError, OptionError, or EngineError if this llama.cpp or a
        server lacks what an option needs.
        """
        options.require("gguf", path.name)
        known = facts(read_header(path), path)
        known.require_writer(path)
        context_tokens = context_size(path.name, known.context_train_tokens, context_tokens)
        threads = options.threads
        if threads is None:
            small = known.tensor_bytes < ONE_THREAD_BYTES
            threads = 1 if small else device.performance_cores()
        model = NativeModel(path, context_tokens, threads, options)
        think = find_format(known.chat_template, partial(is_one_token, model))
        chat = ChatFormat(known.chat_template, model.begin_text(), model.end_text(), think)
        info = ModelInfo(
            name=known.name,
            path=str(path),
            sha256=sha256_of(path),
            format="gguf",
            architecture=known.architecture,
            parameters=known.parameters,
            quantization=known.quantization,
            context_train_tokens=known.context_train_tokens,
            vocabulary=known.vocabulary,
            size_bytes=known.size_bytes,
            chat_template=chat.has_template,
            engine=f"llama-cpp-python {importlib.metadata.version('llama-cpp-python')}",
            license=known.license,
            tools=chat.offers_tools,
            thinks=think is not None,
        )
        super().__init__(model, chat, info, fast_forward=options.fast_forward)
