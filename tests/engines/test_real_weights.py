"""Trained models, where their files are: what random weights can't show.

`make setup` fetches SmolLM2; `python3 packaging/gemma_model.py` fetches Gemma, which has no chat
template.
"""

from __future__ import annotations

import ctypes
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import jsonschema
import llama_cpp
import pytest

from app.work.model_list import MODELS, TRAINED_FILE
from benchmarks.golden_forms import forms_of
from engines.files.model import read_facts
from engines.llama.engine import LlamaEngine
from engines.options import EngineOptions
from engines.protocol import Message, Request, Sampler
from engines.schema import FormSchema

pytestmark = pytest.mark.real_weights

CONTEXT_TOKENS = 4096
BUDGET_TOKENS = 64
ASKED = (
    Message("system", "You answer in one short sentence."),
    Message("user", "What is the capital of France?"),
)


@dataclass(frozen=True)
class Trained:
    """A model, and what its file is known to hold."""

    file: str
    architecture: str
    parameters: int
    licence: str
    has_template: bool


SMOLLM2 = Trained(TRAINED_FILE, "llama", 134_515_008, "apache-2.0", has_template=True)
GEMMA = Trained("gemma-3-270m.Q4_K_M.gguf", "gemma3", 268_098_176, "gemma", has_template=False)


def present(model: Trained) -> Path:
    path = MODELS / model.file
    if not path.is_file():
        pytest.skip(f"{model.file} is not here")
    return path


@pytest.fixture(scope="module", params=[SMOLLM2, GEMMA], ids=["smollm2", "gemma"])
def trained(request: pytest.FixtureRequest) -> Trained:
    present(request.param)
    return request.param


@pytest.fixture(scope="module")
def engine(trained: Trained) -> Iterator[LlamaEngine]:
    opened = LlamaEngine(present(trained), CONTEXT_TOKENS, EngineOptions(threads=1))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shortest_form() -> Request:
    """The form of `todo` whose golden answer is the shortest, narrowed as in a run."""
    shortest = min(forms_of("todo"), key=lambda form: len(form.answer))
    return replace(shortest.request, max_tokens=BUDGET_TOKENS)


def prompt_of(engine: LlamaEngine, messages: tuple[Message, ...]) -> str:
    """Return the text that the engine evaluates, control tokens and all."""
    tokens = engine._prompts.write(messages).tokens
    return b"".join(engine._model.piece(token, control=True) for token in tokens).decode()


def by_llama_cpp(template: str, messages: tuple[Message, ...]) -> str:
    """Render a conversation with llama.cpp's own writer of known templates."""
    chat = (llama_cpp.llama_chat_message * len(messages))(
        *(llama_cpp.llama_chat_message(m.role.encode(), m.content.encode()) for m in messages)
    )
    buffer = ctypes.create_string_buffer(4096)
    size = llama_cpp.llama_chat_apply_template(
        template.encode(), chat, len(messages), True, cast("bytes", buffer), len(buffer)
    )
    assert 0 < size <= len(buffer)
    return buffer.raw[:size].decode()


def test_its_facts_are_read(trained: Trained, engine: LlamaEngine) -> None:
    info = engine.info
    assert (info.architecture, info.parameters) == (trained.architecture, trained.parameters)
    assert (info.license, info.chat_template) == (trained.licence, trained.has_template)
    assert engine.context_tokens == CONTEXT_TOKENS


def test_a_narrowed_form_is_valid_and_its_speed_is_measured(
    engine: LlamaEngine, shortest_form: Request
) -> None:
    done = engine.complete(shortest_form)
    schema = shortest_form.schema
    assert isinstance(schema, FormSchema)
    jsonschema.validate(json.loads(done.text), schema.as_json())
    assert done.stop in ("end", "budget")
    assert done.usage.prompt_tokens > 100
    assert 0.1 < done.usage.output_tokens / done.usage.decode_s < 10_000


def test_the_template_renders_as_llama_cpp_renders_it() -> None:
    path = present(SMOLLM2)
    template = read_facts(path).chat_template
    assert template is not None
    engine = LlamaEngine(path, CONTEXT_TOKENS, EngineOptions(threads=1))
    ours = prompt_of(engine, ASKED)
    engine.close()
    assert ours == by_llama_cpp(template, ASKED)
    assert ours.endswith("<|im_end|>\n<|im_start|>assistant\n")


def test_without_a_template_the_prompt_is_plain() -> None:
    engine = LlamaEngine(present(GEMMA), CONTEXT_TOKENS, EngineOptions(threads=1))
    prompt = prompt_of(engine, ASKED)
    engine.close()
    system, user = (each.content for each in ASKED)
    assert prompt == f"<bos>### System\n{system}\n\n### User\n{user}\n\n### Assistant\n"


def test_a_stop_token_ends_a_free_answer() -> None:
    engine = LlamaEngine(present(SMOLLM2), CONTEXT_TOKENS, EngineOptions(threads=1))
    done = engine.complete(Request("test/free", ASKED, None, Sampler(), 64))
    engine.close()
    assert done.stop == "end"
    assert "Paris" in done.text
    assert "<|im_end|>" not in done.text


def test_a_budget_ends_a_base_model_that_never_stops() -> None:
    engine = LlamaEngine(present(GEMMA), CONTEXT_TOKENS, EngineOptions(threads=1))
    done = engine.complete(Request("test/free", ASKED, None, Sampler(), 24))
    ends = {engine._model.piece(token, control=True) for token in engine._model.end_tokens}
    engine.close()
    assert (done.stop, done.usage.output_tokens) == ("length", 24)
    assert {b"<eos>", b"<end_of_turn>"} <= ends
