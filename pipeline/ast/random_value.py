"""Random values: what tests make up, so that no two calls give the same."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.ast.base import Literal32, Node
from pipeline.ast.patterns import PatternName, TextPattern, text_pattern

CODE_MAX_LENGTH = 81
"""The longest pattern, a slug, has 80 characters; one more is what it refuses."""


class RandomText(Node):
    """A text that no other call of the same run gets: a label, a space and random characters."""

    kind: Literal["random_text"]
    label: Literal32
    max_length: Annotated[int, Field(ge=1, le=20_000)]


class RandomEmail(Node):
    """A fresh e-mail address."""

    kind: Literal["random_email"]


class RandomUuid(Node):
    """A fresh UUID, the key of nothing."""

    kind: Literal["random_uuid"]


class RandomCode(Node):
    """A fresh text of a named pattern, as far as it has room for what is random."""

    kind: Literal["random_code"]
    pattern: PatternName
    length: Annotated[int, Field(ge=1, le=CODE_MAX_LENGTH)] | None = None

    @property
    def text_pattern(self) -> TextPattern:
        """What the text looks like."""
        lengths = None if self.length is None else (self.length, self.length)
        return text_pattern(self.pattern, lengths)


class SampleObject(Node):
    """An object of free form. Only derived tests have it."""

    kind: Literal["sample_object"]
