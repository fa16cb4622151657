"""llama.cpp in this process: one model, one context, sequences of tokens side by side.

A thin guard over llama-cpp-python's ctypes functions that turns return codes into errors. No
grammar, no sampling, no text formats here. The context is never shifted: what does not fit is
refused, since a model that silently forgets the head of its prompt fills forms about nothing.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import llama_cpp as native
import numpy as np
from llguidance import LLTokenizer
from numpy.typing import NDArray

from engines.decoding.lanes import TokenLanes
from engines.decoding.sequence import LaneTokens
from engines.grammar.grammar import MASK_SLICES
from engines.llama import loading
from engines.llama.batch import Batch, number, view
from engines.options import EngineOptions
from engines.protocol import Cancelled, DecodeError
from engines.remedy import Remedy

ALL: Any = -1  # every position; the bindings type it as a ctypes number
DECODE_ABORTED = 2
DECODE_NO_ROOM = 1
RECURRENT_LAYERS: Any = native.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY


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
        self._model: Any = loading.load_model(path, options)
        self._abort: Any = native.ggml_abort_callback(self._should_abort)
        self._context: Any = loading.make_context(
            self._model, context_tokens, threads, options, self._abort
        )
        self._vocab: Any = native.llama_model_get_vocab(self._model)
        self._memory: Any = native.llama_get_memory(self._context)
        self._batch = Batch(options.batch_tokens)
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
        """Whether a batch shall end early; asked between its steps by the CPU back end only."""
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
        return bool(native.llama_memory_seq_rm(self._memory, number(lane), number(position), ALL))

    def _save(self) -> bytes:
        """Copy the state of the recurrent layers of lane 0; the others can be cut."""
        lane, flags = number(0), RECURRENT_LAYERS
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
            self._context, buffer, size, number(lane), RECURRENT_LAYERS
        )
        return read == size and self._cut_lane(lane, position)

    def _forget(self) -> None:
        native.llama_memory_clear(self._memory, False)

    def _fork(self, source: int, lane: int, position: int, state: bytes | None) -> bool:
        native.llama_memory_seq_cp(
            self._memory, number(source), number(lane), number(0), number(position)
        )
        if state is None or self._restore_lane(lane, state, position):
            return True
        self._drop(lane)
        return False

    def _drop(self, lane: int) -> None:
        self._cut_lane(lane, 0)

    def _run(self, added: list[LaneTokens]) -> None:
        loading.log.clear()
        self._batch.fill(added)
        code = native.llama_decode(self._context, self._batch.native)
        if code == DECODE_ABORTED:
            raise Cancelled("The call was cancelled.")
        held = max(each.at for each in added)
        if code == DECODE_NO_ROOM:
            raise DecodeError(
                f"llama.cpp finds no room after token {held} in its cache, and the context is "
                "never shifted.",
                Remedy("context_tokens", "raise"),
            )
        if code != 0:
            raise DecodeError(
                f"llama.cpp failed at token {held} with code {code}: {loading.logged_error()}"
            )

    def logits(self, lane: int = 0) -> NDArray[np.float32]:
        """Return the scores of a lane's next token, one per vocabulary entry.

        A view into the library's memory, valid until the next `evaluate`.
        """
        pointer = native.llama_get_logits_ith(self._context, number(self._batch.scored[lane]))
        if not pointer:
            raise DecodeError("llama.cpp has no scores for the last token.")
        return view(pointer, ctypes.c_float, self.vocabulary)

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        if self._tokenizer is None:
            return
        self._tokenizer = None  # points into the vocabulary
        self._batch.free()
        native.llama_free(self._context)
        native.llama_model_free(self._model)
