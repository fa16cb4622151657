"""Tokens in a model's memory: one sequence, added to and cut back to what a new prompt shares.

A prompt is evaluated in chunks, and where they are cut follows from the prompt alone. So a reused
prefix is bit for bit what evaluating it again yields (sums differ by rounding when the cuts do),
and between two chunks a call can be cancelled. Cuts are made where the prompt says that others are
likely to part from it, and at every full chunk. A memory that can't be cut (recurrent layers)
returns to a checkpoint instead: they are kept at those places.

The last token of a prompt is left to be evaluated together with the first of the answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from engines.protocol import Cancelled, DecodeError, IsCancelled

Saved = TypeVar("Saved")

KEPT_CHECKPOINTS = 8
"""Each costs the memory of all recurrent layers: 20 MB in a model of 1 B parameters."""


def never() -> bool:
    """Return False: nobody cancels."""
    return False


@dataclass(frozen=True)
class Prompt:
    """The tokens of a prompt, and the places up to which others are likely to be equal."""

    tokens: list[int]
    marks: tuple[int, ...] = ()
    """Counts of tokens, rising."""

    def ends(self, chunk_tokens: int) -> list[int]:
        """Return where its chunks end, the last token left out."""
        last = len(self.tokens) - 1
        ends: list[int] = []
        at = 0
        for mark in (*(mark for mark in self.marks if mark < last), last):
            ends += range(at + chunk_tokens, mark, chunk_tokens)
            if mark > at:
                ends.append(mark)
            at = mark
        return ends


@dataclass
class Lane:
    """What the memory holds of one sequence."""

    held: list[int] = field(default_factory=list[int])
    ends: list[int] = field(default_factory=list[int])
    """Where the chunks of its prompt end."""

    def shared_with(self, tokens: Sequence[int], ends: Sequence[int]) -> int:
        """Return how many tokens are the same and were evaluated in the same chunks."""
        shared = 0
        for ours, theirs in zip(self.ends, ends, strict=False):
            if ours != theirs or self.held[shared:ours] != tokens[shared:ours]:
                break
            shared = ours
        return shared

    def begin(self, other: Lane, position: int) -> None:
        """Start with the first tokens of another lane, or of this one."""
        self.held = other.held[:position]
        self.ends = [end for end in other.ends if end <= position]


@dataclass(frozen=True)
class LaneTokens:
    """Tokens to be added to one lane; with `scored`, scores are wanted after the last of them."""

    lane: int
    at: int
    """Tokens that the lane holds already."""
    tokens: list[int]
    scored: bool


class TokenSequence(ABC, Generic[Saved]):
    """One lane of tokens, number 0, and the ways back. `Saved` is what a checkpoint holds."""

    lanes: int = 1
    """Sequences that can be held side by side; see `engines.decoding.lanes`."""

    def __init__(self, chunk_tokens: int) -> None:
        self._chunk_tokens = chunk_tokens
        self._lanes = [Lane()]
        self._checkpoints: dict[int, Saved] = {}
        self._marks: set[int] = set()
        self._cancelled: IsCancelled = never

    def held_tokens(self, lane: int = 0) -> int:
        """Return the number of tokens of a lane in the memory."""
        return len(self._lanes[lane].held)

    def seat(self, lane: int, prompt: Prompt, cancelled: IsCancelled) -> int:
        """Put a prompt, all but its last token, into a lane; return the tokens found there.

        Lane 0 first: what it holds of an earlier prompt is reused, the other lanes are emptied.
        Raises Cancelled or DecodeError; the memory is empty then.
        """
        ends = prompt.ends(self._chunk_tokens)
        shared = self._lanes[0].shared_with(prompt.tokens, ends)
        self._marks = {shared, *(prompt.marks or ends[-2:-1])}
        kept = shared if shared == self.held_tokens() else self._go_back(shared)
        if kept == 0:
            self.clear()
        self._fill(lane, prompt.tokens, [end for end in ends if end > kept], cancelled)
        return kept

    def _fill(
        self, lane: int, tokens: list[int], ends: Sequence[int], cancelled: IsCancelled
    ) -> None:
        """Evaluate a prompt from where the lane is, chunk by chunk."""
        with self._guarded(cancelled):
            for end in ends:
                at = self.held_tokens(lane)
                self._add([LaneTokens(lane, at, tokens[at:end], scored=False)])
                self._lanes[lane].ends.append(end)
                if lane == 0:
                    self._mark(end)

    def _go_back(self, position: int) -> int:
        """Cut lane 0 to `position` tokens, or to a checkpoint before; return the tokens kept."""
        if not self._needs_checkpoints:
            kept = position if position > 0 and self._cut(position) else 0
        else:
            kept = self._checkpoint_before(position)
            if kept and not self._restore(self._checkpoints[kept], kept):
                kept = 0
        self._lanes[0].begin(self._lanes[0], kept)
        self._checkpoints = {at: state for at, state in self._checkpoints.items() if at <= kept}
        return kept

    def _checkpoint_before(self, position: int) -> int:
        """Return where the last checkpoint up to a position is, 0 if there is none."""
        return max((at for at in self._checkpoints if at <= position), default=0)

    def evaluate(self, pending: Mapping[int, list[int]], cancelled: IsCancelled) -> None:
        """Add tokens to lanes, together; afterwards there are scores after the last of each.

        Raises Cancelled or DecodeError; the memory is empty then.
        """
        share = self._chunk_tokens // len(pending)
        added: list[LaneTokens] = []
        with self._guarded(cancelled):
            for lane, tokens in pending.items():
                before = max(len(tokens) - share, 0)
                for start in range(0, before, self._chunk_tokens):
                    chunk = tokens[start : min(start + self._chunk_tokens, before)]
                    self._add([LaneTokens(lane, self.held_tokens(lane), chunk, scored=False)])
                added.append(LaneTokens(lane, self.held_tokens(lane), tokens[before:], scored=True))
            self._add(added)

    def _add(self, added: list[LaneTokens]) -> None:
        self._run(added)
        for each in added:
            self._lanes[each.lane].held += each.tokens
        if self._cancelled():
            raise Cancelled("The call was cancelled.")

    @contextmanager
    def _guarded(self, cancelled: IsCancelled) -> Generator[None]:
        """Empty the memory if what is done inside fails."""
        self._cancelled = cancelled
        try:
            yield
        except (Cancelled, DecodeError):
            self.clear()
            raise
        finally:
            self._cancelled = never

    def _mark(self, here: int) -> None:
        """Keep a checkpoint here if this is a place to return to."""
        if self._needs_checkpoints and here in self._marks:
            self._checkpoints[here] = self._save()
            if len(self._checkpoints) > KEPT_CHECKPOINTS:
                del self._checkpoints[next(iter(self._checkpoints))]

    def clear(self) -> None:
        """Forget all tokens."""
        self._lanes = [Lane() for _ in self._lanes]
        self._checkpoints.clear()
        self._forget()

    @property
    @abstractmethod
    def _needs_checkpoints(self) -> bool:
        """Whether `_cut` can't work on this model."""

    @abstractmethod
    def _run(self, added: list[LaneTokens]) -> None:
        """Evaluate tokens, those of all lanes together."""

    @abstractmethod
    def _cut(self, position: int) -> bool:
        """Drop all tokens of lane 0 from `position` on; false if the memory can't."""

    @abstractmethod
    def _save(self) -> Saved:
        """Return what `_restore` needs to return to the held tokens of lane 0."""

    @abstractmethod
    def _restore(self, state: Saved, position: int) -> bool:
        """Take lane 0 back to a checkpoint taken at `position`; false if that failed."""

    @abstractmethod
    def _forget(self) -> None:
        """Empty the memory."""
