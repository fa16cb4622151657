"""What all five ASTs share: the frozen node, and the types of its leaves."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from pipeline.names import NAME_MAX_LENGTH, NAME_PATTERN, PHRASE_MAX_LENGTH, to_snake

AST_VERSION: Final = 2
"""Version of the five ASTs; a file of another version is not read."""


class Node(BaseModel):
    """A frozen AST node: unknown members are refused, lists are tuples, equality is by value."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True
    )


class Ast(Node):
    """The root of an AST: all that a stage produces, and what its file holds."""

    version: Literal[2] = AST_VERSION


def clean_text(value: object) -> object:
    r"""Make a model's prose safe for Markdown, TypeScript, SQL and Prisma alike.

    Control, format (bidi) and surrogate characters go, white space folds, `"` becomes `'`, and
    `\\` becomes `/`. Values other than strings pass for the type check to refuse.
    """
    if not isinstance(value, str):
        return value
    visible = "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c
        for c in value
        if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn")
    )
    folded = re.sub(r"\s+", " ", visible).strip().replace('"', "'").replace("\\", "/")
    return folded or "unnamed"


TEXT_PATTERN = r'^[^"\\\x00-\x1f\x7f]+$'
"""What the grammar lets a model write as prose: no quote, no backslash, no control character.

One class of characters from end to end: a separate first one would cost a mask of 1 ms a text.
"""

Name = Annotated[
    str,
    StringConstraints(pattern=NAME_PATTERN, max_length=NAME_MAX_LENGTH),
    BeforeValidator(to_snake),
]
"""A snake-case word, at most 32 characters."""

Phrase = Annotated[
    str,
    StringConstraints(pattern=NAME_PATTERN, max_length=PHRASE_MAX_LENGTH),
    BeforeValidator(lambda value: to_snake(value, PHRASE_MAX_LENGTH)),
]
"""A snake-case phrase, the name of a test."""

Title = Annotated[
    str, StringConstraints(pattern=TEXT_PATTERN, max_length=60), BeforeValidator(clean_text)
]
Sentence = Annotated[
    str, StringConstraints(pattern=TEXT_PATTERN, max_length=160), BeforeValidator(clean_text)
]
Literal32 = Annotated[
    str, StringConstraints(pattern=TEXT_PATTERN, max_length=32), BeforeValidator(clean_text)
]
"""A short text value inside a program or test."""

RequirementId = Annotated[str, StringConstraints(pattern=r"^R-\d{1,2}\.\d{1,2}$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^B-\d{1,2}\.\d{1,2}$")]
SAFE_INTEGER_MAX: Final = 2**53 - 1
"""The greatest whole number that JavaScript has no neighbour mistaken for."""
AMOUNT_MAX: Final = 1_000_000_000_000
"""The greatest amount: with its cents it is still exact as a binary fraction."""
CENT: Final = 0.01


def to_cents(value: float) -> float:
    """Round to cents; a whole number is an int, so that it is written without a point."""
    rounded = round(value, 2)
    return int(rounded) if float(rounded).is_integer() else rounded


Whole = Annotated[int, Field(ge=-SAFE_INTEGER_MAX, le=SAFE_INTEGER_MAX)]
"""A whole number that both databases and JavaScript hold exactly."""
Amount = Annotated[
    float,
    Field(ge=-AMOUNT_MAX, le=AMOUNT_MAX, json_schema_extra={"multipleOf": CENT}),
    AfterValidator(to_cents),
]
"""A number with at most two decimals."""

TimeUnit = Literal["minutes", "hours", "days"]
CalendarUnit = Literal["minutes", "hours", "days", "months"]
"""A month later is the same day of the next month, or its last."""
CalendarPeriod = Literal["day", "week", "month", "year"]
"""Those of the calendar, in UTC; weeks begin on Mondays."""
Rounding = Literal["up", "down", "half_up"]
"""Up is to the greater number, down to the lesser."""
Status = Annotated[int, Field(ge=200, le=499)]
"""An HTTP status of RFC 9110."""
