"""One call, in every syntax that models were trained on."""

from __future__ import annotations

import json

import pytest

from pipeline.asking.recovery.tool_call import NoCallError, arguments

MEMBERS = ("title", "open_days", "animals")
FORM = {"title": "It's a zoo", "open_days": 5, "animals": [{"kind": "dog", "good": True}]}
JSON = json.dumps(FORM)
CALL = json.dumps({"name": "fill_form", "arguments": FORM})
IN_TEXT = json.dumps({"name": "fill_form", "arguments": JSON})
SYNTAXES = {
    "qwen": f"<tool_call>\n{CALL}\n</tool_call>",
    "qwen, cut off": f"<tool_call>\n{CALL[:-2]}",
    "qwen after thoughts": f"<think>I call fill_form.</think>\n\n<tool_call>{CALL}</tool_call>",
    "hermes, Python": f"<tool_call>{{'name': 'fill_form', 'arguments': {FORM!r}}}</tool_call>",
    "llama 3": json.dumps({"name": "fill_form", "parameters": FORM}),
    "llama 3.1 python tag": f"<|python_tag|>{CALL}",
    "llama 3.1 function": f"<function=fill_form>{JSON}</function>",
    "llama 4": f'[fill_form(title="It\'s a zoo", open_days=5, animals={FORM["animals"]!r})]',
    "lfm2": f"<|tool_call_start|>[fill_form({','.join(f'{k}={v!r}' for k, v in FORM.items())})]",
    "mistral": f'[TOOL_CALLS][{{"name": "fill_form", "arguments": {JSON}}}]',
    "mistral small 3": f"[TOOL_CALLS]fill_form[ARGS]{JSON}",
    "deepseek r1": (
        f"<｜tool▁call▁begin｜>function<｜tool▁sep｜>fill_form\n```json\n{JSON}\n```<｜tool▁call▁end｜>"  # noqa: RUF001
    ),
    "deepseek 3.1": f"<｜tool▁call▁begin｜>fill_form<｜tool▁sep｜>{JSON}<｜tool▁call▁end｜>",  # noqa: RUF001
    "command": "<|START_ACTION|>"
    f'[{{"tool_call_id": "0", "tool_name": "fill_form", "parameters": {JSON}}}]<|END_ACTION|>',
    "granite": f"<|tool_call|>[{CALL}]",
    "gpt-oss": "<|channel|>commentary to=functions.fill_form "
    f"<|constrain|>json<|message|>{JSON}<|call|>",
    "gemma": '<|tool_call>call:fill_form{title:<|"|>It\'s a zoo<|"|>,open_days:5,'
    'animals:[{kind:<|"|>dog<|"|>,good:true}]}<tool_call|>',
    "openai": json.dumps(
        {"tool_calls": [{"type": "function", "function": {"name": "fill_form", "arguments": FORM}}]}
    ),
    "chatter around": f"I will call the function fill_form now:\n```json\n{CALL}\n```\nDone.",
}


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_arguments_are_read(syntax: str) -> None:
    assert arguments(SYNTAXES[syntax], "fill_form", MEMBERS) == FORM


def test_arguments_in_a_text_are_left_to_coercion() -> None:
    assert arguments(IN_TEXT, "fill_form", MEMBERS) == JSON


@pytest.mark.parametrize(
    "text",
    [
        "<tool_call>\n<function=fill_form>\n<parameter=title>\nIt's a zoo\n</parameter>\n"
        '<parameter=open_days>\n5\n</parameter>\n<parameter=animals>\n[{"kind": "dog"}]\n'
        "</parameter>\n</function>\n</tool_call>",
        "<tool_call>fill_form\n<arg_key>title</arg_key>\n<arg_value>It's a zoo</arg_value>\n"
        "<arg_key>open_days</arg_key>\n<arg_value>5</arg_value>\n<arg_key>animals</arg_key>\n"
        '<arg_value>[{"kind": "dog"}]</arg_value>\n</tool_call>',
    ],
    ids=["qwen3 coder", "glm"],
)
def test_arguments_in_tags_are_texts_but_for_objects_and_lists(text: str) -> None:
    assert arguments(text, "fill_form", MEMBERS) == {
        "title": "It's a zoo",
        "open_days": "5",
        "animals": [{"kind": "dog"}],
    }


@pytest.mark.parametrize(
    "text", [JSON, "", f"<tool_call>{CALL.replace('fill', 'send')}</tool_call>"]
)
def test_an_answer_that_does_not_call_is_no_call(text: str) -> None:
    with pytest.raises(NoCallError, match="does not call fill_form"):
        arguments(text, "fill_form", MEMBERS)


def test_a_call_without_arguments_is_reported() -> None:
    with pytest.raises(NoCallError, match="without an object"):
        arguments("I would call fill_form.", "fill_form", MEMBERS)
