"""Details: what an answer shows of a row beside its columns, read by subqueries of its query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline import names
from pipeline.ast.database import Database, DateType, DecimalType, Table
from pipeline.ast.interface import (
    AboveSource,
    CountSource,
    FlagSource,
    NamedSchema,
    ObjectSchema,
    ParentSource,
    PercentageSource,
    ReferenceSchema,
    SchemaProperty,
    SumSource,
    TotalSource,
)
from pipeline.project import Project
from pipeline.render.layout import HARD_LINE, LINE, SOFT_LINE, Doc, DocGroup, Indent, concat, join
from pipeline.render.nest.service.queries import Source
from pipeline.render.nest.service.shown.nested import nested_of
from pipeline.render.typescript import braces, call, chain, quoted

NOBODY = "NOBODY"
"""The constant that stands for the key of no account."""
_PERIODS = {"day": '1, "days"', "month": '1, "months"', "year": '12, "months"'}
"""How long each period is, as the clock takes it."""


@dataclass(frozen=True)
class Field:
    """A field that a query adds to a row: what it is called, its type, and the subquery."""

    name: str
    kind: str
    query: Doc


class Details:
    """The details of the rows that a schema presents: what is selected, and how it is shown."""

    def __init__(
        self, project: Project, schema: NamedSchema, common: Callable[[str, str], str]
    ) -> None:
        """Take a schema that presents a table's rows, and what imports of the project's library."""
        self._project = project
        self._common = common
        self._schema = schema
        self.table = project.database.table(schema.table or "")
        tables = frozenset(table.plural for table in self._database.tables)
        plural = self.table.plural
        self._source = Source(self.table, plural, frozenset((plural,)), tables)
        self._named = dict(self._name())

    @property
    def _database(self) -> Database:
        return self._project.database

    @property
    def has_flags(self) -> bool:
        """Whether they depend on who is calling."""
        return any(isinstance(p.source, FlagSource) for p in details_of(self._schema))

    def parents(self) -> list[Table]:
        """Return the tables whose rows are embedded."""
        return [
            self._parent(property_.source)[0]
            for property_ in details_of(self._schema)
            if isinstance(property_.source, ParentSource)
        ]

    def fields(self, row_types: dict[str, str]) -> Iterator[Field]:
        """Yield what the query adds to each row; `row_types` names the type of a table's rows."""
        for property_ in details_of(self._schema):
            match property_.source:
                case ParentSource() as source:
                    yield from self._parent_fields(property_, source, row_types)
                case CountSource() as source:
                    name = self._named[property_.name, ""]
                    yield Field(name, "number", self._count(source, name))
                case FlagSource() as source:
                    name = self._named[property_.name, ""]
                    yield Field(name, "SqlBool", self._flag(source, name))
                case SumSource() as source:
                    name = self._named[property_.name, ""]
                    kind = "number | null" if source.function == "average" else "number"
                    yield Field(name, kind, self._sum(source, name))
                case _:
                    pass

    def shown(self, property_: SchemaProperty) -> Doc:
        """Write the value of a detail in the presentation of `row`."""
        match property_.source:
            case ParentSource() as source:
                return self._shown_parent(property_, source)
            case FlagSource():
                return f"Boolean(row.{self._named[property_.name, '']})"
            case SumSource() as source:
                return self._added(source)
            case PercentageSource() | AboveSource() as source:
                return self._compared(source)
            case _:
                return f"row.{self._named[property_.name, '']}"

    def _added(self, source: SumSource) -> Doc:
        """Write what the query has added up; of money, rounded to cents."""
        total = next(p.name for p in details_of(self._schema) if p.source == source)
        added = f"row.{self._named[total, '']}"
        column = self._database.table(source.table).column(source.column)
        if column is None or not isinstance(column.type, DecimalType):
            return added
        rounded = call(self._common("src/common/money.ts", "toCents"), added)
        if source.function == "average":
            return concat(f"{added} === null ? null : ", rounded)
        return rounded

    def _compared(self, source: PercentageSource | AboveSource) -> Doc:
        """Write what a sum is to its limit, null where there is none."""
        added, limit = self._added(source.sum), f"row.{source.limit}"
        shown = concat(added, f" > {limit}")
        if isinstance(source, PercentageSource):
            divided = self._common("src/common/rounding.ts", "divided")
            shown = call(divided, concat(added, " * 100"), limit, "0", quoted("down"))
        column = self.table.column(source.limit)
        if column is None or not column.nullable:
            return shown
        branches = Indent(concat(LINE, "? null", LINE, ": ", shown))
        return DocGroup(Indent(concat(SOFT_LINE, f"{limit} === null", branches)))

    def _shown_parent(self, property_: SchemaProperty, source: ParentSource) -> Doc:
        key = f"row.{source.relation}_id"
        members = [f"id: {key}"]
        for each in self._previewed(property_):
            members.append(f"{each.name}: row.{self._named[property_.name, each.name]}")
        relation = next(r for r in self.table.relations if r.name == source.relation)
        shown = braces(members)
        if not relation.nullable:
            return shown
        branches = Indent(concat(LINE, "? null", LINE, ": ", shown))
        return DocGroup(Indent(concat(SOFT_LINE, f"{key} === null", branches)))

    def _name(self) -> Iterator[tuple[tuple[str, str], str]]:
        """Name each field: by its detail, and the property of the preview that it is for."""
        taken = {column.name for column in self.table.physical()}
        taken.update(each.member.name for each in nested_of(self._project, self._schema))
        for property_ in details_of(self._schema):
            if isinstance(property_.source, PercentageSource | AboveSource):
                continue
            is_parent = isinstance(property_.source, ParentSource)
            parts = [p.name for p in self._previewed(property_)] if is_parent else [""]
            for part in parts:
                name = names.unused(property_.name + part[:1].upper() + part[1:], taken)
                taken.add(name)
                yield (property_.name, part), name

    def _previewed(self, property_: SchemaProperty) -> list[SchemaProperty]:
        """Return the properties of a preview but for the key, which the row itself has."""
        options = getattr(property_.schema_, "options", (property_.schema_,))
        reference = options[0]
        assert isinstance(reference, ReferenceSchema)
        shown = self._project.interface.object(reference.name).properties
        return [each for each in shown if each.name != "id"]

    def _parent(self, source: ParentSource) -> tuple[Table, str]:
        """Return the table that a relation points at, and the relation's column."""
        relation = next(r for r in self.table.relations if r.name == source.relation)
        return self._database.table(relation.target), relation.column

    def _parent_fields(
        self, property_: SchemaProperty, source: ParentSource, row_types: dict[str, str]
    ) -> Iterator[Field]:
        target, column = self._parent(source)
        inner = self._source.inner(target, source.relation)
        for each in self._previewed(property_):
            name = self._named[property_.name, each.name]
            query = chain(
                "eb",
                [
                    call("selectFrom", quoted(inner.known)),
                    call("select", quoted(f"{inner.alias}.{each.column}")),
                    _linked(f"{inner.alias}.id", f"{self._source.alias}.{column}"),
                    "$asScalar()",
                    call("as", quoted(name)),
                ],
            )
            yield Field(name, f"{row_types[target.name]}[{quoted(each.column or '')}]", query)

    def _children(self, source: CountSource | FlagSource | SumSource) -> tuple[Source, list[Doc]]:
        """Return the source of the rows that point at a row, and the conditions on them."""
        child = self._database.table(source.table)
        inner = self._source.inner(child, f"other_{child.plural}")
        relation = next(r for r in child.relations if r.name == source.relation)
        conditions = [
            _linked(f"{inner.alias}.{relation.column}", f"{self._source.alias}.id"),
        ]
        if child.soft_delete:
            conditions.append(
                call("where", quoted(f"{inner.alias}.deleted_at"), quoted("is"), "null")
            )
        return inner, conditions

    def _count(self, source: CountSource, name: str) -> Doc:
        inner, conditions = self._children(source)
        steps = [
            call("selectFrom", quoted(inner.known)),
            'select((inner) => inner.fn.countAll<number>().as("count"))',
            *conditions,
            "$asScalar()",
            call("as", quoted(name)),
        ]
        return chain("eb", steps)

    def _sum(self, source: SumSource, name: str) -> Doc:
        inner, conditions = self._children(source)
        column = quoted(f"{inner.alias}.{source.column}")
        if source.function == "average":
            there = call("inner.fn.avg<number | null>", column)
        else:
            there = call("inner.fn.coalesce", call("inner.fn.sum<number>", column), "inner.lit(0)")
        steps = [
            call("selectFrom", quoted(inner.known)),
            call("select", concat("(inner) => ", there, f'.as("{source.function}")')),
            *conditions,
            *self._present(source, f"{inner.alias}.{source.time}"),
            "$asScalar()",
            call("as", quoted(name)),
        ]
        return chain("eb", steps)

    def _present(self, source: SumSource, time: str) -> Iterator[Doc]:
        """Yield the conditions that a row is one of the present period."""
        if source.period == "always":
            return
        column = self._database.table(source.table).column(source.time)
        is_day = column is not None and isinstance(column.type, DateType)
        present = self._common("src/common/clock.ts", "today" if is_day else "now")
        start_of = self._common("src/common/calendar.ts", "startOf")
        begun = call(start_of, f"{present}()", quoted(source.period))
        shifted = self._common("src/common/clock.ts", "shifted")
        yield call("where", quoted(time), quoted(">="), begun)
        yield call(
            "where", quoted(time), quoted("<"), call(shifted, begun, _PERIODS[source.period])
        )

    def _flag(self, source: FlagSource, name: str) -> Doc:
        inner, conditions = self._children(source)
        key = f"actor?.kind === {quoted(source.actor)} ? actor.id : {NOBODY}"
        steps = [
            call("selectFrom", quoted(inner.known)),
            call("select", quoted(f"{inner.alias}.id")),
            *conditions,
            call("where", quoted(f"{inner.alias}.{source.owner}"), quoted("="), key),
        ]
        return concat(call("eb.exists", chain("eb", steps)), f".as({quoted(name)})")


def details_of(schema: NamedSchema) -> tuple[SchemaProperty, ...]:
    """Return the properties of a schema that show more of a row than its columns, but no lists."""
    properties = schema.schema_.properties if isinstance(schema.schema_, ObjectSchema) else ()
    details = ParentSource | CountSource | FlagSource | TotalSource
    return tuple(each for each in properties if isinstance(each.source, details))


def details_name(schema: str) -> str:
    """Return the method that selects the details of the rows that a schema presents."""
    return f"{schema[:1].lower()}{schema[1:]}Details"


def selection(fields: Sequence[Field]) -> Doc:
    """Write the list of what is selected."""
    lines = join(HARD_LINE, [concat(each.query, ",") for each in fields])
    return concat("[", Indent(concat(HARD_LINE, lines)), HARD_LINE, "] as const")


def _linked(left: str, right: str) -> Doc:
    return call("whereRef", quoted(left), quoted("="), quoted(right))
