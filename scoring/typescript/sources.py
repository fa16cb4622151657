"""Where a value comes from, as far as the text of a program shows it.

A value has a set of sources: what it was computed from, what the query that answered with it was
bound by, what is known of it otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Given(Enum):
    """What the framework gives to a handler."""

    ACTOR = "actor"
    BODY = "body"
    PARAMETER = "parameter"
    """A part of the path."""
    QUERY = "query"
    REQUEST = "request"
    """The whole request; a member that is named like an account stands for the actor."""
    HEADER = "header"
    RESPONSE = "response"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, or part of one."""

    table: str


@dataclass(frozen=True, slots=True)
class RowList:
    """All rows that a query of the table found."""

    table: str


@dataclass(frozen=True, slots=True)
class RowCount:
    """The number of rows that a query of the table found."""

    table: str


@dataclass(frozen=True, slots=True)
class Filtered:
    """The answer of a query that always has a condition on the column."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Scoped:
    """The answer of a query that always compares the column with the caller."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Caught:
    """What a `catch` receives; with a table, where its rows are written in the `try`."""

    table: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """An exception that becomes an answer with this HTTP status."""

    code: int


@dataclass(frozen=True, slots=True)
class ResponseOf:
    """What a call in a test was answered with; calls are numbered within the test."""

    call: int


@dataclass(frozen=True, slots=True)
class Without:
    """The rest of an object, without the member."""

    member: str


@dataclass(frozen=True, slots=True)
class Length:
    """A text of this length, whatever its characters are."""

    characters: int


Source = (
    Given
    | Row
    | RowList
    | RowCount
    | Filtered
    | Scoped
    | Caught
    | Status
    | ResponseOf
    | Without
    | Length
)
