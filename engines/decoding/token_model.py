"""What the loop needs of a model, whatever library computes the scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from llguidance import LLTokenizer
from numpy.typing import NDArray

from engines.decoding.sequence import Prompt
from engines.protocol import IsCancelled


class TokenModel(Protocol):
    """A loaded model: it splits texts, holds lanes of tokens and scores the next one of each."""

    @property
    def context_tokens(self) -> int:
        """Tokens a lane may have."""
        ...

    @property
    def lanes(self) -> int:
        """Sequences of tokens that are held side by side."""
        ...

    @property
    def vocabulary(self) -> int:
        """Length of the scores."""
        ...

    @property
    def control_tokens(self) -> tuple[int, ...]:
        """Tokens that only a chat template may write."""
        ...

    @property
    def end_tokens(self) -> frozenset[int]:
        """Tokens that end an answer."""
        ...

    @property
    def begin_token(self) -> int | None:
        """The token that begins every text, if the model wants one."""
        ...

    @property
    def tokenizer(self) -> LLTokenizer:
        """The vocabulary as llguidance sees it; it must be dropped before `close`."""
        ...

    def tokenize(self, text: str, *, control: bool) -> list[int]:
        """Split a text into tokens; with `control`, names of control tokens become them."""
        ...

    def piece(self, token: int, *, control: bool = False) -> bytes:
        """Return the bytes of a token; those of a control token only with `control`."""
        ...

    def held_tokens(self, lane: int = 0) -> int:
        """Return the number of tokens of a lane in the memory."""
        ...

    def seat(self, lane: int, prompt: Prompt, cancelled: IsCancelled) -> int:
        """Put a prompt, all but its last token, into a lane; return the tokens found there.

        Lane 0 first, then the others in order.
        """
        ...

    def evaluate(self, pending: Mapping[int, list[int]], cancelled: IsCancelled) -> None:
        """Add tokens to lanes, together."""
        ...

    def logits(self, lane: int = 0) -> NDArray[np.float32]:
        """Return the scores of a lane's next token, valid until the next `evaluate`."""
        ...

    def close(self) -> None:
        """Free the model; a second call does nothing."""
        ...


def is_one_token(model: TokenModel, text: str) -> bool:
    """Whether a text is one token of a model's vocabulary, a control token or another."""
    return len(model.tokenize(text, control=True)) == 1
