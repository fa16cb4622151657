"""What an engine is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from engines.option import Option
from engines.remedy import UserError
from engines.schema import FormSchema

Role = Literal["system", "user", "assistant"]
Stop = Literal["end", "looped", "cut", "budget", "length"]
"""Why an answer ended. `end`: by itself; `looped`: it repeated itself; `cut`: it was longer than
its form needs; `budget`: its tokens or the context were used up. A form is then closed the shortest
way. `length`: the same, but of an answer without a grammar, which is left as it is."""

OnText = Callable[[str, bool], None]
"""Receives (text, forced) as the answer grows; the texts joined are the whole answer."""

OnGroupText = Callable[[int, str, bool], None]
"""Receives (index of the request, text, forced) as the answers of a group grow side by side."""

IsCancelled = Callable[[], bool]
"""Asked between tokens and between chunks of the prompt; true ends the call with `Cancelled`."""


class EngineError(UserError):
    """Base of what an engine refuses or fails at; the message is a sentence for the user."""


class ModelFileError(EngineError):
    """The model file can't be used: missing, truncated, of another format or not loadable."""


class ContextError(EngineError):
    """The prompt, or the prompt with the shortest valid answer, does not fit the context."""


class GrammarError(EngineError):
    """The schema does not build a grammar, or an answer leaves the grammar."""


class DecodeError(EngineError):
    """The native library failed while it evaluated tokens."""


class Cancelled(EngineError):
    """The caller asked the call to end."""


@dataclass(frozen=True)
class Sampler:
    """How a token is chosen among the allowed ones; temperature 0 is greedy.

    `top_k` 0 and `top_p` 1 switch that cut off. The seed has no meaning when greedy.
    """

    temperature: Annotated[
        float, Option("Temperature", "0 always takes the likeliest token.", at_least=0, at_most=2)
    ] = 0.0
    top_k: Annotated[
        int, Option("Top-k", "Choose among the k likeliest tokens; 0 among all.", at_least=0)
    ] = 40
    top_p: Annotated[
        float,
        Option(
            "Top-p",
            "Choose among the fewest tokens that have this share of the probability.",
            at_least=0.01,
            at_most=1,
        ),
    ] = 0.95
    seed: int = 0
    """Of one call; a run derives it from its own seed."""


@dataclass(frozen=True)
class Message:
    """One turn of the conversation that the chat template renders."""

    role: Role
    content: str
    shared: int = 0
    """Characters at its start that other prompts are likely to have too; it says nothing to the
    model, but that much is kept to be reused."""


@dataclass(frozen=True)
class Tool:
    """A function that the model is offered through its own chat template."""

    name: str
    description: str
    parameters: Mapping[str, object]
    """JSON schema of its arguments."""


@dataclass(frozen=True)
class Request:
    """One call of the model: a form to fill."""

    key: str
    """Names the form, e.g. `database/table/todo`; the scripted engine answers by it."""
    messages: tuple[Message, ...]
    schema: FormSchema | None
    """Of the form, already narrowed; None decodes without a constraint."""
    sampler: Sampler
    max_tokens: int
    """Soft budget of output tokens: from there on a form is closed the shortest way."""
    tool: Tool | None = None
    """A function to offer; the answer is then not constrained, so `schema` must be None."""
    max_bytes: int | None = None
    """Bytes of output from which on a form is closed as longer than it needs to be."""
    repeatable: frozenset[str] = frozenset()
    """Members of the form whose lists may hold equal objects; elsewhere these are a loop."""
    think_tokens: int = 0
    """Most tokens a reasoning model may think before its answer; 0 has it answer at once."""


@dataclass(frozen=True)
class Usage:
    """What one call cost. Tokens add up: prompt = evaluated + cached, output = forced + sampled.

    `total_s` covers the whole call; `prefill_s` the prompt, `decode_s` everything after it;
    `mask_s` (part of `decode_s`) computing token masks and `grammar_s` building the grammar. Time
    in which several answers grew side by side is divided among them, so that times add up too.
    """

    prompt_tokens: int = 0
    """All tokens of the prompt, cached ones too."""
    cached_tokens: int = 0
    """Prompt tokens found in the KV cache and not evaluated again."""
    forced_tokens: int = 0
    """Output tokens the grammar left no choice about; they were never sampled."""
    sampled_tokens: int = 0
    """Output tokens the model chose."""
    thinking_tokens: int = 0
    """Tokens of the think block before the answer, its markers included; not output."""
    prefill_s: float = 0.0
    decode_s: float = 0.0
    think_s: float = 0.0
    """Time of the think block; part of neither `prefill_s` nor `decode_s`."""
    ttft_s: float = 0.0
    """From the start of the call, or of its group, to its first text."""
    total_s: float = 0.0
    mask_s: float = 0.0
    grammar_s: float = 0.0
    decode_calls: int = 0
    """Batches evaluated after the prompt that had tokens of this answer."""

    @property
    def evaluated_tokens(self) -> int:
        """Prompt tokens that were really evaluated."""
        return self.prompt_tokens - self.cached_tokens

    @property
    def output_tokens(self) -> int:
        """Tokens of the answer, forced and sampled."""
        return self.forced_tokens + self.sampled_tokens

    @property
    def prefill_tok_per_s(self) -> float:
        """Evaluated prompt tokens per second; 0 if nothing was evaluated."""
        return self.evaluated_tokens / self.prefill_s if self.prefill_s > 0 else 0.0

    @property
    def decode_tok_per_s(self) -> float:
        """Output tokens per second, masks and sampling included; 0 without any."""
        return self.output_tokens / self.decode_s if self.decode_s > 0 else 0.0


@dataclass(frozen=True)
class Completion:
    """The answer to one request."""

    text: str
    usage: Usage
    stop: Stop
    constraint_active: bool
    """Whether every token of the text was chosen under the request's grammar."""
    thinking: str = ""
    """What the model thought before its answer, without the markers."""
    thinking_looped: bool = False
    """Whether the thoughts were ended because they repeated themselves."""


@dataclass(frozen=True)
class ModelInfo:
    """Facts of a model, read from its file; None where the file does not say."""

    name: str
    path: str
    sha256: str
    format: str
    """`gguf` or `mlx`; `scripted` for answers read from files."""
    architecture: str
    parameters: int
    quantization: str
    context_train_tokens: int
    vocabulary: int
    size_bytes: int
    chat_template: bool
    """False if the file has no chat template and the plain format is used."""
    engine: str
    """Library and version that runs it, e.g. `llama-cpp-python 0.3.36`."""
    license: str | None = None
    tools: bool = False
    """Whether the chat template can offer functions."""
    thinks: bool = False
    """Whether the chat template or the vocabulary has a think block."""


class Engine(Protocol):
    """Something that fills forms. One call at a time; not to be shared between threads."""

    @property
    def info(self) -> ModelInfo:
        """Facts of the model."""
        ...

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and answer may have together."""
        ...

    @property
    def lanes(self) -> int:
        """Requests that are answered together. If more than one, what is answered beside a request
        is part of what its answer depends on."""
        ...

    def complete(
        self,
        request: Request,
        on_text: OnText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Completion:
        """Answer one request.

        Raises ContextError, GrammarError, DecodeError or Cancelled; the engine stays usable.
        """
        ...

    def complete_all(
        self,
        requests: Sequence[Request],
        on_text: OnGroupText | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Sequence[Completion | ContextError]:
        """Answer requests that do not depend on each other, in groups of `lanes`.

        The same group is answered alike whatever was asked before. What does not fit the context
        has its error in the place of an answer; all else is raised as by `complete`.
        """
        ...

    def count_tokens(self, messages: tuple[Message, ...], tool: Tool | None = None) -> int:
        """Count the tokens of the rendered prompt."""
        ...

    def close(self) -> None:
        """Free the model's memory; the engine must not be used afterwards."""
        ...
