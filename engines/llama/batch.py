"""What llama.cpp evaluates in one call: tokens of several lanes, written into its own arrays."""

from __future__ import annotations

import ctypes
from typing import Any

import llama_cpp as native
import numpy as np
from numpy.typing import NDArray

from engines.decoding.sequence import LaneTokens


class Batch:
    """Room for a number of tokens, filled again for every call."""

    def __init__(self, size_tokens: int) -> None:
        """Allocate the arrays; `free` frees them."""
        self.native: Any = native.llama_batch_init(size_tokens, 0, 1)
        """The library's struct."""
        self.scored: dict[int, int] = {}
        """Lane → place in the batch of the token that it has scores after."""
        for index in range(size_tokens):
            self.native.n_seq_id[index] = 1
        self._tokens = view(self.native.token, ctypes.c_int32, size_tokens)
        self._positions = view(self.native.pos, ctypes.c_int32, size_tokens)
        self._outputs = view(self.native.logits, ctypes.c_int8, size_tokens)

    def fill(self, added: list[LaneTokens]) -> None:
        """Replace the tokens in it by others."""
        count = 0
        self.scored = {}
        for each in added:
            end = count + len(each.tokens)
            self._tokens[count:end] = each.tokens
            self._positions[count:end] = np.arange(
                each.at, each.at + len(each.tokens), dtype=np.int32
            )
            self._outputs[count:end] = 0
            for index in range(count, end):
                self.native.seq_id[index][0] = each.lane
            count = end
            if each.scored:
                self.scored[each.lane] = count - 1
                self._outputs[count - 1] = 1
        self.native.n_tokens = count

    def free(self) -> None:
        """Free the arrays."""
        native.llama_batch_free(self.native)


def number(value: int) -> Any:
    """Pass an integer: the bindings type them all as ctypes numbers, and take integers."""
    return value


def view(pointer: Any, kind: Any, count: int) -> NDArray[Any]:
    """Return an array over memory of the library, without a copy."""
    address = ctypes.cast(pointer, ctypes.c_void_p).value
    array: Any = (kind * count).from_address(address)
    return np.ctypeslib.as_array(array)
