"""One method of a service while it is written: what its statements share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.ast import program as pg
from pipeline.ast.database import Table
from pipeline.ast.interface import (
    ArraySchema,
    ObjectSchema,
    Operation,
    ReferenceSchema,
    SchemaProperty,
    StringSchema,
)
from pipeline.project import Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.nest.reading import page_entity
from pipeline.render.nest.service.expressions import LocalScope
from pipeline.render.nest.service.queries import status_code
from pipeline.render.nest.service.shown.details import details_name
from pipeline.render.nest.service.shown.presenters import Presenters
from pipeline.render.nest.service.variables import Variables
from pipeline.render.typescript import call, line_comment, quoted

_ENSURE = "src/common/ensure.ts"

ENTRANCES = ("join", "login", "refresh")
"""Kinds of operations whose callers nobody knows yet."""
BODY_INDENT = 4
"""Columns before the statements of a method."""


@dataclass(frozen=True)
class Finder:
    """A look-up that several methods of a service share, as a separate method."""

    name: str
    find: pg.Find
    actor: bool
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """Where a statement is written: what is known there, how deep it is, and what follows it."""

    scope: LocalScope
    indent: int
    after: Sequence[pg.Statement] = ()

    def line(self, *parts: Doc) -> str:
        """Lay out one line, with its newline."""
        return layout(concat(*parts), self.indent) + "\n"


@dataclass
class Method:
    """The program of one operation, with the names and comments that were written so far.

    `presenters` write how a row is shown as a schema has it.
    """

    project: Project
    operation: Operation
    finders: Mapping[pg.Find, Finder]
    presenters: Presenters
    variables: Variables
    verified: set[str] = field(default_factory=set[str], init=False)
    """Variables of accounts whose passwords have been checked."""
    session: str | None = field(default=None, init=False)
    """The variable of the session whose refresh token has been redeemed."""
    _cited: Sequence[str] = field(default=(), init=False)

    @property
    def statements(self) -> Sequence[pg.Statement]:
        """The statements of the program."""
        return self.project.program.function(self.operation.id).statements

    def table(self, name: str) -> Table:
        """Return a table by its name."""
        return self.project.database.table(name)

    def element(self, loop: pg.ForEachGiven) -> ObjectSchema:
        """Return what an element of a list in the body has; a key is its own one property."""
        interface = self.project.interface
        if loop.key is not None:
            schema = StringSchema(type="string", format="uuid")
            key = SchemaProperty(name=loop.key, schema_=schema, required=True, description="Key.")
            return ObjectSchema(type="object", properties=(key,))
        properties = interface.object(self.operation.request or "").properties
        items = next(p.schema_ for p in properties if p.name == loop.property)
        assert isinstance(items, ArraySchema)
        assert isinstance(items.items, ReferenceSchema)
        return interface.object(items.items.name)

    def shown(self, response: str, row: str, spot: Spot) -> Doc:
        """Write the presentation of a row that was found, made or changed."""
        is_known = self.operation.actors or self.operation.guests
        is_entrance = self.operation.kind in ENTRANCES
        actor = "actor" if is_known and not is_entrance else "undefined"
        return self.presenters.shown(response, row, spot.scope.db, actor)

    def details(self) -> list[Doc]:
        """Write the step of a list's query that reads the details of its rows, if they have any."""
        if self.operation.response is None:
            return []
        entity = page_entity(self.project, self.operation.response)
        details = self.presenters.details(entity)
        if details is None:
            return []
        actor = "actor" if details.has_flags else ""
        return [call("select", f"this.{details_name(entity)}({actor})")]

    def ensure(self, condition: Doc, status: int, message: str, spot: Spot) -> str:
        """Write that the request is refused unless the condition holds."""
        ensure = spot.scope.common(_ENSURE, "ensure")
        code = status_code(status, spot.scope)
        return spot.line(call(ensure, condition, code, quoted(message)), ";")

    def citation(self, rules: Sequence[str], indent: int) -> str:
        """Write the rules that a check is there for as a comment, once for checks in a row."""
        if rules == self._cited:
            return ""
        self._cited = rules
        texts = {rule.id: rule.statement for rule in self.project.analysis.rules}
        return "".join(
            line_comment(f"{rule}: {texts[rule]}" if rule in texts else f"{rule}.", indent)
            for rule in rules
        )
