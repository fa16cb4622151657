"""The loop that fills forms with a model's tokens, whatever library computes the scores.

Several forms can be filled side by side: their prompts are seated in lanes of the model's memory,
and one step of the loop adds what each form has decided to all lanes at once.
"""

from __future__ import annotations

import functools
import importlib.metadata
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from llguidance import LLMatcher

from engines.chat.templates import ChatFormat
from engines.chat.thinking import Thinking
from engines.decoding.filling import Answer, Filling
from engines.decoding.prompts import PromptWriter
from engines.decoding.sequence import Prompt, never
from engines.decoding.token_model import TokenModel
from engines.files.facts import Facts
from engines.files.model import sha256_of
from engines.grammar.closing import shortest_rest
from engines.grammar.grammar import Grammar, compile_grammar
from engines.protocol import (
    Cancelled,
    Completion,
    ContextError,
    IsCancelled,
    Message,
    ModelInfo,
    OnGroupText,
    OnText,
    Request,
    Tool,
    Usage,
)
from engines.remedy import Remedy

CACHED_MATCHERS = 32  # each holds the states of its lexer over the whole vocabulary


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
        self._prompts = PromptWriter(model, chat, info.name)
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
        return len(self._prompts.write(messages, tool).tokens)

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
        # The last one gets lane 0, which stays: the next group most likely begins alike.
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
        prompt = self._prompts.write(request.messages, request.tool, think=request.think_tokens > 0)
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
        """Whether an answer has ended; a form that did not end by itself is closed."""
        filling = call.filling
        if filling.stop is None:
            self._check(call)
        if filling.stop is None and filling.guard.looped:
            way_out = filling.guard.way_out(_rest_of(filling, filling.owed))
            filling.leave_loop(way_out, self._tokens_of(filling.owed + way_out))
            self._check(call)
        if filling.stop is not None and not filling.is_whole:
            filling.close(self._tokens_of(_rest_of(filling)))
        return filling.stop is not None

    def _check(self, call: _Call) -> None:
        held = self._model.held_tokens(call.lane)
        call.filling.check(self.context_tokens - held - len(call.filling.pending))

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
            thinking_looped=filling.thinking is not None and filling.thinking.looped,
        )

    def _new_matcher(self, grammar: Grammar) -> LLMatcher:
        return grammar.matcher(self._model.tokenizer)

    def _require_room(self, prompt: Prompt, grammar: Grammar | None) -> None:
        """Refuse a prompt that leaves no room for the shortest answer."""
        needed = 1
        if grammar is not None:
            needed = len(self._model.tokenizer.tokenize_bytes(shortest_rest(grammar.schema, b"")))
        if len(prompt.tokens) + needed > self.context_tokens:
            raise ContextError(
                f"The prompt has {len(prompt.tokens)} tokens and its shortest answer {needed}, "
                f"but the context holds {self.context_tokens}.",
                Remedy("context_tokens", "raise", len(prompt.tokens) + needed),
            )

    def _tokens_of(self, data: bytes) -> list[int]:
        """Tokenize bytes that may begin inside a character."""
        inside = len(data) - len(data.lstrip(bytes(range(0x80, 0xC0))))
        tokenizer = self._model.tokenizer
        single = [data[index : index + 1] for index in range(inside)]
        return [
            token for each in [*single, data[inside:]] for token in tokenizer.tokenize_bytes(each)
        ]


def _rest_of(filling: Filling, owed: bytes = b"") -> bytes:
    """Return what ends a form the shortest way, behind its answer so far and what that owes."""
    assert filling.grammar is not None
    return shortest_rest(filling.grammar.schema, bytes(filling.answer.data) + owed)


def model_info(
    path: Path, facts: Facts, chat: ChatFormat, *, vocabulary: int, package: str
) -> ModelInfo:
    """Describe a loaded model; `package` is the one that runs it. Raises ModelFileError."""
    return ModelInfo(
        name=facts.name,
        path=str(path),
        sha256=sha256_of(facts.files),
        format=facts.format,
        architecture=facts.architecture,
        parameters=facts.parameters,
        quantization=facts.quantization,
        context_train_tokens=facts.context_train_tokens,
        vocabulary=vocabulary,
        size_bytes=facts.size_bytes,
        chat_template=chat.has_template,
        engine=f"{package} {importlib.metadata.version(package)}",
        license=facts.license,
        tools=chat.offers_tools,
        thinks=chat.think is not None,
    )
