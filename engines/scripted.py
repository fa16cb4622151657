"""Answer from a script, through the same grammar as a model.

A script maps the key of a request to its answer, or to several: one per round, the round being the
number of answers already in the conversation. An answer to a form is matched byte by byte against
the form's grammar, so a script that has left the forms behind fails with the place where it did.
There are no tokens here: usage counts bytes, and says so through a vocabulary of 256.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import json
import time
from collections.abc import Mapping, Sequence

from llguidance import LLMatcher

from engines.grammar.grammar import Grammar, byte_tokenizer, compile_grammar
from engines.protocol import (
    Cancelled,
    Completion,
    ContextError,
    EngineError,
    GrammarError,
    IsCancelled,
    Message,
    ModelInfo,
    OnGroupText,
    OnText,
    Request,
    Tool,
    Usage,
)
from engines.schema import FormSchema

DEFAULT_CONTEXT_BYTES = 1 << 22
EXPECTED_BYTES_SHOWN = 12
AROUND_BYTES = 40
STARTED_MATCHERS = 32

ScriptAnswer = str | Mapping[str, object]
"""JSON text as it is, or an object that is written compactly in its own key order."""


class ScriptedEngine:
    """Answers by key; see `engines.protocol.Engine`."""

    def __init__(
        self,
        answers: Mapping[str, ScriptAnswer | Sequence[ScriptAnswer]],
        *,
        name: str = "scripted",
        context_tokens: int = DEFAULT_CONTEXT_BYTES,
    ) -> None:
        """Take a script; `context_tokens` counts bytes."""
        self._answers = {key: _written(answer) for key, answer in answers.items()}
        script = json.dumps(self._answers, sort_keys=True)
        self._context_tokens = context_tokens
        self._info = ModelInfo(
            name=name,
            path="",
            sha256=hashlib.sha256(script.encode()).hexdigest(),
            format="scripted",
            architecture="scripted",
            parameters=0,
            quantization="",
            context_train_tokens=context_tokens,
            vocabulary=256,
            size_bytes=len(script.encode()),
            chat_template=False,
            engine="scripted",
            tools=True,  # a script can answer whatever it is asked
        )

    @property
    def info(self) -> ModelInfo:
        """Facts of the script; its hash covers all answers."""
        return self._info

    @property
    def context_tokens(self) -> int:
        """Bytes that prompt and answer may have together."""
        return self._context_tokens

    @property
    def lanes(self) -> int:
        """One: no answer of a script depends on what is asked beside it."""
        return 1

    def count_tokens(self, messages: tuple[Message, ...], tool: Tool | None = None) -> int:
        """Count the bytes of the messages and of a function that is offered."""
        offered = 0 if tool is None else len(json.dumps(tool.parameters).encode())
        return offered + sum(len(message.content.encode()) for message in messages)

    def close(self) -> None:
        """Do nothing: a script holds no memory worth freeing."""

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Return the answer the script has for this key and round, whatever its length.

        Raises EngineError if it has none, GrammarError if the answer is not in the form's
        grammar, ContextError or Cancelled.
        """
        started = time.perf_counter()
        if cancelled is not None and cancelled():
            raise Cancelled("The call was cancelled.")
        text = self._answer(request)
        data = text.encode()
        prompt = self.count_tokens(request.messages, request.tool)
        if prompt + len(data) > self._context_tokens:
            raise ContextError(
                f"The prompt has {prompt} bytes and its answer {len(data)}, but the context holds "
                f"{self._context_tokens}."
            )
        forced = 0 if request.schema is None else _match(request.key, request.schema, data)
        if on_text is not None:
            on_text(text, False)
        total_s = time.perf_counter() - started
        usage = Usage(
            prompt_tokens=prompt,
            forced_tokens=forced,
            sampled_tokens=len(data) - forced,
            decode_s=total_s,
            ttft_s=total_s,
            total_s=total_s,
        )
        return Completion(text, usage, "end", constraint_active=request.schema is not None)

    def complete_all(
        self,
        requests: Sequence[Request],
        on_text: OnGroupText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> list[Completion | ContextError]:
        """Answer one request after the other; see `engines.protocol.Engine`."""
        answers: list[Completion | ContextError] = []
        for index, request in enumerate(requests):
            hear = None if on_text is None else functools.partial(on_text, index)
            try:
                answers.append(self.complete(request, hear, cancelled))
            except ContextError as error:
                answers.append(error)
        return answers

    def _answer(self, request: Request) -> str:
        rounds = self._answers.get(request.key)
        if not rounds:
            near = difflib.get_close_matches(request.key, self._answers, n=1)
            hint = f" It has one for {near[0]}." if near else ""
            raise EngineError(f"The script has no answer for the form {request.key}.{hint}")
        earlier = sum(message.role == "assistant" for message in request.messages)
        return rounds[min(earlier, len(rounds) - 1)]


def _written(answer: ScriptAnswer | Sequence[ScriptAnswer]) -> list[str]:
    if isinstance(answer, str):
        return [answer]
    if isinstance(answer, Mapping):
        return [json.dumps(answer, ensure_ascii=False, separators=(",", ":"))]
    return [text for each in answer for text in _written(each)]


@functools.lru_cache(maxsize=STARTED_MATCHERS)
def _started(grammar: Grammar) -> LLMatcher:
    """Return a matcher at the start of a grammar, to be copied for each form of one kind."""
    return grammar.matcher(byte_tokenizer())


def _match(key: str, schema: FormSchema, data: bytes) -> int:
    """Match an answer against its form; return the bytes the grammar leaves no choice about."""
    matcher = _started(compile_grammar(schema)).deep_copy()
    at = forced = 0
    while at < len(data):
        sure = matcher.compute_ff_bytes()
        step = sure if sure and data.startswith(sure, at) else data[at : at + 1]
        if matcher.validate_tokens(list(step)) != len(step):
            break
        matcher.consume_tokens(list(step))
        forced += len(sure) if step == sure else 0
        at += len(step)
    if at == len(data) and matcher.is_accepting():
        return forced
    mask = matcher.compute_bitmask()
    allowed = [chr(byte) for byte in range(32, 127) if mask[byte >> 3] >> (byte & 7) & 1]
    expected = matcher.compute_ff_bytes().decode("utf-8", "replace")
    expected = expected or " ".join(allowed[:EXPECTED_BYTES_SHOWN]) or "its end"
    before = data[max(0, at - AROUND_BYTES) : at].decode("utf-8", "replace")
    after = data[at : at + AROUND_BYTES].decode("utf-8", "replace") or "the end of the answer"
    raise GrammarError(
        f"The answer for {key} leaves its form at byte {at}: after …{before} it has {after}, "
        f"but the form expects {expected}."
    )
