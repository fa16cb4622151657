"""One sequence of tokens in a model's memory: added to, and cut back to what a new prompt shares.

The prompt is evaluated in chunks that are always cut at the same places: between two chunks a call
can be cancelled, and a reused prefix is bit for bit what evaluating it again gives (sums differ by
rounding when the cuts differ). A memory that can't be cut (recurrent layers, sliding windows) goes
back to a checkpoint instead: one is kept at the end of each prompt and one where two prompts
parted, since the next prompt is likely to part there too.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from engines.protocol import Cancelled, DecodeError, IsCancelled

State = TypeVar("State")

KEPT_CHECKPOINTS = 8
"""Each costs the memory of all recurrent layers: 20 MB in a model of 1 B parameters."""


def never() -> bool:
    """Answer that nobody has cancelled."""
    return False


class TokenSequence(ABC, Generic[State]):
    """Tokens that were evaluated, and the ways back. `State` is what a checkpoint holds."""

    def __init__(self, chunk_tokens: int) -> None:
        self._chunk_tokens = chunk_tokens
        self._held: list[int] = []
        self._in_whole_chunks = 0
        self._checkpoints: dict[int, State] = {}
        self._marks: set[int] = set()
        self._cancelled: IsCancelled = never

    @property
    def held_tokens(self) -> int:
        """Tokens in the memory."""
        return len(self._held)

    def keep_prefix(self, prompt: list[int]) -> int:
        """Go back to what is shared with a prompt and return the tokens kept.

        Only whole chunks of an earlier prompt are kept, and at least the last token is left to be
        evaluated.
        """
        shared = 0
        for ours, theirs in zip(self._held[: self._in_whole_chunks], prompt[:-1], strict=False):
            if ours != theirs:
                break
            shared += 1
        shared -= shared % self._chunk_tokens
        self._marks = {shared, len(prompt) - len(prompt) % self._chunk_tokens}
        kept = shared if shared == len(self._held) else self._go_back(shared)
        if kept == 0:
            self.clear()
        return kept

    def _go_back(self, position: int) -> int:
        """Cut to `position` tokens, or to a checkpoint before; return the tokens kept."""
        if not self._needs_checkpoints:
            kept = position if position > 0 and self._cut(position) else 0
        else:
            kept = max((at for at in self._checkpoints if at <= position), default=0)
            if kept and not self._restore(self._checkpoints[kept], kept):
                kept = 0
        del self._held[kept:]
        self._in_whole_chunks = kept
        self._checkpoints = {at: state for at, state in self._checkpoints.items() if at <= kept}
        return kept

    def evaluate(self, tokens: list[int], cancelled: IsCancelled) -> None:
        """Add tokens to the sequence; afterwards the scores are those after the last one.

        Raises Cancelled or DecodeError; the sequence is empty then.
        """
        self._cancelled = cancelled
        try:
            for start in range(0, len(tokens), self._chunk_tokens):
                chunk = tokens[start : start + self._chunk_tokens]
                self._run(chunk, is_last=start + self._chunk_tokens >= len(tokens))
                whole = self._in_whole_chunks == len(self._held)
                self._held.extend(chunk)
                if whole and len(chunk) == self._chunk_tokens:
                    self._in_whole_chunks = len(self._held)
                    self._mark()
                if cancelled():
                    raise Cancelled("The call was cancelled.")
        except (Cancelled, DecodeError):
            self.clear()
            raise
        finally:
            self._cancelled = never

    def _mark(self) -> None:
        """Keep a checkpoint here if this is a place to come back to."""
        here = len(self._held)
        if self._needs_checkpoints and here in self._marks:
            self._checkpoints[here] = self._save()
            if len(self._checkpoints) > KEPT_CHECKPOINTS:
                del self._checkpoints[next(iter(self._checkpoints))]

    def clear(self) -> None:
        """Forget all tokens."""
        self._held.clear()
        self._in_whole_chunks = 0
        self._checkpoints.clear()
        self._forget()

    @property
    @abstractmethod
    def _needs_checkpoints(self) -> bool:
        """True if `_cut` can't work on this model."""

    @abstractmethod
    def _run(self, chunk: list[int], *, is_last: bool) -> None:
        """Evaluate tokens after the held ones; with `is_last`, compute scores after the last."""

    @abstractmethod
    def _cut(self, position: int) -> bool:
        """Drop all tokens from `position` on; false if the memory can't."""

    @abstractmethod
    def _save(self) -> State:
        """Return what `_restore` needs to come back to the held tokens."""

    @abstractmethod
    def _restore(self, state: State, position: int) -> bool:
        """Go back to a checkpoint taken at `position`; false if that failed."""

    @abstractmethod
    def _forget(self) -> None:
        """Empty the memory."""
