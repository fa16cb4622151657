"""The interface: operations, and the schemas of what they take and give.

Schemas are a recursive union of eleven, a bounded dialect of JSON Schema 2020-12 (OpenAPI 3.1).
Methods, paths, parameters and the shape of every table's DTOs are derived; the model decides
which operations exist, for whom, and which columns each of them exposes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.ast.base import Ast, Name, Node, Phrase, RequirementId, RuleId, Sentence, Status
from pipeline.ast.expression import PropertyName
from pipeline.ast.patterns import Lengths, PatternName, TextPattern, text_pattern

ClassName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=80)]
OperationId = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$")]
"""`<resource>.<method>` as the SDK has it, e.g. `todos.create`."""
OperationKind = Literal[
    "join",
    "login",
    "refresh",
    "logout",
    "password",
    "reset_request",
    "reset",
    "list",
    "me",
    "read",
    "create",
    "update",
    "erase",
    "restore",
    "action",
    "summary",
    "batch",
]
"""A batch is done to all rows that qualify, an action to one."""


class ConstantSchema(Node):
    """Exactly this text."""

    type: Literal["constant"]
    value: Name


class BooleanSchema(Node):
    """True or false."""

    type: Literal["boolean"]


class IntegerSchema(Node):
    """A whole number, bounds inclusive."""

    type: Literal["integer"]
    minimum: int | None = None
    maximum: int | None = None


class NumberSchema(Node):
    """A number, bounds inclusive."""

    type: Literal["number"]
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: float | None = None


class StringSchema(Node):
    """A text; lengths in characters; `enum` lists the only values, if not empty.

    A `time` is one of day; `pattern` names what the text looks like.
    """

    type: Literal["string"]
    format: Literal["uuid", "date", "date-time", "time", "uri", "email", "password"] | None = None
    pattern: PatternName | None = None
    min_length: int | None = None
    max_length: int | None = None
    enum: tuple[Phrase, ...] = ()

    @property
    def text_pattern(self) -> TextPattern | None:
        """What the text looks like, if that has a name."""
        return None if self.pattern is None else text_pattern(self.pattern, self.pattern_lengths)

    @property
    def pattern_lengths(self) -> Lengths | None:
        """The lengths of a text that looks like a pattern, if they are not the pattern's own."""
        if self.pattern is None or self.min_length is None or self.max_length is None:
            return None
        return self.min_length, self.max_length


class FreeObjectSchema(Node):
    """An object of whatever members; lengths in characters when it is written as JSON."""

    type: Literal["free_object"]
    max_length: int


class ArraySchema(Node):
    """A list of items of one schema."""

    type: Literal["array"]
    items: Schema
    min_items: int | None = None
    max_items: int | None = None


class ParentSource(Node):
    """The row that a relation of the row points at, as a preview."""

    kind: Literal["parent"]
    relation: Name


class CountSource(Node):
    """The number of rows of `table` whose `relation` points at the row."""

    kind: Literal["count"]
    table: Name
    relation: Name


class FlagSource(Node):
    """Whether a row of `table` whose `relation` points at the row is the caller's.

    It is if the caller is an account of `actor` that its column `owner` names.
    """

    kind: Literal["flag"]
    table: Name
    relation: Name
    actor: Name
    owner: Name


TotalPeriod = Literal["always", "day", "month", "year"]


TotalFunction = Literal["sum", "average"]


class SumSource(Node):
    """The sum of a column of the rows that point at a row, of all times or the present day, say.

    Or their average, which is null without any.
    """

    kind: Literal["sum"]
    function: TotalFunction = "sum"
    table: Name
    relation: Name
    column: Name
    time: Name
    period: TotalPeriod


class PercentageSource(Node):
    """The percentage of the row's `limit` that a sum is, rounded down; null without a limit."""

    kind: Literal["percentage"]
    sum: SumSource
    limit: Name


class AboveSource(Node):
    """Whether a sum is above the row's `limit`; null without a limit."""

    kind: Literal["above"]
    sum: SumSource
    limit: Name


TotalSource = SumSource | PercentageSource | AboveSource


class RowsSource(Node):
    """The rows of `table` whose `relation` points at the row, in the order they were made."""

    kind: Literal["rows"]
    table: Name
    relation: Name


class KeysSource(Node):
    """The keys of the rows that rows of `table` join with the row.

    The relation `relation` of such a row points at the row, `other` at the one that it is joined
    with.
    """

    kind: Literal["keys"]
    table: Name
    relation: Name
    other: Name


Source = Annotated[
    ParentSource | CountSource | FlagSource | TotalSource | RowsSource | KeysSource,
    Field(discriminator="kind"),
]
"""Where an answer takes a property from that mirrors no column.

A body that has a list of rows or keys writes these.
"""


class SchemaProperty(Node):
    """A property of an object; `column` names the column of the resource's table it mirrors."""

    name: PropertyName
    schema_: Annotated[Schema, Field(alias="schema")]
    required: bool
    description: Sentence
    column: Name | None = None
    source: Source | None = None


class ObjectSchema(Node):
    """An object that has these properties and no others."""

    type: Literal["object"]
    properties: tuple[SchemaProperty, ...]


class ReferenceSchema(Node):
    """A named schema."""

    type: Literal["reference"]
    name: ClassName


class OneOfSchema(Node):
    """Exactly one of the options; with a null option, the value is nullable."""

    type: Literal["one_of"]
    options: Annotated[tuple[Schema, ...], Field(min_length=2)]


class NullSchema(Node):
    """Null."""

    type: Literal["null"]


Schema = Annotated[
    ConstantSchema
    | BooleanSchema
    | IntegerSchema
    | NumberSchema
    | StringSchema
    | ArraySchema
    | ObjectSchema
    | FreeObjectSchema
    | ReferenceSchema
    | OneOfSchema
    | NullSchema,
    Field(discriminator="type"),
]


Role = Literal[
    "entity",
    "preview",
    "entry",
    "create",
    "update",
    "query",
    "page",
    "join",
    "login",
    "session",
    "summary",
    "action",
    "other",
]
"""What a named schema is for."""


class NamedSchema(Node):
    """A schema under `components/schemas`; `role` says what it is for."""

    name: ClassName
    role: Role
    table: Name | None
    description: Sentence
    schema_: Annotated[Schema, Field(alias="schema")]


class PathParameter(Node):
    """What finds a row of `table` by the path: its key, or another unique column."""

    name: PropertyName
    table: Name
    column: Name = "id"


Match = Literal["equals", "contains", "at_least", "at_most"]


class Related(Node):
    """The rows of `table` whose `relation` points at a row."""

    table: Name
    relation: Name


class Filter(Node):
    """A query parameter of a list: rows whose column equals it, contains it (text), or is no less
    or no more than it (numbers, days, moments). By related rows, one of which must qualify, the
    column is theirs.
    """

    property: PropertyName
    column: Name
    match: Match
    related: Related | None = None


class SortOrder(Node):
    """The order of a list: by a column, from the least or from the greatest value."""

    column: Name
    falling: bool

    @property
    def word(self) -> str:
        """The value of a list's `sort` that asks for it."""
        return f"{self.column}_{'desc' if self.falling else 'asc'}"


NEWEST_FIRST = SortOrder(column="created_at", falling=True)


class ListQuery(Node):
    """What a list can be asked for; sorted by one of `sorts`, by `first` where it is not asked.

    A search finds the rows in whose columns `search` each of its words stands, in any of them.
    """

    filters: tuple[Filter, ...]
    search: tuple[Name, ...] = ()
    sorts: Annotated[tuple[Name, ...], Field(min_length=1)]
    first: SortOrder = NEWEST_FIRST
    default_limit: int = 20
    max_limit: int = 100


FigureFunction = Literal["sum", "average", "minimum", "maximum"]
Period = Literal["day", "month"]


class Figure(Node):
    """A number, day or moment that the values of a column amount to."""

    function: FigureFunction
    column: Name
    property: PropertyName


class SummaryQuery(Node):
    """What a summary answers beside the number of rows, for all rows or for each group of them.

    Rows of a group have the column `group` in common, or its day or month, in UTC; `property` is
    what that is called in the answer. Groups stand in the order of what they have in common, or
    with `most_first` in that of their numbers of rows.
    """

    group: Name | None
    property: PropertyName | None
    period: Period | None
    figures: tuple[Figure, ...]
    most_first: bool = False


class ErrorResponse(Node):
    """A status the operation promises, and when."""

    status: Status
    when: Sentence
    rules: tuple[RuleId, ...] = ()


class Operation(Node):
    """One endpoint: for the accounts of `actors`, and with `guests` for everybody else, too.

    `scope` own means: only the caller's own rows. A batch that `erases` removes them.
    """

    id: OperationId
    resource: Name
    method_name: PropertyName
    kind: OperationKind
    http_method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    table: Name
    actors: tuple[Name, ...]
    guests: bool
    scope: Literal["any", "own"]
    parameters: tuple[PathParameter, ...]
    query: ListQuery | None
    summary: SummaryQuery | None = None
    request: ClassName | None
    query_schema: ClassName | None
    response: ClassName | None
    success: Status
    errors: tuple[ErrorResponse, ...]
    requirements: tuple[RequirementId, ...]
    rules: tuple[RuleId, ...]
    description: Sentence
    erases: bool = False

    def statuses(self) -> tuple[int, ...]:
        """Return the promised error statuses in rising order."""
        return tuple(sorted({error.status for error in self.errors}))


class Interface(Ast):
    """All operations and schemas of the backend."""

    operations: tuple[Operation, ...]
    schemas: tuple[NamedSchema, ...]

    def operation(self, wanted: str) -> Operation:
        """Return the operation; KeyError if there is none."""
        for operation in self.operations:
            if operation.id == wanted:
                return operation
        raise KeyError(wanted)

    def named(self, name: str) -> NamedSchema:
        """Return the named schema; KeyError if there is none."""
        for schema in self.schemas:
            if schema.name == name:
                return schema
        raise KeyError(name)

    def object(self, name: str) -> ObjectSchema:
        """Return the object behind a named schema; KeyError if there is none."""
        found = self.named(name).schema_
        if isinstance(found, ObjectSchema):
            return found
        raise KeyError(name)


for _model in (ArraySchema, SchemaProperty, ObjectSchema, OneOfSchema, NamedSchema, Interface):
    _model.model_rebuild()
