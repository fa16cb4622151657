"""Render a conversation the way a model was trained to read it.

The chat template is part of the model's file, so it is foreign code: it runs in Jinja's immutable
sandbox, and it never sees what the messages say. It renders placeholders, which are then replaced.
So a request can't reach the template's logic, and text that looks like a control token stays text.
"""

from __future__ import annotations

import datetime
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engines.chat.thinking import ThinkFormat
from engines.protocol import Message, Tool

PLACEHOLDER = re.compile("\ue000(\\d+)\ue001")  # private-use characters: in no template's text
PLAIN_TITLES = {"system": "### System", "user": "### User", "assistant": "### Assistant"}
TEMPLATE_ERRORS = (
    TemplateError,
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)
TEMPLATE_DAY = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
"""Today, for templates that print the date: a run must not depend on its day."""

PROBE_TOOL = Tool(
    "probe_tool",
    "Asked nothing.",
    {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
)


@dataclass(frozen=True)
class Part:
    """A stretch of the prompt: of the template (may name control tokens) or of a message."""

    text: str
    is_template: bool


class ChatFormat:
    """How messages become a prompt: by the model's template, or plainly if it has none."""

    def __init__(
        self,
        template: str | None,
        begin_text: str = "",
        end_text: str = "",
        think: ThinkFormat | None = None,
    ) -> None:
        """Compile a template; one that does not compile or render counts as none.

        `think` says how the model marks its thoughts off, None that it has none.
        """
        self.think = think
        self.offers_tools = False
        """Whether the template shows the model a function that it may call."""
        self._specials = {"bos_token": begin_text, "eos_token": end_text}
        self._template: Any = None
        if template:
            try:
                self._template = _environment().from_string(template)
            except TemplateError:
                return
            probe = (Message("system", "a"), Message("user", "b"))
            if self._by_template(probe) is None:
                self._template = None
                return
            offered = self._by_template(probe, PROBE_TOOL) or []
            self.offers_tools = any(PROBE_TOOL.name in part.text for part in offered)

    @property
    def has_template(self) -> bool:
        """Whether prompts are made by the model's own template."""
        return self._template is not None

    def render(
        self, messages: tuple[Message, ...], tool: Tool | None = None, *, think: bool = False
    ) -> list[Part]:
        """Render the messages and the beginning of the model's answer, or of its thoughts.

        A template that refuses or drops system messages gets them at the head of the first user
        message; a conversation that it can't render at all is written plainly. With `think` the
        prompt ends inside a think block, without it outside of any.
        """
        parts = None
        if self._template is not None:
            parts = self._by_template(messages, tool, think)
        return self._at_answer(parts or _plain(messages), think)

    def _at_answer(self, parts: list[Part], think: bool) -> list[Part]:
        """Open or close a think block at the end of a prompt, where the template has not."""
        how = self.think
        if how is None:
            return parts
        *before, last = parts
        opening = how.opening.strip()
        at = last.text.rfind(opening)
        is_open = at >= 0 and how.closing not in last.text[at + len(opening) :]
        if think and not is_open:
            last = Part(last.text[: at if at >= 0 else None] + how.opening, is_template=True)
        elif not think and is_open:
            last = Part(last.text + how.closing + how.lead, is_template=True)
        elif not think and at < 0 and how.skipped:
            last = Part(last.text + how.skipped, is_template=True)
        return [*before, last]

    def _by_template(
        self, messages: tuple[Message, ...], tool: Tool | None = None, think: bool = False
    ) -> list[Part] | None:
        return self._rendered(messages, tool, think) or self._rendered(
            _without_system(messages), tool, think
        )

    def _rendered(
        self, messages: tuple[Message, ...], tool: Tool | None, think: bool
    ) -> list[Part] | None:
        marked = [
            {"role": message.role, "content": f"\ue000{index}\ue001"}
            for index, message in enumerate(messages)
        ]
        try:
            text: str = self._template.render(
                messages=marked,
                add_generation_prompt=True,
                enable_thinking=think,
                tools=None if tool is None else [_declared(tool)],
                **self._specials,
            )
        # A template is foreign code: whatever it trips over, it has not rendered the messages.
        except TEMPLATE_ERRORS:
            return None
        pieces = PLACEHOLDER.split(text)
        if {int(index) for index in pieces[1::2]} != set(range(len(messages))):
            return None
        parts: list[Part] = []
        for position, piece in enumerate(pieces):
            is_template = position % 2 == 0
            parts.append(Part(piece if is_template else messages[int(piece)].content, is_template))
        return [part for part in parts if part.text]


def _declared(tool: Tool) -> dict[str, Any]:
    """Return a function as templates expect it, in the form that OpenAI's API gave it."""
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def _without_system(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Move what the system says to the head of the first user message."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    if system and rest and rest[0].role == "user":
        rest[0] = Message("user", f"{system}\n\n{rest[0].content}")
    elif system:
        rest.insert(0, Message("user", system))
    return tuple(rest)


def _plain(messages: tuple[Message, ...]) -> list[Part]:
    parts: list[Part] = []
    for message in messages:
        parts.append(Part(PLAIN_TITLES[message.role] + "\n", is_template=True))
        parts.append(Part(message.content, is_template=False))
        parts.append(Part("\n\n", is_template=True))
    return [*parts, Part(PLAIN_TITLES["assistant"] + "\n", is_template=True)]


def _environment() -> ImmutableSandboxedEnvironment:
    """Return the sandbox, with what templates of Hugging Face models expect to find."""
    environment: Any = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _tojson
    environment.globals.update(raise_exception=_refuse, strftime_now=TEMPLATE_DAY.strftime)
    return environment


def _tojson(
    value: object,
    indent: int | None = None,
    ensure_ascii: bool = False,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(
        value, indent=indent, ensure_ascii=ensure_ascii, separators=separators, sort_keys=sort_keys
    )


def _refuse(message: str) -> NoReturn:
    raise TemplateError(message)
