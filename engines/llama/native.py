"""llama.cpp in this process: one model, one context, sequences of tokens side by side.

A thin guard over llama-cpp-python's ctypes functions that turns return codes into errors. No
grammar, no sampling, no text formats here. The context is never shifted: what does not fit is
refused, since a model that silently forgets the head of its prompt fills forms about nothing.
"""

from __future__ import annotations

import collections
import ctypes
import os
from pathlib import Path
from typing import Any

# A failed assertion inside ggml starts a debugger to print a trace; in two threads at once that
# hangs the process for minutes. Must be set before the library is loaded.
os.environ.setdefault("GGML_NO_BACKTRACE", "1")

import llama_cpp as native
import numpy as np
from llguidance import LLTokenizer
from numpy.typing import NDArray

from engines.decoding.lanes import TokenLanes
from engines.decoding.sequence import Row
from engines.grammar.grammar import MASK_SLICES
from engines.llama import rpc
from engines.options import LLAMA_DEFAULT_KV_TYPE, EngineOptions, KvType, OptionError
from engines.protocol import Cancelled, ContextError, DecodeError, ModelFileError

ALL_LAYERS = -1
ALL: Any = -1  # every position; the bindings type it as a ctypes number
LOG_ERROR = 4  # GGML_LOG_LEVEL_ERROR
LOG_LINES = 200
DECODE_ABORTED = 2
DECODE_NO_ROOM = 1
GGML_TYPE_BF16 = 30  # the bindings have no name for it
RECURRENT_LAYERS: Any = native.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
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

_log: collections.deque[str] = collections.deque(maxlen=LOG_LINES)


@native.llama_log_callback
def _keep_log(level: int, text: bytes, _data: object) -> None:
    if level == LOG_ERROR:
        _log.append(text.decode("utf-8", "replace").rstrip())


# The package prints the library's log to stderr; here it is kept and quoted when something fails.
native.llama_log_set(_keep_log, ctypes.c_void_p(0))


def _logged_error() -> str:
    """Return the first error the library logged since `_log` was cleared."""
    return _log[0] if _log else "llama.cpp gives no reason"


class NativeModel(TokenLanes[bytes]):
    """A loaded model and its context. Not to be used from two threads, nor after `close`."""

    def __init__(
        self, path: Path, context_tokens: int, threads: int, options: EngineOptions
    ) -> None:
        """Load the model and make room for `context_tokens` tokens in each lane.

        Raises ModelFileError if llama.cpp refuses the file, ContextError if the context does not
        fit into memory, EngineError if this llama.cpp lacks an option.
        """
        super().__init__(options.batch_tokens, options.lanes)
        _log.clear()
        native.llama_backend_init()
        for server in options.rpc:
            rpc.add_server(server)
        settings = native.llama_model_default_params()
        if options.gpu_layers and not native.llama_supports_gpu_offload():
            raise OptionError(
                f"{options.gpu_layers} layers can't be on a GPU: this llama.cpp computes on the "
                "CPU only. Leave --gpu-layers out."
            )
        settings.n_gpu_layers = ALL_LAYERS if options.gpu_layers is None else options.gpu_layers
        # Weights stay as they are in the file. Repacked for AMX they crash the process where the
        # library was built by GCC 12, which drops most of the tile configuration.
        settings.use_extra_bufts = False
        self._model: Any = native.llama_model_load_from_file(str(path).encode(), settings)
        if not self._model:
            raise ModelFileError(
                f"llama.cpp can't load {path}: {_logged_error()}. "
                "Choose another model or quantization."
            )
        self._abort: Any = native.ggml_abort_callback(self._should_abort)
        context = native.llama_context_default_params()
        context.n_ctx = context_tokens * options.lanes
        context.n_seq_max = options.lanes
        context.kv_unified = True  # what lanes share is held once
        context.n_batch = context.n_ubatch = options.batch_tokens
        context.n_outputs_max = options.lanes  # one token's logits for each; saves hundreds of MB
        context.n_threads = context.n_threads_batch = threads
        kv_type = options.kv_type or LLAMA_DEFAULT_KV_TYPE
        context.type_k = context.type_v = KV_TYPES[kv_type]
        context.flash_attn_type = FLASH_ATTENTION[options.flash_attention]
        context.swa_full = True  # sliding windows keep all tokens, so that a prefix can be reused
        context.abort_callback = self._abort
        self._context: Any = native.llama_init_from_model(self._model, context)
        if not self._context:
            native.llama_model_free(self._model)
            raise ContextError(
                f"There is not enough memory for {options.lanes} x {context_tokens} tokens of "
                f"context in {kv_type} ({_logged_error()}). Choose a smaller --context or "
                "--parallel."
            )
        self._vocab: Any = native.llama_model_get_vocab(self._model)
        self._memory: Any = native.llama_get_memory(self._context)
        self._batch = native.llama_batch_init(options.batch_tokens, 0, 1)
        for index in range(options.batch_tokens):
            self._batch.n_seq_id[index] = 1
        self._batch_token = _view(self._batch.token, ctypes.c_int32, options.batch_tokens)
        self._batch_position = _view(self._batch.pos, ctypes.c_int32, options.batch_tokens)
        self._batch_output = _view(self._batch.logits, ctypes.c_int8, options.batch_tokens)
        self._scored: dict[int, int] = {}
        """Lane → place in the last batch of the token that it has scores after."""
        recurrent = native.llama_model_is_recurrent(self._model)
        self._has_recurrent_layers = recurrent or native.llama_model_is_hybrid(self._model)
        self.context_tokens = context_tokens
        self.vocabulary: int = native.llama_vocab_n_tokens(self._vocab)
        control = native.LLAMA_TOKEN_ATTR_CONTROL | native.LLAMA_TOKEN_ATTR_UNKNOWN
        attributes = [native.llama_vocab_get_attr(self._vocab, t) for t in range(self.vocabulary)]
        self.control_tokens = tuple(t for t, a in enumerate(attributes) if a & control)
        self.end_tokens = frozenset(
            t for t in range(self.vocabulary) if native.llama_vocab_is_eog(self._vocab, t)
        )
        self._pieces: dict[int, bytes] = {}
        self._tokenizer: LLTokenizer | None = self._make_tokenizer(attributes)

    def _make_tokenizer(self, attributes: list[int]) -> LLTokenizer:
        """Show the vocabulary to llguidance: control tokens begin with a byte no text has."""
        user_defined = native.LLAMA_TOKEN_ATTR_USER_DEFINED
        pieces: list[bytes] = []
        for token, attribute in enumerate(attributes):
            piece = self.piece(token, control=True)
            named = attribute & user_defined and piece.startswith(b"<") and piece.endswith(b">")
            is_control = attribute & native.LLAMA_TOKEN_ATTR_CONTROL or named
            pieces.append(b"\xff" + piece if is_control else piece)
        bindings: Any = native.llama_cpp
        library = bindings._lib  # the ctypes library itself has no public name
        tokenizer: Any = LLTokenizer
        return tokenizer.from_llamacpp(
            tokens=pieces,
            vocab_ptr=self._vocab,
            tokenize_fptr=ctypes.cast(library.llama_tokenize, ctypes.c_void_p).value,
            eos_token=sorted(self.end_tokens) or int(native.llama_vocab_eos(self._vocab)),
            slices=MASK_SLICES,
        )

    def _should_abort(self, _data: object) -> bool:
        """Answer the library between two steps of a batch; only its CPU backend asks."""
        return self._cancelled()

    @property
    def tokenizer(self) -> LLTokenizer:
        """The vocabulary as llguidance sees it; it must be dropped before `close`."""
        if self._tokenizer is None:
            raise DecodeError("The model is closed.")
        return self._tokenizer

    @property
    def begin_token(self) -> int | None:
        """The token that begins every text, if the model wants one."""
        wanted = native.llama_vocab_get_add_bos(self._vocab)
        return int(native.llama_vocab_bos(self._vocab)) if wanted else None

    def begin_text(self) -> str:
        """Return the text of the token that begins a text, empty if there is none."""
        return self._special_text(native.llama_vocab_bos(self._vocab))

    def end_text(self) -> str:
        """Return the text of the token that ends an answer, empty if there is none."""
        return self._special_text(native.llama_vocab_eos(self._vocab))

    def _special_text(self, token: Any) -> str:
        return self.piece(token, control=True).decode("utf-8", "replace") if token >= 0 else ""

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """Split a text into tokens; with `control`, names of control tokens become them."""
        data = text.encode()
        room = len(data) + 8
        buffer = (native.llama_token * room)()
        count = native.llama_tokenize(self._vocab, data, len(data), buffer, room, False, control)
        if count < 0:
            raise DecodeError(f"llama.cpp can't split {len(data)} bytes into tokens.")
        return buffer[:count]

    def piece(self, token: int, *, control: bool = False) -> bytes:
        """Return the bytes of a token; those of a control token only with `control`."""
        if not control and token in self._pieces:
            return self._pieces[token]
        room = 64
        while True:
            buffer = ctypes.create_string_buffer(room)
            count = native.llama_token_to_piece(self._vocab, token, buffer, room, 0, control)
            if count >= 0:
                break
            room = -count
        data = buffer.raw[:count]
        if not control:
            self._pieces[token] = data
        return data

    @property
    def _needs_checkpoints(self) -> bool:
        return self._has_recurrent_layers

    def _cut(self, position: int) -> bool:
        return self._cut_lane(0, position)

    def _cut_lane(self, lane: int, position: int) -> bool:
        return bool(native.llama_memory_seq_rm(self._memory, _number(lane), _number(position), ALL))

    def _save(self) -> bytes:
        """Copy the state of the recurrent layers of lane 0; the others can be cut."""
        lane, flags = _number(0), RECURRENT_LAYERS
        size = native.llama_state_seq_get_size_ext(self._context, lane, flags)
        buffer = (ctypes.c_uint8 * size)()
        written = native.llama_state_seq_get_data_ext(self._context, buffer, size, lane, flags)
        return ctypes.string_at(buffer, written)

    def _restore(self, state: bytes, position: int) -> bool:
        return self._restore_lane(0, state, position)

    def _restore_lane(self, lane: int, state: bytes, position: int) -> bool:
        size = len(state)
        buffer = (ctypes.c_uint8 * size).from_buffer_copy(state)
        read = native.llama_state_seq_set_data_ext(
            self._context, buffer, size, _number(lane), RECURRENT_LAYERS
        )
        return read == size and self._cut_lane(lane, position)

    def _forget(self) -> None:
        native.llama_memory_clear(self._memory, False)

    def _fork(self, source: int, lane: int, position: int, state: bytes | None) -> bool:
        native.llama_memory_seq_cp(
            self._memory, _number(source), _number(lane), _number(0), _number(position)
        )
        if state is None or self._restore_lane(lane, state, position):
            return True
        self._drop(lane)
        return False

    def _drop(self, lane: int) -> None:
        self._cut_lane(lane, 0)

    def _run(self, rows: list[Row]) -> None:
        _log.clear()
        count = 0
        self._scored = {}
        for row in rows:
            end = count + len(row.tokens)
            self._batch_token[count:end] = row.tokens
            self._batch_position[count:end] = np.arange(
                row.at, row.at + len(row.tokens), dtype=np.int32
            )
            self._batch_output[count:end] = 0
            for index in range(count, end):
                self._batch.seq_id[index][0] = row.lane
            count = end
            if row.scored:
                self._scored[row.lane] = count - 1
                self._batch_output[count - 1] = 1
        self._batch.n_tokens = count
        code = native.llama_decode(self._context, self._batch)
        if code == DECODE_ABORTED:
            raise Cancelled("The call was cancelled.")
        held = max(row.at for row in rows)
        if code == DECODE_NO_ROOM:
            raise DecodeError(
                f"llama.cpp finds no room after token {held} in its cache, and the context is "
                "never shifted. Choose a larger --context."
            )
        if code != 0:
            raise DecodeError(
                f"llama.cpp failed at token {held} with code {code}: {_logged_error()}"
            )

    def logits(self, lane: int = 0) -> NDArray[np.float32]:
        """Return the scores of a lane's next token, one per vocabulary entry.

        A view into the library's memory, valid until the next `evaluate`.
        """
        pointer = native.llama_get_logits_ith(self._context, _number(self._scored[lane]))
        if not pointer:
            raise DecodeError("llama.cpp has no scores for the last token.")
        return _view(pointer, ctypes.c_float, self.vocabulary)

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if self._tokenizer is None:
            return
        self._tokenizer = None  # points into the vocabulary
        native.llama_batch_free(self._batch)
        native.llama_free(self._context)
        native.llama_model_free(self._model)


def _number(value: int) -> Any:
    """Pass an integer: the bindings type them all as ctypes numbers, and take integers."""
    return value


def _view(pointer: Any, kind: Any, count: int) -> NDArray[Any]:
    """Return an array over memory of the library, without a copy."""
    address = ctypes.cast(pointer, ctypes.c_void_p).value
    array: Any = (kind * count).from_address(address)
    return np.ctypeslib.as_array(array)
