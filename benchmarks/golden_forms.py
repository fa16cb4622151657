"""The forms of a run, and a real engine that is made to write the golden answers to them.

Every token goes through the engine's own loop: prompt, mask, evaluation, forced tokens. Only the
choice is taken from the golden answer instead of the model's scores, so that speeds are those of
sensible forms although the weights are random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import llama_cpp as native
import numpy as np
from gguf import GGUFReader, TokenType
from numpy.typing import NDArray

from app.library.progress import Progress
from benchmarks.decode import SHAPE
from engines.decoding.decode import _Call
from engines.decoding.filling import Filling
from engines.llama.engine import LlamaEngine
from engines.options import EngineOptions
from engines.protocol import OnText, Request, Sampler
from engines.random_weights.gguf_model import write_random_model
from engines.random_weights.vocabulary import Kind, Token, Vocabulary, byte_level
from engines.schema import FormSchema
from engines.scripted import ScriptedEngine
from pipeline.asking.harness import Harness
from pipeline.records.calls import StageSummary
from pipeline.records.options import RunOptions
from pipeline.run.golden import load_answers
from pipeline.run.requests import load_request
from pipeline.run.run import design

SIZE = 151_936  # entries of Qwen's vocabulary
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TRAINED_TOKENS = 6000
LOOK_AHEAD_BYTES = 64  # longer than any token that stands in a form
MAX_TOKENS = 8192
KINDS: dict[TokenType, Kind] = {
    TokenType.NORMAL: "normal",
    TokenType.CONTROL: "control",
    TokenType.BYTE: "byte",
}
FILE_TYPES = {
    "Q8_0": native.LLAMA_FTYPE_MOSTLY_Q8_0,
    "Q4_K_M": native.LLAMA_FTYPE_MOSTLY_Q4_K_M,
    "F16": native.LLAMA_FTYPE_MOSTLY_F16,
}
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True)
class Asked:
    """A form as the pipeline asks for it, and its golden answer."""

    request: Request
    answer: str

    @property
    def schema(self) -> FormSchema:
        """Of the form, narrowed."""
        assert self.request.schema is not None
        return self.request.schema


class _Listening(ScriptedEngine):
    """A script that remembers what it was asked."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__(answers)
        self.asked: list[Asked] = []

    def _answer(self, request: Request) -> str:
        answer = super()._answer(request)
        self.asked.append(Asked(request, answer))
        return answer


def forms_of(name: str) -> list[Asked]:
    """Play a golden project through the pipeline and return its forms in order."""
    engine = _Listening(load_answers(name))
    play(engine, name)
    return engine.asked


def play(engine: Any, name: str) -> tuple[StageSummary, ...]:
    """Take an engine through all stages of a request; return the counts of each stage."""
    options = RunOptions(sampler=Sampler(), feedback=0, max_tokens_per_call=MAX_TOKENS)
    progress = Progress()
    harness = Harness(engine, options, lambda _: None, progress.apply, lambda: False)
    design(harness, load_request(name).text, lambda _stage, _ast: None)
    return progress.summaries()


class _Played(Filling):
    """An answer whose choices are those of a text."""

    def begin_text(self, text: str, tokenizer: Any, scores: NDArray[np.float32]) -> None:
        self._text = text.encode()
        self._tokenizer = tokenizer
        self._scores = scores

    def advance(
        self, scores: NDArray[np.float32], mask: NDArray[np.int32], end_tokens: frozenset[int]
    ) -> None:
        at = len(self.answer.data)
        rest = self._text[at : at + LOOK_AHEAD_BYTES]
        token = self._tokenizer.tokenize_bytes(rest)[0] if rest else min(end_tokens)
        self._scores[token] = 1.0
        super().advance(self._scores, mask, end_tokens)
        self._scores[token] = 0.0


class PlaybackEngine(LlamaEngine):
    """A llama.cpp engine that writes the answers it is given, by the key of the form."""

    def __init__(self, path: Path, context_tokens: int, options: EngineOptions) -> None:
        super().__init__(path, context_tokens, options)
        self.answers: dict[str, str] = {}
        self.fast_forward = True

    def _call(self, request: Request, on_text: OnText | None) -> _Call:
        call = super()._call(request, on_text)
        base = call.filling
        played = _Played(
            request,
            base.prompt,
            base.grammar,
            base.matcher,
            base.answer,
            fast_forward=self.fast_forward,
        )
        scores = np.zeros(self._model.vocabulary, dtype=np.float32)
        played.begin_text(self.answers[request.key], self._model.tokenizer, scores)
        return replace(call, filling=played)


def read_vocabulary(path: Path) -> Vocabulary:
    """Read the tokens of a GGUF file: a model, or one of llama.cpp's `ggml-vocab-*.gguf`."""
    fields = GGUFReader(path).fields
    texts = fields["tokenizer.ggml.tokens"].contents()
    kinds = fields["tokenizer.ggml.token_type"].contents()
    words = fields["tokenizer.ggml.model"].contents() == "llama"
    scores = fields["tokenizer.ggml.scores"].contents() if words else [0.0] * len(texts)
    tokens = tuple(
        Token(text, KINDS.get(TokenType(kind), "normal"), score)
        for text, kind, score in zip(texts, kinds, scores, strict=True)
    )
    if words:
        begin = fields["tokenizer.ggml.bos_token_id"].contents()
        return Vocabulary(
            "llama", tokens, (), begin, fields["tokenizer.ggml.eos_token_id"].contents()
        )
    merges = tuple(fields["tokenizer.ggml.merges"].contents())
    return Vocabulary("gpt2", tokens, merges, None, texts.index("<|im_end|>"))


def vocabulary_of(path: Path | None, forms: Sequence[Asked]) -> Vocabulary:
    """Read the tokens of a file, or train them on forms where there is none."""
    return own_vocabulary(forms) if path is None else read_vocabulary(path)


def own_vocabulary(forms: Sequence[Asked]) -> Vocabulary:
    """Train a vocabulary on prompts and answers, padded with tokens no text has."""
    texts = [message.content for form in forms for message in form.request.messages]
    small = byte_level(
        "\n".join([*texts, *(form.answer for form in forms)]),
        TRAINED_TOKENS,
        CONTROL,
        "<|im_end|>",
    )
    padding = (Token(f"unused{number}") for number in range(SIZE - len(small.tokens)))
    return Vocabulary("gpt2", (*small.tokens, *padding), small.merges, small.begin, small.end)


def write_model(path: Path, vocabulary: Vocabulary, file_type: str) -> Path:
    """Write a model of 0.6 B random weights into a folder, in one of `FILE_TYPES`."""
    plain = path / "random-Q8_0.gguf"
    if not plain.exists():
        write_random_model(plain, vocabulary, SHAPE, chat_template=TEMPLATE)
    written = path / f"random-{file_type}.gguf"
    if not written.exists():
        settings: Any = native.llama_model_quantize_default_params()
        settings.ftype = FILE_TYPES[file_type]
        settings.allow_requantize = True
        if native.llama_model_quantize(str(plain).encode(), str(written).encode(), settings):
            raise SystemExit(f"llama.cpp could not quantize to {file_type}.")
    return written
