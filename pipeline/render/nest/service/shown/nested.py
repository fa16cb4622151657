"""Nested lists: the rows and keys that are shown with rows, read once for all of these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.ast.database import Table
from pipeline.ast.interface import (
    ArraySchema,
    KeysSource,
    NamedSchema,
    ObjectSchema,
    ReferenceSchema,
    RowsSource,
    SchemaProperty,
)
from pipeline.project import Project
from pipeline.render.layout import Doc, concat, layout
from pipeline.render.typescript import braces, call, chain, quoted


@dataclass(frozen=True)
class Nested:
    """One list of the rows that a schema presents: what it is called, and whose rows it reads."""

    member: SchemaProperty
    source: RowsSource | KeysSource
    table: Table

    @property
    def part(self) -> str | None:
        """The schema that presents each of its rows, None if it shows keys alone."""
        schema = self.member.schema_
        items = schema.items if isinstance(schema, ArraySchema) else None
        return items.name if isinstance(items, ReferenceSchema) else None

    @property
    def shown(self) -> Doc:
        """The value of the list in the presentation of `row`."""
        if isinstance(self.source, KeysSource):
            key = f"{self.source.other}_id"
            return f"row.{self.member.name}.map((each) => each.{key})"
        return f"row.{self.member.name}.map((each) => this.to{self.part}(each))"

    @property
    def found(self) -> str:
        """The variable of the rows of several lists."""
        name = self.member.name
        return f"found{name[:1].upper()}{name[1:]}"

    def query(self) -> Doc:
        """Write the query for the rows of several lists, in the order in which they were made."""
        steps: list[Doc] = [
            call("selectFrom", quoted(self.table.plural)),
            "selectAll()",
            call("where", quoted(self.link), quoted("in"), "keys"),
            call("orderBy", quoted("created_at")),
            call("orderBy", quoted("id")),
            "execute()",
        ]
        return concat(f"const {self.found} = ", chain("await db", steps), ";")

    @property
    def link(self) -> str:
        """The column that names the row of a list."""
        return f"{self.source.relation}_id"

    def own(self) -> Doc:
        """Write the rows of one list among those of several."""
        each = f"(each) => each.{self.link} === key"
        return concat(f"{self.member.name}: ", call(f"{self.found}.filter", each))


def nested_of(project: Project, schema: NamedSchema) -> tuple[Nested, ...]:
    """Return the lists that a schema shows with each row."""
    return tuple(_nested(project, schema))


def _nested(project: Project, schema: NamedSchema) -> Iterator[Nested]:
    properties = schema.schema_.properties if isinstance(schema.schema_, ObjectSchema) else ()
    for each in properties:
        if isinstance(each.source, RowsSource | KeysSource):
            yield Nested(each, each.source, project.database.table(each.source.table))


def reading(lists: Sequence[Nested], indent: int) -> str:
    """Write the body of the method that reads the lists of the rows with these `keys`."""
    empty = braces(f"{each.member.name}: []" for each in lists)
    own = braces(each.own() for each in lists)
    lines = [
        concat("if (keys.length === 0) return () => (", empty, ");"),
        *(each.query() for each in lists),
        concat("return (key) => (", own, ");"),
    ]
    return "".join(layout(line, indent) + "\n" for line in lines)
