"""The form of one table's operations and of what they expose, and the operations it stands for.

Asked by kind: what every table may have is there or not, once each; what has a name of its own
comes in lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from pydantic import Field

from pipeline.ast.base import Name, Node, RequirementId, RuleId, Sentence
from pipeline.ast.interface import FigureFunction, Period, TotalFunction, TotalPeriod

Cited = Annotated[tuple[RequirementId, ...], Field(max_length=8)]
Kept = Annotated[tuple[RuleId, ...], Field(max_length=16)]
Callers = Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)]
Scope = Literal["any", "own"]
"""With `own`, callers that own rows of the table reach theirs alone."""


EndpointKind = Literal["list", "read", "create", "update", "erase", "restore", "me", "reset"]
"""What a table may have once of each; the `reset` of an account's forgotten password is two:
asking for a token, and using it."""


class Standard(Node):
    """An operation without a name of its own: who may call it, and what it serves."""

    actors: Callers
    scope: Scope
    description: Sentence
    requirements: Cited
    rules: Kept


class Endpoint(Standard):
    """An operation that every table may have."""

    kind: EndpointKind

    @property
    def name(self) -> str:
        """What it is called: its kind."""
        return self.kind


class Action(Node):
    """A change of state with a name of its own: `POST /todos/{id}/complete`.

    `input` are the columns that its body takes, `required_input` those of them that must be given
    although they may be empty in the row. With `many` it changes, or erases, all rows that its
    program names, and takes no body: `POST /todos/archive-finished`.
    """

    kind: Literal["action"] = "action"
    name: Name
    input: Annotated[tuple[Name, ...], Field(max_length=6)]
    required_input: Annotated[tuple[Name, ...], Field(max_length=6)]
    actors: Callers
    scope: Scope
    description: Sentence
    requirements: Cited
    rules: Kept
    many: Literal["change", "erase"] | None = None


class Listing(Node):
    """A further list of the table with a name of its own: `GET /articles/feed`.

    It has filters and sorts of its own; what it is searched by is that of the table's list.
    """

    kind: Literal["listing"] = "listing"
    name: Name
    actors: Callers
    scope: Scope
    filters: Annotated[tuple[Name, ...], Field(max_length=8)]
    sorts: Annotated[tuple[Name, ...], Field(max_length=6)]
    description: Sentence
    requirements: Cited
    rules: Kept


class FigureChoice(Node):
    """A figure that is asked for: what is made of the values of which column."""

    function: FigureFunction
    column: Name


class Summary(Node):
    """What the rows of the table amount to: `GET /orders/revenue`.

    Always how many there are, and the figures. With a group, for each of its values; the group of
    a day or moment is that of a period. With `most_first` the group of the most rows is the first.
    """

    kind: Literal["summary"] = "summary"
    name: Name
    actors: Callers
    scope: Scope
    group: Name
    period: Period
    figures: Annotated[tuple[FigureChoice, ...], Field(max_length=6)]
    description: Sentence
    requirements: Cited
    rules: Kept
    most_first: bool = False


OperationEntry = Endpoint | Action | Listing | Summary


class Operations(Node):
    """The operations of a table, by kind."""

    list: Standard | None = None
    read: Standard | None = None
    create: Standard | None = None
    update: Standard | None = None
    erase: Standard | None = None
    restore: Standard | None = None
    me: Standard | None = None
    reset: Standard | None = None
    listings: Annotated[tuple[Listing, ...], Field(max_length=6)] = ()
    summaries: Annotated[tuple[Summary, ...], Field(max_length=8)] = ()
    actions: Annotated[tuple[Action, ...], Field(max_length=8)] = ()

    def entries(self) -> Iterator[tuple[str, OperationEntry]]:
        """Yield all of them in order, each with where it stands: `list`, `actions/0`."""
        for kind in get_args(EndpointKind):
            found: Standard | None = getattr(self, kind)
            if found is not None:
                yield kind, Endpoint(kind=kind, **dict(found))
        for member in ("listings", "summaries", "actions"):
            for number, entry in enumerate(getattr(self, member)):
                yield f"{member}/{number}", entry


class Flag(Node):
    """A property of answers: whether the caller has a row of `table` that points at the row."""

    name: Name
    table: Name


class RelatedFilter(Node):
    """A filter of lists: by the value of a column in the rows of `table` that point at the row."""

    table: Name
    column: Name


class RowTotal(Node):
    """A property of answers: what `column` of the rows of `table` that point at the row adds up to.

    Or its average, which is compared to no limit.
    Those count whose `time` lies in the present `period`, in UTC, or all of them. With a `limit`, a
    number of the row, answers also say the percentage of it, and whether the sum is above it.
    """

    name: Name
    table: Name
    function: TotalFunction = "sum"
    column: Name
    time: Name
    period: TotalPeriod
    limit: Name | None = None


class Exposure(Node):
    """Which columns of a table are shown, written, filtered, searched and sorted by.

    Answers also show the rows behind the relations `embedded`, how many rows of the tables
    `counted` point at the row, the flags and the totals. A row is also read by its unique columns
    `lookups`. Rows of the tables `nested` are given with a row, and shown with it, as a list. Lists
    are also filtered by rows that point at theirs, the `related_filters`.
    """

    shown: Annotated[tuple[Name, ...], Field(max_length=16)]
    embedded: Annotated[tuple[Name, ...], Field(max_length=4)] = ()
    counted: Annotated[tuple[Name, ...], Field(max_length=4)] = ()
    flags: Annotated[tuple[Flag, ...], Field(max_length=3)] = ()
    totals: Annotated[tuple[RowTotal, ...], Field(max_length=3)] = ()
    lookups: Annotated[tuple[Name, ...], Field(max_length=2)] = ()
    nested: Annotated[tuple[Name, ...], Field(max_length=3)] = ()
    writable_on_create: Annotated[tuple[Name, ...], Field(max_length=16)]
    writable_on_update: Annotated[tuple[Name, ...], Field(max_length=16)]
    filters: Annotated[tuple[Name, ...], Field(max_length=8)]
    ranges: Annotated[tuple[Name, ...], Field(max_length=4)] = ()
    related_filters: Annotated[tuple[RelatedFilter, ...], Field(max_length=3)] = ()
    search: Annotated[tuple[Name, ...], Field(max_length=4)] = ()
    sorts: Annotated[tuple[Name, ...], Field(max_length=6)]


class ResourceForm(Node):
    """The form of a table, as it is asked."""

    operations: Operations = Operations()
    exposure: Exposure


class ResourcePlan(Node):
    """What a table's form says: its operations in order, and what they expose."""

    operations: tuple[OperationEntry, ...]
    exposure: Exposure
