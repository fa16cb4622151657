"""Conversations as tokens."""

from __future__ import annotations

import re

from engines.chat.templates import ChatFormat, Part
from engines.decoding.sequence import Prompt
from engines.decoding.token_model import TokenModel
from engines.protocol import EngineError, Message, Tool


class PromptWriter:
    """Writes the prompts of one model; only its chat template may name control tokens."""

    def __init__(self, model: TokenModel, chat: ChatFormat, name: str) -> None:
        """Take the model, how it is talked to, and its name for refusals."""
        self._model = model
        self._chat = chat
        self._name = name
        names = (model.piece(t, control=True) for t in model.control_tokens)
        texts = sorted({name.decode("utf-8", "replace") for name in names if name}, key=len)
        self._control_text = re.compile("|".join(map(re.escape, reversed(texts))) or r"(?!)")

    def write(
        self, messages: tuple[Message, ...], tool: Tool | None = None, *, think: bool = False
    ) -> Prompt:
        """Tokenize a conversation, up to where the model's answer begins, or its thoughts.

        Raises EngineError if the template can't offer functions.
        """
        if tool is not None and not self._chat.offers_tools:
            raise EngineError(
                f"The chat template of {self._name} can't offer functions, so the level tools "
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
