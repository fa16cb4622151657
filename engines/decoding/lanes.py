"""Several sequences of tokens side by side in one memory, sharing what their prompts share.

Each lane is seated on top of the lane that shares most with it, so that common text is evaluated
once and held once. Then tokens of all lanes are evaluated together: reading the weights costs most
of a step, and it costs the same for eight tokens as for one.

What is computed for a lane depends, by rounding, on what is evaluated beside it. But the memory
looks the same whenever the same prompts are seated in the same order, whatever was in it before.
So a group of prompts that is answered again is answered alike.
"""

from __future__ import annotations

from abc import abstractmethod

from engines.decoding.sequence import Lane, Prompt, Saved, TokenSequence
from engines.protocol import IsCancelled


class TokenLanes(TokenSequence[Saved]):
    """Lane 0, which stays from group to group, and the lanes beside it, which are per group."""

    def __init__(self, chunk_tokens: int, lanes: int) -> None:
        super().__init__(chunk_tokens)
        self.lanes = lanes
        self._lanes = [Lane() for _ in range(lanes)]

    def seat(self, lane: int, prompt: Prompt, cancelled: IsCancelled) -> int:
        """Put a prompt, all but its last token, into a lane; return the tokens it shares.

        Lane 0 first, then the others in order. Raises Cancelled or DecodeError; the memory is
        empty then.
        """
        if lane == 0:
            for other in range(1, self.lanes):
                if self.held_tokens(other):
                    self._drop(other)
                    self._lanes[other] = Lane()
            return super().seat(lane, prompt, cancelled)
        ends = prompt.ends(self._chunk_tokens)
        shared = [each.shared_with(prompt.tokens, ends) for each in self._lanes[:lane]]
        state = None
        if self._needs_checkpoints:
            shared = [self._checkpoint_before(shared[0])]
            state = self._checkpoints.get(shared[0])
        kept = max(shared)
        source = shared.index(kept)
        if kept and not self._fork(source, lane, kept, state):
            kept = 0
        self._lanes[lane].begin(self._lanes[source], kept)
        self._fill(lane, prompt.tokens, [end for end in ends if end > kept], cancelled)
        return kept

    @abstractmethod
    def _fork(self, source: int, lane: int, position: int, state: Saved | None) -> bool:
        """Copy the first tokens of a lane to an empty one; `state` is the checkpoint there."""

    @abstractmethod
    def _drop(self, lane: int) -> None:
        """Empty a lane."""
