"""Think blocks: found in the template, free within their budget, closed by force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engines.chat.templates import ChatFormat
from engines.chat.thinking import FORMATS, ThinkFormat, Thinking, find_format
from engines.decoding.loops import THOUGHT_TOKENS
from engines.llama.engine import LlamaEngine
from engines.open import open_model
from engines.protocol import Engine, EngineError, Message, Request, Sampler, Tool
from engines.random_weights.gguf_model import Shape, write_random_model
from engines.random_weights.vocabulary import Vocabulary
from engines.schema import parse_schema

USER = (Message("user", "Which form?"),)
THINK = ThinkFormat("<think>\n", "</think>")
HEAD = (
    "{% if tools %}<tools>{% for t in tools %}{{ t | tojson }}{% endfor %}</tools>{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "<|im_start|>assistant\n"
)
QWEN = HEAD + "{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"
DEEPSEEK = HEAD + "<think>\n{# models close it by </think> #}"
TOOL = Tool("fill_form", "Fills it.", {"type": "object", "properties": {}, "required": []})


def no_token(text: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("template", "closing"),
    [
        (QWEN, "</think>"),
        (DEEPSEEK, "</think>"),
        ("… [THINK] … [/THINK]", "[/THINK]"),
        ("<|channel|>analysis … <|end|> …", "<|end|>"),
        ("<|start_header_id|> … <|end|> …", None),
        ("{{ '<|channel>thought\\n<channel|>' }}", "<channel|>"),
        ("<|START_THINKING|> <|END_THINKING|>", "<|END_THINKING|>"),
        ("<deep_reasoning></deep_reasoning>", "</deep_reasoning>"),
        (HEAD, None),
        (None, None),
    ],
)
def test_the_markers_come_from_the_template(template: str | None, closing: str | None) -> None:
    found = find_format(template, no_token)
    assert (found.closing if found else None) == closing


def test_else_from_the_vocabulary() -> None:
    assert find_format(HEAD, {"[THINK]", "[/THINK]"}.__contains__) == ThinkFormat(
        "[THINK]", "[/THINK]"
    )


@pytest.mark.parametrize(
    ("template", "think", "end"),
    [
        (QWEN, True, "assistant\n<think>\n"),
        (QWEN, False, "assistant\n<think>\n\n</think>\n\n"),
        (DEEPSEEK, True, "assistant\n<think>\n"),
        (DEEPSEEK, False, "assistant\n<think>\n</think>\n\n"),
        (HEAD + "<think></think>", True, "assistant\n<think>\n"),
    ],
)
def test_a_prompt_ends_inside_a_block_or_outside(template: str, think: bool, end: str) -> None:
    parts = ChatFormat(template, think=THINK).render(USER, think=think)
    assert "".join(part.text for part in parts).endswith(end)


def test_a_format_with_channels_is_led_to_its_answer() -> None:
    chat = ChatFormat(HEAD, think=FORMATS[0])
    assert chat.render(USER)[-1].text.endswith("<|channel|>final<|message|>")
    assert chat.render(USER, think=True)[-1].text.endswith("<|channel|>analysis<|message|>")


def test_a_function_is_offered_if_the_template_can() -> None:
    chat = ChatFormat(HEAD)
    assert chat.offers_tools
    assert json.dumps(TOOL.name) in "".join(part.text for part in chat.render(USER, TOOL))
    assert not ChatFormat(HEAD.partition("{% endif %}")[2]).offers_tools
    assert not ChatFormat(None).offers_tools


class Block:
    """A think block over bytes."""

    def __init__(self, budget: int) -> None:
        self.thinking = Thinking(THINK, budget, lambda t: bytes([t]), lambda s: list(s.encode()))

    def write(self, text: str, *, ends: bool = False) -> str | None:
        lead = None
        for byte in text.encode():
            assert lead is None
            lead = self.thinking.take(byte, ends=ends)
        return None if lead is None else bytes(lead).decode()


def test_the_model_ends_its_thoughts() -> None:
    block = Block(100)
    assert block.write("Hm, a dog.</think>") == ">\n\n"
    assert (block.thinking.text, block.thinking.tokens) == ("Hm, a dog.", 20)


def test_the_budget_ends_them() -> None:
    block = Block(4)
    assert block.write("Hm, ") == " \n</think>\n\n"
    assert not block.thinking.looped
    assert block.thinking.text == "Hm,"


def test_thoughts_that_repeat_themselves_are_ended() -> None:
    block = Block(10_000)
    thoughts = "Is it a dog? " * 9
    lead = next(filter(None, map(block.write, thoughts)))
    assert lead.endswith("\n</think>\n\n")
    assert block.thinking.looped
    assert THOUGHT_TOKENS <= len(block.thinking.text) <= len(thoughts)


def test_the_end_of_an_answer_ends_them_and_is_not_part_of_them() -> None:
    block = Block(9)
    block.write("Hm")
    assert block.write("!", ends=True) == "\n</think>\n\n"
    assert block.thinking.text == "Hm"


@pytest.fixture(scope="module", params=["gguf", "mlx"])
def thinker(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    vocabulary: Vocabulary,
) -> Iterator[Engine]:
    """A model with a think block and functions in its template, as both engines open it."""
    path = tmp_path_factory.mktemp("models") / f"thinker.{request.param}"
    shape = Shape(context_tokens=2048)
    if request.param == "gguf":
        write_random_model(path, vocabulary, shape, chat_template=QWEN)
    else:
        random_mlx = pytest.importorskip(
            "engines.random_weights.mlx_model", reason="MLX is not installed"
        )
        random_mlx.write_random_mlx(path, vocabulary, shape, chat_template=QWEN)
    opened = open_model(path)
    yield opened
    opened.close()


SCHEMA = parse_schema(
    {
        "type": "object",
        "properties": {"word": {"type": "string", "maxLength": 9}, "sure": {"type": "boolean"}},
        "required": ["word", "sure"],
        "additionalProperties": False,
    }
)


def asking(think_tokens: int) -> Request:
    sampler = Sampler(temperature=1.0, seed=5)
    return Request("word", USER, SCHEMA, sampler, 200, think_tokens=think_tokens)


def test_an_answer_after_thoughts_is_in_its_grammar(thinker: Engine) -> None:
    assert thinker.info.thinks
    heard: list[str] = []
    answer = thinker.complete(asking(40), lambda text, _: heard.append(text))
    assert set(json.loads(answer.text)) == {"word", "sure"}
    assert "".join(heard) == answer.text
    assert answer.constraint_active
    usage = answer.usage
    assert 0 < usage.thinking_tokens <= 40 + len("\n</think>\n\n")
    assert answer.thinking
    assert usage.output_tokens < 200
    assert usage.think_s > 0
    assert usage.total_s == pytest.approx(
        usage.grammar_s + usage.prefill_s + usage.think_s + usage.decode_s
    )


def test_thoughts_change_the_answer_and_nothing_after_it(thinker: Engine) -> None:
    at_once = thinker.complete(asking(0))
    assert (at_once.thinking, at_once.usage.thinking_tokens) == ("", 0)
    thinker.complete(asking(30))
    assert thinker.complete(asking(0)).text == at_once.text
    assert thinker.complete(asking(30)) != at_once


def test_answers_side_by_side_think_each_for_itself(thinker: Engine) -> None:
    alone = thinker.complete(asking(25))
    asked = [asking(25), replace(asking(0), key="other")]
    first, second = thinker.complete_all(asked)
    assert not isinstance(first, Exception)
    assert not isinstance(second, Exception)
    assert first.thinking == alone.thinking
    assert second.thinking == ""


def test_thoughts_leave_room_for_the_answer(thinker: Engine) -> None:
    answer = thinker.complete(asking(100_000))
    assert answer.usage.thinking_tokens < thinker.context_tokens // 2 + len("\n</think>\n\n")
    assert set(json.loads(answer.text)) == {"word", "sure"}


def test_a_model_without_functions_refuses_one(engine: LlamaEngine) -> None:
    asked = Request("word", USER, None, Sampler(), 20, tool=TOOL)
    with pytest.raises(EngineError, match="can't offer functions"):
        engine.complete(asked)


def test_an_answer_to_an_offered_function_is_free(thinker: Engine) -> None:
    assert thinker.info.tools
    asked = Request("word", USER, None, Sampler(temperature=1.0, seed=2), 20, tool=TOOL)
    answer = thinker.complete(asked)
    assert not answer.constraint_active
    assert thinker.count_tokens(USER, TOOL) > thinker.count_tokens(USER)
