"""Chat templates: as the model wants them, and never in charge of the prompt."""

import pytest

from engines.chat.templates import ChatFormat, Part
from engines.protocol import Message

SYSTEM, USER = Message("system", "Be brief."), Message("user", "Hello {{ x }}")
ANSWER = Message("assistant", "Hi")
CHATML = (
    "{%- for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{%- if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def _text(chat: ChatFormat, *messages: Message) -> str:
    return "".join(part.text for part in chat.render(messages))


def test_the_template_decides_and_contents_are_marked_as_such():
    chat = ChatFormat(CHATML)
    assert chat.has_template
    assert chat.render((USER,)) == [
        Part("<|im_start|>user\n", True),
        Part("Hello {{ x }}", False),
        Part("<|im_end|>\n<|im_start|>assistant\n", True),
    ]


def test_begin_and_end_tokens_dates_and_thinking_are_given():
    template = (
        "{{ bos_token }}[{{ strftime_now('%Y-%m-%d') }}]"
        "{% for m in messages %}{{ m.content | trim }}{{ eos_token }}{% endfor %}"
        "{% if enable_thinking is defined and not enable_thinking %}<no_think>{% endif %}"
        "{{ {'a': ['é']} | tojson }}"
    )
    chat = ChatFormat(template, "<s>", "</s>")
    assert _text(chat, USER) == '<s>[2026-01-01]Hello {{ x }}</s><no_think>{"a": ["é"]}'


def test_a_template_that_refuses_system_messages_gets_them_in_the_first_user_message():
    template = (
        "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        + CHATML
    )
    assert _text(ChatFormat(template), SYSTEM, USER) == _text(
        ChatFormat(CHATML), Message("user", "Be brief.\n\nHello {{ x }}")
    )


def test_a_template_that_drops_system_messages_gets_them_in_the_first_user_message():
    template = "{% for m in messages if m.role != 'system' %}<{{ m.content }}>{% endfor %}"
    assert _text(ChatFormat(template), SYSTEM, USER, ANSWER) == "<Be brief.\n\nHello {{ x }}><Hi>"


@pytest.mark.parametrize(
    "template",
    [
        None,
        "",
        "{% for m in messages %}",
        "{{ raise_exception('never') }}",
        "{{ messages.nothing.there }}",
        "{{ 1 / 0 }}",
        "always the same text",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}" + CHATML,
        "{% set _ = messages.append({}) %}" + CHATML,
    ],
)
def test_what_is_no_usable_template_gives_the_plain_format(template):
    chat = ChatFormat(template)
    assert not chat.has_template
    assert _text(chat, SYSTEM, USER) == (
        "### System\nBe brief.\n\n### User\nHello {{ x }}\n\n### Assistant\n"
    )


def test_the_template_never_sees_what_messages_say():
    asks = "{% if 'Hello' in m.content %}!{% endif %}"
    template = "{% for m in messages %}" + asks + "{{ m.content }}{% endfor %}"
    assert _text(ChatFormat(template), USER) == "Hello {{ x }}"


def test_empty_and_marker_like_contents_are_kept():
    chat = ChatFormat(CHATML)
    odd = Message("user", "\ue0000\ue001\ue0007\ue001")
    assert _text(chat, Message("system", ""), odd).count(odd.content) == 1
