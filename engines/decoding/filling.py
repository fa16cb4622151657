"""One answer as it grows: every token chosen under the grammar of its form.

Tokens the grammar leaves no choice about are not sampled but evaluated together with the next
chosen one, which about doubles the speed on JSON.
"""

from __future__ import annotations

import codecs
import time
from collections.abc import Callable

import numpy as np
from llguidance import LLMatcher
from numpy.typing import NDArray

from engines.chat.thinking import Thinking
from engines.decoding.loops import LoopGuard
from engines.decoding.sampling import allowed_tokens, choose
from engines.decoding.sequence import Prompt
from engines.grammar.grammar import Grammar
from engines.protocol import GrammarError, OnText, Request, Stop


class Answer:
    """The text of an answer as it grows, and how many of its tokens were forced."""

    def __init__(self, piece: Callable[[int], bytes], on_text: OnText | None) -> None:
        self.piece = piece
        """The bytes of a token."""
        self._on_text = on_text
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._texts: list[str] = []
        self.data = bytearray()
        self.forced_tokens = 0
        self.sampled_tokens = 0
        self.first_text_at: float | None = None

    @property
    def tokens(self) -> int:
        """Tokens so far, forced and sampled."""
        return self.forced_tokens + self.sampled_tokens

    def add(self, tokens: list[int], *, forced: bool) -> None:
        """Append tokens and report their text."""
        data = b"".join(map(self.piece, tokens))
        self.data += data
        if forced:
            self.forced_tokens += len(tokens)
        else:
            self.sampled_tokens += len(tokens)
        self._report(self._decoder.decode(data), forced)

    def finish(self) -> str:
        """Return the whole text."""
        self._report(self._decoder.decode(b"", final=True), forced=False)
        return "".join(self._texts)

    def _report(self, text: str, forced: bool) -> None:
        if not text:
            return
        if self.first_text_at is None:
            self.first_text_at = time.perf_counter()
        self._texts.append(text)
        if self._on_text is not None:
            self._on_text(text, forced)


class Filling:
    """The answer to one request, from its first token to its last."""

    def __init__(
        self,
        request: Request,
        prompt: Prompt,
        grammar: Grammar | None,
        matcher: LLMatcher | None,
        answer: Answer,
        *,
        fast_forward: bool,
        thinking: Thinking | None = None,
    ) -> None:
        self.request = request
        self.prompt = prompt
        self.grammar = grammar
        self.matcher = matcher
        self.answer = answer
        self.pending = prompt.tokens[-1:]
        """Tokens that are not evaluated yet."""
        self.stop: Stop | None = None
        """Why the answer has ended, None until then."""
        self.mask_s = 0.0
        self.thinking = thinking
        """The think block before the answer, None if there is none."""
        self.thinks = thinking is not None
        """Whether the model is still thinking."""
        self.guard = LoopGuard(request.repeatable, structured=matcher is not None)
        self.owed = b""
        """Bytes of a token that was not taken, up to where a list begins to repeat itself."""
        self._random = np.random.default_rng(request.sampler.seed)
        self._fast_forward = fast_forward

    @property
    def is_whole(self) -> bool:
        """Whether the answer needs no rest: it is a form's document, or free."""
        return self.matcher is None or self.matcher.is_accepting()

    def begin(self) -> None:
        """Take what the grammar has every answer begin with."""
        if not self.thinks:
            self._force()

    def check(self, room_tokens: int) -> None:
        """End the answer if its grammar, a loop, its length or the room in the context says so."""
        longest = self.request.max_bytes
        if self.matcher is not None and self.matcher.is_stopped():
            self._end()
        elif self.guard.must_end:
            self.stop = "looped"
        elif longest is not None and len(self.answer.data) >= longest:
            self.stop = "cut"
        elif self.answer.tokens >= self.request.max_tokens or room_tokens <= 0:
            self.stop = "length" if self.matcher is None else "budget"

    def advance(
        self, scores: NDArray[np.float32], mask: NDArray[np.int32], end_tokens: frozenset[int]
    ) -> None:
        """Choose the next token by the scores after the last pending one, and what it forces.

        `mask` is room for the bits of one token mask.
        """
        self.pending = []
        if self.thinking is not None and self.thinks:
            self._think(self.thinking, scores, end_tokens)
            return
        allowed = self._allowed(mask)
        if allowed is not None and len(allowed) == 1:
            token, forced = int(allowed[0]), True
        else:
            token = choose(scores, allowed, self.request.sampler, self._random)
            forced = False
        if token in end_tokens:
            self._end()
            return
        self._take([token], forced)
        self._force()

    def _think(
        self, thinking: Thinking, scores: NDArray[np.float32], end_tokens: frozenset[int]
    ) -> None:
        """Choose the next token of the thoughts among all tokens."""
        token = choose(scores, None, self.request.sampler, self._random)
        lead = thinking.take(token, ends=token in end_tokens)
        if lead is None:
            self.pending = [token]
            return
        self.pending = lead
        self.thinks = False
        self._force()

    def _end(self) -> None:
        """End the answer by its own end; what repeated itself on the way is said."""
        self.stop = "looped" if self.guard.loops else "end"

    def leave_loop(self, way_out: bytes, tokens: list[int]) -> None:
        """End the list or text that repeats itself; the model continues behind it.

        `tokens` are those of what is owed and of the way out.
        """
        self.owed = b""
        self._append(tokens, forced=True)
        self.guard.leave(way_out)
        self._force()

    def close(self, rest: list[int]) -> None:
        """Append the shortest rest of the form, checked by the matcher like any other token."""
        matcher = self.matcher
        if matcher is None or not matcher.consume_tokens(rest) or not matcher.is_accepting():
            why = "it has no grammar" if matcher is None else matcher.get_error()[:200]
            raise GrammarError(f"The form could not be closed: {why}")
        self.answer.add(rest, forced=True)

    def _allowed(self, mask: NDArray[np.int32]) -> NDArray[np.int64] | None:
        """Return the token ids the grammar allows next; None without a grammar."""
        if self.matcher is None:
            return None
        started = time.perf_counter()
        self.matcher.unsafe_compute_mask_ptr(mask.ctypes.data, mask.nbytes)
        allowed = allowed_tokens(mask)
        self.mask_s += time.perf_counter() - started
        if len(allowed) == 0:
            raise GrammarError(
                f"The grammar allows no token after {len(self.answer.data)} bytes: "
                f"{self.matcher.get_error()[:200]}"
            )
        return allowed

    def _force(self) -> None:
        """Take the tokens that the grammar leaves no choice about."""
        if self.matcher is None or not self._fast_forward or self.matcher.is_stopped():
            return
        if self.guard.looped:
            return
        tokens = self.matcher.compute_ff_tokens()
        if tokens:
            self._take(tokens, forced=True)

    def _take(self, tokens: list[int], forced: bool) -> None:
        """Take tokens up to where the answer begins to repeat itself."""
        kept: list[int] = []
        for token in tokens:
            piece = self.answer.piece(token)
            taken = self.guard.take(token, piece)
            if taken < len(piece):
                self.owed = piece[:taken]
                break
            kept.append(token)
            if self.guard.looped:
                break
        if kept:
            self._append(kept, forced)

    def _append(self, tokens: list[int], forced: bool) -> None:
        if self.matcher is not None and not self.matcher.consume_tokens(tokens):
            raise GrammarError(
                f"The grammar refused a token it had allowed: {self.matcher.get_error()[:200]}"
            )
        self.pending += tokens
        self.answer.add(tokens, forced=forced)
