"""Load a model with llama.cpp and make its context; what the library logs is kept and quoted."""

from __future__ import annotations

import collections
import ctypes
from pathlib import Path
from typing import Any

import llama_cpp as native

from engines.llama import rpc
from engines.options import LLAMA_DEFAULT_KV_TYPE, EngineOptions, KvType, OptionError
from engines.protocol import ContextError, ModelFileError
from engines.remedy import Remedy

ALL_LAYERS = -1
LOG_ERROR = 4  # GGML_LOG_LEVEL_ERROR
LOG_LINES = 200
GGML_TYPE_BF16 = 30  # the bindings have no name for it
KV_TYPES: dict[KvType, int] = {
    "f32": native.GGML_TYPE_F32,
    "f16": native.GGML_TYPE_F16,
    "bf16": GGML_TYPE_BF16,
    "q8_0": native.GGML_TYPE_Q8_0,
    "q4_0": native.GGML_TYPE_Q4_0,
}
FLASH_ATTENTION = {
    None: native.LLAMA_FLASH_ATTN_TYPE_AUTO,
    False: native.LLAMA_FLASH_ATTN_TYPE_DISABLED,
    True: native.LLAMA_FLASH_ATTN_TYPE_ENABLED,
}

log: collections.deque[str] = collections.deque(maxlen=LOG_LINES)
"""The latest errors the library logged; cleared before a call whose failure is to be quoted."""


@native.llama_log_callback
def _keep_log(level: int, text: bytes, _data: object) -> None:
    if level == LOG_ERROR:
        log.append(text.decode("utf-8", "replace").rstrip())


# The package prints the library's log to stderr; here it is kept and quoted when something fails.
native.llama_log_set(_keep_log, ctypes.c_void_p(0))


def logged_error() -> str:
    """Return the first error the library logged since `log` was cleared."""
    return log[0] if log else "llama.cpp names no reason"


def load_model(path: Path, options: EngineOptions) -> Any:
    """Load a model's weights, and return the library's handle.

    Raises ModelFileError if llama.cpp refuses the file, OptionError or EngineError if it lacks an
    option.
    """
    log.clear()
    native.llama_backend_init()
    for server in options.rpc:
        rpc.add_server(server)
    settings = native.llama_model_default_params()
    if options.gpu_layers and not native.llama_supports_gpu_offload():
        raise OptionError(
            f"{options.gpu_layers} layers can't be on a GPU: this llama.cpp computes on the CPU "
            "only.",
            Remedy("gpu_layers", "omit"),
        )
    settings.n_gpu_layers = ALL_LAYERS if options.gpu_layers is None else options.gpu_layers
    # Weights stay as they are in the file. Repacked for AMX they crash the process where the
    # library was built by GCC 12, which drops most of the tile configuration.
    settings.use_extra_bufts = False
    model: Any = native.llama_model_load_from_file(str(path).encode(), settings)
    if not model:
        raise ModelFileError(
            f"llama.cpp can't load {path}: {logged_error()}. Choose another model or quantization."
        )
    return model


def make_context(
    model: Any, context_tokens: int, threads: int, options: EngineOptions, abort: Any
) -> Any:
    """Make room for `context_tokens` tokens in each lane, and return the library's handle.

    The library asks `abort` between the steps of a batch. Raises ContextError if there is not
    enough memory; the model is freed then.
    """
    settings = native.llama_context_default_params()
    settings.n_ctx = context_tokens * options.lanes
    settings.n_seq_max = options.lanes
    settings.kv_unified = True  # what lanes share is held once
    settings.n_batch = settings.n_ubatch = options.batch_tokens
    settings.n_outputs_max = options.lanes  # one token's logits for each; saves hundreds of MB
    settings.n_threads = settings.n_threads_batch = threads
    kv_type = options.kv_type or LLAMA_DEFAULT_KV_TYPE
    settings.type_k = settings.type_v = KV_TYPES[kv_type]
    settings.flash_attn_type = FLASH_ATTENTION[options.flash_attention]
    settings.swa_full = True  # sliding windows keep all tokens, so that a prefix can be reused
    settings.abort_callback = abort
    context: Any = native.llama_init_from_model(model, settings)
    if not context:
        native.llama_model_free(model)
        raise ContextError(
            f"There is not enough memory for {options.lanes} x {context_tokens} tokens of "
            f"context in {kv_type} ({logged_error()}).",
            Remedy("context_tokens", "lower"),
            Remedy("parallel", "lower"),
        )
    return context
