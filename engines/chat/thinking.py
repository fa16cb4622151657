"""Think blocks: what a reasoning model writes before its answer, free but within a budget.

The markers around it are those of the model's chat template, else of its vocabulary. The answer
after it is decoded under its grammar like any other; a block that uses up its budget or repeats
itself is closed by force, as the model would have closed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from engines.decoding.loops import THOUGHT_TOKENS, Period


@dataclass(frozen=True)
class ThinkFormat:
    """How a model marks its thoughts off."""

    opening: str
    closing: str
    """What the model writes when it has done thinking."""
    lead: str = "\n\n"
    """What stands between that and the answer."""
    skipped: str = ""
    """What begins an answer without thoughts, where the template does not see to it."""


FORMATS = (
    ThinkFormat(
        "<|channel|>analysis<|message|>",
        "<|end|>",
        "<|start|>assistant<|channel|>final<|message|>",
        "<|channel|>final<|message|>",
    ),
    ThinkFormat("<|channel>thought\n", "<channel|>", ""),
    ThinkFormat("<|START_THINKING|>", "<|END_THINKING|>"),
    ThinkFormat("<|begin_of_thought|>", "<|end_of_thought|>"),
    ThinkFormat("[THINK]", "[/THINK]"),
    ThinkFormat("<think>\n", "</think>"),
)
"""In the templates of gpt-oss, Gemma 4, Command A, Open Thinker, Magistral, and of Qwen, DeepSeek
and most others."""
NAMED = re.compile(r"</([\w:-]*(?:think|thought|reason)[\w:-]*)>", re.IGNORECASE)


def find_format(template: str | None, is_token: Callable[[str], bool]) -> ThinkFormat | None:
    """Return how a model thinks; None if neither template nor vocabulary has a think block.

    `is_token` says whether a text is one token of the vocabulary.
    """
    text = template or ""
    for each in FORMATS:
        channel = each.opening.split("<|message|>")[0].strip()
        if each.closing in text and (channel in text or not each.skipped):
            return each
    named = NAMED.search(text)
    if named is not None:
        return ThinkFormat(f"<{named[1]}>\n", f"</{named[1]}>")
    for each in FORMATS:
        if not each.skipped and is_token(each.opening.strip()) and is_token(each.closing):
            return each
    return None


class Thinking:
    """A think block as it grows, token by token."""

    def __init__(
        self,
        how: ThinkFormat,
        budget_tokens: int,
        piece: Callable[[int], bytes],
        tokenize: Callable[[str], list[int]],
    ) -> None:
        """Take the budget, and how the model's tokens read and are read, control tokens too."""
        self.tokens = 0
        """Tokens so far; those that lead over to the answer are counted too."""
        self.looped = False
        """Whether they were ended because they repeated themselves."""
        self._how = how
        self._budget_tokens = budget_tokens
        self._piece = piece
        self._tokenize = tokenize
        self._data = bytearray()
        self._period = Period()

    @property
    def text(self) -> str:
        """The thoughts, without their markers."""
        return self._data.decode("utf-8", "replace").partition(self._how.closing)[0].strip()

    def take(self, token: int, *, ends: bool) -> list[int] | None:
        """Add a token; return what is to be evaluated before the answer, None until it ends.

        `ends` says that the token would end an answer: it then ends the thoughts.
        """
        piece = self._piece(token)
        self._data += piece
        if self._how.closing.encode() in self._data[-len(piece) - len(self._how.closing) :]:
            return self._lead([token], self._how.lead)
        if ends:
            del self._data[len(self._data) - len(piece) :]
            return self._lead([], "\n" + self._how.closing + self._how.lead)
        self._period.add(token)
        self.looped = self._period.repeats(THOUGHT_TOKENS)
        if self.looped or self.tokens + 1 >= self._budget_tokens:
            return self._lead([token], "\n" + self._how.closing + self._how.lead)
        self.tokens += 1
        return None

    def _lead(self, own: list[int], text: str) -> list[int]:
        tokens = [*own, *self._tokenize(text)] if text else own
        self.tokens += len(tokens)
        return tokens
