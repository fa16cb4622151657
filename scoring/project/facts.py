"""`ProjectFacts`: everything that the rubric's checks know of a project."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scoring.symbolic.trace import EMPTY_TRACE, Trace
from scoring.typescript.modules import Program
from scoring.typescript.value import Refusal, Value
from scoring.words import squeeze


@dataclass(frozen=True)
class Column:
    """A column of the data model; `type` is Prisma's scalar, or `enum`."""

    name: str
    type: str
    is_list: bool
    nullable: bool
    unique: bool
    is_id: bool
    default: str | None
    values: tuple[str, ...]
    doc: str
    file: str
    line: int


UNENFORCED = "Unenforced"
"""The delete rule where the database knows of no foreign keys: rows that refer to one stay."""


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key; `columns` are those of the table that holds it."""

    name: str
    target: str
    columns: tuple[str, ...]
    on_delete: str
    nullable: bool
    unique: bool
    file: str
    line: int


@dataclass(frozen=True)
class Table:
    """A table; `name` is that of its model, class or constant, `sql_name` the database's."""

    name: str
    sql_name: str
    columns: tuple[Column, ...]
    foreign_keys: tuple[ForeignKey, ...]
    uniques: tuple[tuple[str, ...], ...]
    indexes: tuple[tuple[str, ...], ...]
    key: tuple[str, ...]
    doc: str
    file: str
    line: int

    def column(self, name: str) -> Column | None:
        """Return the column of this name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class Property:
    """A member of a DTO; `type` is string, number, integer, boolean, array, object, ref, any…."""

    name: str
    type: str
    optional: bool = False
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    format: str = ""
    reference: str = ""
    default: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Shape:
    """A DTO: an object type with named members."""

    name: str
    properties: tuple[Property, ...]
    doc: str
    file: str
    line: int
    parameters: tuple[str, ...] = ()
    """The type parameters of a generic type."""

    def property(self, name: str) -> Property | None:
        """Return the member of this name, if there is one."""
        return next((p for p in self.properties if p.name == name), None)


def instance(shapes: Mapping[str, Shape], name: str) -> Shape | None:
    """Return the named shape; of a generic one, such as `Page<Todo>`, the one that is meant."""
    found = shapes.get(name)
    if found is not None or "<" not in name:
        return found
    base, _, given = name.removesuffix(">").partition("<")
    generic = shapes.get(base.strip())
    if generic is None:
        return None
    arguments = dict(zip(generic.parameters, re.split(r",\s*", given), strict=False))
    properties = tuple(
        replace(p, reference=arguments[p.reference].strip().removesuffix("[]"))
        if p.reference in arguments
        else p
        for p in generic.properties
    )
    return replace(generic, name=name, properties=properties)


@dataclass(frozen=True)
class Where:
    """A condition of a query; `conditional` if the query is also made without it."""

    column: str
    operator: str
    value: Value
    conditional: bool


@dataclass
class Access:
    """One query: `action` is read, count, insert, update or delete."""

    table: str
    action: str
    file: str
    line: int
    in_loop: bool
    in_transaction: bool
    branches: int
    """Number of conditions under which the query is made."""
    wheres: list[Where] = field(default_factory=lambda: [])
    sets: dict[str, Value] = field(default_factory=lambda: {})
    joins: list[str] = field(default_factory=lambda: [])
    selects: set[str] = field(default_factory=lambda: set())
    """The columns it asks for; empty if for all."""
    ordered: bool = False
    limited: bool = False
    single: bool = False

    @property
    def conditional(self) -> bool:
        """Whether only some requests make the query."""
        return self.branches > 0

    def value_set(self, column: Column) -> Value | None:
        """Return what the query sets the column to, whatever spelling it uses for the name."""
        name = squeeze(column.name)
        return next((value for key, value in self.sets.items() if squeeze(key) == name), None)


@dataclass(frozen=True)
class Behaviour:
    """What a handler does, its calls followed."""

    accesses: tuple[Access, ...]
    refusals: tuple[Refusal, ...]
    returns: Value
    called: frozenset[str]
    trace: Trace = field(default=EMPTY_TRACE, compare=False)
    """The same as formulas, in order."""

    def statuses(self) -> frozenset[int]:
        """Return every status that the handler's own code throws."""
        return frozenset(status for refusal in self.refusals for status in refusal.statuses)


@dataclass(frozen=True)
class Operation:
    """An endpoint, found in a controller.

    `roles` are the words of guards and decorators; `body`, `query` and `response` name shapes.
    """

    method: str
    path: str
    handler: str
    file: str
    line: int
    guarded: bool
    roles: tuple[str, ...]
    body: str
    query: str
    response: str
    returns_nothing: bool
    doc: str
    documented: frozenset[int]
    success: int
    path_parameters_checked: bool
    behaviour: Behaviour

    @property
    def key(self) -> str:
        """Return method and path with parameters made anonymous: `GET /todos/{}`."""
        return route_key(self.method, self.path)


_PROBE = re.compile(r"/(health(z|check|-check)?|livez|readyz)$")


def is_probe(method: str, path: str) -> bool:
    """Whether a route is what containers and load balancers ask, and no operation of the API."""
    return method.upper() == "GET" and _PROBE.search(path) is not None


def route_key(method: str, path: str) -> str:
    """Bring a route to one spelling, parameters made anonymous."""
    parts = [part for part in path.split("?")[0].split("/") if part]
    shown = ["{}" if part[:1] in (":", "{") or "$" in part else part for part in parts]
    return f"{method.upper()} /{'/'.join(shown)}"


@dataclass(frozen=True)
class Client:
    """A function of the SDK: the route it calls and its types as written."""

    name: str
    module: str
    route: str
    parameter_types: tuple[str, ...]
    response: str
    doc: str
    errors_typed: bool
    file: str
    line: int


@dataclass(frozen=True)
class TestFact:
    """A test: an exported function, or what a test framework is given at this line."""

    __test__ = False

    name: str
    file: str
    line: int
    function: str
    """The name of the exported function; empty for a framework's test."""
    shared_state: bool
    text: str


@dataclass(frozen=True)
class Statement:
    """A requirement or rule of the documents; `id` is empty if nothing can refer to it.

    `parts` are its paragraphs, list items and cells, each of which is read for itself.
    """

    id: str
    text: str
    parts: tuple[str, ...]
    file: str
    line: int
    is_rule: bool


@dataclass(frozen=True)
class Documented:
    """An operation of the OpenAPI document."""

    method: str
    path: str
    statuses: frozenset[int]
    secured: bool
    parameters: tuple[Property, ...]
    body: str
    response: str
    summary: str

    @property
    def key(self) -> str:
        """Return method and path with parameters made anonymous."""
        return route_key(self.method, self.path)


@dataclass(frozen=True)
class OpenApi:
    """The OpenAPI document, as far as it can be read."""

    file: str
    operations: tuple[Documented, ...]
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class CodeSmell:
    """Code that a reviewer would send back: `kind` is complex, duplicate or dead."""

    kind: str
    file: str
    line: int
    detail: str


@dataclass(frozen=True)
class Unread:
    """A layer of which nothing is known: its queries, its tables or its operations."""

    layer: Literal["data", "tables", "api"]
    name: str
    """What the project makes it with."""


@dataclass(frozen=True)
class ProjectFacts:
    """One project, read."""

    tables: tuple[Table, ...]
    operations: tuple[Operation, ...]
    shapes: dict[str, Shape]
    sdk_shapes: dict[str, Shape]
    clients: tuple[Client, ...]
    sdk_files: tuple[str, ...]
    tests: tuple[TestFact, ...]
    statements: tuple[Statement, ...]
    openapi: OpenApi | None
    functions: int
    smells: tuple[CodeSmell, ...]
    cited: dict[str, str]
    """Requirement id → first file outside the documents that cites it."""
    problems: tuple[tuple[str, str], ...]
    """File and reason of what could not be read."""
    violated: int = -1
    """The status by which a broken key of the database is answered; -1 if none is mapped."""
    unread: tuple[Unread, ...] = ()
    program: Program | None = field(default=None, compare=False, repr=False)
    """The sources, in which the tests are played."""

    def shape(self, name: str) -> Shape | None:
        """Return a DTO of the server by name, `Page<Todo>` with its arguments filled in."""
        return instance(self.shapes, name)

    def table(self, name: str) -> Table | None:
        """Return a table by its model's or its SQL name, in any spelling."""
        return next((t for t in self.tables if name in (t.name, t.sql_name)), None)
