"""Named patterns of texts: what a column of codes, numbers or colours admits.

A model chooses a name and never writes a regular expression. Each is a row of characters from
plain classes, so that it is read in one pass whatever the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

PatternName = Literal[
    "slug", "code", "handle", "digits", "phone", "hex_color", "currency", "country"
]

Lengths = tuple[int, int]
"""The least and the greatest number of characters."""
FEWEST_DIGITS = 6
"""Of random digits, fewer than that may be the same twice."""


@dataclass(frozen=True)
class TextPattern:
    """What a text looks like; the same expression in zod, in OpenAPI and in a grammar.

    A fresh text is `head` and as many random digits; without digits it is always `head`.
    """

    regex: str
    words: str
    head: str
    digits: int

    @property
    def lengths(self) -> Lengths:
        """How many characters a text has, of patterns that end in a number of them."""
        first = self.regex.count("[") - 1
        least, _, most = self.regex[self.regex.rindex("{") + 1 : -2].partition(",")
        return first + int(least), first + int(most or least)

    def sized(self, lengths: Lengths) -> TextPattern:
        """Return the pattern of texts of these lengths; a fresh text is like those without."""
        first = self.regex.count("[") - 1
        least, most = (str(each - first) for each in lengths)
        times = least if least == most else f"{least},{most}"
        regex = f"{self.regex[: self.regex.rindex('{')]}{{{times}}}$"
        length = min(max(len(self.head) + self.digits, lengths[0]), lengths[1])
        head = self.head if length >= len(self.head) + FEWEST_DIGITS else ""
        return replace(self, regex=regex, head=head, digits=length - len(head))

    @property
    def short_regex(self) -> str:
        """The expression, of texts that are no longer than a literal of a form may be."""
        return self.regex.replace("{0,79}", "{0,31}")

    @property
    def example(self) -> str:
        """A text that fits, the same each time."""
        return self.head + ("1234567890" * 10)[: self.digits]


PATTERNS: Final[Mapping[str, TextPattern]] = {
    "slug": TextPattern(
        r"^[a-z0-9][a-z0-9-]{0,79}$", "lower-case letters, digits and dashes", "item-", 8
    ),
    "code": TextPattern(
        r"^[A-Z0-9][A-Z0-9-]{0,31}$", "capital letters, digits and dashes", "CODE-", 8
    ),
    "handle": TextPattern(
        r"^[A-Za-z0-9_]{3,30}$", "3 to 30 letters, digits and underscores", "user_", 8
    ),
    "digits": TextPattern(r"^[0-9]{1,32}$", "digits alone", "", 10),
    "phone": TextPattern(
        r"^\+[1-9][0-9]{6,14}$", "a plus sign, the country's code and the number", "+1", 10
    ),
    "hex_color": TextPattern(r"^#[0-9A-Fa-f]{6}$", "a hash sign and six hex digits", "#", 6),
    "currency": TextPattern(r"^[A-Z]{3}$", "three capital letters of ISO 4217", "EUR", 0),
    "country": TextPattern(r"^[A-Z]{2}$", "two capital letters of ISO 3166", "DE", 0),
}

SIZED: Final = ("slug", "code", "handle", "digits")
"""Patterns whose texts can be held to a length."""
MIXED_CASE: Final = ("handle", "hex_color")
"""Patterns of texts that have upper and lower case."""
TIME_REGEX: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
"""A time of day, hours and minutes."""


def text_pattern(name: PatternName, lengths: Lengths | None) -> TextPattern:
    """Return a named pattern, of texts of these lengths if there are any."""
    known = PATTERNS[name]
    return known if lengths is None else known.sized(lengths)
