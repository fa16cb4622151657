"""The loop that fills forms with a model's tokens, whatever library computes the scores.

Several forms can be filled side by side: their prompts are seated in lanes of the model's memory,
and one step of the loop adds what each form has decided to all lanes at once.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from numpy.typing import NDArray

from engines.chat.templates import ChatFormat, Part
from engines.chat.thinking import Thinking
from engines.decoding.filling import Answer, Filling
from engines.decoding.sequence import Prompt, never
from engines.grammar.closing import shortest_rest
from engines.grammar.grammar import Grammar, compile_grammar
from engines.protocol import (
    Cancelled,
    Completion,
    ContextError,
    EngineError,
    IsCancelled,
    Message,
    ModelInfo,
    OnGroupText,
    OnText,
    Request,
    Tool,
    Usage,
)

DEFAULT_CONTEXT_TOKENS = 8192
SMALLEST_CONTEXT_TOKENS = 1024
CACHED_MATCHERS = 32  # each holds the states of its lexer over the whole vocabulary


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
        """Tokens of a lane in the memory."""
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


@dataclass
class _Call:
    """One call of a group: its answer, its lane, and its share of the time."""

    filling: Filling
    grammar_s: float
    lane: int = 0
    cached_tokens: int = 0
    prefill_s: float = 0.0
    think_s: float = 0.0
    decode_s: float = 0.0
    decode_calls: int = 0


class TokenEngine:
    """A model that fills forms; see `engines.protocol.Engine`."""

    def __init__(
        self, model: TokenModel, chat: ChatFormat, info: ModelInfo, *, fast_forward: bool
    ) -> None:
        self._model = model
        self._chat = chat
        self._info = info
        names = (model.piece(t, control=True) for t in model.control_tokens)
        texts = sorted({name.decode("utf-8", "replace") for name in names if name}, key=len)
        self._control_text = re.compile("|".join(map(re.escape, reversed(texts))) or r"(?!)")
        self._fast_forward = fast_forward
        self._matchers = functools.lru_cache(maxsize=CACHED_MATCHERS)(self._new_matcher)
        self._mask = np.zeros((model.vocabulary + 31) // 32, dtype=np.int32)

    @property
    def info(self) -> ModelInfo:
        """Facts of the model."""
        return self._info

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and answer may have together."""
        return self._model.context_tokens

    @property
    def lanes(self) -> int:
        """Requests that are answered together."""
        return self._model.lanes

    def count_tokens(self, messages: tuple[Message, ...], tool: Tool | None = None) -> int:
        """Count the tokens of the rendered prompt."""
        return len(self._prompt(messages, tool).tokens)

    def close(self) -> None:
        """Free the model's memory; the engine must not be used afterwards."""
        self._matchers.cache_clear()
        self._model.close()

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Answer one request.

        Raises ContextError, GrammarError, DecodeError or Cancelled; the engine stays usable.
        """
        answer = self._answer([(request, on_text)], cancelled or never)[0]
        if isinstance(answer, ContextError):
            raise answer
        return answer

    def complete_all(
        self,
        requests: Sequence[Request],
        on_text: OnGroupText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> list[Completion | ContextError]:
        """Answer requests that do not depend on each other, `lanes` of them at a time.

        What does not fit the context gets its error in the place of an answer. Raises
        GrammarError, DecodeError or Cancelled; the engine stays usable.
        """
        asked = [
            (request, None if on_text is None else functools.partial(on_text, index))
            for index, request in enumerate(requests)
        ]
        answers: list[Completion | ContextError] = []
        for start in range(0, len(asked), self.lanes):
            answers += self._answer(asked[start : start + self.lanes], cancelled or never)
        return answers

    def _answer(
        self, asked: Sequence[tuple[Request, OnText | None]], cancelled: IsCancelled
    ) -> list[Completion | ContextError]:
        """Answer one group, of at most as many requests as there are lanes."""
        started = time.perf_counter()
        answers: list[_Call | ContextError] = []
        for request, on_text in asked:
            try:
                answers.append(self._call(request, on_text))
            except ContextError as error:
                answers.append(error)
        calls = [each for each in answers if isinstance(each, _Call)]
        # The last one gets lane 0, which stays: the next group is most likely to go on there.
        for lane, call in enumerate(reversed(calls)):
            begun = time.perf_counter()
            call.lane = lane
            call.cached_tokens = self._model.seat(lane, call.filling.prompt, cancelled)
            call.prefill_s = time.perf_counter() - begun
        for call in calls:
            call.filling.begin()
        self._decode(calls, cancelled)
        return [
            self._completion(each, started) if isinstance(each, _Call) else each for each in answers
        ]

    def _call(self, request: Request, on_text: OnText | None) -> _Call:
        begun = time.perf_counter()
        grammar = None if request.schema is None else compile_grammar(request.schema)
        matcher = None if grammar is None else self._matchers(grammar).deep_copy()
        grammar_s = time.perf_counter() - begun
        prompt = self._prompt(request.messages, request.tool, think=request.think_tokens > 0)
        self._require_room(prompt, grammar)
        # Most models write control tokens around a call.
        answer = Answer(self._model.piece if request.tool is None else self._any_piece, on_text)
        filling = Filling(
            request,
            prompt,
            grammar,
            matcher,
            answer,
            fast_forward=self._fast_forward,
            thinking=self._thinking(request, prompt),
        )
        return _Call(filling, grammar_s)

    def _thinking(self, request: Request, prompt: Prompt) -> Thinking | None:
        """Return a think block for a request; it never takes more than half of the room left."""
        how = self._chat.think
        room = (self.context_tokens - len(prompt.tokens)) // 2
        budget = min(request.think_tokens, room)
        if how is None or budget <= 0:
            return None
        tokenize = functools.partial(self._model.tokenize, control=True)
        return Thinking(how, budget, self._any_piece, tokenize)

    def _any_piece(self, token: int) -> bytes:
        return self._model.piece(token, control=True)

    def _decode(self, calls: list[_Call], cancelled: IsCancelled) -> None:
        """Add tokens to all answers until the last has ended; each bears its share of the time."""
        going = calls
        while True:
            begun = time.perf_counter()
            if cancelled():
                raise Cancelled("The call was cancelled.")
            going = [call for call in going if not self._has_ended(call)]
            if not going:
                return
            self._model.evaluate({call.lane: call.filling.pending for call in going}, cancelled)
            thinking = [call for call in going if call.filling.thinks]
            for call in going:
                scores = self._model.logits(call.lane)
                call.decode_calls += not call.filling.thinks
                call.filling.advance(scores, self._mask, self._model.end_tokens)
            share = (time.perf_counter() - begun) / len(going)
            for call in going:
                if call in thinking:
                    call.think_s += share
                else:
                    call.decode_s += share

    def _has_ended(self, call: _Call) -> bool:
        """Say whether an answer has ended; a form whose budget is used up is closed."""
        filling = call.filling
        if filling.stop is None:
            held = self._model.held_tokens(call.lane)
            filling.check(self.context_tokens - held - len(filling.pending))
        if filling.stop == "budget" and filling.grammar is not None:
            rest = shortest_rest(filling.grammar.schema, bytes(filling.answer.data))
            filling.close(self._tokens_of(rest))
        return filling.stop is not None

    def _completion(self, call: _Call, started: float) -> Completion:
        filling = call.filling
        answer = filling.answer
        text = answer.finish()
        usage = Usage(
            prompt_tokens=len(filling.prompt.tokens),
            cached_tokens=call.cached_tokens,
            forced_tokens=answer.forced_tokens,
            sampled_tokens=answer.sampled_tokens,
            thinking_tokens=0 if filling.thinking is None else filling.thinking.tokens,
            prefill_s=call.prefill_s,
            decode_s=call.decode_s,
            think_s=call.think_s,
            ttft_s=(answer.first_text_at or time.perf_counter()) - started,
            total_s=call.grammar_s + call.prefill_s + call.think_s + call.decode_s,
            mask_s=filling.mask_s,
            grammar_s=call.grammar_s,
            decode_calls=call.decode_calls,
        )
        assert filling.stop is not None
        return Completion(
            text,
            usage,
            filling.stop,
            constraint_active=filling.grammar is not None,
            thinking="" if filling.thinking is None else filling.thinking.text,
        )

    def _new_matcher(self, grammar: Grammar) -> LLMatcher:
        return grammar.matcher(self._model.tokenizer)

    def _prompt(
        self, messages: tuple[Message, ...], tool: Tool | None = None, *, think: bool = False
    ) -> Prompt:
        """Tokenize a conversation; only the template may name control tokens."""
        if tool is not None and not self._chat.offers_tools:
            raise EngineError(
                f"The chat template of {self._info.name} can't offer functions, so the level tools "
                "is not possible with it. Choose another level, or a model trained to call "
                "functions."
            )
        parts = self._chat.render(messages, tool, think=think)
        text = "".join(part.text for part in parts)
        suspect = any(
            not part.is_template and self._control_text.search(part.text) for part in parts
        )
        if not suspect:
            parts = [Part(text, is_template=True)]
        tokens: list[int] = []
        for part in parts:
            tokens += self._model.tokenize(part.text, control=part.is_template)
        begin = self._model.begin_token
        if begin is not None and tokens[:1] != [begin]:
            tokens.insert(0, begin)
        return Prompt(tokens, self._marks(messages, text, tokens))

    def _marks(
        self, messages: tuple[Message, ...], text: str, tokens: list[int]
    ) -> tuple[int, ...]:
        """Count the tokens up to each place at which a message says that others part from it."""
        ends = [text.find(each.content) + each.shared for each in messages if each.shared]
        wanted = sorted(len(text[:end].encode()) for end in ends)
        marks: list[int] = []
        size = 0
        for index, token in enumerate(tokens):
            if len(marks) == len(wanted):
                break
            size += len(self._model.piece(token) or self._model.piece(token, control=True))
            while len(marks) < len(wanted) and size > wanted[len(marks)]:
                marks.append(index)
        return tuple(mark for mark in dict.fromkeys(marks) if mark)

    def _require_room(self, prompt: Prompt, grammar: Grammar | None) -> None:
        """Refuse a prompt that leaves no room for the shortest answer."""
        needed = 1
        if grammar is not None:
            needed = len(self._model.tokenizer.tokenize_bytes(shortest_rest(grammar.schema, b"")))
        if len(prompt.tokens) + needed > self.context_tokens:
            raise ContextError(
                f"The prompt has {len(prompt.tokens)} tokens and its shortest answer {needed}, "
                f"but the context holds {self.context_tokens}. Choose a larger --context or a "
                "shorter request."
            )

    def _tokens_of(self, data: bytes) -> list[int]:
        """Tokenize bytes that may begin inside a character."""
        inside = len(data) - len(data.lstrip(bytes(range(0x80, 0xC0))))
        tokenizer = self._model.tokenizer
        single = [data[index : index + 1] for index in range(inside)]
        return [
            token for each in [*single, data[inside:]] for token in tokenizer.tokenize_bytes(each)
        ]


def is_one_token(model: TokenModel, text: str) -> bool:
    """Say whether a text is one token of a model's vocabulary, a control token or another."""
    return len(model.tokenize(text, control=True)) == 1


def context_size(name: str, trained_tokens: int, wanted: int | None) -> int:
    """Decide the size of the context; `trained_tokens` 0 if the model does not say.

    Raises ContextError if the wish makes no sense for the model.
    """
    trained = trained_tokens or DEFAULT_CONTEXT_TOKENS
    if wanted is None:
        return min(trained, DEFAULT_CONTEXT_TOKENS)
    if wanted < SMALLEST_CONTEXT_TOKENS:
        raise ContextError(
            f"A context of {wanted} tokens is too small: a form and its prompt need at least "
            f"{SMALLEST_CONTEXT_TOKENS}. Choose a larger --context."
        )
    if wanted > trained:
        raise ContextError(
            f"{name} was trained for a context of {trained} tokens, so {wanted} can't be "
            "used. Choose a smaller --context."
        )
    return wanted
